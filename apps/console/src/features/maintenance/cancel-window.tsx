import { ConsoleCancelMaintenanceDocument } from '@usher/api-client';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useClient } from 'urql';
import { problemOf, type Problem } from '../../api/problem.js';
import { Dialog } from '../../components/dialog.js';
import { ProblemNote } from '../../components/state-view.js';
import type { Occurrence, WindowRow } from './window-draft.js';
import { clockWords, dayWords } from './window-preview.js';

/** Cancels the whole window, or one date of it. */
export function CancelWindow({ window, occurrence, onClose, onChanged }: { window: WindowRow; occurrence: Occurrence | null; onClose(): void; onChanged(): void }): ReactNode {
  const client = useClient();
  const [state, setState] = useState<{ busy: boolean; problem: Problem | null }>({ busy: false, problem: null });
  const when = occurrence && `${dayWords(occurrence.startLocal)}, ${clockWords(occurrence.startLocal, occurrence.endLocal)}`;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (state.busy) return;
    setState({ busy: true, problem: null });
    const { error } = await client.mutation(ConsoleCancelMaintenanceDocument, { input: { id: window.id, occurrenceAt: occurrence?.startAt ?? null } }).toPromise();
    setState({ busy: false, problem: error ? problemOf(error) : null });
    if (error) return;
    onChanged();
    onClose();
  };
  return (
    <Dialog title={occurrence ? 'Cancel this date?' : `Cancel ${window.title}?`} width={440} onClose={onClose}>
      <form className="dialog-body stack" onSubmit={(event) => void submit(event)}>
        <p className="dim">
          {when ? `${window.title} does not happen on ${when}. Its other dates stay.` : window.rrule ? 'None of its dates happens any more.' : 'It does not happen.'} Notices that were not sent are canceled too.
        </p>
        {state.problem && <ProblemNote problem={state.problem} />}
        <div className="inline form-foot">
          <button type="button" className="button push" onClick={onClose} data-autofocus>
            Keep it
          </button>
          <button type="submit" className="button destroy" aria-disabled={state.busy || undefined}>
            {occurrence ? 'Cancel this date' : 'Cancel window'}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
