import { CliError } from '../errors.js';

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90m`, `1h30m`, `2d` → ms; null when it is none of these. */
export function parseDuration(text: string): number | null {
  if (!/^(\d+[smhd])+$/.test(text)) return null;
  return [...text.matchAll(/(\d+)([smhd])/g)].reduce((sum, [, count, unit]) => sum + Number(count) * UNITS_MS[unit!]!, 0);
}

/** `22:00` (the next one on this machine's clock), `+90m`, or a time with its zone. */
export function parseMoment(flag: string, text: string, nowMs: number = Date.now()): Date {
  if (text.startsWith('+')) {
    const ms = parseDuration(text.slice(1));
    if (ms !== null) return new Date(nowMs + ms);
  }
  const clock = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (clock) {
    const moment = new Date(nowMs);
    moment.setHours(Number(clock[1]), Number(clock[2]), 0, 0);
    if (moment.getTime() <= nowMs) moment.setDate(moment.getDate() + 1);
    return moment;
  }
  const moment = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text) ? new Date(text) : null;
  if (moment && !Number.isNaN(moment.getTime())) return moment;
  throw new CliError('USAGE', `${flag} ${text}: must be a time such as 22:00, +90m or 2026-11-21T22:00:00+01:00`);
}

/** Whole minutes of `30m` or `30`. */
export function parseMinutes(flag: string, text: string): number {
  const ms = /^\d+$/.test(text) ? Number(text) * 60_000 : parseDuration(text);
  if (ms !== null && ms % 60_000 === 0) return ms / 60_000;
  throw new CliError('USAGE', `${flag} ${text}: must be minutes, such as 30 or 1h30m`);
}

/** `1 stream`, `2 streams`. */
export function countText(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : nouns}`;
}

/** The zone of this machine, by its IANA name. */
export function localZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** `Tue 2026-12-01 02:00–02:30` of two local times with their offsets. */
export function spanText(startLocal: string, endLocal: string): string {
  const day = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][new Date(`${startLocal.slice(0, 10)}T00:00:00Z`).getUTCDay()];
  const end = startLocal.slice(0, 10) === endLocal.slice(0, 10) ? endLocal.slice(11, 16) : `${endLocal.slice(0, 10)} ${endLocal.slice(11, 16)}`;
  return `${day} ${startLocal.slice(0, 10)} ${startLocal.slice(11, 16)}–${end}`;
}
