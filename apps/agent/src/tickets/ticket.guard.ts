import type { FenceStore } from '@usher/bus';
import { AppError, contractName, type CommandContract, type PlanHeader, type TrustedKey, type WatchState } from '@usher/contracts';
import { runFence, verifyTicket, TICKET_TOLERANCE_S, type CommandClaims, type VerifiedTicket } from '@usher/security';
import { Grant } from './grant.js';
import type { HeldPlans } from './held-plans.js';
import { checkRows, type NamedRow } from './planned-row.js';
import type { Revocations } from './revocations.js';
import type { UsedTickets } from './used-tickets.js';

/** Beyond this nobody can say what time it is, and no ticket is taken. */
const MAX_SKEW_MS = 60_000;

export interface TicketGuardOptions {
  /** Who this agent is; the fleet is null before the first hello. */
  readonly identity: { readonly agentId: string; readonly serverId: string; readonly fleetId: string | null; readonly keys: readonly TrustedKey[] };
  /** Thumbprint of this agent's signing key. */
  readonly jkt: string;
  readonly plans: HeldPlans;
  readonly used: UsedTickets;
  readonly revocations: Revocations;
  readonly fences: Pick<FenceStore, 'highest'>;
  readonly controllerClock: { now(): number; readonly offsetMs: number };
  /** What the agent's own settings forbid by now. */
  readonly forbidden: () => AppError | null;
}

/** What a ticketed command says of itself. */
interface Order {
  readonly planSha256: string;
  readonly rows: readonly NamedRow[];
}

/**
 * Stands before every command that changes something for a migration. It lets it pass when a ticket of the migration and the
 * approvals of enough people say so for exactly this command, agent and plan, and nobody has taken them back.
 */
export class TicketGuard {
  private readonly grants = new Map<string, Grant>();

  constructor(private readonly options: TicketGuardOptions) {}

  /**
   * @throws AppError `TICKET_EXPIRED`, `TICKET_REUSED`, `TICKET_REVOKED`, `TICKET_INVALID` with a reason, `APPROVAL_EXPIRED`,
   *   `CLOCK_SKEW`, `NOT_FOUND` (reason `plan-not-held`): hand the plan over and send the command again
   */
  async check(claims: CommandClaims, contract: CommandContract, args: unknown): Promise<void> {
    const { plans, revocations, used } = this.options;
    const order = orderOf(args);
    const verified = await this.verify(claims, contract, order);
    const header = await plans.header(order.planSha256);
    checkHeader(header, verified);
    const rows = await plans.rows(order.planSha256, order.rows.map(({ n }) => n));
    checkRows(contract.name, header, rows, order.rows);
    const revoked = revocations.refusal(verified);
    if (revoked) throw revoked;
    const grant = new Grant(verified, header, rows, order.rows, (given) => this.ended(given));
    const ledger = await plans.ledger(order.planSha256);
    // Of several rows the writer leaves out those that are too many.
    if (ledger.overLimit(order.rows.map(({ n }) => n), grant.maxWrites).length === order.rows.length) {
      throw invalid('limit');
    }
    await used.redeem(verified.ticket, claims.id);
    this.recheck();
    this.grants.set(claims.id, grant);
  }

  /** The leave of a command that passed. @throws AppError `TICKET_INVALID` when it did not pass here */
  async with<T>(commandId: string, work: (grant: Grant) => Promise<T>): Promise<T> {
    const grant = this.grants.get(commandId);
    if (!grant) throw invalid('not-checked');
    try {
      return await work(grant);
    } finally {
      this.grants.delete(commandId);
    }
  }

  /** Something was revoked, forbidden or taken over: whoever has no leave any more stops. */
  recheck(): void {
    for (const grant of this.grants.values()) grant.recheck();
  }

  private async verify(claims: CommandClaims, contract: CommandContract, order: Order): Promise<VerifiedTicket> {
    const { identity, jkt, controllerClock } = this.options;
    if (Math.abs(controllerClock.offsetMs) > MAX_SKEW_MS) throw new AppError('CLOCK_SKEW', 'The clocks of agent and controller differ too much to take a ticket.', { offsetMs: controllerClock.offsetMs });
    if (identity.fleetId === null) throw invalid('issuer');
    return verifyTicket(claims.ticket ?? '', claims.approvals ?? [], {
      trustedKeys: identity.keys,
      fleetId: identity.fleetId,
      agentId: identity.agentId,
      serverId: identity.serverId,
      jkt,
      now: controllerClock.now(),
      command: { id: claims.id, op: contractName(contract), planSha256: order.planSha256, rows: order.rows.map(({ n }) => n), fence: claims.fence },
    });
  }

  /** Why what held when the command came does not hold any more. */
  private ended(verified: VerifiedTicket): AppError | null {
    const { fences, revocations, controllerClock, forbidden } = this.options;
    const { ticket, approvals } = verified;
    const nowS = controllerClock.now() / 1000 - TICKET_TOLERANCE_S;
    if (fences.highest(runFence(ticket.sub)) > ticket.epoch) return new AppError('STALE_EPOCH', 'Another process has taken over this run.');
    if (ticket.exp <= nowS) return new AppError('TICKET_EXPIRED', 'The time of the ticket is over.');
    if (approvals.some(({ exp }) => exp <= nowS)) return new AppError('APPROVAL_EXPIRED', 'The time of an approval is over.');
    return revocations.refusal(verified) ?? forbidden();
  }
}

/** Tickets and approvals speak of the plan that the header is. */
function checkHeader({ planId, source, target, initiator, options }: PlanHeader, { ticket, approvals }: VerifiedTicket): void {
  if (target.serverId !== ticket.server || source.serverId !== ticket.peer || initiator !== ticket.act.initiator) throw invalid('plan');
  if (approvals.some((approval) => approval.planId !== planId || approval.required < options.approvalsRequired)) throw invalid('approval');
}

/** The arguments of the commands that need a ticket: a plan, and one row or several. */
function orderOf(args: unknown): Order {
  const { planSha256, n, rows } = args as { planSha256: string; n?: number; rows?: readonly { n: number; to: WatchState | null }[] };
  return { planSha256, rows: rows ?? [{ n: n!, to: null }] };
}

function invalid(reason: string): AppError {
  return new AppError('TICKET_INVALID', 'A ticket does not hold.', { reason });
}
