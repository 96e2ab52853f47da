import { AppError, contractName, differingFields, holdPlan, PlanHeader, PlanRow, type PlanRowOf, type TrustedKey, type WatchState, type WriteOutcome } from '@usher/contracts';
import { keyThumbprint, planHash, sha256Hex, verifyTicket, type AgentKeys } from '@usher/security';
import { openSettings } from '../src/steps/decide-row.js';
import type { FakeTarget } from './fake-target.js';

/** What an agent trusts of a command. */
export interface GivenCommand {
  readonly id: string;
  readonly op: string;
  readonly fence: { readonly n: string; readonly e: number };
  readonly ticket?: string;
  readonly approvals?: readonly string[];
}

// oxlint-disable-next-line typescript/no-explicit-any
type Args = any;

const PAGE = 50;

interface Held {
  readonly header: PlanHeader;
  readonly rows: Map<number, PlanRow>;
}

/** The target's agent, as faithful as a test needs it: it holds plans, checks tickets, and writes what the plan says. */
export class FakeAgent {
  readonly held = new Map<string, Held>();
  readonly made = new Map<string, string>();
  readonly usedTickets = new Map<string, string>();
  readonly revoked = new Set<string>();
  readonly asked: string[] = [];
  /** By plan: the rows that were begun under any ticket. */
  readonly begun = new Map<string, Set<number>>();
  readonly fences = new Map<string, number>();
  /** Called after a batch was written and before it is answered. */
  afterApply: () => Promise<void> = async () => undefined;
  isAway = false;

  constructor(
    readonly ids: { readonly serverId: string; readonly agentId: string; readonly fleetId: string },
    readonly keys: AgentKeys,
    readonly target: FakeTarget,
    private readonly trustedKeys: () => readonly TrustedKey[],
    private readonly now: () => number,
  ) {}

  /** Refuses what an older epoch sends. */
  passFence({ n, e }: { n: string; e: number }): void {
    const highest = this.fences.get(n) ?? 0;
    if (e < highest) throw new AppError('STALE_EPOCH', 'A newer controller has taken over.', { fence: n, epoch: e, highest });
    this.fences.set(n, e);
  }

  /** Everything that stands between a changing command and its handler. */
  async guard(command: GivenCommand, args: Args): Promise<void> {
    const rows: number[] = args.rows ? (args.rows as { n: number }[]).map(({ n }) => n) : [args.n as number];
    const { agentId, serverId, fleetId } = this.ids;
    const { ticket, approvals, maxWrites } = await verifyTicket(command.ticket ?? '', [...(command.approvals ?? [])], {
      trustedKeys: this.trustedKeys(), fleetId, agentId, serverId, jkt: await keyThumbprint(this.keys.sigPub), now: this.now(),
      command: { id: command.id, op: command.op, planSha256: args.planSha256 as string, rows, fence: command.fence },
    });
    if (approvals.some(({ sha256 }) => this.revoked.has(sha256))) throw new AppError('TICKET_REVOKED', 'The approval was taken back.');
    const owner = this.usedTickets.get(ticket.jti);
    if (owner !== undefined && owner !== command.id) throw new AppError('TICKET_REUSED', 'A ticket was presented twice.');
    for (const n of rows) this.row(args.planSha256 as string, n);
    this.usedTickets.set(ticket.jti, command.id);
    const begun = new Set([...(this.begun.get(args.planSha256 as string) ?? []), ...rows]);
    if (begun.size > maxWrites) throw new AppError('TICKET_INVALID', 'No more rows may be written under this approval.', { reason: 'limit' });
    this.begun.set(args.planSha256 as string, begun);
  }

  /** The parts of the answer. @throws AppError */
  async handle(op: string, args: Args): Promise<unknown[]> {
    this.asked.push(op);
    switch (op) {
      case contractName(holdPlan):
        await this.hold(args);
        return [{ held: true }];
      case 'ticket.revoke@1':
        this.revoked.add(args.approvalSha256 as string);
        return [{ revoked: true }];
      case 'plan.release@1':
        this.held.delete(args.planSha256 as string);
        return [{}];
      case 'policy.read@1':
        return [{ policies: (args.userVendorIds as string[]).flatMap((userVendorId) => (this.target.policies.has(userVendorId) ? [{ userVendorId, policy: structuredClone(this.target.policies.get(userVendorId)!), reachable: true }] : [])) }];
      case 'watch-state.list@1':
        return this.list(args.userVendorId as string, args.page as string | null);
      case 'watch-state.read@1':
        return [{ states: this.target.read(args.userVendorId as string, args.itemVendorIds as string[]), streams: this.target.streams }];
      case 'user.ensure@1':
        return [this.ensure(args.planSha256 as string, args.n as number)];
      case 'policy.apply@1':
        return [this.applyPolicy(args.planSha256 as string, args.n as number)];
      case 'created.remove@1':
        return [this.removeCreated(args.planSha256 as string, args.n as number)];
      case 'watch-state.apply@1': {
        const reply = this.apply(args.planSha256 as string, args.rows as { n: number; to: WatchState | null }[]);
        await this.afterApply();
        return [reply];
      }
      default:
        throw new AppError('PROTOCOL_UNSUPPORTED', `no handler for ${op}`);
    }
  }

  private list(userVendorId: string, page: string | null): unknown[] {
    const states = this.target.list(userVendorId);
    const start = Number(page ?? 0);
    const end = start + PAGE;
    return [{ states: states.slice(start, end), next: end < states.length ? String(end) : null, streams: this.target.streams }];
  }

  private async hold({ planSha256, chunk, sealed }: { planSha256: string; chunk: number | null; sealed: string }): Promise<void> {
    const bytes = await this.keys.openPlanPiece(sealed);
    if (chunk === null) {
      if (planHash(bytes) !== planSha256) throw new AppError('MESSAGE_INVALID', 'not the approved plan', { reason: 'plan' });
      this.held.set(planSha256, { header: PlanHeader.parse(JSON.parse(bytes.toString('utf8'))), rows: new Map() });
      return;
    }
    const plan = this.plan(planSha256);
    if (plan.header.chunks[chunk]!.sha256 !== sha256Hex(bytes)) throw new AppError('MESSAGE_INVALID', 'not the approved rows', { reason: 'plan' });
    for (const line of bytes.toString('utf8').trimEnd().split('\n')) {
      const row = PlanRow.parse(JSON.parse(line));
      plan.rows.set(row.n, row);
    }
  }

  private plan(planSha256: string): Held {
    const plan = this.held.get(planSha256);
    if (!plan) throw new AppError('NOT_FOUND', 'This plan is not held.', { reason: 'plan-not-held' });
    return plan;
  }

  private row(planSha256: string, n: number): PlanRow {
    const row = this.plan(planSha256).rows.get(n);
    if (!row) throw new AppError('NOT_FOUND', 'This part of the plan is not held.', { reason: 'plan-not-held' });
    return row;
  }

  private accountOf(planSha256: string, u: number): string {
    const account = this.plan(planSha256).header.users[u]!.target.vendorId ?? this.made.get(`${planSha256} ${u}`);
    if (!account) throw new AppError('NOT_FOUND', 'The account was not made.', { reason: 'account' });
    return account;
  }

  private ensure(planSha256: string, n: number): unknown {
    const { u, name } = this.row(planSha256, n) as PlanRowOf<'user.ensure'>;
    const known = this.made.get(`${planSha256} ${u}`);
    if (known) return { userVendorId: known, created: true };
    if ([...this.target.names.values()].includes(name)) throw new AppError('IDENTITY_CONFLICT', 'There is an account of this name.');
    const userVendorId = this.target.create(name);
    this.made.set(`${planSha256} ${u}`, userVendorId);
    return { userVendorId, created: true };
  }

  private applyPolicy(planSha256: string, n: number): unknown {
    const { u, to } = this.row(planSha256, n) as PlanRowOf<'policy.apply'>;
    const userVendorId = this.accountOf(planSha256, u);
    const before = structuredClone(this.target.policies.get(userVendorId)!);
    if (openSettings(to, before).length > 0) this.target.policies.set(userVendorId, { ...before, ...(to as object) } as typeof before);
    return { userVendorId, before, now: structuredClone(this.target.policies.get(userVendorId)!) };
  }

  private removeCreated(planSha256: string, n: number): unknown {
    const { name, userVendorId } = this.row(planSha256, n) as PlanRowOf<'user.remove'>;
    const now = this.target.names.get(userVendorId);
    if (now === undefined) return { removed: false, reason: 'gone' };
    if (now !== name) return { removed: false, reason: 'renamed' };
    if (this.target.used.has(userVendorId)) return { removed: false, reason: 'used' };
    this.target.remove(userVendorId);
    return { removed: true, reason: null };
  }

  private apply(planSha256: string, rows: readonly { n: number; to: WatchState | null }[]): unknown {
    let stopped: AppError | null = null;
    let requests = 0;
    const written = rows.map(({ n, to }) => {
      const row = this.row(planSha256, n) as PlanRowOf<'watch-state.set'>;
      const userId = this.accountOf(planSha256, row.u);
      const before = this.target.stateOf(userId, row.to.itemVendorId);
      const wanted = to ?? row.to;
      const answer = (outcome: WriteOutcome, code: string | null) => ({ n, outcome, now: this.target.stateOf(userId, row.to.itemVendorId), code });
      if (stopped) return answer('refused', stopped.code);
      if (!this.target.items.has(row.to.itemVendorId)) return { ...answer('not-visible', 'NOT_FOUND'), now: null };
      if (differingFields(row, wanted, before).length === 0) return answer('same', null);
      try {
        requests++;
        this.target.write(userId, { ...before, ...Object.fromEntries(row.fields.map((field) => [field, wanted[field]])) });
      } catch (error) {
        const known = error as AppError;
        if (known.retryable) stopped = known;
        return answer(known.retryable ? 'refused' : 'failed', known.code);
      }
      const now = this.target.stateOf(userId, row.to.itemVendorId);
      return differingFields(row, wanted, now).length === 0 ? answer('written', null) : answer('differs', 'CAPABILITY_CHANGED');
    });
    const retryAfterMs = (stopped as AppError | null)?.details['retryAfterMs'];
    return { rows: written, streams: this.target.streams, requests, tookMs: 10, retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : null };
  }
}
