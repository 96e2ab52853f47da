import type { AppError, RunStep } from '@usher/contracts';
import { appendAudit } from '@usher/database';
import { currentContext, type Logger } from '@usher/platform';
import type { Clock } from '@usher/resilience';
import { sha256Hex } from '@usher/security';
import type { PoolClient } from 'pg';
import type { FrozenPlan } from '../plans/frozen-plans.service.js';
import type { TargetAgent } from '../tickets/target-agent.js';
import type { Ticket, TicketIssuer } from '../tickets/ticket-issuer.js';
import type { RunFence } from './run-fence.js';
import type { Intent, Outcome, RunRows, Spent } from './run-rows.js';
import { RunStopped } from './run-stop.js';
import type { RunTeller } from './run-teller.js';
import type { Throttle } from './throttle.js';

/** The deadline of one request of an agent and a second more: until then a write of before may still land. */
export const QUIET_MS = 11_000;
/** A person who asks for a pause waits no longer than this for a run that waits itself. */
const NAP_MS = 2_000;

export interface WorkParts {
  readonly plan: FrozenPlan;
  readonly fence: RunFence;
  readonly rows: RunRows;
  readonly agent: TargetAgent;
  readonly issuer: TicketIssuer;
  readonly throttle: Throttle;
  readonly teller: RunTeller;
  /** What was asked of the run, as the database says now. */
  readonly asked: () => Promise<'pause' | 'abort' | null>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Aborts when the lease is lost or the process ends. */
  readonly signal: AbortSignal;
}

/** What a step works with: the rows, the target's agent, and the boundaries at which it may be stopped. */
export class RunWork {
  private readonly accounts = new Map<number, string | null>();

  constructor(private readonly parts: WorkParts) {}

  get plan(): FrozenPlan {
    return this.parts.plan;
  }

  get rows(): RunRows {
    return this.parts.rows;
  }

  get agent(): TargetAgent {
    return this.parts.agent;
  }

  get throttle(): Throttle {
    return this.parts.throttle;
  }

  get clock(): Clock {
    return this.parts.clock;
  }

  get logger(): Logger {
    return this.parts.logger;
  }

  /** The boundary of a batch. @throws RunStopped, or the reason of the signal */
  async turn(): Promise<void> {
    this.parts.signal.throwIfAborted();
    const asked = await this.parts.asked();
    if (asked) throw new RunStopped(asked);
    this.parts.throttle.watched(this.agent.streams);
    this.parts.teller.throttled(this.parts.throttle.reason);
  }

  async beginStep(step: RunStep): Promise<void> {
    await this.parts.teller.step(step);
  }

  /** The account behind a user of the plan; null while it was not made. */
  async accountOf(u: number): Promise<string | null> {
    const given = this.plan.header.users[u]?.target.vendorId;
    if (given) return given;
    const known = this.accounts.get(u);
    if (known) return known;
    const made = await this.rows.madeAccount(u);
    this.accounts.set(u, made);
    return made;
  }

  /** Writes down what will be done and by which leave. */
  async intend(intents: readonly Intent[], settled: readonly Outcome[], ticket: Ticket): Promise<void> {
    await this.rows.intend(intents, settled, (tx) => this.parts.issuer.record(tx, ticket));
    this.parts.teller.moved(intents.length, 'intent', settled);
  }

  /** A further ticket for what was intended already. */
  async alsoUnder(ticket: Ticket): Promise<void> {
    await this.parts.fence.write((tx) => this.parts.issuer.record(tx, ticket));
  }

  /** The checkpoint after a batch. `spent` are the requests beside those of reading. */
  async finish(from: 'new' | 'intent', outcomes: readonly Outcome[], spent: Spent, ticket: Ticket | null): Promise<void> {
    if (outcomes.length === 0) return;
    await this.rows.finish(outcomes, { ...spent, requests: spent.requests + this.agent.takeRequests() }, async (tx) => {
      if (!ticket) return;
      await this.parts.issuer.note(tx, ticket.jti, 'done');
      await this.audit(tx, ticket, outcomes, spent);
    });
    this.parts.teller.finished(from, outcomes);
  }

  /** Nothing of a user is done whose account is not there. */
  async withoutAccount(u: number, code: string): Promise<void> {
    await this.rows.skipAccount(u, code);
    this.parts.teller.recounted(await this.rows.counts());
  }

  /** After rows were changed in the database at once. */
  async recount(): Promise<void> {
    this.parts.teller.recounted(await this.rows.counts());
  }

  /** Until nothing of a process or command of before can land any more. */
  async quiet(): Promise<void> {
    await this.wait(QUIET_MS, 'quiet-wait');
  }

  /** As long as the target asks for, or as failures in a row suggest. */
  async rest(error: AppError, failures: number): Promise<void> {
    const wished = error.details['retryAfterMs'];
    await this.wait(this.parts.throttle.refused(typeof wished === 'number' ? wished : null, failures), 'server');
  }

  /** One line for a batch: how many of what, and a hash by which the rows can be held against it. */
  private async audit(tx: PoolClient, { commandId, request }: Ticket, outcomes: readonly Outcome[], { writes }: Spent): Promise<void> {
    const { header, planId } = this.plan;
    const states = outcomes.map(({ n, state, code }) => [n, state, code]);
    await appendAudit(tx, {
      actor: 'usher',
      actorId: null,
      action: 'batch.applied',
      serverId: header.target.serverId,
      correlationId: currentContext().correlationId ?? null,
      payload: { runId: request.runId, planId, peerServerId: header.source.serverId, command: commandId, epoch: request.epoch, rows: outcomes.length, writes, outcomesSha256: sha256Hex(JSON.stringify(states)) },
    });
  }

  private async wait(ms: number, why: 'quiet-wait' | 'server'): Promise<void> {
    const { clock, signal, teller } = this.parts;
    teller.throttled(why);
    for (let leftMs = ms; leftMs > 0; leftMs -= NAP_MS) {
      await clock.sleep(Math.min(leftMs, NAP_MS), signal);
      const asked = await this.parts.asked();
      if (asked) throw new RunStopped(asked);
    }
    teller.throttled(this.parts.throttle.reason);
  }
}
