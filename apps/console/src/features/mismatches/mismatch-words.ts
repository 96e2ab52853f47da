import type { MismatchRule, MismatchState } from '@usher/api-client';
import type { Mismatch } from './use-mismatches.js';

export type Evidence = Mismatch['evidence'][number];

export const RULE_WORDS: Readonly<Record<MismatchRule, string>> = {
  TWO_PLACES: 'Two places at once',
  IMPOSSIBLE_TRAVEL: 'Impossible travel',
  SAME_EMAIL: 'Same e-mail, two people',
  LOOK_ALIKE_NAME: 'Look-alike name',
  DISABLED_ELSEWHERE: 'Disabled elsewhere',
  SHARED_DEVICE: 'One device, two users',
  NO_IDENTITY: 'Account without a person',
  UNKNOWN_USER: 'Unknown user plays',
  GHOST: 'Ghost',
};

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

/** What may differ without meaning anything. */
const HARMLESS = new Set(['Plays']);

/** Evidence side by side, one column per piece; rows that nobody reports are left out. */
export function compareRows(evidence: readonly Evidence[]): CompareRow[] {
  return rowsOf.flatMap(([label, read]) => {
    const values = evidence.map(read);
    const told = values.filter((value) => value !== null);
    if (told.length === 0) return [];
    return [{ label, values, differs: !HARMLESS.has(label) && new Set(told).size > 1 }];
  });
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
const GONE = [answer('gone', 'Ended at the server', 'The session was stopped or the app restarted.'), answer('bug', 'The server keeps listing it', 'Known trouble of this app or server.')];

const ANSWERS: Readonly<Record<MismatchRule, readonly Answer[]>> = {
  TWO_PLACES: PLAYING,
  IMPOSSIBLE_TRAVEL: PLAYING,
  SAME_EMAIL: PEOPLE,
  LOOK_ALIKE_NAME: PEOPLE,
  DISABLED_ELSEWHERE: ACCOUNT,
  SHARED_DEVICE: SHARED,
  NO_IDENTITY: ACCOUNT,
  UNKNOWN_USER: ACCOUNT,
  GHOST: GONE,
};

/** What a person can answer to a rule; “not now” is always the last. */
export const answersTo = (rule: MismatchRule): readonly Answer[] => [...ANSWERS[rule], LATER];
