import { AppError, applyWatchStates, differingFields, ERROR_CODES, isBetween, isErrorCode, MAX_STATE_ROWS, type ErrorCode, type PlanRowOf, type WatchState, type WrittenRow } from '@usher/contracts';
import type { z } from 'zod';
import type { Ticket } from '../tickets/ticket-issuer.js';
import { LeaseLost } from '../tickets/target-agent.js';
import { decideRow, hasDrifted, isStale } from './decide-row.js';
import { ACCOUNT_MISSING } from './ensure-user.step.js';
import { opKey } from './op-key.js';
import type { Intent, OpenRow, Outcome } from './run-rows.js';
import type { RunWork } from './run-work.js';
import type { Step } from './step.js';

type Applied = z.output<typeof applyWatchStates.reply>;
type StateRow = OpenRow<PlanRowOf<'watch-state.set'>>;

/** The first rows go alone and are looked at: a target that does not keep what was written shows it here. */
const CANARY_ROWS = 3;
const MAX_ATTEMPTS = 4;
/** A server that answers no write for this long is left alone: the run stands. */
const MAX_FAILED_BATCHES = 8;

/** Writes watch states in batches of one account. Safe to repeat: every batch begins with a read of what is there. */
export const copyWatchStatesStep: Step = {
  name: 'copy-watch-states',
  ops: ['watch-state.set'],
  run: (work) => new StateCopy(work).run(),
};

/** One pass over all open rows. */
class StateCopy {
  private drifted = 0;
  private failed = 0;
  private failedInARow = 0;
  private isCanary = true;

  constructor(private readonly work: RunWork) {}

  async run(): Promise<void> {
    const { rows } = this.work;
    this.drifted = await rows.drifted();
    this.isCanary = !(await rows.hasDone('watch-state.set'));
    for (;;) {
      await this.work.turn();
      const begun = await rows.open('watch-state.set', 'intent', MAX_STATE_ROWS);
      if (begun.length > 0) await this.findOut(begun);
      else if (!(await this.next())) return;
    }
  }

  /** Rows whose outcome nobody knows: when nothing of before can land any more, a read tells. */
  private async findOut(begun: readonly StateRow[]): Promise<void> {
    const { work } = this;
    await work.rows.adopt(begun.map(({ n }) => n));
    // A read under this run's epoch first: from then on the agent takes no order of a process of before.
    const account = await work.accountOf(begun[0]!.u);
    if (account !== null) await work.agent.read(account, itemsOf(begun.slice(0, 1)));
    await work.quiet();
    const now = account === null ? new Map<string, WatchState>() : await work.agent.read(account, itemsOf(begun));
    const outcomes = begun.map((open) => settled(open, now.get(open.row.to.itemVendorId)));
    await work.finish('intent', outcomes, { requests: 0, writes: outcomes.filter(({ state }) => state === 'done').length }, null);
    this.count(outcomes);
  }

  /** False when nothing is left. */
  private async next(): Promise<boolean> {
    const { work } = this;
    const { rows: size } = work.throttle.allowance();
    const batch = await work.rows.open('watch-state.set', 'new', this.isCanary ? CANARY_ROWS : size);
    if (batch.length === 0) return false;
    const account = await work.accountOf(batch[0]!.u);
    if (account === null) {
      await work.withoutAccount(batch[0]!.u, ACCOUNT_MISSING);
      return true;
    }
    const now = await work.agent.read(account, itemsOf(batch));
    const { intents, outcomes } = this.decide(account, batch, now);
    if (intents.length === 0) await work.finish('new', outcomes, { requests: 0, writes: 0 }, null);
    else await this.write(batch, intents, outcomes);
    return true;
  }

  private decide(account: string, batch: readonly StateRow[], read: ReadonlyMap<string, WatchState>): { intents: Intent[]; outcomes: Outcome[] } {
    const { header, planSha256 } = this.work.plan;
    const intents: Intent[] = [];
    const outcomes: Outcome[] = [];
    for (const { n, row } of batch) {
      const now = read.get(row.to.itemVendorId);
      const decision = now && decideRow(row, now, header);
      if (!now || !decision) outcomes.push({ n, state: 'skipped', code: 'NOT_VISIBLE' });
      else if (decision.kind === 'already') outcomes.push({ n, state: 'skipped', code: 'ALREADY', now });
      else if (decision.kind === 'conflict') outcomes.push({ n, state: 'conflict', code: 'TARGET_CHANGED', now });
      else intents.push({ n, before: now, sent: decision.to, opKey: opKey(planSha256, header.target.serverId, account, row.to.itemVendorId, row.fields) });
      if (now && decision?.kind !== 'already' && hasDrifted(row, now)) this.drifted++;
    }
    if (isStale(this.drifted, header)) throw new AppError('PLAN_STALE', 'Too much of the target has changed since the plan was made.', { rows: this.drifted });
    return { intents, outcomes };
  }

  private async write(batch: readonly StateRow[], intents: readonly Intent[], outcomes: readonly Outcome[]): Promise<void> {
    const { work } = this;
    const ticket = await work.agent.leaveFor(applyWatchStates, intents.map(({ n }) => n));
    await work.intend(intents, outcomes, ticket);
    const { atOnce, maxPerSecond } = work.throttle.allowance();
    const rows = intents.map(({ n, sent }) => ({ n, to: sent as WatchState | null }));
    try {
      const parts = await work.agent.change(applyWatchStates, ticket, { planSha256: work.plan.planSha256, rows, atOnce, maxPerSecond }, (again) => work.alsoUnder(again));
      await this.take(batch, intents, ticket, parts);
    } catch (error) {
      await this.interrupted(error);
    }
  }

  private async take(batch: readonly StateRow[], intents: readonly Intent[], ticket: Ticket, parts: readonly Applied[]): Promise<void> {
    const { work } = this;
    const answers = new Map(parts.flatMap(({ rows }) => rows).map((row) => [row.n, row]));
    const adjusted = new Set(intents.filter(({ sent }) => sent !== null).map(({ n }) => n));
    const attempts = new Map(batch.map((open) => [open.n, open.attempts + 1]));
    const outcomes = intents.flatMap(({ n }) => outcomeOf(n, answers.get(n), adjusted.has(n), attempts.get(n)!));
    const written = [...answers.values()].filter(({ outcome }) => outcome === 'written').length;
    // Every part tells of the whole batch.
    const requests = Math.max(0, ...parts.map((part) => part.requests));
    const tookMs = Math.max(0, ...parts.map((part) => part.tookMs));
    await work.finish('intent', outcomes, { requests, writes: written }, ticket);
    work.agent.streams = parts.at(-1)?.streams ?? work.agent.streams;
    this.count(outcomes);
    this.judge(outcomes, [...answers.values()]);
    const retryAfterMs = parts.reduce<number | null>((longest, part) => (part.retryAfterMs === null ? longest : Math.max(longest ?? 0, part.retryAfterMs)), null);
    const refusal = [...answers.values()].find(({ outcome, code }) => (outcome === 'refused' || outcome === 'failed') && isPassing(code));
    if (retryAfterMs === null && !refusal) {
      this.failedInARow = 0;
      work.throttle.wrote(written, tookMs);
    } else await this.rest(new AppError((refusal?.code ?? 'SERVER_RATE_LIMITED') as ErrorCode, 'The target takes no more for now.', retryAfterMs === null ? {} : { retryAfterMs }));
  }

  /** What ends a run or makes it stand, found in the answers of a batch. */
  private judge(outcomes: readonly Outcome[], answers: readonly WrittenRow[]): void {
    const { limits } = this.work.plan.header;
    const notKept = outcomes.some(({ state, code }) => state === 'failed' && code === 'CAPABILITY_CHANGED');
    if (this.isCanary && notKept) throw new AppError('CAPABILITY_CHANGED', 'The target did not keep what was written to the first titles.');
    if (outcomes.some(({ state }) => state === 'done')) this.isCanary = false;
    const stop = answers.find(({ outcome, code }) => outcome === 'refused' && code !== null && isStopping(code));
    if (stop) throw new AppError(stop.code as ErrorCode, 'The agent writes no more under this ticket.');
    if (this.failed > limits.maxFailures) throw new AppError('FAILURE_LIMIT', `${this.failed} titles could not be written.`, { rows: this.failed });
  }

  /** The answer of a batch did not come: whatever passes is waited for, and the next look at the open rows finds out. */
  private async interrupted(error: unknown): Promise<void> {
    if (error instanceof LeaseLost || !(error instanceof AppError) || !error.retryable) throw error;
    await this.rest(error);
  }

  private async rest(error: AppError): Promise<void> {
    this.failedInARow++;
    if (this.failedInARow > MAX_FAILED_BATCHES) throw error;
    await this.work.rest(error, this.failedInARow);
  }

  private count(outcomes: readonly Outcome[]): void {
    this.failed += outcomes.filter(({ state }) => state === 'failed').length;
  }
}

function itemsOf(rows: readonly StateRow[]): string[] {
  return [...new Set(rows.map(({ row }) => row.to.itemVendorId))];
}

/** A begun row after a read: it landed, it did not, or somebody else was there. */
function settled({ n, row, before, sent }: StateRow, now: WatchState | undefined): Outcome {
  const wanted = (sent as WatchState | null) ?? row.to;
  if (!now) return { n, state: 'skipped', code: 'NOT_VISIBLE' };
  if (differingFields(row, wanted, now).length === 0) return { n, state: 'done', code: sent ? 'ADJUSTED' : null, now };
  if (!isBetween(row, before as WatchState, wanted, now)) return { n, state: 'conflict', code: 'TARGET_CHANGED', now };
  // Nothing says that the title is to blame: a batch whose answers do not come makes the run stand before long.
  return { n, state: 'new', code: null };
}

/** What an answer makes of a row; nothing for one whose outcome is not known. */
function outcomeOf(n: number, answer: WrittenRow | undefined, isAdjusted: boolean, attempts: number): Outcome[] {
  if (!answer || answer.outcome === 'unknown') return [];
  const { outcome, code, now } = answer;
  switch (outcome) {
    case 'written':
    case 'same':
      return [{ n, state: 'done', code: isAdjusted ? 'ADJUSTED' : null, now }];
    case 'not-visible':
      return [{ n, state: 'skipped', code: 'NOT_VISIBLE' }];
    case 'differs':
      return [code === 'TARGET_CHANGED' ? { n, state: 'conflict', code, now } : { n, state: 'failed', code: 'CAPABILITY_CHANGED', now }];
    case 'refused':
      return [isPassing(code) || (code !== null && isStopping(code)) ? { n, state: 'new', code: null } : { n, state: 'failed', code }];
    case 'failed':
      return [isPassing(code) && (attempts < MAX_ATTEMPTS || isAway(code)) ? { n, state: 'new', code: null } : { n, state: 'failed', code, now }];
  }
}

/** What may go well the next time. */
function isPassing(code: string | null): code is ErrorCode {
  return isErrorCode(code) && ERROR_CODES[code].retryable;
}

/** A server that is away, or has enough, says nothing of the title: such tries are not counted. */
function isAway(code: ErrorCode): boolean {
  return code === 'SERVER_UNREACHABLE' || code === 'SERVER_RATE_LIMITED' || code === 'SERVER_BUSY';
}

/** Codes that concern the whole batch and everything after it. */
function isStopping(code: string): boolean {
  return /^(TICKET_|APPROVAL_|STALE_EPOCH|CLOCK_SKEW|SERVER_REJECTED_KEY|SERVER_READ_ONLY|OP_KEY_MISMATCH|USER_TOKEN_MISSING)/.test(code);
}
