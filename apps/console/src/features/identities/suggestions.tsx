import { ConsoleRefuseIdentitySuggestionDocument } from '@usher/api-client';
import { GitMerge, MailCheck, TriangleAlert } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { ProblemNote } from '../../components/state-view.js';
import { plural } from '../../format/units.js';
import type { FleetServer } from '../../live/live-types.js';
import { sideName, SUGGESTION_WORDS, type Suggestion, type SuggestionSide } from './identity-words.js';
import { useActs } from './use-acts.js';

const AT_FIRST = 4;

function Side({ side, byId }: { side: SuggestionSide; byId: ReadonlyMap<string, FleetServer> }): ReactNode {
  return (
    <>
      {sideName(side)} <span className="dim">({byId.get(side.serverId)?.alias ?? 'removed server'})</span>
    </>
  );
}

interface SuggestionsProps {
  suggestions: readonly Suggestion[];
  byId: ReadonlyMap<string, FleetServer>;
  onLook(key: string): void;
  onRefused(): void;
}

/** Accounts that may be of one person. Usher joins nothing by itself. */
export function Suggestions({ suggestions, byId, onLook, onRefused }: SuggestionsProps): ReactNode {
  const acts = useActs();
  const [all, setAll] = useState(false);
  const proven = suggestions.filter(({ isProof }) => isProof).length;
  const shown = all ? suggestions : suggestions.slice(0, AT_FIRST);
  const refuse = (key: string) => void acts.send(ConsoleRefuseIdentitySuggestionDocument, { key }).then((done) => done && onRefused());
  return (
    <section className="panel" aria-labelledby="suggestions-head">
      <div className="panel-head">
        <h2 id="suggestions-head">Suggestions</h2>
        <span className="small dim">
          {suggestions.length}
          {suggestions.length > 0 && `, ${proven === 0 ? 'none' : proven} with proof`}
        </span>
        <span className="aside small dim">Usher merges nothing by itself</span>
      </div>
      {suggestions.length === 0 && <p className="panel-body dim">No two accounts look like one person. Addresses from a file may show more.</p>}
      <ul className="id-suggestions">
        {shown.map(({ key, evidence, detail, isProof, isUnlikely, one, other }) => (
          <li key={key}>
            <b className="strong clip">
              <Side side={one} byId={byId} /> <span className="faint">+</span> <Side side={other} byId={byId} />
            </b>
            <span className={`inline id-evidence ${isProof ? '' : 'text-warning'}`}>
              {isProof ? <MailCheck size={14} className="text-play" aria-hidden /> : <TriangleAlert size={14} aria-hidden />}
              {SUGGESTION_WORDS[evidence]}
            </span>
            <span className="small dim">{detail}</span>
            {isUnlikely && <span className="small text-warning">Both are on one server, or one is an administrator: look twice.</span>}
            <span className="inline id-suggestion-foot">
              <button type="button" className="button small" onClick={() => onLook(key)}>
                <GitMerge size={13} aria-hidden />
                {isProof ? 'Look and merge…' : 'Compare…'}
              </button>
              <button type="button" className="button small quiet" aria-disabled={acts.busy || undefined} onClick={() => refuse(key)}>
                Keep apart<span className="sr-only"> {sideName(one)} and {sideName(other)}</span>
              </button>
            </span>
          </li>
        ))}
      </ul>
      {suggestions.length > AT_FIRST && (
        <div className="panel-note">
          <button type="button" className="link" onClick={() => setAll(!all)}>
            {all ? 'Show fewer' : plural(suggestions.length - AT_FIRST, 'more suggestion')}
          </button>
        </div>
      )}
      {acts.problem && (
        <div className="panel-body">
          <ProblemNote problem={acts.problem} />
        </div>
      )}
    </section>
  );
}
