import { z } from 'zod';

const IsoTime = z.iso.datetime();
const Count = z.number().int().nonnegative();
const Ms = z.number().nonnegative();

/** Calls of one kind to one media server in the last 60 minutes. */
export const EndpointUse = z.object({
  /** A fixed name such as `GET /Sessions`; never holds ids, queries or keys. */
  endpoint: z.string().max(200),
  kind: z.enum(['session', 'other']),
  calls: Count,
  errors: Count,
  averageMs: Ms,
  p95Ms: Ms,
});
export type EndpointUse = z.infer<typeof EndpointUse>;

/** Why the session lists are read as often as they are. */
export const POLL_PACES = ['reconcile', 'watched', 'playing', 'idle', 'slow-server', 'rate-limited', 'failing', 'not-started'] as const;
export const PollPace = z.enum(POLL_PACES);
export type PollPace = z.infer<typeof PollPace>;

export const CacheUse = z.object({ name: z.string().max(100), entries: Count, capacity: Count, hits: Count, misses: Count, evictions: Count });
export type CacheUse = z.infer<typeof CacheUse>;

/** What the picture of one media server costs it, and how fresh it is. Counters run since `since`, calls over the last hour. */
export const Efficiency = z.object({
  at: IsoTime,
  since: IsoTime,
  mode: z.enum(['push', 'poll', 'none']),
  lastPollAt: IsoTime.nullable(),
  lastPushAt: IsoTime.nullable(),
  pollEveryMs: Ms.nullable(),
  pace: PollPace,
  push: z.object({
    openSince: IsoTime.nullable(),
    /** Time with an open socket since `since`. */
    upMs: Ms,
    connects: Count,
    /** Frames that were read, and those that a newer one made needless. */
    messages: Count,
    folded: Count,
    /** Sockets that were open and dead. */
    silentDeaths: Count,
    lastFailure: z.string().max(300).nullable(),
  }),
  calls: z.object({
    sessionLastHour: Count,
    otherLastHour: Count,
    /** Askers that shared the answer of a call under way. */
    coalesced: Count,
    retries: Count,
    rateLimited: Count,
    /** Refused here because the queue was full or the breaker open. */
    shed: Count,
  }),
  endpoints: z.array(EndpointUse).max(200),
  breaker: z.enum(['closed', 'open', 'half-open']),
  pausedUntil: IsoTime.nullable(),
  caches: z.array(CacheUse).max(20),
  /** Values in answers that were not understood and became unknown, by field. */
  unknownValues: z.array(z.object({ field: z.string().max(200), count: Count })).max(100),
});
export type Efficiency = z.infer<typeof Efficiency>;
