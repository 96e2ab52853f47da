import { ConsoleCancelActivityDocument } from '@usher/api-client';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useMutation } from 'urql';
import { newIdempotencyKey } from '../../api/idempotency-key.js';
import { problemOf } from '../../api/problem.js';
import { Dialog } from '../../components/dialog.js';
import { ProblemNote } from '../../components/state-view.js';

interface CancelDialogProps {
  activity: { id: string; title: string; what: string; serverAlias: string };
  onClose(): void;
  onDone(): void;
}

/** Ends running work after a question; what was done until then stays done. */
export function CancelDialog({ activity: { id, title, what, serverAlias }, onClose, onDone }: CancelDialogProps): ReactNode {
  const [{ fetching, error }, cancel] = useMutation(ConsoleCancelActivityDocument);
  const [idempotencyKey] = useState(newIdempotencyKey);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (fetching) return;
    const { data } = await cancel({ input: { id, idempotencyKey } });
    if (!data) return;
    onDone();
    onClose();
  };
  return (
    <Dialog title={`Cancel this ${what}?`} width={440} onClose={onClose}>
      <form className="dialog-body stack" onSubmit={(event) => void submit(event)}>
        <p>
          <span className="strong">{title}</span> <span className="dim">on {serverAlias}</span>
        </p>
        <p className="dim">{serverAlias} is told to end it now. What is done already stays; the rest is not done.</p>
        {error && <ProblemNote problem={problemOf(error)} />}
        <div className="inline form-foot">
          <button type="button" className="button push" onClick={onClose}>
            Let it run
          </button>
          <button type="submit" className="button destroy" data-autofocus aria-disabled={fetching || undefined}>
            Cancel {what}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
