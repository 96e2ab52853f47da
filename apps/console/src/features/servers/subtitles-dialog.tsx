import { ConsoleFetchSubtitleDocument, ConsoleFindSubtitlesDocument, type ConsoleFindSubtitlesQuery } from '@usher/api-client';
import { Captions, Download, Search } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useClient } from 'urql';
import { problemOf, type Problem } from '../../api/problem.js';
import { Dialog } from '../../components/dialog.js';
import { Field } from '../../components/field.js';
import { EmptyState, LoadingRows, ProblemNote } from '../../components/state-view.js';
import { plural } from '../../format/units.js';
import type { FleetServer } from '../../live/live-types.js';
import { useOrder } from './detail-parts.js';

type Candidate = ConsoleFindSubtitlesQuery['findSubtitles'][number];

/** Asks the server's subtitle providers for one title, and has one fetched. */
export function SubtitlesDialog({ server, item, off, onClose }: { server: FleetServer; item: { vendorId: string; title: string }; off: string | null; onClose(): void }): ReactNode {
  const client = useClient();
  const order = useOrder();
  const [language, setLanguage] = useState('en');
  const [state, setState] = useState<{ busy: boolean; problem: Problem | null; found: readonly Candidate[] | null }>({ busy: false, problem: null, found: null });
  const [fetched, setFetched] = useState<string | null>(null);
  const wrong = /^[a-z]{2,3}$/.test(language.trim()) ? null : 'Two or three letters, such as en or eng.';
  const search = async (event: FormEvent) => {
    event.preventDefault();
    if (wrong || state.busy) return;
    setState({ busy: true, problem: null, found: null });
    const { data, error } = await client.query(ConsoleFindSubtitlesDocument, { serverId: server.id, itemId: item.vendorId, language: language.trim() }, { requestPolicy: 'network-only' }).toPromise();
    setState({ busy: false, problem: error ? problemOf(error) : null, found: data?.findSubtitles ?? null });
  };
  const take = async (candidate: Candidate) => {
    if (await order.send((idempotencyKey) => client.mutation(ConsoleFetchSubtitleDocument, { input: { serverId: server.id, itemId: item.vendorId, subtitleId: candidate.vendorId, idempotencyKey } }).toPromise())) setFetched(candidate.vendorId);
  };
  return (
    <Dialog title={`Subtitles for ${item.title}`} width={640} onClose={onClose}>
      <div className="dialog-body stack">
        <form className="inline subtitle-search" onSubmit={(event) => void search(event)}>
          <Field label="Language" value={language} onValue={setLanguage} error={wrong} hint="en, eng …" data-autofocus />
          <button type="submit" className="button primary" aria-disabled={wrong !== null || state.busy || undefined}>
            <Search size={14} aria-hidden />
            Search
          </button>
        </form>
        {state.busy && <LoadingRows rows={3} height={40} label="Searching" />}
        {state.problem && <ProblemNote problem={state.problem} />}
        {order.problem && <ProblemNote problem={order.problem} />}
        {state.found?.length === 0 && (
          <EmptyState icon={Captions} title="No subtitles found">
            The providers of {server.alias} know none in this language.
          </EmptyState>
        )}
        {state.found && state.found.length > 0 && (
          <ul className="subtitle-rows" aria-label="Found subtitles">
            {state.found.map((candidate) => (
              <li key={candidate.vendorId}>
                <span>
                  <span className="strong block wrap-any">{candidate.title}</span>
                  <span className="small dim">
                    {[candidate.provider, candidate.language, candidate.format, candidate.forced ? 'forced' : null, candidate.hearingImpaired ? 'for the hard of hearing' : null, candidate.downloads === null ? null : plural(candidate.downloads, 'download')].filter(Boolean).join(' · ')}
                  </span>
                </span>
                {fetched === candidate.vendorId ? (
                  <span className="small dim" role="status">{server.alias} fetches it</span>
                ) : (
                  <button type="button" className="button small" aria-disabled={off !== null || order.busy || undefined} onClick={off === null ? () => void take(candidate) : undefined}>
                    <Download size={12} aria-hidden />
                    Fetch<span className="sr-only"> {candidate.title}</span>
                  </button>
                )}
              </li>
            ))}
          </ul>
        )}
        {off && <p className="small dim">{off}</p>}
      </div>
    </Dialog>
  );
}
