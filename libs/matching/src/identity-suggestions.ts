import { emailSkeleton, normalizeEmail } from './emails.js';

/**
 * Why two accounts may be of one person, strongest first. `verified-email` and `plex-id` are proof; the others are for
 * people to look at. `look-alike` warns: two addresses that read the same and are not.
 */
export const SUGGESTION_EVIDENCES = ['verified-email', 'plex-id', 'same-email', 'same-name', 'look-alike'] as const;
export type SuggestionEvidence = (typeof SUGGESTION_EVIDENCES)[number];
const PROOFS: readonly SuggestionEvidence[] = ['verified-email', 'plex-id'];

/** More than that many accounts under one name say nothing: `guest`, `kids`. */
const MAX_NAMESAKES = 8;

export interface AccountOfPerson {
  readonly serverId: string;
  readonly userVendorId: string;
  readonly userName: string;
  /** Id of the account at plex.tv, the same on all Plex servers; null elsewhere. */
  readonly plexId: string | null;
  readonly isAdministrator: boolean;
  /** Null = linked to nobody yet. */
  readonly identityId: string | null;
  /** In any form; those that cannot be addresses are left out. */
  readonly emails: readonly { readonly email: string; readonly isVerified: boolean }[];
}

export interface IdentitySuggestion {
  /** The same whichever account comes first. */
  readonly key: string;
  readonly evidence: SuggestionEvidence;
  readonly isProof: boolean;
  /** The address, Plex id or name that both have; of look-alikes the address of `one`. */
  readonly value: string;
  readonly one: AccountOfPerson;
  readonly other: AccountOfPerson;
  /** Two accounts of one server, or an administrator and somebody who is none. */
  readonly isUnlikely: boolean;
}

/** `<server>:<user>|<server>:<user>`, the lesser one first. */
export function suggestionKey(one: Pick<AccountOfPerson, 'serverId' | 'userVendorId'>, other: Pick<AccountOfPerson, 'serverId' | 'userVendorId'>): string {
  return [one, other].map(({ serverId, userVendorId }) => `${serverId}:${userVendorId}`).sort().join('|');
}

/**
 * Pairs of accounts that may be of one person, each once, by its strongest evidence, in an order that does not depend on
 * the order of the accounts. Accounts of one identity and refused pairs are left out. Of two identities one pair stands
 * for all of theirs. Nothing is joined.
 */
export function suggestIdentities(accounts: readonly AccountOfPerson[], refused: ReadonlySet<string> = new Set()): IdentitySuggestion[] {
  const sorted = accounts.map((account) => ({ account, key: `${account.serverId}:${account.userVendorId}` })).sort((a, b) => (a.key < b.key ? -1 : 1));
  const found = new Map<string, IdentitySuggestion>();
  const add = (evidence: SuggestionEvidence, value: string, one: AccountOfPerson, other: AccountOfPerson) => {
    if (one === other || (one.identityId !== null && one.identityId === other.identityId)) return;
    const key = suggestionKey(one, other);
    const people = [one, other].map(personOf).sort().join('|');
    if (refused.has(key) || found.has(people)) return;
    const isUnlikely = one.serverId === other.serverId || one.isAdministrator !== other.isAdministrator;
    found.set(people, { key, evidence, isProof: PROOFS.includes(evidence), value, one, other, isUnlikely });
  };
  const rows = sorted.map(({ account }) => ({ account, emails: addressesOf(account) }));
  pairs(rows, ({ emails }) => emails.filter(({ isVerified }) => isVerified).map(({ email }) => email), (value, one, other) => add('verified-email', value, one, other));
  pairs(rows, ({ account }) => (account.plexId === null ? [] : [account.plexId]), (value, one, other) => add('plex-id', value, one, other));
  pairs(rows, ({ emails }) => emails.map(({ email }) => email), (value, one, other) => add('same-email', value, one, other));
  pairs(rows, ({ account }) => [nameKey(account.userName)].filter((name) => name !== ''), (value, one, other) => add('same-name', value, one, other), MAX_NAMESAKES);
  for (const [value, one, other] of lookAlikes(rows)) add('look-alike', value, one, other);
  return [...found.values()].sort((a, b) => SUGGESTION_EVIDENCES.indexOf(a.evidence) - SUGGESTION_EVIDENCES.indexOf(b.evidence) || (a.key < b.key ? -1 : 1));
}

interface Row {
  readonly account: AccountOfPerson;
  readonly emails: readonly { email: string; isVerified: boolean }[];
}

/** Linked accounts stand for their person. */
function personOf({ identityId, serverId, userVendorId }: AccountOfPerson): string {
  return identityId ?? `${serverId}:${userVendorId}`;
}

function addressesOf(account: AccountOfPerson): { email: string; isVerified: boolean }[] {
  return account.emails.flatMap(({ email, isVerified }) => {
    const normal = normalizeEmail(email);
    return normal === null ? [] : [{ email: normal, isVerified }];
  });
}

function nameKey(name: string): string {
  return name.normalize('NFC').trim().toLowerCase();
}

/** Every pair of a small group; of a large one the first with each further one, which is enough to join them all. */
function pairs(rows: readonly Row[], valuesOf: (row: Row) => readonly string[], add: (value: string, one: AccountOfPerson, other: AccountOfPerson) => void, most = Infinity): void {
  const groups = new Map<string, AccountOfPerson[]>();
  for (const row of rows) {
    for (const value of new Set(valuesOf(row))) {
      const group = groups.get(value);
      if (group) group.push(row.account);
      else groups.set(value, [row.account]);
    }
  }
  for (const [value, group] of groups) {
    if (group.length > most) continue;
    const firsts = group.length > MAX_NAMESAKES ? group.slice(0, 1) : group;
    firsts.forEach((one, index) => {
      for (const other of group.slice(index + 1)) add(value, one, other);
    });
  }
}

function* lookAlikes(rows: readonly Row[]): Iterable<[string, AccountOfPerson, AccountOfPerson]> {
  const seen = new Map<string, { email: string; account: AccountOfPerson }[]>();
  for (const { account, emails } of rows) {
    for (const { email } of emails) {
      const skeleton = emailSkeleton(email);
      const others = seen.get(skeleton) ?? [];
      const like = others.find((other) => other.email !== email);
      if (like) yield [like.email, like.account, account];
      if (!others.some((other) => other.email === email)) seen.set(skeleton, [...others, { email, account }]);
    }
  }
}
