const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `8.0`, always with one decimal, for columns whose head names the unit. */
export function mbps(kbps: number): string {
  return (kbps / 1_000).toFixed(1);
}

/** `640 kbit/s` below one Mbps, else `8.0 Mbps`. */
export function bitRate(kbps: number): string {
  return kbps < 1_000 ? `${Math.round(kbps)} kbit/s` : `${mbps(kbps)} Mbps`;
}

/** Age with its largest unit: `2 s`, `3 min`, `5 h`, `12 d`. Never negative. */
export function age(ms: number): string {
  const value = Math.max(0, ms);
  if (value < MINUTE) return `${Math.floor(value / 1_000)} s`;
  if (value < HOUR) return `${Math.floor(value / MINUTE)} min`;
  if (value < DAY) return `${Math.floor(value / HOUR)} h`;
  return `${Math.floor(value / DAY)} d`;
}

/** Position or length of a title: `0:07:41`. */
export function clockTime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const pad = (value: number) => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 3_600)}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
}

/** How long something lasted: `41 s`, `2 h 05 min`. */
export function duration(ms: number): string {
  if (ms < HOUR) return age(ms);
  const hours = Math.floor(ms / HOUR);
  return `${hours} h ${String(Math.floor((ms % HOUR) / MINUTE)).padStart(2, '0')} min`;
}

/** `1,204`. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 stream`, `2 streams`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

const timeOnly = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const dayAndTime = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
const dayOnly = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** `21:19` today, `12 Mar, 21:19` on other days, in the operator's zone. */
export function moment(ms: number, nowMs: number): string {
  const sameDay = new Date(ms).toDateString() === new Date(nowMs).toDateString();
  return (sameDay ? timeOnly : dayAndTime).format(ms);
}

/** `22 Nov 2027`: a day that may be far away, in the operator's zone. */
export function day(ms: number): string {
  return dayOnly.format(ms);
}

/** Full date and time in the operator's zone, for hover texts. */
export function absolute(ms: number): string {
  return full.format(ms);
}

/** The operator's zone, as printed beside times: `Europe/Paris`. */
export function zone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
