import { AppError, type PlanRow } from '@usher/contracts';
import { LeaseLost } from '../tickets/target-agent.js';
import type { OpenRow, Outcome } from './run-rows.js';
import type { RunWork } from './run-work.js';

/** Carries one row out. An outcome that it answers is written down; null = it did so itself, or the row stays open. */
export type AccountTurn<Op extends PlanRow['op']> = (work: RunWork, open: OpenRow<Extract<PlanRow, { op: Op }>>, isAgain: boolean) => Promise<Outcome | null>;

/** A row of an account is tried this often before it is given up. */
const MAX_ATTEMPTS = 4;
const OF_THIS_ACCOUNT: readonly string[] = ['IDENTITY_CONFLICT', 'CAPABILITY_MISSING', 'VALIDATION_FAILED', 'NOT_FOUND', 'USER_TOKEN_MISSING'];

/** Takes rows of a kind one after the other: first those that were begun before, after a quiet wait, then the new ones. */
export async function oneByOne<Op extends PlanRow['op']>(work: RunWork, op: Op, take: AccountTurn<Op>): Promise<void> {
  for (let wasQuiet = false; ; ) {
    await work.turn();
    const [begun] = await work.rows.open(op, 'intent', 1);
    if (begun && !wasQuiet) {
      await work.rows.adopt([begun.n]);
      await work.quiet();
      wasQuiet = true;
      continue;
    }
    const open = begun ?? (await work.rows.open(op, 'new', 1))[0];
    if (!open) return;
    const outcome = await take(work, open, begun !== undefined);
    if (outcome) await work.finish(begun ? 'intent' : 'new', [outcome], { requests: 0, writes: 0 }, null);
    wasQuiet = false;
  }
}

/**
 * An error in the middle of a write: refused by the target for this account only, the row is given up; what may pass is
 * waited for, and the row stays open (null) until another look; anything else is thrown and makes the run stand.
 */
export async function interrupted(work: RunWork, n: number, attempts: number, error: unknown): Promise<Outcome | null> {
  if (error instanceof LeaseLost || !(error instanceof AppError)) throw error;
  if (OF_THIS_ACCOUNT.includes(error.code) || (error.retryable && attempts >= MAX_ATTEMPTS)) return { n, state: 'failed', code: error.code };
  if (!error.retryable) throw error;
  await work.rest(error, attempts);
  return null;
}
