import { Link } from '@tanstack/react-router';
import { ConsoleDrainServerDocument, ConsoleUndrainServerDocument, type DrainServerInput } from '@usher/api-client';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useClient } from 'urql';
import { newIdempotencyKey } from '../../api/idempotency-key.js';
import { problemOf, type Problem } from '../../api/problem.js';
import { Dialog } from '../../components/dialog.js';
import { Field } from '../../components/field.js';
import { ProblemNote } from '../../components/state-view.js';
import { Age } from '../../components/ticking.js';
import { moment, plural } from '../../format/units.js';
import { useLive, useNow } from '../../live/live-context.js';
import type { FleetServer } from '../../live/live-types.js';
import { useRole } from '../auth/auth-context.js';
import type { Load } from './routing-words.js';

export const NEEDS_OPERATOR = 'Needs the role operator. FORBIDDEN';

function useDrainCalls(onDone: () => void): { busy: boolean; problem: Problem | null; drain(input: Omit<DrainServerInput, 'idempotencyKey'>): void; undrain(serverId: string): void } {
  const client = useClient();
  const [state, setState] = useState<{ busy: boolean; problem: Problem | null }>({ busy: false, problem: null });
  const send = (call: () => Promise<{ error?: unknown }>) => {
    if (state.busy) return;
    setState({ busy: true, problem: null });
    void call().then(({ error }) => {
      setState({ busy: false, problem: error ? problemOf(error) : null });
      if (!error) onDone();
    });
  };
  return {
    ...state,
    drain: (input) => send(() => client.mutation(ConsoleDrainServerDocument, { input: { ...input, idempotencyKey: newIdempotencyKey() } }).toPromise()),
    undrain: (serverId) => send(() => client.mutation(ConsoleUndrainServerDocument, { serverId }).toPromise()),
  };
}

function DrainPanel({ server, drain, onChanged }: { server: FleetServer; drain: NonNullable<Load['drain']>; onChanged(): void }): ReactNode {
  const operator = useRole('OPERATOR');
  const nowMs = useNow(60_000);
  const calls = useDrainCalls(onChanged);
  const gone = Math.max(0, drain.started - drain.left);
  const off = !operator || calls.busy ? true : undefined;
  return (
    <section className="panel drain-panel" aria-label={`Drain of ${server.alias}`}>
      <div className="panel-head">
        <h2>{server.alias} is draining</h2>
        <span className="aside small dim">{drain.until ? `until ${moment(Date.parse(drain.until), nowMs)}` : 'until it is undrained'}</span>
      </div>
      <div className="panel-body stack">
        <div className="inline">
          <span className="meter drain-meter" aria-hidden>
            <span className="fill-warning" style={{ transform: `scaleX(${drain.started === 0 ? 1 : gone / drain.started})` }} />
          </span>
          <b>
            {gone} of {drain.started} left the server
          </b>
        </div>
        <p className="small dim">
          {drain.left === 0 ? 'Nothing plays there any more.' : `${plural(drain.left, 'stream')} still ${drain.left === 1 ? 'runs' : 'run'} there. `}
          {drain.left > 0 && (drain.move === 'NOW' ? 'Their links lead elsewhere already.' : 'They end on their own; the next start is placed elsewhere.')} Drained by {drain.by} <Age atMs={Date.parse(drain.since)} suffix=" ago" />
          {drain.reason && `: ${drain.reason}`}
        </p>
        {calls.problem && <ProblemNote problem={calls.problem} />}
        <div className="inline">
          {drain.move === 'NEXT' && drain.left > 0 && (
            <button type="button" className="button small" aria-disabled={off} onClick={off ? undefined : () => calls.drain({ serverId: server.id, move: 'NOW', reason: drain.reason, until: drain.until })}>
              Move now
            </button>
          )}
          <button type="button" className="button small" aria-disabled={off} onClick={off ? undefined : () => calls.undrain(server.id)}>
            Undrain<span className="sr-only"> {server.alias}</span>
          </button>
          {!operator && <span className="small dim">{NEEDS_OPERATOR}</span>}
        </div>
      </div>
    </section>
  );
}

const ENDS = [['', 'I undrain it'], ['60', '1 hour from now'], ['240', '4 hours from now'], ['720', '12 hours from now']] as const;

/** Asks which server is to be drained, for how long and why. */
export function DrainDialog({ servers, onClose, onChanged }: { servers: readonly FleetServer[]; onClose(): void; onChanged(): void }): ReactNode {
  const { store } = useLive();
  const [serverId, setServerId] = useState(servers[0]?.id ?? '');
  const [minutes, setMinutes] = useState('');
  const [move, setMove] = useState<'NEXT' | 'NOW'>('NEXT');
  const [reason, setReason] = useState('');
  const calls = useDrainCalls(() => {
    onChanged();
    onClose();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const until = minutes ? new Date(store.clock.now() + Number(minutes) * 60_000).toISOString() : null;
    if (serverId) calls.drain({ serverId, move, until, reason: reason.trim() || null });
  };
  return (
    <Dialog title="Drain a server" width={460} onClose={onClose}>
      <form className="dialog-body stack" onSubmit={submit}>
        <p className="dim">The router starts nothing new there. Nothing is stopped and nothing changes on the media server.</p>
        <div className="register-pair">
          <div className="field">
            <label className="label" htmlFor="drain-server">
              Server
            </label>
            <select id="drain-server" className="input" data-autofocus value={serverId} onChange={(event) => setServerId(event.target.value)}>
              {servers.map(({ id, alias }) => (
                <option key={id} value={id}>
                  {alias}
                </option>
              ))}
            </select>
          </div>
          <div className="field">
            <label className="label" htmlFor="drain-until">
              Until
            </label>
            <select id="drain-until" className="input" value={minutes} onChange={(event) => setMinutes(event.target.value)}>
              {ENDS.map(([value, word]) => (
                <option key={value} value={value}>
                  {word}
                </option>
              ))}
            </select>
          </div>
        </div>
        <fieldset className="choices">
          <legend className="label">What plays there now</legend>
          <label className="choice">
            <input type="radio" name="move" checked={move === 'NEXT'} onChange={() => setMove('NEXT')} />
            Ends on its own; the next episode starts elsewhere
          </label>
          <label className="choice">
            <input type="radio" name="move" checked={move === 'NOW'} onChange={() => setMove('NOW')} />
            Links lead elsewhere at once, at the last known position
          </label>
        </fieldset>
        <Field label="Reason" value={reason} onValue={setReason} maxLength={160} placeholder="New disks" />
        {calls.problem && <ProblemNote problem={calls.problem} />}
        <div className="inline form-foot">
          <button type="button" className="button push" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button primary" aria-disabled={calls.busy || !serverId || undefined}>
            Drain server
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** Nobody drained it by hand: its maintenance window is near, or on. */
function WindowPanel({ server, standing, streams }: { server: FleetServer } & Pick<Load, 'standing' | 'streams'>): ReactNode {
  return (
    <section className="panel drain-panel" aria-label={`Window of ${server.alias}`}>
      <div className="panel-head">
        <h2>{standing === 'maintenance' ? `${server.alias} is in a window` : `${server.alias} drains for a window`}</h2>
        <Link to="/maintenance" className="link aside">
          Maintenance
        </Link>
      </div>
      <p className="panel-body small dim">
        {streams === 0 ? 'Nothing plays there any more.' : `${plural(streams, 'stream')} still ${streams === 1 ? 'runs' : 'run'} there and ${streams === 1 ? 'ends' : 'end'} on ${streams === 1 ? 'its' : 'their'} own.`} New starts are placed elsewhere until the window is over.
      </p>
    </section>
  );
}

/** Servers that take no new starts, with what is left on them. */
export function Drains({ loads, byId, onChanged }: { loads: readonly Load[]; byId: ReadonlyMap<string, FleetServer>; onChanged(): void }): ReactNode {
  return loads.map(({ serverId, drain, standing, streams }) => {
    const server = byId.get(serverId);
    if (!server) return null;
    if (drain) return <DrainPanel key={serverId} server={server} drain={drain} onChanged={onChanged} />;
    return (standing === 'draining' || standing === 'maintenance') && <WindowPanel key={serverId} server={server} standing={standing} streams={streams} />;
  });
}
