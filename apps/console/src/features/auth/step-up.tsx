import { ConsoleStepUpDocument } from '@usher/api-client';
import { useCallback, useState, type FormEvent, type ReactNode } from 'react';
import { useMutation } from 'urql';
import { problemOf, type Problem } from '../../api/problem.js';
import { Dialog } from '../../components/dialog.js';
import { Field } from '../../components/field.js';
import { ProblemNote } from '../../components/state-view.js';

type Action = () => Promise<Problem | null>;

function PasswordDialog({ why, onProven, onClose }: { why: string; onProven(): void; onClose(): void }): ReactNode {
  const [{ fetching, error }, stepUp] = useMutation(ConsoleStepUpDocument);
  const [password, setPassword] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (fetching || !password) return;
    void stepUp({ password }).then(({ data }) => data && onProven());
  };
  return (
    <Dialog title="Enter your password again" width={400} onClose={onClose}>
      <form className="dialog-body stack" onSubmit={submit}>
        <p className="dim">{why} Your password counts for five minutes.</p>
        <Field label="Password" type="password" autoComplete="current-password" value={password} onValue={setPassword} data-autofocus />
        {error && <ProblemNote problem={problemOf(error)} />}
        <div className="inline form-foot">
          <button type="button" className="button push" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button primary" aria-disabled={fetching || !password || undefined}>
            Go on
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/**
 * Runs an action; where the API wants the password again, asks for it and repeats the action once. `prompt` has to be
 * rendered, `why` says what the password is for. The action's last problem is passed on, so that giving up leaves the reason in sight.
 */
export function useStepUp(why = 'What you are about to change concerns a stored key.'): { run(action: Action): Promise<Problem | null>; prompt: ReactNode } {
  const [waiting, setWaiting] = useState<{ action: Action; first: Problem; settle(problem: Problem | null): void } | null>(null);
  const run = useCallback(async (action: Action) => {
    const first = await action();
    if (first?.code !== 'STEP_UP_REQUIRED') return first;
    return await new Promise<Problem | null>((settle) => setWaiting({ action, first, settle }));
  }, []);
  const prompt = waiting && (
    <PasswordDialog
      why={why}
      onClose={() => {
        setWaiting(null);
        waiting.settle(waiting.first);
      }}
      onProven={() => {
        setWaiting(null);
        void waiting.action().then(waiting.settle);
      }}
    />
  );
  return { run, prompt };
}
