import { mainTitle } from '../../format/media.js';
import { answers, type ServerCondition } from '../../live/condition.js';
import type { FleetServer, LiveSession } from '../../live/live-types.js';

export type SessionControl = 'pause' | 'seek' | 'stop' | 'message';

const MISSING: Readonly<Record<SessionControl, string>> = {
  pause: 'does not take pause or resume from the server',
  seek: 'does not accept a position from the server',
  stop: 'cannot be stopped from the server',
  message: 'cannot show notices',
};

/** Why a control cannot be used now, as a sentence with its code; null when it can. The agent decides again. */
export function whyOff(control: SessionControl, session: LiveSession, server: FleetServer, condition: ServerCondition, operator: boolean): string | null {
  if (!operator) return 'Needs the role operator. FORBIDDEN';
  if (!answers(condition)) return `${server.alias} does not answer now. ${server.stateCode ?? 'SERVER_UNREACHABLE'}`;
  if (server.readOnly) return `${server.alias} is read-only. SERVER_READ_ONLY`;
  if (!session.controls[control]) return `${session.client ?? 'This app'} ${MISSING[control]}. CAPABILITY_MISSING`;
  if (control === 'seek' && !session.item?.durationMs) return 'This item has no length to move in. CAPABILITY_MISSING';
  return null;
}

/** `Ana’s stream of Dune: Part Two`. */
export function sessionName(session: LiveSession): string {
  const title = session.item ? mainTitle(session.item) : 'an unknown title';
  return `${session.userName ?? 'Unknown viewer'}, ${title}`;
}

/** `1:08:04`, `8:04` or `4084` → ms; null for anything else. */
export function parsePosition(text: string): number | null {
  const parts = text.trim().split(':');
  if (parts.length > 3 || !parts.every((part) => /^\d{1,5}$/.test(part))) return null;
  return parts.reduce((seconds, part) => seconds * 60 + Number(part), 0) * 1_000;
}
