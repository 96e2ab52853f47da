import { ConsoleAcceptMigrationExceptionsDocument, ConsoleMigrationRowsDocument, ConsoleVerifyMigrationRunDocument } from '@usher/api-client';
import { ArrowRight, CircleCheck, FileText, RotateCw, TriangleAlert } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useQuery } from 'urql';
import { problemOf } from '../../api/problem.js';
import { Dialog } from '../../components/dialog.js';
import { Field } from '../../components/field.js';
import { ErrorState, LoadingRows, ProblemNote } from '../../components/state-view.js';
import { count, duration, moment, plural } from '../../format/units.js';
import { useNow } from '../../live/live-context.js';
import { differencesOf, differingFields, titlesOf } from './field-matrix.js';
import { FIELD_WORDS, hasEnded, valueOf, settings, type Plan, type Row, type Run } from './migration-words.js';
import { useRun } from './use-plan.js';
import { useReport } from './use-report.js';
import { useWizard } from './wizard.js';
import { Cells, Foot } from './wizard-head.js';

const FIELDS = ['PLAYED', 'PLAY_COUNT', 'LAST_PLAYED_AT', 'POSITION_MS', 'FAVORITE', 'RATING_TENTHS'] as const;
const RESULT_WORDS = { SAME: ['=', 'same'], DIFFERS: ['≠', 'differs'], NOT_THERE: ['−', 'missing'], FOREIGN: ['+', 'changed though not planned'], UNREADABLE: ['!', 'could not be read'] } as const;
const MOST = 100;

/** Rows that were not read back as planned; what was verified is left out. */
function useExceptions(plan: Plan): { rows: readonly Row[] | null; total: number; reread(): void; problem: ReturnType<typeof problemOf> | null } {
  const [{ data, error }, read] = useQuery({ query: ConsoleMigrationRowsDocument, variables: { id: plan.id, tab: null, user: null, states: ['NEW', 'INTENT', 'DONE', 'SKIPPED', 'CONFLICT', 'FAILED'], search: null, first: MOST, after: null }, requestPolicy: 'cache-and-network' });
  const page = data?.migrationPlanRows;
  const rows = page?.edges.map(({ node }) => node).filter(({ verify, operation }) => operation !== 'SKIP' && verify !== 'SAME') ?? null;
  return { rows, total: page?.totalCount ?? 0, reread: () => read({ requestPolicy: 'network-only' }), problem: error && !data ? problemOf(error) : null };
}

/** User × field, read back. What is fine whispers. */
function ResultMatrix({ plan, rows }: { plan: Plan; rows: readonly Row[] }): ReactNode {
  const differs = differencesOf(rows);
  const fields = FIELDS.filter((field) => plan.users.some((user) => titlesOf(user, field) > 0));
  if (fields.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="mig-results-head">
      <div className="panel-head mig-matrix-head">
        <h2 id="mig-results-head">Read back from {plan.target.alias}, field by field</h2>
        <span className="aside small dim inline">
          <span>= as planned</span>
          <span className="text-warning">≠ differs or missing</span>
          <span>– none at the source</span>
        </span>
      </div>
      <div className="table-scroll mig-matrix-scroll" tabIndex={0} role="region" aria-label="Results by user and field">
        <table className="table mig-matrix">
          <thead>
            <tr>
              <th scope="col">User</th>
              <th scope="col">On {plan.target.alias}</th>
              {fields.map((field) => (
                <th key={field} scope="col" className="num">
                  {FIELD_WORDS[field]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {plan.users.map((user, u) => (
              <tr key={u}>
                <th scope="row">{user.sources.map(({ name }) => name).join(' + ')}</th>
                <td>{user.targetName}</td>
                {fields.map((field) => {
                  const titles = titlesOf(user, field);
                  const bad = differs.get(`${u}:${field}`) ?? 0;
                  return (
                    <td key={field} className={`num ${bad > 0 ? 'lossy' : ''}`}>
                      {titles === 0 && bad === 0 ? <span className="faint">–</span> : <span className="mig-cell"><span className={bad > 0 ? 'strong' : 'text-play'}>{bad > 0 ? '≠' : '='}</span><span>{count(bad > 0 ? bad : titles)}</span></span>}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Exception({ row, target }: { row: Row; target: string }): ReactNode {
  const fields = differingFields(row);
  const [sign, word] = row.verify ? RESULT_WORDS[row.verify] : ['!', row.state === 'CONFLICT' ? 'changed at the target, left alone' : 'not written'];
  return (
    <tr>
      <td data-cell="what">
        <b className="strong block">{row.title ?? 'Settings of the account'}</b>
        <span className="small dim">{row.userName}</span>
      </td>
      <td data-cell="planned">
        <span className="small faint mig-narrow-label">planned </span>
        {row.to ? fields.map((field) => valueOf(row.to, field)).join(', ') : settings(row, 'to')}
      </td>
      <td data-cell="now">
        <span className="small faint mig-narrow-label">on {target} </span>
        {row.now ? fields.map((field) => valueOf(row.now, field)).join(', ') : '–'}
      </td>
      <td data-cell="why" className={row.verify === 'UNREADABLE' || row.state === 'FAILED' ? 'text-danger' : 'text-warning'}>
        <span aria-hidden>{sign}</span> {word} {row.code && <code className="dim">{row.code}</code>}
      </td>
    </tr>
  );
}

function AcceptDialog({ runId, exceptions, onClose }: { runId: string; exceptions: number; onClose(): void }): ReactNode {
  const { plan, orders, put, go } = useWizard();
  const [reason, setReason] = useState('');
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (reason.trim().length < 3) return;
    const run = await orders.send('accept', ConsoleAcceptMigrationExceptionsDocument, { input: { runId, reason: reason.trim() } }, ({ acceptMigrationExceptions }) => acceptMigrationExceptions);
    if (!run) return;
    put({ ...plan, run });
    onClose();
    go('finish');
  };
  return (
    <Dialog title={`Accept ${plural(exceptions, 'difference')}?`} width={480} onClose={onClose}>
      <form className="dialog-body stack" onSubmit={(event) => void submit(event)}>
        <p className="dim">The run ends with these differences. Your reason and your name stand in the signed report.</p>
        <Field label="Reason" value={reason} maxLength={500} autoComplete="off" onValue={setReason} data-autofocus hint="3 to 500 characters" />
        {orders.problem && <ProblemNote problem={orders.problem} />}
        <div className="inline form-foot">
          <button type="button" className="button push" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button primary" aria-disabled={reason.trim().length < 3 || orders.busy !== null || undefined}>
            Accept and finish
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Verified({ given }: { given: Run }): ReactNode {
  const { plan, orders, off, reread, put, go } = useWizard();
  const nowMs = useNow(60_000);
  const { run } = useRun(given, reread);
  const exceptions = useExceptions(plan);
  const report = useReport(run.runId);
  const [accepting, setAccepting] = useState(false);
  const found = run.verification;
  const reading = run.state === 'VERIFYING';
  const bad = found ? found.differs + found.notThere + found.unreadable : 0;
  const all = found ? found.same + bad : 0;
  const waits = run.state === 'AWAITING_DECISION';
  const busy = off !== null || orders.busy !== null;
  const again = () => !busy && void orders.send('verify', ConsoleVerifyMigrationRunDocument, { id: run.runId }, ({ verifyMigrationRun }) => verifyMigrationRun).then((next) => next && put({ ...plan, run: next }));
  return (
    <>
      {found && (
        <Cells
          cells={[
            { label: 'Equal to the plan', value: all === 0 ? '100' : (Math.floor((found.same / all) * 10_000) / 100).toFixed(2), unit: '%', note: `${count(found.same)} of ${count(all)} read back` },
            { label: '= same', value: count(found.same), note: 'no action needed' },
            { label: '− missing', value: <span className={found.notThere > 0 ? 'text-warning' : ''}>{count(found.notThere)}</span>, note: 'in the plan only' },
            { label: '≠ differs', value: <span className={found.differs > 0 ? 'text-warning' : ''}>{count(found.differs)}</span>, note: 'another value stands there' },
            { label: '! error', value: <span className={found.unreadable > 0 ? 'text-danger' : ''}>{count(found.unreadable)}</span>, note: found.unreadable > 0 ? 'could not be read' : 'everything could be read' },
            { label: 'Duration', value: duration(Date.parse(run.endedAt ?? run.at) - Date.parse(run.startedAt)), note: `read ${moment(Date.parse(found.at), nowMs)}` },
          ]}
        />
      )}
      {reading && (
        <p className="panel mig-progress" role="status">
          Everything is read back from {plan.target.alias}. Nothing is written any more.
        </p>
      )}
      {exceptions.problem && <div className="panel"><ErrorState title="Usher could not read the rows" problem={exceptions.problem} onRetry={exceptions.reread} /></div>}
      {!exceptions.rows && !exceptions.problem && <LoadingRows rows={6} height={36} label="Loading the results" />}
      {exceptions.rows && found && (
        <div className="stack-panels">
          <ResultMatrix plan={plan} rows={exceptions.rows} />
          <section className="panel" aria-labelledby="mig-exceptions-head">
            <div className="panel-head">
              <h2 id="mig-exceptions-head">Exceptions</h2>
              <span className="small dim">{exceptions.rows.length === 0 ? 'none' : count(exceptions.rows.length)}</span>
            </div>
            {exceptions.rows.length === 0 ? (
              <p className="panel-body inline">
                <CircleCheck size={15} className="text-play" aria-hidden />
                Every row that was written stands there as planned.
              </p>
            ) : (
              <table className="table mig-table mig-exception-table">
                <thead>
                  <tr>
                    <th scope="col">What</th>
                    <th scope="col">Planned</th>
                    <th scope="col">On {plan.target.alias}</th>
                    <th scope="col">Result</th>
                  </tr>
                </thead>
                <tbody>
                  {exceptions.rows.map((row) => (
                    <Exception key={row.n} row={row} target={plan.target.alias} />
                  ))}
                </tbody>
              </table>
            )}
            {exceptions.total > MOST && <p className="panel-note small dim">The first {MOST} of {count(exceptions.total)} rows that were not read back as equal; all of them stand in the report.</p>}
            {found.acceptedAt && (
              <p className="panel-note small">
                <CircleCheck size={13} className="text-play mig-inline-icon" aria-hidden /> Accepted {moment(Date.parse(found.acceptedAt), nowMs)}: {found.acceptedReason}
              </p>
            )}
          </section>
        </div>
      )}
      {report.problem && (
        <div className="mig-note">
          <ProblemNote problem={report.problem} />
        </div>
      )}
      <Foot
        icon={waits ? <TriangleAlert size={16} className="text-warning" aria-hidden /> : <CircleCheck size={16} className="text-play" aria-hidden />}
        title={reading ? 'Reading back' : waits ? `${plural(bad, 'difference waits', 'differences wait')} for your decision` : 'Read back'}
        actions={
          <>
            <button type="button" className="button" aria-disabled={busy || reading || undefined} onClick={() => !reading && again()}>
              <RotateCw size={14} aria-hidden />
              Read back again
            </button>
            <button type="button" className="button" aria-disabled={!run.hasReport || report.read !== null || undefined} onClick={() => run.hasReport && report.save()}>
              <FileText size={14} aria-hidden />
              {report.read === null ? 'Signed report' : `${plural(report.read, 'part')} read`}
            </button>
            {waits && (
              <button type="button" className="button primary" aria-disabled={busy || undefined} onClick={() => !busy && setAccepting(true)}>
                Accept with a reason…
              </button>
            )}
            {hasEnded(run.state) && (
              <button type="button" className="button primary" onClick={() => go('finish')}>
                Finish or undo
                <ArrowRight size={15} aria-hidden />
              </button>
            )}
          </>
        }
      >
        {off ?? (!run.hasReport ? 'The signed report is made when the run ends.' : 'The report can be checked without a connection: usher migrations report --verify FILE')}
      </Foot>
      {accepting && <AcceptDialog runId={run.runId} exceptions={bad} onClose={() => setAccepting(false)} />}
    </>
  );
}

/** Sixth step: everything that was written, read back. */
export function VerifyStep(): ReactNode {
  const { plan } = useWizard();
  return plan.run && <Verified given={plan.run} />;
}
