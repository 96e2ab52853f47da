import { ConsoleLinkServerDocument, ConsoleSetPrimaryServerDocument, ConsoleUnlinkServerDocument } from '@usher/api-client';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useClient } from 'urql';
import { problemOf, type Problem } from '../../api/problem.js';
import { Dialog } from '../../components/dialog.js';
import { Field } from '../../components/field.js';
import { ProblemNote } from '../../components/state-view.js';
import { useLive, useServers } from '../../live/live-context.js';
import type { FleetServer } from '../../live/live-types.js';
import { useRole } from '../auth/auth-context.js';
import { useStepUp } from '../auth/step-up.js';

const ROLE_WORDS = {
  PRIMARY: 'Primary: what is said to the fleet is said in its name.',
  LINKED: 'Linked: notices to the whole fleet go to its viewers too.',
  UNLINKED: 'Not linked: what is sent to the whole fleet leaves it out.',
} as const;

function ConfirmPrimary({ server, onClose }: { server: FleetServer; onClose(): void }): ReactNode {
  const client = useClient();
  const { store, connection } = useLive();
  const { run, prompt } = useStepUp();
  const before = useServers()?.find(({ role }) => role === 'PRIMARY');
  const [typed, setTyped] = useState('');
  const [state, setState] = useState<{ busy: boolean; problem: Problem | null }>({ busy: false, problem: null });
  const matches = typed.trim() === server.alias;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!matches || state.busy) return;
    setState({ busy: true, problem: null });
    const problem = await run(async () => {
      const { data, error } = await client.mutation(ConsoleSetPrimaryServerDocument, { input: { id: server.id, confirmAlias: typed.trim() } }).toPromise();
      if (data) store.applyServer(data.setPrimaryServer);
      return error ? problemOf(error) : null;
    });
    setState({ busy: false, problem });
    if (problem) return;
    void connection.refresh();
    onClose();
  };
  return (
    <Dialog title={`Make ${server.alias} the primary server?`} width={440} onClose={onClose}>
      <form className="dialog-body stack" onSubmit={(event) => void submit(event)}>
        <p className="dim">
          {before ? `${before.alias} is the primary server now and becomes a linked one. ` : ''}Nothing changes on the media servers themselves.
        </p>
        <Field label={`Type ${server.alias} to confirm`} value={typed} onValue={setTyped} autoComplete="off" data-autofocus />
        {state.problem && <ProblemNote problem={state.problem} />}
        <div className="inline form-foot">
          <button type="button" className="button push" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button primary" aria-disabled={!matches || state.busy || undefined}>
            Make it primary
          </button>
        </div>
      </form>
      {prompt}
    </Dialog>
  );
}

/** Primary, linked or neither. What cannot be done now stays in its place with its reason. */
export function FleetRole({ server }: { server: FleetServer }): ReactNode {
  const client = useClient();
  const { store } = useLive();
  const superadmin = useRole('SUPERADMIN');
  const [asked, setAsked] = useState(false);
  const [state, setState] = useState<{ busy: boolean; problem: Problem | null }>({ busy: false, problem: null });
  const primary = server.role === 'PRIMARY';
  const linked = server.role !== 'UNLINKED';
  const primaryOff = primary ? `${server.alias} is the primary server already.` : superadmin ? null : 'Choosing the primary server needs the role superadmin. FORBIDDEN';
  const linkOff = primary ? 'The primary server is always linked. Make another one primary first.' : null;
  const toggle = async () => {
    if (linkOff || state.busy) return;
    setState({ busy: true, problem: null });
    const { data, error } = linked
      ? await client.mutation(ConsoleUnlinkServerDocument, { id: server.id }).toPromise()
      : await client.mutation(ConsoleLinkServerDocument, { id: server.id }).toPromise();
    if (data) store.applyServer('linkServer' in data ? data.linkServer : data.unlinkServer);
    setState({ busy: false, problem: error ? problemOf(error) : null });
  };
  return (
    <section className="panel settings-panel" aria-labelledby="role-head">
      <div className="panel-head">
        <h2 id="role-head">Place in the fleet</h2>
      </div>
      <div className="panel-body stack">
        <p className="dim">{ROLE_WORDS[server.role]}</p>
        <div className="inline remove-body">
          <button type="button" className="button" aria-disabled={primaryOff ? true : undefined} aria-describedby={primaryOff ? 'primary-off' : undefined} onClick={primaryOff ? undefined : () => setAsked(true)}>
            Make primary…
          </button>
          <button type="button" className="button" aria-disabled={linkOff || state.busy ? true : undefined} aria-describedby={linkOff ? 'link-off' : undefined} onClick={() => void toggle()}>
            {linked ? 'Unlink' : 'Link'}
          </button>
        </div>
        {primaryOff && (
          <p className="small dim" id="primary-off">
            {primaryOff}
          </p>
        )}
        {linkOff && (
          <p className="small dim" id="link-off">
            {linkOff}
          </p>
        )}
        {state.problem && <ProblemNote problem={state.problem} />}
      </div>
      {asked && <ConfirmPrimary server={server} onClose={() => setAsked(false)} />}
    </section>
  );
}
