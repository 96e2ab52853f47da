import type { ControlOutcome } from '@usher/api-client';
import { mainTitle } from '../../format/media.js';
import { answers, type ServerCondition } from '../../live/condition.js';
import type { FleetServer, LiveSession } from '../../live/live-types.js';

export type SessionControl = 'pause' | 'seek' | 'stop' | 'message' | 'limitBitRate' | 'play';

const MISSING: Readonly<Record<SessionControl, string>> = {
  pause: 'does not take pause or resume from the server',
  seek: 'does not accept a position from the server',
  stop: 'cannot be stopped from the server',
  message: 'cannot show notices',
  limitBitRate: 'takes no bit-rate limit from the server',
  play: 'takes no title from the server',
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

interface OffLine {
  /** `Seek is off: …`. */
  readonly sentence: string;
  readonly code: string;
}

/** One sentence per reason, with the names of the controls that it holds for. */
export function offLines(controls: readonly { label: string; off: string | null }[]): OffLine[] {
  const labels = new Map<string, string[]>();
  for (const { label, off } of controls) if (off) labels.set(off, [...(labels.get(off) ?? []), label.replace('…', '')]);
  return [...labels].map(([reason, names]) => {
    const cut = reason.lastIndexOf(' ');
    const who = names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
    return { sentence: `${who} ${names.length === 1 ? 'is' : 'are'} off: ${reason.slice(0, cut)}`, code: reason.slice(cut + 1) };
  });
}

/** What an operator reads about an order; what was done shows itself in the stream. */
export function outcomeWords(outcome: ControlOutcome): string | null {
  return { DONE: null, NO_EFFECT: 'The server took the order, the client did not react.', SENT: 'Sent; this client does not report back.' }[outcome];
}

/** `8` or `2.5` Mbps → kbit/s; null for anything that is no limit between 0.1 and 1,000 Mbps. */
export function parseMbps(text: string): number | null {
  const value = /^\d{1,4}(?:[.,]\d{1,2})?$/.test(text.trim()) ? Number(text.trim().replace(',', '.')) : Number.NaN;
  return value >= 0.1 && value <= 1_000 ? Math.round(value * 1_000) : null;
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
