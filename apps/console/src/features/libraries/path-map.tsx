import { ArrowRight, CircleAlert, CircleCheck, CircleHelp, Plus, TriangleAlert, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useRole } from '../auth/auth-context.js';
import type { EditedRow, PathRow, Plan } from './plan-words.js';

function Verdict({ row }: { row: PathRow }): ReactNode {
  if (row.verdict === 'READABLE' && row.samplesFound === row.samplesTried) {
    return (
      <span className="inline small">
        <CircleCheck size={13} className="text-play" aria-hidden />
        readable
      </span>
    );
  }
  if (row.verdict === 'UNREADABLE') {
    return (
      <span className="inline small text-danger">
        <CircleAlert size={13} aria-hidden />
        the target cannot see it
      </span>
    );
  }
  if (row.samplesMissing.length > 0) {
    return (
      <span className="inline small text-warning" title={row.samplesMissing.join('\n')}>
        <TriangleAlert size={13} aria-hidden />
        {row.samplesTried - row.samplesFound} samples missing
      </span>
    );
  }
  return (
    <span className="inline small dim">
      <CircleHelp size={13} aria-hidden />
      cannot be told
    </span>
  );
}

/** Where a suggested row comes from, or that nothing is like it. */
function Origin({ row }: { row: PathRow | undefined }): ReactNode {
  if (!row) return <span className="small dim block">new row, not checked yet</span>;
  return <span className={`small block ${row.origin === 'MISSING' ? 'text-warning' : 'dim'}`}>{row.note}</span>;
}

interface PathMapProps {
  plan: Plan;
  source: string;
  target: string;
  rows: readonly EditedRow[];
  wrong: Readonly<Record<string, string>>;
  edited: boolean;
  busy: boolean;
  onRows(rows: readonly EditedRow[]): void;
  onCheck(): void;
  onReset(): void;
}

/** Which folder of the source is which folder of the target; what was edited is checked again by its button. */
export function PathMap({ plan, source, target, rows, wrong, edited, busy, onRows, onCheck, onReset }: PathMapProps): ReactNode {
  const operator = useRole('OPERATOR');
  const checked = (row: EditedRow) => plan.pathMap.find(({ from, to }) => from === row.from && (to ?? '') === row.to);
  const set = (key: string, change: Partial<EditedRow>) => onRows(rows.map((row) => (row.key === key ? { ...row, ...change } : row)));
  const field = (row: EditedRow, side: 'from' | 'to', label: string) => {
    const problem = wrong[`${row.key}.${side}`];
    return (
      <>
        <input
          className="input mono path-input"
          aria-label={label}
          spellCheck={false}
          disabled={!operator}
          value={row[side]}
          data-path={side === 'from' ? row.from : row.to}
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem ? `path-${row.key}-${side}` : undefined}
          onChange={(event) => set(row.key, { [side]: event.target.value })}
        />
        {problem && (
          <span className="field-error" id={`path-${row.key}-${side}`}>
            {problem}
          </span>
        )}
      </>
    );
  };
  return (
    <section className="panel" aria-labelledby="map-head" id="path-map" tabIndex={-1}>
      <div className="panel-head">
        <h2 id="map-head">Path map</h2>
        <span className="small dim">longest folder wins, whole folders only</span>
        <button type="button" className="button small aside" aria-disabled={operator ? undefined : true} onClick={() => operator && onRows([...rows, { key: `new-${rows.length}-${plan.rev}`, from: '', to: '', libraryVendorId: null }])}>
          <Plus size={13} aria-hidden />
          Row
        </button>
      </div>
      {rows.length === 0 ? (
        <p className="panel-body dim">No row yet: nothing is known about the folders. Add one, or check again when both servers answer.</p>
      ) : (
        <table className="table path-table">
          <thead>
            <tr>
              <th scope="col">Library</th>
              <th scope="col">On {source}</th>
              <th scope="col">
                <span className="sr-only">is</span>
              </th>
              <th scope="col">On {target}</th>
              <th scope="col">Samples</th>
              <th scope="col">Tried by {target}</th>
              <th scope="col">
                <span className="sr-only">Remove</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => {
              const known = checked(row);
              const name = known?.libraryName ?? plan.pathMap.find(({ libraryVendorId }) => libraryVendorId !== null && libraryVendorId === row.libraryVendorId)?.libraryName ?? 'all';
              const open = !known || known.to === null || known.verdict === 'UNREADABLE' || known.samplesMissing.length > 0;
              return (
                <tr key={row.key} className={open ? 'open-row' : undefined}>
                  <td className="strong">{name}</td>
                  <td data-cell="from">{field(row, 'from', `Folder on ${source}, row ${index + 1}`)}</td>
                  <td className="dim at-wide">
                    <ArrowRight size={13} aria-hidden />
                  </td>
                  <td data-cell="to">
                    {field(row, 'to', `Folder on ${target}, row ${index + 1}`)}
                    <Origin row={known} />
                  </td>
                  <td className={known && known.samplesFound < known.samplesTried ? 'text-warning strong' : ''}>{known && known.samplesTried > 0 ? `${known.samplesFound} of ${known.samplesTried}` : <span className="faint">–</span>}</td>
                  <td>{known ? <Verdict row={known} /> : <span className="small dim">not yet</span>}</td>
                  <td data-cell="remove">
                    <button type="button" className="icon-button" disabled={!operator} aria-label={`Remove row ${index + 1}`} title="Remove" onClick={() => onRows(rows.filter(({ key }) => key !== row.key))}>
                      <X size={14} />
                    </button>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      <div className="plan-foot inner">
        <span className="small dim push-right">{operator ? 'Refused at once: “..”, relative paths, two rows from one folder.' : 'Editing needs the role operator. FORBIDDEN'}</span>
        {edited && (
          <>
            <button type="button" className="button small quiet" onClick={onReset}>
              Take back
            </button>
            <button type="button" className="button small" aria-disabled={busy || undefined} onClick={onCheck}>
              Check this map
            </button>
          </>
        )}
      </div>
    </section>
  );
}
