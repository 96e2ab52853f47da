import { ConsoleImportIdentityEmailsDocument, type EmailImportStatus } from '@usher/api-client';
import { CircleAlert, Download, Equal, FileText, FileUp, Plus, TriangleAlert } from 'lucide-react';
import { useRef, useState, type ReactNode } from 'react';
import { newIdempotencyKey } from '../../api/idempotency-key.js';
import { Dialog } from '../../components/dialog.js';
import { ProblemNote } from '../../components/state-view.js';
import { count, plural } from '../../format/units.js';
import { useNarrow } from '../../frame/use-media.js';
import { saveFile } from '../migrations/save-file.js';
import { IMPORT_WORDS, importText, refusedLines, type ImportResult, type ImportRow } from './identity-words.js';
import { useActs } from './use-acts.js';

const EXAMPLE = 'server,user,email\nattic,ben.okafor,ben@okafor.example\n';
const STATUSES: readonly EmailImportStatus[] = ['ADDED', 'SAME', 'HELD', 'REFUSED'];
const ICONS = { ADDED: Plus, SAME: Equal, HELD: TriangleAlert, REFUSED: CircleAlert } as const;
const TONES = { ADDED: 'dim', SAME: 'dim', HELD: 'text-warning', REFUSED: 'text-danger' } as const;
const AT_FIRST = 100;

function Row({ row }: { row: ImportRow }): ReactNode {
  const Icon = ICONS[row.status];
  return (
    <tr className={row.status.toLowerCase()}>
      <td data-cell="line" className="dim">
        {row.line}
      </td>
      <td data-cell="server">{row.server}</td>
      <td data-cell="user" className="strong">
        {row.user}
      </td>
      <td data-cell="email">{row.email}</td>
      <td data-cell="what" className={TONES[row.status]}>
        <span className="inline id-import-what">
          <Icon size={13} aria-label={IMPORT_WORDS[row.status]} role="img" />
          <span>
            {row.message}
            {row.status === 'REFUSED' && (
              <code className="block">
                {row.code}
                {row.column !== null && `, column ${row.column}`}
              </code>
            )}
          </span>
        </span>
      </td>
    </tr>
  );
}

function Results({ result }: { result: ImportResult }): ReactNode {
  const [only, setOnly] = useState<EmailImportStatus | null>(null);
  const [all, setAll] = useState(false);
  const counts = { ADDED: result.added, SAME: result.same, HELD: result.held, REFUSED: result.refused };
  const rows = result.rows.filter(({ status }) => only === null || status === only);
  const shown = all ? rows : rows.slice(0, AT_FIRST);
  return (
    <>
      <div className="inline id-import-filter" role="group" aria-label="Which lines">
        <button type="button" className="button small mig-chip" aria-pressed={only === null} onClick={() => setOnly(null)}>
          All <b>{count(result.rows.length)}</b>
        </button>
        {STATUSES.map((status) => (
          <button key={status} type="button" className="button small mig-chip" aria-pressed={only === status} onClick={() => setOnly(status)}>
            {IMPORT_WORDS[status]} <b>{count(counts[status])}</b>
          </button>
        ))}
      </div>
      <table className="table mig-table id-import-table">
        <thead>
          <tr>
            <th scope="col">Line</th>
            <th scope="col">Server</th>
            <th scope="col">User</th>
            <th scope="col">E-mail</th>
            <th scope="col">{result.applied ? 'What happened' : 'What happens'}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <Row key={row.line} row={row} />
          ))}
        </tbody>
      </table>
      {rows.length > shown.length && (
        <button type="button" className="link id-import-more" onClick={() => setAll(true)}>
          {plural(rows.length - shown.length, 'more line')}
        </button>
      )}
    </>
  );
}

/** Addresses from a file: tried line by line, then kept as not verified. Bad lines never stop the good ones. */
export function ImportEmails({ onClose }: { onClose(): void }): ReactNode {
  const acts = useActs();
  const narrow = useNarrow();
  const picker = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [name, setName] = useState<string | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const [result, setResult] = useState<ImportResult | null>(null);
  const [key, setKey] = useState(newIdempotencyKey);
  const change = (next: string, file: string | null = null) => {
    setText(next);
    setName(file);
    setWrong(null);
    setResult(null);
    setKey(newIdempotencyKey());
    acts.forget();
  };
  const send = async (dryRun: boolean) => {
    const read = importText(text);
    setWrong(typeof read === 'string' ? read : null);
    if (typeof read === 'string') return;
    const done = await acts.send(ConsoleImportIdentityEmailsDocument, { input: { csv: read.csv, dryRun, idempotencyKey: dryRun ? newIdempotencyKey() : key } });
    if (done) setResult(done.importIdentityEmails);
  };
  const place = acts.problem && typeof acts.problem.details['line'] === 'number' ? `Line ${String(acts.problem.details['line'])}, column ${String(acts.problem.details['column'] ?? 1)}.` : null;
  const kept = result ? result.added + result.held : 0;
  const done = result?.applied === true;
  return (
    <Dialog title="Import e-mails" width={920} fullScreen={narrow} onClose={onClose}>
      <div className="id-import" tabIndex={0} role="group" aria-label="File and lines">
        <div className="id-import-from">
          <h3>From</h3>
          <button type="button" className="button" onClick={() => picker.current?.click()}>
            <FileUp size={14} aria-hidden />
            CSV or JSON file…
          </button>
          <input
            ref={picker}
            type="file"
            hidden
            accept=".csv,.json,text/csv,application/json"
            aria-label="File of e-mails"
            onChange={(event) => {
              const file = event.target.files?.[0];
              event.target.value = '';
              if (file) void file.text().then((content) => change(content, file.name));
            }}
          />
          {result ? (
            <div className="callout">
              <span className="inline strong">
                <FileText size={14} aria-hidden /> {name ?? 'Pasted lines'}
              </span>
              <span className="small dim">{plural(result.rows.length, 'line')}, columns server, user, email</span>
              <button type="button" className="link block" onClick={() => setResult(null)}>
                Back to the text
              </button>
            </div>
          ) : (
            <button type="button" className="link" onClick={() => change(EXAMPLE)}>
              Example
            </button>
          )}
          <p className="small dim">
            Imported e-mails are <b>not verified</b>. They only suggest. plex.tv or a superadmin’s word with a reason verifies them.
          </p>
        </div>
        <div className="id-import-lines">
          {result ? (
            <Results result={result} />
          ) : (
            <label className="field">
              <span className="label">Lines: server, user, email</span>
              <textarea className="input mono id-import-text" value={text} spellCheck={false} data-autofocus placeholder={EXAMPLE} onChange={(event) => change(event.target.value)} />
            </label>
          )}
          {wrong && (
            <span className="field-error" role="alert">
              {wrong}
            </span>
          )}
          {acts.problem && <ProblemNote problem={place ? { ...acts.problem, message: `${place} ${acts.problem.message}` } : acts.problem} />}
        </div>
      </div>
      <div className="dialog-foot">
        <span className="push-right small dim" role="status">
          {done ? `Kept ${plural(kept, 'address', 'addresses')}. Importing the same file again changes nothing.` : result ? `${result.refused > 0 ? `${plural(result.refused, 'line is', 'lines are')} refused. ` : ''}Nothing is saved until you choose.` : 'Every line is tried before anything is saved.'}
        </span>
        <button type="button" className="button quiet" onClick={onClose}>
          {done ? 'Close' : 'Cancel'}
        </button>
        {result && result.refused > 0 && (
          <button type="button" className="button" onClick={() => saveFile('refused-e-mails.csv', refusedLines(result.rows), 'text/csv')}>
            <Download size={14} aria-hidden />
            Refused lines
          </button>
        )}
        {!done && (
          <button type="button" className="button primary" aria-disabled={acts.busy || (result !== null && kept === 0) || undefined} onClick={() => (result ? kept > 0 && void send(false) : void send(true))}>
            {result ? `Import ${plural(kept, 'address', 'addresses')}` : 'Try the lines'}
          </button>
        )}
      </div>
    </Dialog>
  );
}
