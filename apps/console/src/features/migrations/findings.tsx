import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { plural } from '../../format/units.js';
import type { Finding } from './migration-words.js';
import { useWizard } from './wizard.js';

const ORDER: readonly Finding['severity'][] = ['BLOCKER', 'WARNING', 'INFO'];
/** Findings that are settled where users, libraries or rows are decided about. */
const WHERE: Readonly<Record<string, readonly [string, Record<string, string>]>> = {
  NAME_ONLY: ['map', {}],
  NAME_TAKEN: ['map', {}],
  NAME_REFUSED: ['map', {}],
  IDENTITY_CONFLICT: ['map', {}],
  USER_GONE: ['map', {}],
  ACCOUNT_IMPOSSIBLE: ['map', {}],
  ADMINISTRATOR_DIFFERS: ['map', {}],
  LIBRARY_TYPE_DIFFERS: ['map', { tab: 'libraries' }],
  LIBRARY_GONE: ['map', { tab: 'libraries' }],
  LIBRARY_NOT_MAPPED: ['map', { tab: 'libraries' }],
  TITLES_MISSING: ['check', { tab: 'skip' }],
  DECISION_WANTED: ['check', { tab: 'conflict' }],
  VALUE_INVALID: ['check', { tab: 'loss' }],
};

/** What the check found: blockers first, each with what to do. Warnings are ticked one by one. */
export function Findings(): ReactNode {
  const { plan, off, understood, understand, go } = useWizard();
  const found = plan.findings.toSorted((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
  return (
    <section className="panel" aria-labelledby="mig-findings-head" id="mig-findings" tabIndex={-1}>
      <div className="panel-head">
        <h2 id="mig-findings-head">Checks</h2>
        <span className="small dim">{found.length === 0 ? 'nothing found' : plural(found.length, 'finding')}</span>
      </div>
      {found.length === 0 && (
        <p className="panel-body inline">
          <CircleCheck size={15} className="text-play" aria-hidden />
          Nothing stands in the way.
        </p>
      )}
      <ul className="mig-findings">
        {found.map((finding) => {
          const { id, severity, code, message, next } = finding;
          const Icon = severity === 'BLOCKER' ? CircleAlert : severity === 'WARNING' ? TriangleAlert : Info;
          const where = WHERE[code];
          return (
            <li key={id} className={severity === 'BLOCKER' ? 'blocker' : ''}>
              <Icon size={15} className={severity === 'BLOCKER' ? 'text-danger' : severity === 'WARNING' ? 'text-warning' : 'dim'} aria-label={severity.toLowerCase()} role="img" />
              <span className="mig-finding">
                <b className="strong block">{message}</b>
                {next && <span className="small dim block">{next}</span>}
                <span className="inline small">
                  <code className="faint">{code}</code>
                  {where && (
                    <button type="button" className="link" onClick={() => go(where[0], where[1])}>
                      {where[0] === 'map' ? 'Decide' : 'Show the rows'}
                    </button>
                  )}
                </span>
              </span>
              {severity === 'WARNING' && (
                <label className="inline small mig-tick">
                  Understood
                  <input type="checkbox" aria-label={`Understood: ${message}`} checked={understood.has(id) || plan.planSha256 !== null} disabled={off !== null || plan.planSha256 !== null} onChange={(event) => understand(id, event.target.checked)} />
                </label>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
