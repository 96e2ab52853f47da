import type { MismatchRule, MismatchState } from '@usher/api-client';
import type { Mismatch } from './use-mismatches.js';

export type Evidence = Mismatch['evidence'][number];

export const SEVERITY_WORDS = { HIGH: 'high', MEDIUM: 'medium', LOW: 'low' } as const;
export const SEVERITY_TONES = { HIGH: 'danger', MEDIUM: 'warning', LOW: 'dim' } as const;

export const STATES: readonly { state: MismatchState; label: string }[] = [
  { state: 'OPEN', label: 'Open' },
  { state: 'IGNORED', label: 'Ignored' },
  { state: 'RESOLVED', label: 'Resolved' },
];

/** A row of the comparison: what each side says, and whether the sides contradict each other. */
export interface CompareRow {
  readonly label: string;
  readonly values: readonly (string | null)[];
  readonly differs: boolean;
}

const rowsOf: readonly [string, (evidence: Evidence) => string | null][] = [
  ['Plays', ({ item }) => item],
  ['Account', ({ userName }) => userName],
  ['Person', ({ identityName }) => identityName],
  ['Device', ({ deviceName }) => deviceName],
  ['Network', ({ network, address }) => [network, address].filter(Boolean).join(' · ') || null],
  ['Place', ({ place }) => place],
];

/** What tells against a rule's “one person, one account”; other rows may differ without meaning anything. */
const TELLING: Readonly<Record<MismatchRule, readonly string[]>> = {
  TWO_PLACES: ['Person', 'Network', 'Place'],
  IMPOSSIBLE_TRAVEL: ['Person', 'Network', 'Place'],
  SAME_EMAIL: ['Person'],
  LOOK_ALIKE_NAME: ['Account', 'Person'],
  DISABLED_ELSEWHERE: [],
  WATCH_STATE: [],
  SHARED_DEVICE: ['Account', 'Person'],
  NO_IDENTITY: [],
  UNKNOWN_USER: [],
  PERMISSION_DRIFT: [],
  GHOST: [],
};

/** Evidence side by side, one column per piece; rows that nobody reports are left out. */
export function compareRows(rule: MismatchRule, evidence: readonly Evidence[]): CompareRow[] {
  return rowsOf.flatMap(([label, read]) => {
    const values = evidence.map(read);
    const told = values.filter((value) => value !== null);
    if (told.length === 0) return [];
    return [{ label, values, differs: TELLING[rule].includes(label) && new Set(told).size > 1 }];
  });
}

/** What servers say of several titles or libraries: a row for each, a column per server. */
export interface Grid {
  readonly columns: readonly Evidence[];
  readonly rows: readonly { readonly item: string; readonly values: readonly (string | null)[] }[];
}

/** Null for rules whose evidence is streams and accounts. */
export function gridOf(evidence: readonly Evidence[]): Grid | null {
  if (evidence.length === 0 || evidence.some(({ item, detail }) => !item || !detail)) return null;
  const columns = [...new Map(evidence.map((side) => [side.serverId, side])).values()].sort((a, b) => a.serverAlias.localeCompare(b.serverAlias));
  const items = [...new Set(evidence.map(({ item }) => item!))];
  const said = (item: string, serverId: string) => evidence.find((side) => side.item === item && side.serverId === serverId)?.detail ?? null;
  return { columns, rows: items.map((item) => ({ item, values: columns.map(({ serverId }) => said(item, serverId)) })) };
}

/** An answer that an operator can give; its text is kept with the name of who gave it. */
export interface Answer {
  readonly key: string;
  readonly label: string;
  readonly hint: string;
  /** Null for “not now”: asked again after thirty days. */
  readonly resolution: string | null;
}

const LATER: Answer = { key: 'later', label: 'Not now', hint: 'Hidden with its flags; asked again in 30 days if it still holds.', resolution: null };
const answer = (key: string, label: string, hint: string): Answer => ({ key, label, hint, resolution: label });

const PLAYING = [
  answer('other', 'Somebody else uses the account', 'Change the password or end the stream; this page stops nothing by itself.'),
  answer('allowed', 'It is one person, and allowed', 'A VPN, a trip, or a screen that was left on.'),
  answer('two', 'These are two people', 'Split the account off at Users.'),
];
const PEOPLE = [answer('one', 'One person', 'Merge them at Users.'), answer('two', 'Two people', 'They stay apart.')];
const SHARED = [answer('shared', 'The device is shared', 'A television in a living room, for example.'), answer('other', 'Somebody else uses the account', 'Change the password at the server.')];
const ACCOUNT = [answer('handled', 'Dealt with at the server', 'The account was changed, disabled or removed there.'), answer('allowed', 'It is fine as it is', 'Kept with your name.')];
const LIBRARIES = [answer('given', 'Given, or taken, at the server', 'The next reading of its accounts sees it, within six hours.'), answer('meant', 'It is meant so', 'Not the same library, or not for this person.')];
const WATCHED = [answer('moved', 'Brought in line', 'By a migration, or by hand; the next look sees it.'), answer('meant', 'It is fine as it is', 'Each server has its own state for this person.')];
const GONE = [answer('gone', 'Ended at the server', 'The session was stopped or the app restarted.'), answer('bug', 'The server keeps listing it', 'Known trouble of this app or server.')];

const ANSWERS: Readonly<Record<MismatchRule, readonly Answer[]>> = {
  TWO_PLACES: PLAYING,
  IMPOSSIBLE_TRAVEL: PLAYING,
  SAME_EMAIL: PEOPLE,
  LOOK_ALIKE_NAME: PEOPLE,
  DISABLED_ELSEWHERE: ACCOUNT,
  WATCH_STATE: WATCHED,
  SHARED_DEVICE: SHARED,
  NO_IDENTITY: ACCOUNT,
  UNKNOWN_USER: ACCOUNT,
  PERMISSION_DRIFT: LIBRARIES,
  GHOST: GONE,
};

/** What a person can answer to a rule; “not now” is always the last. */
export const answersTo = (rule: MismatchRule): readonly Answer[] => [...ANSWERS[rule], LATER];
