import type { MismatchRule, MismatchState } from '@usher/api-client';
import { moment, plural } from '../../format/units.js';
import type { Comparison } from './use-comparison.js';

export type Side = Comparison['sides'][number];
export type Evidence = Comparison['mismatch']['evidence'][number];

export const SEVERITY_WORDS = { HIGH: 'high', MEDIUM: 'medium', LOW: 'low' } as const;
export const SEVERITY_TONES = { HIGH: 'danger', MEDIUM: 'warning', LOW: 'dim' } as const;

export const STATES: readonly { state: MismatchState; label: string }[] = [
  { state: 'OPEN', label: 'Open' },
  { state: 'IGNORED', label: 'Ignored' },
  { state: 'RESOLVED', label: 'Resolved' },
];

/** What one side says in one row; the detail is quiet. */
export interface CompareCell {
  readonly text: string;
  readonly detail: string | null;
}

/** A row of the comparison: what each side says, and whether the sides contradict each other. */
export interface CompareRow {
  readonly label: string;
  readonly cells: readonly (CompareCell | null)[];
  readonly differs: boolean;
}

const cell = (text: string | null | undefined, detail: string | null = null): CompareCell | null => (text ? { text, detail } : null);

/** `seen on 88 days`, or that it is new. */
function usedWords({ networkDays, networkFirstSeenAt }: Side, nowMs: number): string | null {
  if (networkDays === null || networkFirstSeenAt === null) return null;
  const firstMs = Date.parse(networkFirstSeenAt);
  return nowMs - firstMs < 86_400_000 ? `first seen ${moment(firstMs, nowMs)}` : `seen on ${plural(networkDays, 'day')}`;
}

function deviceWords({ deviceFirstSeenAt }: Side, nowMs: number): string | null {
  return deviceFirstSeenAt === null ? null : `first seen ${moment(Date.parse(deviceFirstSeenAt), nowMs)}`;
}

const WHERE: Readonly<Record<string, string>> = { lan: 'LAN', wan: 'internet', relay: 'relay' };

const rowsOf: readonly [string, (side: Side, nowMs: number) => CompareCell | null][] = [
  ['Device', (side, nowMs) => cell(side.evidence.deviceName, deviceWords(side, nowMs))],
  ['Since', ({ sinceAt }, nowMs) => cell(sinceAt && moment(Date.parse(sinceAt), nowMs))],
  ['Network', (side, nowMs) => cell(side.networkLabel ?? side.evidence.address ?? WHERE[side.evidence.network ?? ''], [side.networkLabel !== null && side.evidence.network === 'wan' ? 'internet' : null, usedWords(side, nowMs)].filter(Boolean).join(', ') || null)],
  ['Place', ({ evidence }) => cell(evidence.place)],
  ['Account', ({ evidence }) => cell(evidence.userName)],
  ['Person', ({ evidence }) => cell(evidence.identityName)],
  ['E-mail', ({ email }) => cell(email)],
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

/** The sides as rows, one cell per side; rows that nobody reports are left out, and the person where it is the same. */
export function compareRows(rule: MismatchRule, sides: readonly Side[], nowMs: number): CompareRow[] {
  return rowsOf.flatMap(([label, read]) => {
    const cells = sides.map((side) => read(side, nowMs));
    const told = cells.flatMap((one) => one?.text ?? []);
    const isOne = new Set(told).size === 1;
    if (told.length === 0 || (label === 'Person' && isOne && told.length === sides.length)) return [];
    return [{ label, cells, differs: TELLING[rule].includes(label) && !isOne }];
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
  /** What the answer does: closes it, keeps its flag, allows its networks, leads to the accounts of the person, or asks again later. */
  readonly does: 'resolve' | 'keep' | 'allow' | 'split' | 'later';
  /** What the button says. */
  readonly verb: string;
}

const LATER: Answer = { key: 'later', label: 'Not now', hint: 'Hidden with its flags; asked again in 30 days if it still holds.', does: 'later', verb: 'Ask again in 30 d' };
const answer = (key: string, label: string, hint: string, does: Answer['does'] = 'resolve', verb = 'Resolve'): Answer => ({ key, label, hint, does, verb });

const PLAYING = [
  answer('other', 'Somebody else uses the account', 'Keeps the flag with your answer. Change the password at the server, or stop the stream below.', 'keep', 'Keep flag'),
  answer('allowed', 'It is one person, allowed', 'A VPN, a trip, family. Not flagged again for these networks together; any other is.', 'allow', 'Allow'),
  answer('two', 'These are two people', 'Leads to Users, where the account is split off; it can be linked again.', 'split', 'Resolve and split'),
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

/** Where the networks cannot be told apart nothing can be allowed: the answer holds for this time only. */
const ONCE: Pick<Answer, 'hint' | 'does' | 'verb'> = { hint: 'Closed for this time. Its networks cannot be told apart, so it is asked again next time.', does: 'resolve', verb: 'Resolve' };

/** What a person can answer to a rule; “not now” is always the last. */
export const answersTo = (rule: MismatchRule, canAllow: boolean): readonly Answer[] => [...ANSWERS[rule].map((one) => (one.does === 'allow' && !canAllow ? { ...one, ...ONCE } : one)), LATER];

/** The answer as it is kept, with the operator's own words behind it. */
export const resolutionOf = ({ label }: Pick<Answer, 'label'>, note: string): string => (note.trim() ? `${label}: ${note.trim()}` : label);
