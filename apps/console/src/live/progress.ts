import type { LiveSession } from './live-types.js';

/** How playback and transcoder stand in a title, as shares 0–1. */
export interface Progress {
  /** Now, ms; null when the server reports no stream. */
  readonly positionMs: number;
  /** Null for live television and where the length is not reported. */
  readonly durationMs: number | null;
  readonly played: number;
  /** How far the server has prepared the title for this client; 0 where it converts nothing or does not tell. */
  readonly buffered: number;
  /** Until the end at normal speed; null when the bar does not move. */
  readonly remainingMs: number | null;
}

/** Position up to which the server has prepared the title, ms: as reported, else from the share of the transcoder; null where neither is told. */
export function preparedOf({ item, stream }: Pick<LiveSession, 'item' | 'stream'>): number | null {
  if (stream?.bufferPositionMs != null) return stream.bufferPositionMs;
  const percent = stream?.transcode?.progressPercent;
  return percent == null || !item?.durationMs ? null : (item.durationMs * percent) / 100;
}

/**
 * Interpolates between two snapshots: a playing stream goes on from `positionMs`, which was true at `positionAtMs`.
 * `nowMs` is server time. A stale server's bars stand still.
 */
export function progressAt(session: LiveSession, nowMs: number, stale: boolean): Progress {
  const stream = session.stream;
  const durationMs = session.item?.durationMs || null;
  const moves = stream?.state === 'PLAYING' && !stale;
  const elapsed = moves ? Math.max(0, nowMs - session.positionAtMs) : 0;
  const raw = (stream?.positionMs ?? 0) + elapsed;
  const positionMs = durationMs === null ? raw : Math.min(raw, durationMs);
  const played = durationMs === null ? 0 : positionMs / durationMs;
  const preparedMs = preparedOf(session);
  return {
    positionMs,
    durationMs,
    played,
    buffered: preparedMs === null || durationMs === null ? 0 : Math.max(played, Math.min(1, preparedMs / durationMs)),
    remainingMs: moves && durationMs !== null ? durationMs - positionMs : null,
  };
}
