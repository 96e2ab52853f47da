import { Ban } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { CombinedError } from 'urql';
import { newIdempotencyKey } from '../../api/idempotency-key.js';
import { problemOf, type Problem } from '../../api/problem.js';
import { Dialog } from '../../components/dialog.js';
import { ErrorState, ForbiddenState, LoadingRows, ProblemNote } from '../../components/state-view.js';
import type { FleetServer } from '../../live/live-types.js';
import { useRole } from '../auth/auth-context.js';
import { cannot, lacks } from './capability-words.js';

export const Unknown = (): ReactNode => (
  <span className="faint" title="not reported">
    –
  </span>
);

/** The vendor has no such thing: no error, and nothing to do. */
function UnsupportedState({ server, what, capability }: { server: FleetServer; what: string; capability: string }): ReactNode {
  return (
    <div className="state">
      <Ban size={18} aria-hidden />
      <h2>{cannot(server, what)}</h2>
      <p>Nothing is wrong with {server.alias}.</p>
      <code className="dim">CAPABILITY_MISSING {capability}</code>
    </div>
  );
}

const OPERATORS_ONLY: Problem = { code: 'FORBIDDEN', message: 'This is for operators and superadmins.', next: 'Ask a superadmin for the role operator.', correlationId: null, details: {} };

interface ReadPanelProps {
  title: string;
  /** Small words beside the title. */
  note?: ReactNode;
  aside?: ReactNode;
  server: FleetServer;
  /** `cannot …` and the capability behind it; without one every vendor has it. */
  needs?: { capability: string; what: string };
  operator?: boolean;
  /** The answer is there, or null while it is read. */
  ready: boolean;
  error: CombinedError | undefined;
  onRetry(): void;
  children: ReactNode;
}

/** A panel that is read from the media server: loading, unsupported, forbidden, failed or there. */
export function ReadPanel({ title, note, aside, server, needs, operator = false, ready, error, onRetry, children }: ReadPanelProps): ReactNode {
  const allowed = useRole('OPERATOR') || !operator;
  const body = () => {
    if (needs && lacks(server, needs.capability)) return <UnsupportedState server={server} {...needs} />;
    if (!allowed) return <ForbiddenState title={`${title}: for operators`} problem={OPERATORS_ONLY} />;
    if (ready) {
      return (
        <>
          {error && (
            <div className="panel-body">
              <ProblemNote problem={problemOf(error)} />
            </div>
          )}
          {children}
        </>
      );
    }
    if (error) {
      const problem = problemOf(error);
      const missing = problem.code === 'CAPABILITY_MISSING' && needs;
      return missing ? <UnsupportedState server={server} {...needs} /> : <ErrorState title={`Usher could not read this from ${server.alias}`} problem={problem} onRetry={onRetry} />;
    }
    return <LoadingRows rows={4} height={36} label={`Loading: ${title}`} />;
  };
  return (
    <section className="panel" aria-label={title}>
      <div className="panel-head">
        <h2>{title}</h2>
        {note && <span className="small dim">{note}</span>}
        {aside && <span className="aside inline">{aside}</span>}
      </div>
      {body()}
    </section>
  );
}

/** Whether a panel may ask at all: not for what the vendor lacks or the role may not see. */
export function useMayRead(server: FleetServer, capability: string | null, operator: boolean): boolean {
  const allowed = useRole('OPERATOR') || !operator;
  return allowed && (capability === null || !lacks(server, capability));
}

/** A button that stays in its place when it cannot be pressed, with the reason below the row of buttons. */
export function Reasons({ reasons }: { reasons: readonly (string | null)[] }): ReactNode {
  const said = [...new Set(reasons.filter((reason) => reason !== null))];
  return said.length === 0 ? null : <p className="small dim panel-body reason-line">{said.join(' ')}</p>;
}

interface Order {
  readonly busy: boolean;
  readonly problem: Problem | null;
  /** Resolves to true when it was done. The key belongs to one press. */
  send(call: (idempotencyKey: string) => Promise<{ error?: CombinedError | undefined }>): Promise<boolean>;
}

/** One order to a media server at a time. */
export function useOrder(): Order {
  const [state, setState] = useState<{ busy: boolean; problem: Problem | null }>({ busy: false, problem: null });
  const send: Order['send'] = async (call) => {
    if (state.busy) return false;
    setState({ busy: true, problem: null });
    const { error } = await call(newIdempotencyKey());
    setState({ busy: false, problem: error ? problemOf(error) : null });
    return !error;
  };
  return { ...state, send };
}

interface ConfirmProps {
  title: string;
  verb: string;
  no?: string;
  danger?: boolean;
  order: Order;
  off?: boolean;
  onClose(): void;
  onSubmit(): void;
  children: ReactNode;
}

/** A question with a verb on each button. */
export function Confirm({ title, verb, no = 'Leave it', danger = false, order, off = false, onClose, onSubmit, children }: ConfirmProps): ReactNode {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!off && !order.busy) onSubmit();
  };
  return (
    <Dialog title={title} width={440} onClose={onClose}>
      <form className="dialog-body stack" onSubmit={submit}>
        {children}
        {order.problem && <ProblemNote problem={order.problem} />}
        <div className="inline form-foot">
          <button type="button" className="button push" onClick={onClose}>
            {no}
          </button>
          <button type="submit" className={`button ${danger ? 'destroy' : 'primary'}`} aria-disabled={off || order.busy || undefined}>
            {verb}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
