import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { ConsoleServerUsersDocument, ConsoleSetUserEnabledDocument, ConsoleSetUserPasswordDocument, type ConsoleServerUsersQuery } from '@usher/api-client';
import { Ban, Eye, FilterX, KeyRound, UserCheck, Users } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useClient, useQuery } from 'urql';
import { problemOf } from '../../api/problem.js';
import { ActionMenu } from '../../components/action-menu.js';
import { Field } from '../../components/field.js';
import { EmptyState, ErrorState, LoadingRows } from '../../components/state-view.js';
import { Age } from '../../components/ticking.js';
import type { FleetServer } from '../../live/live-types.js';
import { useRole } from '../auth/auth-context.js';
import { useStepUp } from '../auth/step-up.js';
import { whyNoChange } from './capability-words.js';
import { Confirm, Unknown, useOrder } from './detail-parts.js';
import { Collections, UserPanel } from './user-panel.js';

type User = ConsoleServerUsersQuery['users'][number];
const SHORTEST = 8;

interface DialogProps {
  server: FleetServer;
  user: User;
  onClose(): void;
  onDone(what: string): void;
}

function EnableDialog({ server, user, onClose, onDone }: DialogProps): ReactNode {
  const client = useClient();
  const order = useOrder();
  const enabled = !user.enabled;
  const submit = async () => {
    if (!(await order.send((idempotencyKey) => client.mutation(ConsoleSetUserEnabledDocument, { input: { serverId: server.id, userId: user.vendorId, enabled, idempotencyKey } }).toPromise()))) return;
    onDone(`${user.name} is ${enabled ? 'enabled' : 'disabled'} on ${server.alias}.`);
    onClose();
  };
  return (
    <Confirm title={`${enabled ? 'Enable' : 'Disable'} ${user.name} on ${server.alias}?`} verb={enabled ? 'Enable user' : 'Disable user'} danger={!enabled} order={order} onClose={onClose} onSubmit={() => void submit()}>
      <p className="dim">{enabled ? `${user.name} can sign in at ${server.alias} again.` : `${user.name} cannot sign in at ${server.alias} any more. The account, its rights and watch states stay; it can be enabled again.`}</p>
    </Confirm>
  );
}

/** For superadmins, after their own password; the new one leaves the browser once and is never shown again. */
function PasswordDialog({ server, user, onClose, onDone }: DialogProps): ReactNode {
  const client = useClient();
  const order = useOrder();
  const { run, prompt } = useStepUp(`You are about to set the password of ${user.name} on ${server.alias}.`);
  const [password, setPassword] = useState('');
  const short = password.length > 0 && password.length < SHORTEST ? `At least ${SHORTEST} characters.` : null;
  const submit = async () => {
    const done = await order.send(async (idempotencyKey) => {
      let failure: Awaited<ReturnType<typeof call>>['error'];
      const call = () => client.mutation(ConsoleSetUserPasswordDocument, { input: { serverId: server.id, userId: user.vendorId, password, idempotencyKey } }).toPromise();
      await run(async () => {
        failure = (await call()).error;
        return failure ? problemOf(failure) : null;
      });
      return { error: failure };
    });
    if (!done) return;
    onDone(`The password of ${user.name} on ${server.alias} is set. Tell it to ${user.name} yourself.`);
    onClose();
  };
  return (
    <>
      <Confirm title={`Set the password of ${user.name}?`} verb="Set password" no="Leave it" order={order} off={password.length < SHORTEST} onClose={onClose} onSubmit={() => void submit()}>
        <p className="dim">The old password ends at once. Usher keeps neither of them, and nobody can read the new one from here later.</p>
        <Field label={`New password on ${server.alias}`} type="password" autoComplete="new-password" value={password} onValue={setPassword} error={short} hint={`At least ${SHORTEST} characters`} data-autofocus />
      </Confirm>
      {prompt}
    </>
  );
}

interface RowProps {
  user: User;
  chosen: boolean;
  actions: Parameters<typeof ActionMenu>[0]['actions'];
  onChoose(): void;
}

function UserRow({ user, chosen, actions, onChoose }: RowProps): ReactNode {
  return (
    <tr className={chosen ? 'row-chosen' : undefined}>
      <td>
        <button type="button" className="strong user-name" aria-pressed={chosen} onClick={onChoose}>
          {user.name}
        </button>
        {user.email && <span className="small dim block">{user.email}</span>}
      </td>
      <td>
        <span className="tags">
          {user.isAdministrator && <span className="badge outline">Administrator</span>}
          {!user.enabled && <span className="badge fact">Disabled</span>}
        </span>
      </td>
      <td className="num dim">{user.lastSeenAt ? <Age atMs={Date.parse(user.lastSeenAt)} suffix=" ago" /> : <Unknown />}</td>
      <td className="num">
        <ActionMenu label={`Actions on ${user.name}`} actions={actions} />
      </td>
    </tr>
  );
}

/** Accounts of this server; the chosen one with what the server shows it. */
export function UsersTab({ server }: { server: FleetServer }): ReactNode {
  const navigate = useNavigate();
  const operator = useRole('OPERATOR');
  const superadmin = useRole('SUPERADMIN');
  const { user: chosenId } = useSearch({ from: '/frame/servers/$alias/{-$tab}' });
  const [{ data, error, fetching }, read] = useQuery({ query: ConsoleServerUsersDocument, variables: { serverId: server.id } });
  const reread = () => read({ requestPolicy: 'network-only' });
  const [text, setText] = useState('');
  const [dialog, setDialog] = useState<{ user: User; what: 'enable' | 'password' } | null>(null);
  const [done, setDone] = useState<string | null>(null);
  if (!data) {
    return (
      <section className="panel">
        {error ? <ErrorState title="Usher could not read the users" problem={problemOf(error)} onRetry={reread} /> : fetching && <LoadingRows rows={6} height={36} label="Loading the users" />}
      </section>
    );
  }
  const needle = text.trim().toLowerCase();
  const users = data.users.filter((user) => [user.name, user.email].some((word) => word?.toLowerCase().includes(needle)));
  const chosen = data.users.find(({ vendorId }) => vendorId === chosenId);
  const choose = (id: string) => void navigate({ to: '.', search: (old) => ({ ...old, user: id === chosenId ? undefined : id }), replace: true });
  const off = {
    enable: whyNoChange(server, { capability: 'users.policy', what: 'enable or disable users', allowed: operator }),
    password: whyNoChange(server, { capability: 'users.password', what: 'be given a user’s password', allowed: superadmin, role: 'superadmin' }),
  };
  const actionsOf = (user: User) => () => [
    { label: 'What they are shown', icon: Eye, run: () => choose(user.vendorId) },
    { label: user.enabled ? 'Disable…' : 'Enable…', icon: user.enabled ? Ban : UserCheck, danger: user.enabled, off: off.enable, run: () => setDialog({ user, what: 'enable' }) },
    { label: 'Set password…', icon: KeyRound, off: off.password, run: () => setDialog({ user, what: 'password' }) },
  ];
  const onDone = (what: string) => {
    setDone(what);
    reread();
  };
  if (data.users.length === 0) {
    return (
      <section className="panel">
        <EmptyState icon={Users} title="No users yet">
          Users appear after the first time that {server.alias} is read.
        </EmptyState>
      </section>
    );
  }
  return (
    <div className="server-columns">
      <section className="panel" aria-label="Users">
        <div className="panel-head">
          <input data-page-search className="input users-search" aria-label="Filter users" placeholder="Name or e-mail" value={text} onChange={(event) => setText(event.target.value)} />
          <span className="aside small dim">
            {users.length} of {data.users.length}
          </span>
          <Link to="/users/{-$person}" className="link">
            People
          </Link>
        </div>
        <p className="small" role="status">{done && <span className="block panel-body">{done}</span>}</p>
        {users.length === 0 ? (
          <EmptyState icon={FilterX} title={`No user matches “${text}”`} action={<button type="button" className="button small" onClick={() => setText('')}>Clear</button>} />
        ) : (
          <table className="table stacked users-table">
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Rights</th>
                <th scope="col" className="num">Seen</th>
                <th scope="col"><span className="sr-only">Actions</span></th>
              </tr>
            </thead>
            <tbody>
              {users.map((user) => (
                <UserRow key={user.vendorId} user={user} chosen={user.vendorId === chosenId} actions={actionsOf(user)} onChoose={() => choose(user.vendorId)} />
              ))}
            </tbody>
          </table>
        )}
      </section>
      <div className="stack-panels">
        {chosen ? <UserPanel key={chosen.vendorId} server={server} userId={chosen.vendorId} /> : <p className="callout small dim">Choose a user to see what {server.alias} shows them, and their playlists.</p>}
        <Collections server={server} />
      </div>
      {dialog?.what === 'enable' && <EnableDialog server={server} user={dialog.user} onClose={() => setDialog(null)} onDone={onDone} />}
      {dialog?.what === 'password' && <PasswordDialog server={server} user={dialog.user} onClose={() => setDialog(null)} onDone={onDone} />}
    </div>
  );
}
