const MIN_MS = 1_000;
const MAX_MS = 15 * 60_000;

/**
 * `Retry-After` in milliseconds, clamped to 1 s … 15 min: seconds (`5`, also `005`) or an HTTP date.
 * A negative number counts as the least, an unreadable value as absent (null).
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | null {
  const text = header?.trim();
  if (!text) return null;
  if (/^-?\d+$/.test(text)) return clamp(Number(text) * 1000);
  if (!/[a-z]{3}/i.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : clamp(at - nowMs);
}

function clamp(ms: number): number {
  return Math.min(MAX_MS, Math.max(MIN_MS, ms));
}
