import { z } from 'zod';
import { Uuid7 } from '../ids.js';

export const RUN_STATES = ['queued', 'running', 'paused', 'verifying', 'awaiting-decision', 'done', 'aborted', 'failed'] as const;
export const RunState = z.enum(RUN_STATES);
export type RunState = z.infer<typeof RunState>;

export const ROW_STATES = ['new', 'intent', 'done', 'verified', 'skipped', 'conflict', 'failed'] as const;
export const RowState = z.enum(ROW_STATES);
export type RowState = z.infer<typeof RowState>;

export const RUN_STEPS = ['ensure-user', 'apply-policy', 'copy-watch-states', 'remove-created', 'verify'] as const;
export const RunStep = z.enum(RUN_STEPS);
export type RunStep = z.infer<typeof RunStep>;

/** Of the verify pass: `same`, `differs`, `not-there` (in the plan only), `unreadable`. */
export const VERIFY_RESULTS = ['same', 'differs', 'not-there', 'unreadable'] as const;
export const VerifyResult = z.enum(VERIFY_RESULTS);
export type VerifyResult = z.infer<typeof VerifyResult>;

export const RunCounts = z.strictObject({
  rows: z.number().int().nonnegative(),
  new: z.number().int().nonnegative(),
  intent: z.number().int().nonnegative(),
  done: z.number().int().nonnegative(),
  verified: z.number().int().nonnegative(),
  skipped: z.number().int().nonnegative(),
  conflict: z.number().int().nonnegative(),
  failed: z.number().int().nonnegative(),
});
export type RunCounts = z.infer<typeof RunCounts>;

/** A run at a moment: told whole, the latest wins. */
export const RunProgress = z.strictObject({
  runId: Uuid7,
  planId: Uuid7,
  state: RunState,
  step: RunStep.nullable(),
  counts: RunCounts,
  /** Rows per second of the last half minute; null before anything is known. */
  rowsPerSecond: z.number().nonnegative().nullable(),
  remainingMs: z.number().int().nonnegative().nullable(),
  /** Why it goes slower than it could, or stands: people watch, the target asked for a pause. */
  throttle: z.enum(['none', 'viewers', 'server', 'quiet-wait']),
  /** Of a pause or failure: the stable code and a sentence. */
  code: z.string().max(64).nullable(),
  message: z.string().max(1000).nullable(),
  at: z.iso.datetime(),
});
export type RunProgress = z.infer<typeof RunProgress>;

/** A check that runs. `done` of `total` in the unit of the step; null = not known yet. */
export const PlanProgress = z.strictObject({
  planId: Uuid7,
  state: z.enum(['draft', 'checking', 'checked', 'frozen', 'approved', 'stale', 'void']),
  step: z.enum(['servers', 'users', 'catalogues', 'matching', 'states', 'merging', 'writing']).nullable(),
  done: z.number().int().nonnegative(),
  total: z.number().int().nonnegative().nullable(),
  code: z.string().max(64).nullable(),
  message: z.string().max(1000).nullable(),
  at: z.iso.datetime(),
});
export type PlanProgress = z.infer<typeof PlanProgress>;
