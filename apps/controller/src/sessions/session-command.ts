import { AppError, SessionCommand, type Capability, type Session, type SessionControls } from '@usher/contracts';
import type { ControlSessionInput } from './sessions.graphql.js';

/** What server and client have to be able to. */
export const NEEDS: Readonly<Record<SessionCommand['type'], { readonly capability: Capability; readonly control: keyof SessionControls }>> = {
  pause: { capability: 'sessions.control', control: 'pause' },
  resume: { capability: 'sessions.control', control: 'pause' },
  seek: { capability: 'sessions.control', control: 'seek' },
  play: { capability: 'playback.remotePlay', control: 'play' },
  'limit-bit-rate': { capability: 'sessions.limitBitRate', control: 'limitBitRate' },
};

/** What goes with which action; anything beside it is a mistake. */
const TAKES: Readonly<Record<'positionMs' | 'itemId' | 'kbps', readonly SessionCommand['type'][]>> = {
  positionMs: ['seek', 'play'],
  itemId: ['play'],
  kbps: ['limit-bit-rate'],
};

const SENTENCES = {
  positionMs: 'A position of 0 or more milliseconds goes with the actions SEEK and PLAY, and only with them.',
  itemId: 'The id of an item goes with the action PLAY, and only with it.',
  kbps: 'A limit of 64 to 1,000,000 kbps, or none, goes with the action LIMIT_BIT_RATE, and only with it.',
} as const;

/** What an order really was, where that is not what was asked for; null elsewhere. */
export function noteOf(command: SessionCommand): string | null {
  if (command.type !== 'limit-bit-rate' || command.kbps !== null) return null;
  return 'No media server has an order that takes a limit away: the client was given one of 1,000 Mbps, above anything it plays. A limit of the viewer’s own has to be chosen again in the app.';
}

/** A jump behind the end ends the playback at some players, and is forgotten by others. @throws VALIDATION_FAILED */
export function requireInside(command: SessionCommand, { item }: Session): void {
  const durationMs = item?.durationMs ?? null;
  if (command.type !== 'seek' || durationMs === null || command.positionMs <= durationMs) return;
  throw new AppError('VALIDATION_FAILED', 'The title ends before this position.', { field: 'positionMs', durationMs });
}

/** @throws VALIDATION_FAILED naming the field that is missing, wrong or too much */
export function commandOf({ action: type, positionMs, itemId, kbps }: Omit<ControlSessionInput, 'sessionId'>): SessionCommand {
  const given = { positionMs, itemId, kbps };
  for (const field of ['positionMs', 'itemId', 'kbps'] as const) {
    if (given[field] != null && !TAKES[field].includes(type)) throw new AppError('VALIDATION_FAILED', SENTENCES[field], { field });
  }
  const command = { seek: { type, positionMs }, play: { type, itemId, positionMs: positionMs ?? 0 }, 'limit-bit-rate': { type, kbps: kbps ?? null }, pause: { type }, resume: { type } }[type];
  const parsed = SessionCommand.safeParse(command);
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path[0] as keyof typeof SENTENCES;
  throw new AppError('VALIDATION_FAILED', SENTENCES[field], { field });
}
