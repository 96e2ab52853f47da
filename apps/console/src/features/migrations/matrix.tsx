import { Fragment, type ReactNode } from 'react';
import { CircleCheck, GitMerge, MailCheck, Plus, TriangleAlert } from 'lucide-react';
import { count, plural } from '../../format/units.js';
import { useNarrow } from '../../frame/use-media.js';
import { matrixOf, type Cell, type Matrix } from './field-matrix.js';
import { EVIDENCE, type Plan, type PlanUser } from './migration-words.js';

/** exact · lossy · impossible, in shape as well as in colour. */
export function VerdictMark({ kind }: { kind: NonNullable<Cell['kind']> }): ReactNode {
  if (kind === 'EXACT') return <span className="mig-exact" role="img" aria-label="exact" />;
  if (kind === 'LOSSY') return <span className="mig-lossy" role="img" aria-label="lossy" />;
  return (
    <span className="mig-impossible" role="img" aria-label="impossible">
      ✕
    </span>
  );
}

function CellBody({ cell }: { cell: Cell }): ReactNode {
  if (cell.kind === null) return <span className="faint">–</span>;
  const words = cell.of === null ? '' : cell.kind === 'LOSSY' ? `${count(cell.arrives ?? 0)}/${count(cell.of)}` : count(cell.of);
  return (
    <span className="mig-cell">
      <VerdictMark kind={cell.kind} />
      <span>{words}</span>
    </span>
  );
}

const tone = (cell: Cell): string => (cell.kind === 'LOSSY' ? 'lossy' : cell.kind === 'IMPOSSIBLE' ? 'impossible' : '');

/** Why this account, in a word. */
export function EvidenceWord({ user }: { user: PlanUser }): ReactNode {
  const known = EVIDENCE[user.evidence] ?? { word: user.evidence, proof: false };
  if (user.decision === 'CREATE') {
    return (
      <span className="inline small dim">
        <Plus size={13} aria-hidden /> Created as “{user.targetName}”
      </span>
    );
  }
  const Icon = !known.proof ? TriangleAlert : user.evidence === 'identity' ? GitMerge : user.evidence === 'email' ? MailCheck : CircleCheck;
  return (
    <span className={`inline small ${known.proof ? '' : 'text-warning'}`}>
      <Icon size={13} className={known.proof ? 'text-play' : ''} aria-hidden /> {known.word}
    </span>
  );
}

function Notes({ matrix: { notes } }: { matrix: Matrix }): ReactNode {
  if (notes.length === 0) return <p className="panel-note small dim">Everything that the source says arrives exactly.</p>;
  return (
    <ol className="mig-notes">
      {notes.map(({ number, text, instead, kind }) => (
        <li key={number}>
          <b className={kind === 'LOSSY' ? 'text-warning' : 'dim'}>{number}</b>
          <span className="small dim">
            {text} {instead}
          </span>
        </li>
      ))}
    </ol>
  );
}

/** On a phone: one line per field, with all users together. */
function FieldList({ matrix }: { matrix: Matrix }): ReactNode {
  return (
    <ul className="mig-field-list">
      {matrix.columns.map(({ key, label, total, notes }) => (
        <li key={key} className={tone(total)}>
          {total.kind ? <VerdictMark kind={total.kind} /> : <span className="faint">–</span>}
          <span>
            {label} {notes.length > 0 && <span className="small text-warning">{notes.join(' ')}</span>}
          </span>
          <span className="num small dim">{total.kind === null ? 'none at the source' : total.of === null ? '' : `${count(total.arrives ?? 0)} of ${count(total.of)} exact`}</span>
        </li>
      ))}
    </ul>
  );
}

/** Users × fields: identity and loss in one look. */
export function FieldMatrix({ plan }: { plan: Plan }): ReactNode {
  const narrow = useNarrow();
  const matrix = matrixOf(plan.users);
  return (
    <section className="panel" aria-labelledby="mig-matrix-head">
      <div className="panel-head mig-matrix-head">
        <h2 id="mig-matrix-head">Users and what survives</h2>
        <span className="small dim">
          {plural(plan.users.length, 'user')} · {plan.source.version && `${plan.source.alias} ${plan.source.version} → ${plan.target.alias} ${plan.target.version}`}
        </span>
        <span className="aside small dim inline">
          <span className="inline">
            <VerdictMark kind="EXACT" /> exact
          </span>
          <span className="inline text-warning">
            <VerdictMark kind="LOSSY" /> lossy
          </span>
          <span className="inline">
            <VerdictMark kind="IMPOSSIBLE" /> impossible
          </span>
          <span>– none at the source</span>
        </span>
      </div>
      {narrow ? (
        <FieldList matrix={matrix} />
      ) : (
        <div className="table-scroll mig-matrix-scroll" tabIndex={0} role="region" aria-label="Users and fields">
          <table className="table mig-matrix">
            <thead>
              <tr>
                <th scope="col">{plan.source.alias}</th>
                <th scope="col">{plan.target.alias}</th>
                <th scope="col">Evidence</th>
                {matrix.columns.map(({ key, label, notes }) => (
                  <th key={key} scope="col" className="num">
                    {label}
                    {notes.map((number) => (
                      <span key={number} className="mig-note-number">
                        {' '}
                        {number}
                      </span>
                    ))}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {matrix.rows.map(({ user, u, cells }) => (
                <tr key={u}>
                  <th scope="row">
                    {user.sources.map(({ vendorId, name }, index) => (
                      <Fragment key={vendorId}>
                        {index > 0 && ' + '}
                        {name}
                      </Fragment>
                    ))}
                  </th>
                  <td className={user.targetVendorId ? '' : 'dim'}>→ {user.targetVendorId ? user.targetName : 'new user'}</td>
                  <td>
                    <EvidenceWord user={user} />
                  </td>
                  {cells.map((cell, index) => (
                    <td key={matrix.columns[index]!.key} className={`num ${tone(cell)}`}>
                      <CellBody cell={cell} />
                    </td>
                  ))}
                </tr>
              ))}
              {plan.users.length > 1 && (
                <tr className="mig-sum">
                  <th scope="row" colSpan={3}>
                    All users
                  </th>
                  {matrix.columns.map(({ key, total }) => (
                    <td key={key} className="num">
                      {total.of === null ? '' : total.kind === 'LOSSY' ? `${count(total.arrives ?? 0)}/${count(total.of)}` : count(total.of)}
                    </td>
                  ))}
                </tr>
              )}
            </tbody>
          </table>
        </div>
      )}
      <Notes matrix={matrix} />
    </section>
  );
}
