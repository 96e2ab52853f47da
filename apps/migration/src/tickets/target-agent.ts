import type { HubBus } from '@usher/bus';
import { AppError, applyPolicy, applyWatchStates, ensureUser, holdPlan, listWatchStates, readPolicies, readWatchStates, releasePlan, removeCreated, type CommandContract, type UserPolicy, type WatchState } from '@usher/contracts';
import { runFence, sealPlanPiece } from '@usher/security';
import type { z } from 'zod';
import type { LiveApprovals } from '../approvals/live-approvals.js';
import type { FrozenPlan } from '../plans/frozen-plans.service.js';
import type { AgentKeysPublic, Ticket, TicketIssuer } from './ticket-issuer.js';

/** Longer than this nobody waits for a target that cannot be reached: the run stands, and goes on by itself later. */
const PATIENCE_MS = 60_000;
/** An agent that was started anew goes on with what it had begun when it is asked for it again: so often it is. */
const ASK_AGAIN_MS = 20_000;
/** A listing that stays incomplete is an answer, too. */
const READ_TRIES = 3;
const POLICIES_AT_ONCE = 50;

export interface TargetTerms {
  readonly bus: HubBus;
  readonly issuer: TicketIssuer;
  readonly runId: string;
  readonly plan: FrozenPlan;
  readonly epoch: number;
  /** @throws APPROVAL_EXPIRED, TICKET_REVOKED, APPROVAL_MISSING */
  readonly approvals: () => Promise<LiveApprovals>;
  readonly chunk: (n: number) => Promise<Buffer>;
  /** Waits as long as the target asks, or as failures in a row suggest. @throws what ends the run meanwhile */
  readonly rest: (error: AppError, failures: number) => Promise<void>;
  readonly monotonicMs: () => number;
}

/** Another process works on the run now; whatever this one still has in hand is worth nothing. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';

  constructor() {
    super('another process took this run over');
  }
}

/** What is known of an account. */
export interface AccountPolicy {
  readonly policy: UserPolicy;
  readonly reachable: boolean;
}

type Changing = typeof ensureUser | typeof applyPolicy | typeof applyWatchStates | typeof removeCreated;

/** The one agent that a run gives orders to: that of the target. The source has none of them. */
export class TargetAgent {
  /** How many people watch there, as of the last answer. */
  streams = 0;
  private requests = 0;
  private keys: AgentKeysPublic | null = null;
  /** Pieces of the plan that this process handed over; -1 = the header. */
  private held = new Set<number>();

  constructor(private readonly terms: TargetTerms) {}

  get serverId(): string {
    return this.terms.plan.header.target.serverId;
  }

  /** Some titles of an account, by id; those that are gone or hidden are missing. */
  read(userVendorId: string, itemVendorIds: readonly string[]): Promise<Map<string, WatchState>> {
    return this.patiently(async () => {
      const states = new Map<string, WatchState>();
      for await (const part of this.ask(readWatchStates, { userVendorId, itemVendorIds: [...itemVendorIds] })) this.take(part, states);
      this.requests++;
      return states;
    });
  }

  /** Everything that an account has a state for, a page at a time. */
  async *list(userVendorId: string): AsyncGenerator<Map<string, WatchState>, void, undefined> {
    for (let page: string | null = null, isFirst = true; isFirst || page !== null; isFirst = false) {
      const asked: string | null = page;
      const { states, next }: { states: Map<string, WatchState>; next: string | null } = await this.patiently(() => this.page(userVendorId, asked));
      yield states;
      page = next;
    }
  }

  /** Settings by account; one that is not there is missing. */
  async policies(userVendorIds: readonly string[]): Promise<Map<string, AccountPolicy>> {
    const found = new Map<string, AccountPolicy>();
    for (let at = 0; at < userVendorIds.length; at += POLICIES_AT_ONCE) {
      await this.patiently(async () => {
        for await (const part of this.ask(readPolicies, { userVendorIds: userVendorIds.slice(at, at + POLICIES_AT_ONCE) })) {
          for (const { userVendorId, policy, reachable } of part.policies) found.set(userVendorId, { policy, reachable });
        }
      });
      this.requests++;
    }
    return found;
  }

  /** Requests to the media server that reading has cost since this was asked last. */
  takeRequests(): number {
    const { requests } = this;
    this.requests = 0;
    return requests;
  }

  /** Hands over what the agent needs to know and signs leave for rows. The ticket has to be written down before it is used. */
  async leaveFor(contract: Changing, rows: readonly number[]): Promise<Ticket> {
    const approvals = await this.terms.approvals();
    this.keys = await this.terms.issuer.agentOf(this.serverId);
    await this.hold(rows);
    const { runId, plan, epoch } = this.terms;
    return this.terms.issuer.issue({ runId, plan, epoch, agent: this.keys, contract: contract as CommandContract, rows, approvals });
  }

  /** Sends a changing command under its ticket. `renew` writes down a further ticket when the agent had to be told the plan again. */
  async change<C extends Changing>(contract: C, ticket: Ticket, request: z.input<C['request']>, renew: (ticket: Ticket) => Promise<void>): Promise<z.output<C['reply']>[]> {
    try {
      return await this.send(contract, ticket, request);
    } catch (error) {
      if (!isNotHeld(error)) throw error;
      this.held.clear();
      const again = await this.leaveFor(contract, ticket.request.rows);
      await renew(again);
      return this.send(contract, again, request);
    }
  }

  /** Nothing more will be done under this plan. The agent may be away: what it keeps does no harm. */
  async release(): Promise<void> {
    const { bus, plan } = this.terms;
    await bus.command(releasePlan, { serverId: this.serverId }, { planSha256: plan.planSha256 }, { fence: this.fence() });
  }

  /** The same order may be given again: the agent's journal answers what is done, and what runs goes on. */
  private async send<C extends Changing>(contract: C, ticket: Ticket, request: z.input<C['request']>): Promise<z.output<C['reply']>[]> {
    const endsMs = this.terms.monotonicMs() + contract.timeoutMs;
    for (;;) {
      const leftMs = endsMs - this.terms.monotonicMs();
      const againMs = this.terms.monotonicMs() + ASK_AGAIN_MS;
      try {
        return await this.order(contract, ticket, request, Math.min(leftMs, ASK_AGAIN_MS));
      } catch (error) {
        // What fails before is no silence: that is settled by reading.
        if (!isNotDone(error) || leftMs <= ASK_AGAIN_MS || this.terms.monotonicMs() < againMs - 1_000) throw superseded(error);
      }
    }
  }

  private async order<C extends Changing>(contract: C, ticket: Ticket, request: z.input<C['request']>, timeoutMs: number): Promise<z.output<C['reply']>[]> {
    const parts: z.output<C['reply']>[] = [];
    const { commandId, jws } = ticket;
    const call = this.terms.bus.command(contract as CommandContract, { serverId: this.serverId }, request, { commandId, fence: this.fence(), ticket: jws, approvals: [...ticket.request.approvals.jws], timeoutMs });
    for await (const part of call) parts.push(part as z.output<C['reply']>);
    return parts;
  }

  private async hold(rows: readonly number[]): Promise<void> {
    const { plan, chunk } = this.terms;
    if (!this.held.has(-1)) await this.handOver(null, plan.headerBytes);
    const needed = plan.header.chunks.filter((each) => rows.some((n) => n >= each.first && n < each.first + each.rows));
    for (const { n } of needed) if (!this.held.has(n)) await this.handOver(n, await chunk(n));
  }

  private async handOver(chunk: number | null, bytes: Buffer): Promise<void> {
    const sealed = await sealPlanPiece(this.keys!.boxPub, bytes);
    await this.patiently(async () => {
      await this.terms.bus.command(holdPlan, { serverId: this.serverId }, { planSha256: this.terms.plan.planSha256, chunk, sealed }, { fence: this.fence() });
    });
    this.held.add(chunk ?? -1);
  }

  private async page(userVendorId: string, page: string | null): Promise<{ states: Map<string, WatchState>; next: string | null }> {
    const states = new Map<string, WatchState>();
    let next: string | null = null;
    for await (const part of this.ask(listWatchStates, { userVendorId, page })) {
      this.take(part, states);
      next = part.next;
    }
    this.requests++;
    return { states, next };
  }

  private take(part: { states: readonly WatchState[]; streams: number }, into: Map<string, WatchState>): void {
    for (const state of part.states) into.set(state.itemVendorId, state);
    this.streams = part.streams;
  }

  private ask<Req extends z.ZodType, Rep extends z.ZodType>(contract: CommandContract<Req, Rep>, request: z.input<Req>) {
    return this.terms.bus.command(contract, { serverId: this.serverId }, request, { fence: this.fence() });
  }

  /** For what changes nothing: asked again while it may pass. */
  private async patiently<T>(ask: () => Promise<T>): Promise<T> {
    const beganMs = this.terms.monotonicMs();
    for (let failures = 1; ; failures++) {
      try {
        return await ask();
      } catch (error) {
        const known = superseded(error);
        if (!(known instanceof AppError) || !known.retryable) throw known;
        const isEnough = known.code === 'READ_INCOMPLETE' ? failures >= READ_TRIES : this.terms.monotonicMs() - beganMs >= PATIENCE_MS;
        if (isEnough) throw known;
        await this.terms.rest(known, failures);
      }
    }
  }

  private fence(): { n: string; e: number } {
    return { n: runFence(this.terms.runId), e: this.terms.epoch };
  }
}

function isNotHeld(error: unknown): boolean {
  return error instanceof AppError && error.code === 'NOT_FOUND' && error.details['reason'] === 'plan-not-held';
}

/** It took the order, and nothing was heard since. */
function isNotDone(error: unknown): boolean {
  return error instanceof AppError && error.code === 'AGENT_TIMEOUT' && error.details['reason'] === 'not-done';
}

/** An agent that has heard of a successor tells so. */
function superseded(error: unknown): unknown {
  return error instanceof AppError && error.code === 'STALE_EPOCH' ? new LeaseLost() : error;
}
