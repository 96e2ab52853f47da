import { useNavigate } from '@tanstack/react-router';
import { ConsoleRemoveServerDocument } from '@usher/api-client';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useClient } from 'urql';
import { problemOf, type Problem } from '../../api/problem.js';
import { Dialog } from '../../components/dialog.js';
import { Field } from '../../components/field.js';
import { ProblemNote } from '../../components/state-view.js';
import { useToast } from '../../components/toast.js';
import { useLive } from '../../live/live-context.js';
import type { FleetServer } from '../../live/live-types.js';
import { useStepUp } from '../auth/step-up.js';

function ConfirmRemoval({ server, onClose }: { server: FleetServer; onClose(): void }): ReactNode {
  const client = useClient();
  const navigate = useNavigate();
  const toast = useToast();
  const { connection } = useLive();
  const { run, prompt } = useStepUp();
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const matches = typed.trim() === server.alias;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!matches || busy) return;
    setBusy(true);
    const failed = await run(async () => {
      const { error } = await client.mutation(ConsoleRemoveServerDocument, { input: { id: server.id, confirmAlias: typed.trim() } }).toPromise();
      return error ? problemOf(error) : null;
    });
    setBusy(false);
    setProblem(failed);
    if (failed) return;
    toast(`${server.alias} was removed. Its history is kept.`);
    void navigate({ to: '/servers' });
    void connection.refresh();
  };
  return (
    <Dialog title={`Remove ${server.alias}?`} width={440} onClose={onClose}>
      <form className="dialog-body stack" onSubmit={(event) => void submit(event)}>
        <p className="dim">Usher stops watching {server.alias} and destroys the stored key. Nothing changes on the media server, and the history of its playbacks is kept.</p>
        <Field label={`Type ${server.alias} to confirm`} value={typed} onValue={setTyped} autoComplete="off" data-autofocus />
        {problem && <ProblemNote problem={problem} />}
        <div className="inline form-foot">
          <button type="button" className="button push" onClick={onClose}>
            Keep it
          </button>
          <button type="submit" className="button destroy" aria-disabled={!matches || busy || undefined}>
            Remove server
          </button>
        </div>
      </form>
      {prompt}
    </Dialog>
  );
}

/** The last panel of the settings: a server leaves the fleet, its history does not. */
export function RemoveServer({ server }: { server: FleetServer }): ReactNode {
  const [asked, setAsked] = useState(false);
  return (
    <section className="panel settings-panel" aria-labelledby="remove-head">
      <div className="panel-head">
        <h2 id="remove-head">Remove</h2>
      </div>
      <div className="panel-body inline remove-body">
        <p className="dim">Ends the watching and destroys the stored key. History is kept.</p>
        <button type="button" className="button danger push" onClick={() => setAsked(true)}>
          Remove…
        </button>
      </div>
      {asked && <ConfirmRemoval server={server} onClose={() => setAsked(false)} />}
    </section>
  );
}
