import type { MigrationField, MigrationVerdictKind } from '@usher/api-client';
import { FIELD_WORDS, type Plan, type PlanUser, type Row, type Verdict } from './migration-words.js';

/** Columns of the matrix; the settings of an account are one of them. */
const COLUMNS: readonly (readonly [string, string, readonly MigrationField[]])[] = [
  ['account', 'Account', ['ACCOUNT']],
  ['name', 'Name', ['NAME']],
  ['policy', 'Settings', ['ENABLED', 'LIBRARIES', 'HIDDEN', 'REMOTE_ACCESS', 'BIT_RATE_LIMIT_KBPS', 'VIDEO_TRANSCODING', 'AUDIO_TRANSCODING', 'REMUXING', 'DOWNLOADS', 'STREAM_LIMIT']],
  ['played', 'Watched', ['PLAYED']],
  ['count', 'Play count', ['PLAY_COUNT']],
  ['last', 'Last played', ['LAST_PLAYED_AT']],
  ['resume', 'Resume point', ['POSITION_MS']],
  ['favorite', 'Favorites', ['FAVORITE']],
  ['rating', 'Ratings', ['RATING_TENTHS']],
  ['password', 'Password', ['PASSWORD']],
];

export interface Cell {
  /** Null = nothing at the source, or not carried. */
  readonly kind: MigrationVerdictKind | null;
  /** What arrives whole, of all; null for the account itself. */
  readonly arrives: number | null;
  readonly of: number | null;
}

export interface Column {
  readonly key: string;
  readonly label: string;
  /** Numbers of the reasons that stand below the table. */
  readonly notes: readonly number[];
  readonly total: Cell;
}

export interface Note {
  readonly number: number;
  readonly text: string;
  readonly instead: string | null;
  readonly kind: MigrationVerdictKind;
}

export interface Matrix {
  readonly columns: readonly Column[];
  readonly notes: readonly Note[];
  readonly rows: readonly { user: PlanUser; u: number; cells: readonly Cell[] }[];
}

const WORST: readonly MigrationVerdictKind[] = ['EXACT', 'LOSSY', 'IMPOSSIBLE'];

function cellOf(verdicts: readonly Verdict[]): Cell {
  const told = verdicts.filter(({ rows }) => rows !== 0);
  if (told.length === 0) return { kind: null, arrives: null, of: null };
  const counted = told.some(({ rows }) => rows !== null);
  // A setting counts as one, a field of titles as its titles.
  const weight = ({ rows }: Verdict) => rows ?? 1;
  const of = told.reduce((sum, verdict) => sum + weight(verdict), 0);
  const arrives = told.filter(({ kind }) => kind === 'EXACT').reduce((sum, verdict) => sum + weight(verdict), 0);
  const kinds = new Set(told.map(({ kind }) => kind));
  const kind = kinds.size === 1 ? told[0]!.kind : 'LOSSY';
  return { kind, arrives: counted || told.length > 1 ? arrives : null, of: counted || told.length > 1 ? of : null };
}

/** Users × fields with what survives, the reasons numbered in the order in which they first appear. */
export function matrixOf(users: readonly PlanUser[]): Matrix {
  const notes: Note[] = [];
  const numberOf = ({ text, instead, kind }: Verdict): number | null => {
    if (text === null || kind === 'EXACT') return null;
    const known = notes.find((note) => note.text === text);
    if (known) return known.number;
    notes.push({ number: notes.length + 1, text, instead, kind });
    return notes.length;
  };
  const shown = COLUMNS.filter(([, , fields]) => users.some(({ verdicts }) => verdicts.some(({ field }) => fields.includes(field))));
  const columns = shown.map(([key, label, fields]): Column => {
    const all = users.flatMap(({ verdicts }) => verdicts.filter(({ field }) => fields.includes(field)));
    const numbers = all.filter(({ rows }) => rows !== 0).flatMap((verdict) => numberOf(verdict) ?? []);
    return { key, label, notes: [...new Set(numbers)], total: cellOf(all) };
  });
  const rows = users.map((user, u) => ({ user, u, cells: shown.map(([, , fields]) => cellOf(user.verdicts.filter(({ field }) => fields.includes(field)))) }));
  return { columns, notes, rows };
}

export interface Lost {
  readonly key: string;
  readonly kind: MigrationVerdictKind;
  /** `5 resume points`. */
  readonly what: string;
  readonly why: string;
  readonly instead: string | null;
  readonly users: readonly string[];
}

/** Everything that does not arrive as it was, the same reason of the same field put together. Worst last. */
export function lossesOf(users: readonly PlanUser[]): Lost[] {
  const groups = new Map<string, { verdict: Verdict; rows: number; users: string[] }>();
  for (const user of users) {
    for (const verdict of user.verdicts) {
      if (verdict.kind === 'EXACT' || verdict.rows === 0) continue;
      const key = `${verdict.field}:${verdict.kind}:${verdict.reason}`;
      const group = groups.get(key) ?? { verdict, rows: 0, users: [] };
      group.rows += verdict.rows ?? 1;
      group.users.push(user.sources[0]?.name ?? user.targetName);
      groups.set(key, group);
    }
  }
  return [...groups]
    .map(([key, { verdict, rows, users: names }]) => ({ key, kind: verdict.kind, what: `${FIELD_WORDS[verdict.field]}: ${rows.toLocaleString('en-US')}`, why: verdict.text ?? 'It arrives in another form.', instead: verdict.instead, users: names }))
    .toSorted((a, b) => WORST.indexOf(a.kind) - WORST.indexOf(b.kind));
}

/** How many titles of a user say something in a field, whatever becomes of them. */
export function titlesOf(user: PlanUser, field: MigrationField): number {
  return user.verdicts.filter((verdict) => verdict.field === field).reduce((sum, { rows }) => sum + (rows ?? 0), 0);
}

/** The widest field of a user: about as many titles are written. */
export function mostTitles(user: PlanUser): number {
  return Math.max(0, ...(['PLAYED', 'PLAY_COUNT', 'LAST_PLAYED_AT', 'POSITION_MS', 'FAVORITE', 'RATING_TENTHS'] as const).map((field) => titlesOf(user, field)));
}

/** Fields of a row that the target does not hold as planned. */
export function differingFields(row: Row): Row['fields'] {
  const { to, now } = row;
  if (!to || !now) return row.fields;
  return row.fields.filter((field) => {
    if (field === 'PLAYED') return to.played !== now.played;
    if (field === 'PLAY_COUNT') return to.playCount !== now.playCount;
    if (field === 'LAST_PLAYED_AT') return Date.parse(to.lastPlayedAt ?? '0') !== Date.parse(now.lastPlayedAt ?? '0');
    if (field === 'POSITION_MS') return to.positionMs !== now.positionMs;
    if (field === 'FAVORITE') return to.favorite !== now.favorite;
    return to.ratingTenths !== now.ratingTenths;
  });
}

/** How many titles differ, by user and field, in the rows at hand. */
export function differencesOf(rows: readonly Row[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const row of rows) for (const field of differingFields(row)) found.set(`${row.u}:${field}`, (found.get(`${row.u}:${field}`) ?? 0) + 1);
  return found;
}

export const sumOf = (counts: Plan['counts']['skips'], fits: (name: string) => boolean): number => counts.filter(({ name }) => fits(name)).reduce((sum, { count }) => sum + count, 0);
