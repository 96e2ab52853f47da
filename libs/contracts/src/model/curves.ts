import { z } from 'zod';

const IsoTime = z.iso.datetime();
const Count = z.number().int().nonnegative();
const Ms = z.number().nonnegative();

/** How far back: steps of 15 minutes of an hour and of a day, steps of an hour of a week. */
export const CURVE_RANGES = ['hour', 'day', 'week'] as const;
export const CurveRange = z.enum(CURVE_RANGES);
export type CurveRange = z.infer<typeof CurveRange>;

const MAX_STEPS = 168;
/** One value for each step from `from` on; null where nothing was read. */
const Column = z.array(z.number().nonnegative().nullable()).max(MAX_STEPS);

/** Columns of a curve. All of them are null in a step in which the agent did not run: that is a gap, and no zero. */
export const CurveColumns = z.object({
  /** Time in which the agent ran and watched. */
  observedMs: Column,
  /** Of it: the server answered, the server did not; the rest was not known yet. */
  onlineMs: Column,
  awayMs: Column,
  /** Of it: the server told by itself, the server was asked. */
  pushMs: Column,
  pollMs: Column,
  sessionCalls: Column,
  otherCalls: Column,
  errors: Column,
  /** Of all calls; at most 30 % off. */
  medianMs: Column,
  p95Ms: Column,
  reconnects: Column,
  cacheHits: Column,
  cacheMisses: Column,
  /** Means of what was read once a minute, where the agent stands beside its server. */
  cpuPercent: Column,
  memoryUsedBytes: Column,
  /** Of the largest disk that holds libraries. */
  diskUsedBytes: Column,
  /** Of the first graphics card that tells its load. */
  encoderPercent: Column,
});
export type CurveColumns = z.infer<typeof CurveColumns>;

/** Calls of one kind in a whole range; times are null without a call. */
export const CurveCalls = z.object({ calls: Count, errors: Count, averageMs: Ms.nullable(), medianMs: Ms.nullable(), p95Ms: Ms.nullable() });
export type CurveCalls = z.infer<typeof CurveCalls>;

/** What one server's calls and machine did, step by step, as its agent counted it. */
export const Curves = z.object({
  at: IsoTime,
  range: CurveRange,
  /** When the oldest that is kept was counted, at most 7 days ago; null before the first. */
  since: IsoTime.nullable(),
  /** Begin of the first step; the last one is still running. */
  from: IsoTime,
  stepMs: z.number().int().positive(),
  columns: CurveColumns,
  /** Of the whole range. */
  total: z.object({ observedMs: Ms, onlineMs: Ms, awayMs: Ms, pushMs: Ms, pollMs: Ms, session: CurveCalls, other: CurveCalls, all: CurveCalls, reconnects: Count, cacheHits: Count, cacheMisses: Count }),
});
export type Curves = z.infer<typeof Curves>;
