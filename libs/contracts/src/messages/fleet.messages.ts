import { z } from 'zod';
import { Uuid7 } from '../ids.js';
import { defineCommand, defineFleetState } from './define.js';

const IsoTime = z.iso.datetime();

export const NoticeText = z.string().trim().min(1).max(500);

/** Why sessions of a server were not sent a notice, and how many. */
export const NoticeReason = z.strictObject({
  /** An error code, or `NOBODY` when no session was there. */
  code: z.string().max(64),
  message: z.string().max(300),
  count: z.number().int().nonnegative(),
});
export type NoticeReason = z.infer<typeof NoticeReason>;

/**
 * Durable: shows a text in every session that can show one, in each at most once per `noticeId`, whatever is repeated or
 * restarted. The counts are of the notice as a whole, not of this command alone.
 */
export const showNotice = defineCommand({
  name: 'notice.show',
  version: 1,
  issuers: ['controller'],
  timeoutMs: 15_000,
  effect: 'change',
  onCrash: 'redo',
  request: z.strictObject({
    noticeId: Uuid7,
    text: NoticeText,
    /** Nothing is shown after this. */
    expiresAt: IsoTime,
    /** null = all sessions. */
    sessionVendorIds: z.array(z.string().min(1).max(300)).max(1000).nullable(),
  }),
  reply: z.strictObject({
    /** The media server took the text for that many players; nobody tells whether a viewer saw it. */
    sent: z.number().int().nonnegative(),
    unsupported: z.number().int().nonnegative(),
    failed: z.number().int().nonnegative(),
    /** The media server was away before everybody was reached: another command with the same `noticeId` goes on. */
    again: z.boolean(),
    reasons: z.array(NoticeReason).max(20),
  }),
});
export type NoticeOutcome = z.infer<typeof showNotice.reply>;

/** One occurrence of a maintenance window. */
export const MaintenanceOccurrence = z.strictObject({
  windowId: Uuid7,
  serverIds: z.array(Uuid7).min(1).max(1000),
  startAt: IsoTime,
  endAt: IsoTime,
  /** From here on no playback is started there; equal to `startAt` without a drain before. */
  drainFrom: IsoTime,
});
export type MaintenanceOccurrence = z.infer<typeof MaintenanceOccurrence>;

/**
 * Everything that is planned from now until `completeUntil`, in the order of `drainFrom`; repeated every 30 s. What is not
 * in it was canceled or is over.
 */
export const maintenanceState = defineFleetState({
  name: 'maintenance',
  version: 1,
  body: z.strictObject({ completeUntil: IsoTime, occurrences: z.array(MaintenanceOccurrence).max(2000) }),
});
export type MaintenanceState = z.infer<typeof maintenanceState.body>;
