import type { ReactNode } from 'react';
import { FieldMatrix } from './matrix.js';
import type { Plan } from './migration-words.js';
import type { Draft } from './plan-draft.js';

interface MapFieldsProps {
  plan: Plan;
  draft: Draft;
  onDraft: ((draft: Draft) => void) | null;
}

const CHOICES = [
  { key: 'overwrite', label: 'When both servers say something', options: [['ADDITIVE', 'Nothing at the target gets smaller'], ['MIRROR', 'The source’s value replaces the target’s']] },
  { key: 'playCounts', label: 'Play counts of two accounts of one person', options: [['MAX', 'The greater one'], ['SUM', 'Both together']] },
  { key: 'minTier', label: 'Weakest match that is acted upon', options: [['A', 'A: predicted id'], ['B', 'B: two or more ids'], ['C', 'C: one id without a rival'], ['D', 'D: path and length'], ['E', 'E: title, year and length']] },
  { key: 'approvalsRequired', label: 'Signatures', options: [[1, 'One superadmin'], [2, 'Two superadmins, neither the author']] },
] as const;

/** How two truths become one, and how far a match may be trusted. */
export function MapFields({ plan, draft, onDraft }: MapFieldsProps): ReactNode {
  const set = (key: string, value: string | number) => onDraft?.({ ...draft, options: { ...draft.options, [key]: value } });
  const number = (key: 'driftLimitPercent' | 'maxConnections', text: string, most: number, least: number) => {
    const value = Math.round(Number(text));
    if (Number.isFinite(value)) set(key, Math.min(most, Math.max(least, value)));
  };
  return (
    <div className="stack-panels">
      {plan.users.length > 0 && <FieldMatrix plan={plan} />}
      <section className="panel" aria-labelledby="mig-rules-head">
        <div className="panel-head">
          <h2 id="mig-rules-head">Rules</h2>
          <span className="small dim">watched: either · date: latest · resume point: of the latest play · favorite: either</span>
        </div>
        <div className="panel-body mig-rules">
          {CHOICES.map(({ key, label, options }) => (
            <label key={key} className="field">
              <span className="label">{label}</span>
              <select className="input" value={String(draft.options[key])} disabled={!onDraft} onChange={(event) => set(key, options.find(([value]) => String(value) === event.target.value)![0])}>
                {options.map(([value, word]) => (
                  <option key={value} value={value}>
                    {word}
                  </option>
                ))}
              </select>
            </label>
          ))}
          <label className="field">
            <span className="label">Changes at the target that make the plan stale</span>
            <span className="input-wrap">
              <input className="input" type="number" min={0} max={100} value={draft.options.driftLimitPercent} disabled={!onDraft} onChange={(event) => number('driftLimitPercent', event.target.value, 100, 0)} />
              <span className="input-note">%</span>
            </span>
          </label>
          <label className="field">
            <span className="label">Connections to the target at most</span>
            <input className="input" type="number" min={1} max={16} value={draft.options.maxConnections} disabled={!onDraft} onChange={(event) => number('maxConnections', event.target.value, 16, 1)} />
          </label>
        </div>
        <p className="panel-note small dim">Matches A and B are acted upon by themselves, C where no other title could be it, D and E only when you lower the bar or decide row by row. A contradiction is never acted upon.</p>
      </section>
    </div>
  );
}
