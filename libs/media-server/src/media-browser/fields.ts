/**
 * Readers for answers that were written by somebody else: a missing field, another type or an unknown word gives null,
 * never an error. Numbers may arrive as strings, booleans as 0/1 or words.
 */
export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Halves of characters, sent so or cut so: they can neither be encoded in an address nor stored. */
const HALVES = /\p{Surrogate}/gu;

/** A text that is not blank, cut to `max` characters. Numbers are taken as text. */
export function textOf(value: unknown, max: number): string | null {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text.trim() === '') return null;
  return (text.length > max ? text.slice(0, max) : text).replaceAll(HALVES, '\ufffd');
}

export function textsOf(value: unknown, max: number): string[] {
  return listOf(value).flatMap((each) => textOf(each, max) ?? []);
}

export function numberOf(value: unknown): number | null {
  if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

/** A whole number of at least 0; negative numbers are sentinels and give null. */
export function countOf(value: unknown): number | null {
  const number = numberOf(value);
  return number === null || number < 0 || number > Number.MAX_SAFE_INTEGER ? null : Math.round(number);
}

export function integerOf(value: unknown): number | null {
  const number = numberOf(value);
  return number === null || !Number.isSafeInteger(Math.round(number)) ? null : Math.round(number);
}

export function booleanOf(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  if (value === 1 || value === '1' || value === 'true' || value === 'True') return true;
  if (value === 0 || value === '0' || value === 'false' || value === 'False') return false;
  return null;
}

/** ISO in UTC with milliseconds. The year 0001 stands for never and gives null, as does anything that is no date. */
export function timeOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  // seven fractional digits and a missing zone (the vendors mean UTC) are both seen
  const trimmed = value.trim().replace(/(\.\d{3})\d+/, '$1');
  const ms = Date.parse(/[zZ]$|[+-]\d\d:?\d\d$/.test(trimmed) ? trimmed : `${trimmed}Z`);
  return Number.isNaN(ms) || ms < Date.UTC(1970, 0, 2) ? null : new Date(ms).toISOString();
}

/** The day of a date or time, `YYYY-MM-DD`. The year 0001 stands for never. */
export function dateOf(value: unknown): string | null {
  const text = textOf(value, 50)?.slice(0, 10) ?? '';
  return /^(?!0001)\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : null;
}

/** Ticks of 100 ns → ms. */
export function ticksToMs(value: unknown): number | null {
  const ticks = numberOf(value);
  return ticks === null || ticks < 0 ? null : Math.min(Math.floor(ticks / 10_000), Number.MAX_SAFE_INTEGER);
}

/** bit/s → kbit/s. 2147483647 and 10000000000 and above stand for "no limit" and give null. */
export function bitRateToKbps(value: unknown): number | null {
  const bitsPerS = numberOf(value);
  return bitsPerS === null || bitsPerS <= 0 || bitsPerS >= 2_147_483_647 ? null : Math.round(bitsPerS / 1000);
}
