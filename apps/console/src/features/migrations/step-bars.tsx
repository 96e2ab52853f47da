import { CircleAlert, CircleCheck, CircleDashed, Play } from 'lucide-react';
import type { ReactNode } from 'react';
import { count } from '../../format/units.js';
import { RUN_STEP_WORDS, type Run } from './migration-words.js';

const STEP_ICONS = { DONE: CircleCheck, RUNNING: Play, WAITING: CircleDashed, FAILED: CircleAlert } as const;

/** The steps of a run, side by side. */
export function StepBars({ run }: { run: Run }): ReactNode {
  return (
    <ul className="panel mig-bars" aria-label="Steps of the run">
      {run.steps.map(({ step, rows, done, state }) => {
        const Icon = STEP_ICONS[state];
        return (
          <li key={step} className={step === 'copy-watch-states' ? 'wide' : ''}>
            <span className="inline">
              <Icon size={14} className={state === 'DONE' ? 'text-play' : state === 'FAILED' ? 'text-danger' : state === 'RUNNING' ? 'accent' : 'faint'} aria-label={state.toLowerCase()} role="img" />
              <span className="strong clip">{RUN_STEP_WORDS[step] ?? step}</span>
            </span>
            <span className="meter" aria-hidden>
              <span className={state === 'DONE' ? 'fill-ok' : state === 'FAILED' ? 'fill-danger' : 'mig-fill'} style={{ transform: `scaleX(${rows === 0 ? Number(state === 'DONE') : done / rows})` }} />
            </span>
            <span className="small dim">{rows === 0 ? (state === 'WAITING' ? 'waits' : 'nothing to do') : `${count(done)} of ${count(rows)}`}</span>
          </li>
        );
      })}
    </ul>
  );
}
