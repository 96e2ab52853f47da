import type { FormEvent, ReactNode } from 'react';
import type { Problem } from '../../api/problem.js';
import { ProblemNote } from '../../components/state-view.js';

/** How saving one part of the settings goes. */
export interface SaveState {
  readonly busy: boolean;
  readonly saved: boolean;
  readonly problem: Problem | null;
}

export const IDLE: SaveState = { busy: false, saved: false, problem: null };

interface SectionProps {
  title: string;
  save: SaveState;
  onSubmit(): void;
  children: ReactNode;
  verb?: string;
  /** A dialog that the saving asks for. */
  prompt?: ReactNode;
}

/** One part of the settings, saved by itself. */
export function Section({ title, save, onSubmit, children, verb = 'Save', prompt }: SectionProps): ReactNode {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form className="panel settings-panel" onSubmit={submit} aria-label={title}>
      <div className="panel-head">
        <h2>{title}</h2>
      </div>
      <div className="panel-body stack">
        {children}
        {save.problem && <ProblemNote problem={save.problem} />}
        <div className="inline">
          <button type="submit" className="button" aria-disabled={save.busy || undefined}>
            {save.busy ? 'Saving…' : verb}
          </button>
          <span className="small dim" role="status">
            {save.saved && 'Saved.'}
          </span>
        </div>
      </div>
      {prompt}
    </form>
  );
}
