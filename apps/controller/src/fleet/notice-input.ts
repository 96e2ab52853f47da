import { AppError, splitSessionId } from '@usher/contracts';
import { z } from 'zod';
import { optionalServerIds } from '../servers/server-ids.js';
import type { NoticeTargetsInput, SendNoticeInput } from './notices.graphql.js';

const MAX_SESSIONS = 1_000;
const DEFAULT_LIFE_MS = 3_600_000;
const MAX_LIFE_MS = 24 * 3_600_000;
const MAX_AHEAD_MS = 366 * 24 * 3_600_000;
/** Clocks of browsers differ from ours. */
const LATE_MS = 60_000;

/** One line or a few; other control characters could do something at a player. */
export const Text = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(500, 'must have at most 500 characters')
  .regex(/^[^\p{Cc}]*(?:\n[^\p{Cc}]*)*$/u, 'must not hold control characters');

/** What was asked for, checked: one kind of target, ids in the right form, without doubles. */
export type WantedTargets = { readonly kind: 'linked' } | { readonly kind: 'servers'; readonly serverIds: readonly string[] } | { readonly kind: 'sessions'; readonly sessions: ReadonlyMap<string, readonly string[]> };

/** @throws VALIDATION_FAILED */
export function targetsOf({ allLinked, serverIds, sessionIds }: NoticeTargetsInput): WantedTargets {
  const given = [allLinked === true, serverIds != null, sessionIds != null].filter(Boolean).length;
  if (given !== 1) throw new AppError('VALIDATION_FAILED', 'Name all linked servers, or servers, or sessions: exactly one of the three.', { field: 'targets' });
  if (allLinked) return { kind: 'linked' };
  if (serverIds) {
    const ids = optionalServerIds(serverIds)!;
    if (ids.length === 0) throw new AppError('VALIDATION_FAILED', 'Name at least one server.', { field: 'targets.serverIds' });
    return { kind: 'servers', serverIds: ids };
  }
  return { kind: 'sessions', sessions: sessionsByServer(sessionIds!) };
}

function sessionsByServer(sessionIds: readonly string[]): Map<string, string[]> {
  const field = 'targets.sessionIds';
  if (sessionIds.length < 1 || sessionIds.length > MAX_SESSIONS) throw new AppError('VALIDATION_FAILED', `Name 1 to ${MAX_SESSIONS} sessions.`, { field });
  const byServer = new Map<string, string[]>();
  for (const sessionId of new Set(sessionIds)) {
    const parts = sessionId.length <= 400 ? splitSessionId(sessionId) : null;
    if (!parts) throw new AppError('VALIDATION_FAILED', 'This is not the id of a session.', { field });
    byServer.set(parts.serverId, [...(byServer.get(parts.serverId) ?? []), parts.vendorId]);
  }
  return byServer;
}

/** @throws VALIDATION_FAILED */
export function timesOf({ showAt, expiresAt }: Pick<SendNoticeInput, 'showAt' | 'expiresAt'>, nowMs: number): { showAt: Date; expiresAt: Date } {
  const show = showAt?.getTime() ?? nowMs;
  const expires = expiresAt?.getTime() ?? show + DEFAULT_LIFE_MS;
  const refuse = (field: string, message: string) => new AppError('VALIDATION_FAILED', message, { field });
  if (show < nowMs - LATE_MS) throw refuse('showAt', 'This time is over.');
  if (show > nowMs + MAX_AHEAD_MS) throw refuse('showAt', 'A notice can be planned for a year ahead.');
  if (expires <= Math.max(show, nowMs)) throw refuse('expiresAt', 'It would expire before it is sent.');
  if (expires - show > MAX_LIFE_MS) throw refuse('expiresAt', 'A notice expires at most 24 hours after it is sent.');
  return { showAt: new Date(show), expiresAt: new Date(expires) };
}
