import { z } from 'zod';
import { LoadDetail } from '../model/routing.js';
import { Library, MediaUser, ServerLoad, ServerProfile } from '../model/server.js';
import { ControlOutcome, Delivery, NowPlaying, Session, SessionCommand, TranscodeReason } from '../model/session.js';
import { defineCommand, defineFact, defineState } from './define.js';

const IsoTime = z.iso.datetime();

/**
 * All sessions of one server. Large lists travel as parts of one `seq`, split by session; a missing part
 * discards that `seq`. Positions alone never cause a message.
 */
export const sessionsState = defineState({
  name: 'sessions',
  version: 1,
  body: z.object({
    seq: z.number().int(),
    part: z.number().int().min(0),
    parts: z.number().int().min(1).max(1000),
    at: IsoTime,
    source: z.enum(['push', 'poll']),
    sessions: z.array(Session),
  }),
});
export type SessionsState = z.infer<typeof sessionsState.body>;

export const loadState = defineState({
  name: 'load',
  version: 1,
  body: z.object({ seq: z.number().int(), at: IsoTime, load: ServerLoad, detail: LoadDetail.optional() }),
});

export const serverProbed = defineFact({ name: 'server.probed', version: 1, class: 'result', body: z.object({ profile: ServerProfile }) });

const PlaybackBase = z.object({ playbackId: z.string().max(64), sessionVendorId: z.string().max(300), at: IsoTime });

export const PlaybackQuality = z.object({
  delivery: Delivery,
  reasons: z.array(TranscodeReason),
  bitRateKbps: z.number().int().nonnegative().nullable(),
  videoHeight: z.number().int().nonnegative().nullable(),
});
export type PlaybackQuality = z.infer<typeof PlaybackQuality>;

export const playbackStarted = defineFact({
  name: 'playback.started',
  version: 1,
  class: 'result',
  body: PlaybackBase.extend({
    userId: z.string().max(200).nullable(),
    userName: z.string().max(500).nullable(),
    deviceName: z.string().max(500).nullable(),
    client: z.string().max(500).nullable(),
    address: z.string().max(100).nullable(),
    network: z.enum(['lan', 'wan', 'relay', 'unknown']),
    item: NowPlaying,
    positionMs: z.number().int().nonnegative(),
    quality: PlaybackQuality,
  }),
});

/** Paused, resumed, jumped, or the delivery changed. */
export const playbackChanged = defineFact({
  name: 'playback.changed',
  version: 1,
  class: 'result',
  body: PlaybackBase.extend({
    change: z.enum(['paused', 'resumed', 'seeked', 'delivery']),
    positionMs: z.number().int().nonnegative(),
    watchedMs: z.number().int().nonnegative(),
    quality: PlaybackQuality,
  }),
});

export const playbackEnded = defineFact({
  name: 'playback.ended',
  version: 1,
  class: 'result',
  body: PlaybackBase.extend({
    positionMs: z.number().int().nonnegative(),
    /** Time spent playing, without pauses, as far as it was seen. */
    watchedMs: z.number().int().nonnegative(),
    reason: z.enum(['gone', 'item-changed', 'agent-stopped']),
  }),
});

const SessionTarget = { sessionVendorId: z.string().min(1).max(300) };

export const stopSession = defineCommand({
  name: 'session.stop',
  version: 1,
  issuers: ['controller'],
  timeoutMs: 10_000,
  effect: 'change',
  onCrash: 'unknown',
  request: z.strictObject({ ...SessionTarget, reason: z.string().max(500).nullable() }),
  reply: z.strictObject({ outcome: ControlOutcome.default('sent') }),
});

export const controlSession = defineCommand({
  name: 'session.control',
  version: 1,
  issuers: ['controller'],
  timeoutMs: 10_000,
  effect: 'change',
  onCrash: 'unknown',
  request: z.strictObject({ ...SessionTarget, command: SessionCommand }),
  reply: z.strictObject({ outcome: ControlOutcome.default('sent') }),
});

export const messageSession = defineCommand({
  name: 'session.message',
  version: 1,
  issuers: ['controller'],
  timeoutMs: 10_000,
  effect: 'change',
  onCrash: 'unknown',
  request: z.strictObject({ ...SessionTarget, text: z.string().min(1).max(500) }),
  reply: z.strictObject({}),
});

/**
 * Somebody looks at these sessions: where the vendor does not push, the agent reads them more often for `forMs`.
 * `positions`: lists are sent on for new positions alone too, at most one a second, while somebody mirrors a session.
 */
export const watchSessions = defineCommand({
  name: 'session.watch',
  version: 1,
  issuers: ['controller'],
  timeoutMs: 5_000,
  effect: 'read',
  onCrash: 'redo',
  request: z.strictObject({ forMs: z.number().int().min(1_000).max(300_000), positions: z.boolean().optional() }),
  reply: z.strictObject({}),
});

export const listLibraries = defineCommand({
  name: 'library.list',
  version: 1,
  issuers: ['controller', 'migration'],
  timeoutMs: 60_000,
  effect: 'read',
  onCrash: 'redo',
  request: z.strictObject({}),
  /** In parts; together all libraries. */
  reply: z.strictObject({ libraries: z.array(Library) }),
});

export const listUsers = defineCommand({
  name: 'user.list',
  version: 1,
  issuers: ['controller', 'migration'],
  timeoutMs: 60_000,
  effect: 'read',
  onCrash: 'redo',
  request: z.strictObject({}),
  /** In parts; together all users. */
  reply: z.strictObject({ users: z.array(MediaUser) }),
});
