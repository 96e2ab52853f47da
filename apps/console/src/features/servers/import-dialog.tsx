import { ConsoleImportServersDocument } from '@usher/api-client';
import { useNavigate } from '@tanstack/react-router';
import { FileUp } from 'lucide-react';
import { useRef, useState, type ReactNode } from 'react';
import { useClient } from 'urql';
import { newIdempotencyKey } from '../../api/idempotency-key.js';
import { problemOf, type Problem } from '../../api/problem.js';
import { Dialog } from '../../components/dialog.js';
import { ProblemNote } from '../../components/state-view.js';
import { plural } from '../../format/units.js';
import { useNarrow } from '../../frame/use-media.js';
import { useLive } from '../../live/live-context.js';
import { useStepUp } from '../auth/step-up.js';
import { parseImport, type ImportMistake } from './import-file.js';
import { ImportResults, type ImportResult } from './import-results.js';

const EXAMPLE = '[\n  {"serverId": "attic", "url": "https://attic.example.com", "token": "…", "alias": "Attic"}\n]';

/** A file of servers: read here, tested row by row by a dry run, then applied. Bad rows never stop the good ones. */
export default function ImportDialog(): ReactNode {
  const client = useClient();
  const navigate = useNavigate();
  const narrow = useNarrow();
  const { connection } = useLive();
  const stepUp = useStepUp();
  const picker = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [allowUnreachable, setAllowUnreachable] = useState(false);
  const [mistakes, setMistakes] = useState<readonly ImportMistake[]>([]);
  const [result, setResult] = useState<ImportResult | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const close = () => void navigate({ to: '/servers', search: ({ servers }) => ({ servers }) });

  const change = (next: string) => {
    setText(next);
    setResult(null);
    setMistakes([]);
    setProblem(null);
  };

  const send = async (dryRun: boolean) => {
    if (busy) return;
    const file = parseImport(text);
    setMistakes(file.mistakes);
    if (file.rows.length === 0) return;
    setBusy(true);
    const idempotencyKey = newIdempotencyKey();
    const failed = await stepUp.run(async () => {
      const { data, error } = await client.mutation(ConsoleImportServersDocument, { input: { idempotencyKey, rows: [...file.rows], dryRun, allowUnreachable } }).toPromise();
      if (data) setResult(data.importServers);
      return error ? problemOf(error) : null;
    });
    setProblem(failed);
    setBusy(false);
    if (!failed && !dryRun) void connection.refresh();
  };

  const ready = result && !result.applied && result.created + result.updated > 0;
  const done = result?.applied === true;
  const words = () => {
    if (done) return 'Applied. Running the same file again changes nothing.';
    if (result) return ready ? 'Nothing is saved yet.' : 'There is nothing to save.';
    return 'Every row is tested before anything is saved.';
  };

  return (
    <Dialog title="Import servers" width={760} fullScreen={narrow} onClose={close}>
      <div className="dialog-body stack import-body">
        {!result && (
          <>
            <div className="field">
              <div className="label">
                <label htmlFor="import-text">JSON or CSV, one row per server</label>
                <button type="button" className="link" onClick={() => change(EXAMPLE)}>
                  Example
                </button>
              </div>
              <textarea id="import-text" className="input mono import-text" value={text} spellCheck={false} data-autofocus placeholder={EXAMPLE} onChange={(event) => change(event.target.value)} />
              <span className="hint">Fields: url, token, alias, serverId, kind, role, tags, readOnly, region, weight. A row without token keeps the stored key.</span>
            </div>
            <div className="inline import-options">
              <button type="button" className="button" onClick={() => picker.current?.click()}>
                <FileUp size={15} aria-hidden />
                Choose file…
              </button>
              <input
                ref={picker}
                type="file"
                hidden
                accept=".json,.csv,application/json,text/csv"
                aria-label="File of servers"
                onChange={(event) => {
                  const file = event.target.files?.[0];
                  event.target.value = '';
                  if (file) void file.text().then(change);
                }}
              />
              <label className="choice">
                <input type="checkbox" checked={allowUnreachable} onChange={(event) => setAllowUnreachable(event.target.checked)} />
                Save unreachable servers as pending
              </label>
            </div>
          </>
        )}
        {mistakes.length > 0 && (
          <div className="callout danger" role="alert">
            <div className="callout-head">{plural(mistakes.length, 'mistake')} in the file</div>
            <ul className="mistakes small">
              {mistakes.slice(0, 20).map(({ line, message }, index) => (
                <li key={index}>
                  {line !== null && <code>row {line}</code>} {message}
                </li>
              ))}
            </ul>
          </div>
        )}
        {result && <ImportResults result={result} />}
        {problem && <ProblemNote problem={problem} />}
      </div>
      <div className="dialog-foot">
        <span className="push dim small">{words()}</span>
        {result && !done && (
          <button type="button" className="button" onClick={() => setResult(null)}>
            Back to the file
          </button>
        )}
        {done ? (
          <button type="button" className="button primary" onClick={close}>
            Show the servers
          </button>
        ) : result ? (
          <button type="button" className="button primary" aria-disabled={!ready || busy || undefined} onClick={() => ready && void send(false)}>
            {busy ? 'Importing…' : `Import ${plural(result.created + result.updated, 'server')}`}
          </button>
        ) : (
          <button type="button" className="button primary" aria-disabled={busy || undefined} onClick={() => void send(true)}>
            {busy ? 'Testing…' : 'Test the rows'}
          </button>
        )}
      </div>
      {stepUp.prompt}
    </Dialog>
  );
}
