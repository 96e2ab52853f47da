import type { WatchField, WatchGlance, WatchState } from '@usher/contracts';
import { parseJsonOrNull } from '../http/vendor-errors.js';
import { booleanOf, fieldsOf, integerOf, listOf, numberOf, textOf, ticksToMs, timeOf, type Fields } from './fields.js';

/** A row of user data in the vendor's own values. */
export interface UserData {
  readonly played: boolean;
  readonly playCount: number;
  readonly ticks: number;
  /** As the vendor wrote it, seven digits of a second; null when it is absent. */
  readonly lastPlayed: string | null;
  readonly favorite: boolean;
  readonly rating: number | null;
}

/** The row of one file of a title that has several. */
export interface VersionData {
  readonly id: string;
  readonly data: UserData;
}

const MAX_PLAYS = 1_000_000;
const MAX_ORIGINAL = 1_000;

/** Null for an answer that is no user data. */
export function mapUserData(answer: unknown): UserData | null {
  const row = fieldsOf(answer);
  const played = booleanOf(row['Played']);
  if (played === null && numberOf(row['PlayCount']) === null) return null;
  return {
    played: played ?? false,
    playCount: integerOf(row['PlayCount']) ?? 0,
    ticks: integerOf(row['PlaybackPositionTicks']) ?? 0,
    lastPlayed: textOf(row['LastPlayedDate'], 40),
    favorite: booleanOf(row['IsFavorite']) ?? false,
    rating: numberOf(row['Rating']),
  };
}

type Shown = Pick<WatchState, WatchField>;

/** Values that cannot be true count as absent. */
export function shownOf(data: UserData): Shown {
  const isRated = data.rating !== null && data.rating >= 0 && data.rating <= 10;
  return {
    played: data.played,
    playCount: Math.max(0, Math.min(MAX_PLAYS, data.playCount)),
    lastPlayedAt: timeOf(data.lastPlayed),
    positionMs: ticksToMs(data.ticks) ?? 0,
    favorite: data.favorite,
    ratingTenths: isRated ? Math.round(data.rating! * 10) : null,
  };
}

/** Played and position as a list shows them; a row without them is left out. */
export function glancesOf(rows: readonly Fields[]): WatchGlance[] {
  return rows.flatMap((row) => {
    const data = mapUserData(row['UserData']);
    return data ? [{ itemVendorId: textOf(row['Id'], 200) ?? '', played: data.played, positionMs: shownOf(data).positionMs }] : [];
  });
}

export const isTouched = ({ played, positionMs }: WatchGlance): boolean => played || positionMs > 0;

/** What goes into `original`: the row's own values, how long the title is, and where it differs what was shown of several versions. */
interface Original {
  readonly data: UserData;
  readonly runTimeTicks: number | null;
  readonly shown: Shown;
  readonly versions: readonly VersionData[];
}

/** The state of a title with one file. */
export function stateOf(itemVendorId: string, data: UserData, runTimeTicks: number | null): WatchState {
  const shown = shownOf(data);
  return { itemVendorId, ...shown, original: format({ data, runTimeTicks, shown, versions: [] }) };
}

/** Of several files the row of each: marks and counts of any, time and position of the one that was played last. The title's own is the first. */
export function stateOfVersions(itemVendorId: string, own: UserData, others: readonly VersionData[], runTimeTicks: number | null): WatchState {
  const all = [own, ...others.map(({ data }) => data)];
  const seen = all.map(shownOf);
  const newest = seen.reduce((best, each) => ((each.lastPlayedAt ?? '') > (best.lastPlayedAt ?? '') ? each : best));
  const shown: Shown = {
    played: seen.some(({ played }) => played),
    playCount: Math.max(...seen.map(({ playCount }) => playCount)),
    lastPlayedAt: newest.lastPlayedAt,
    positionMs: newest.positionMs,
    favorite: seen.some(({ favorite }) => favorite === true),
    ratingTenths: seen.find(({ ratingTenths }) => ratingTenths !== null)?.ratingTenths ?? null,
  };
  return { itemVendorId, ...shown, original: format({ data: own, runTimeTicks, shown, versions: others }) };
}

const pack = (data: UserData) => [data.played ? 1 : 0, data.playCount, data.ticks, data.lastPlayed, data.favorite ? 1 : 0, data.rating];

function format({ data, runTimeTicks, shown, versions }: Original): string {
  const base = { o: pack(data), ...(runTimeTicks === null ? {} : { u: runTimeTicks }) };
  if (versions.length === 0) return JSON.stringify(base);
  const merged = { ...base, s: [shown.played ? 1 : 0, shown.playCount, shown.lastPlayedAt, shown.positionMs, shown.favorite ? 1 : 0, shown.ratingTenths] };
  const whole = JSON.stringify({ ...merged, v: versions.map((version) => [version.id, ...pack(version.data)]) });
  return whole.length <= MAX_ORIGINAL ? whole : JSON.stringify(merged);
}

function unpack(values: readonly unknown[]): UserData {
  return {
    played: values[0] === 1,
    playCount: integerOf(values[1]) ?? 0,
    ticks: integerOf(values[2]) ?? 0,
    lastPlayed: textOf(values[3], 40),
    favorite: values[4] === 1,
    rating: numberOf(values[5]),
  };
}

/** Null for what another adapter wrote. */
export function originalOf(state: WatchState): Original | null {
  const row: Fields = fieldsOf(state.original === null ? null : parseJsonOrNull(state.original));
  if (!Array.isArray(row['o'])) return null;
  const data = unpack(row['o']);
  const merged = Array.isArray(row['s']) ? (row['s'] as unknown[]) : null;
  const shown: Shown = merged
    ? { played: merged[0] === 1, playCount: integerOf(merged[1]) ?? 0, lastPlayedAt: textOf(merged[2], 40), positionMs: integerOf(merged[3]) ?? 0, favorite: merged[4] === 1, ratingTenths: integerOf(merged[5]) }
    : shownOf(data);
  const versions = listOf(row['v']).flatMap((each): VersionData[] => (Array.isArray(each) ? [{ id: String(each[0]), data: unpack(each.slice(1)) }] : []));
  return { data, runTimeTicks: integerOf(row['u']), shown, versions };
}

/**
 * The row in the vendor's values: exactly the former ones wherever the state shows what they showed, in the given state's
 * own original first, then in that of the row as it is now.
 */
export function exactData(state: WatchState, before: WatchState): UserData {
  const known = [originalOf(state), originalOf(before)].filter((original) => original !== null);
  const exact = <Field extends WatchField, Value>(field: Field, pick: (data: UserData) => Value, convert: (value: WatchState[Field]) => Value): Value => {
    const found = known.find(({ shown }) => shown[field] === state[field]);
    return found ? pick(found.data) : convert(state[field]);
  };
  return {
    played: exact('played', (data) => data.played, (value) => value),
    playCount: exact('playCount', (data) => data.playCount, (value) => value),
    ticks: exact('positionMs', (data) => data.ticks, (value) => value * 10_000),
    lastPlayed: exact('lastPlayedAt', (data) => (timeOf(data.lastPlayed) === null ? null : data.lastPlayed), vendorTime),
    favorite: exact('favorite', (data) => data.favorite, (value) => value ?? false),
    rating: exact('ratingTenths', (data) => (shownOf(data).ratingTenths === null ? null : data.rating), (value) => (value === null ? null : value / 10)),
  };
}

/** UTC with `Z` and seven digits, always: any other form is stored as another time (Jellyfin, measured). */
function vendorTime(value: string | null): string | null {
  if (value === null) return null;
  const digits = /\.(\d+)Z$/.exec(value)?.[1] ?? '';
  return `${new Date(value).toISOString().slice(0, 19)}.${digits.padEnd(7, '0').slice(0, 7)}Z`;
}

/** Every field that has a value: what is left out comes from a cache of the server (Jellyfin) or is lost (Emby). */
export function userDataBody(data: UserData): Record<string, unknown> {
  return {
    Played: data.played,
    PlayCount: data.playCount,
    PlaybackPositionTicks: data.ticks,
    IsFavorite: data.favorite,
    ...(data.lastPlayed === null ? {} : { LastPlayedDate: data.lastPlayed }),
    ...(data.rating === null ? {} : { Rating: data.rating }),
  };
}

export function durationMsOf(state: WatchState, before: WatchState): number | null {
  const ticks = originalOf(before)?.runTimeTicks ?? originalOf(state)?.runTimeTicks ?? null;
  return ticks === null || ticks <= 0 ? null : Math.floor(ticks / 10_000);
}
