import { Injectable } from '@nestjs/common';
import { AppError, Uuid7 } from '@usher/contracts';
import { decodeCursor, encodeCursor } from '@usher/database';
import { suggestIdentities, type AccountOfPerson, type IdentitySuggestion } from '@usher/matching';
import type { Actor } from '../auth/actor.js';
import type { IdentityConnectionObject, IdentityObject, IdentitySuggestionObject, MediaUserIdentityObject, SuggestedAccountObject } from './identities.graphql.js';
import { IdentitiesRepository, type IdentityRow } from './identities.repository.js';
import { groupedBy } from './grouped-by.js';
import { IdentityReadingRepository } from './identity-reading.repository.js';

const MAX_PAGE = 100;
const MAX_SUGGESTIONS = 200;
const MAX_SEARCH = 200;
export const UNDO_MS = 30 * 24 * 3_600_000;

/** Shows people with their accounts, and which accounts may be of one person. */
@Injectable()
export class IdentityReadingService {
  constructor(
    private readonly repository: IdentitiesRepository,
    private readonly reading: IdentityReadingRepository,
  ) {}

  /** @throws VALIDATION_FAILED */
  async page(actor: Actor, search: string | null, first: number, after: string | null): Promise<IdentityConnectionObject> {
    actor.require('operator');
    if (first < 1 || first > MAX_PAGE) throw new AppError('VALIDATION_FAILED', `A page has 1 to ${MAX_PAGE} rows.`, { field: 'first' });
    if (search !== null && search.length > MAX_SEARCH) throw new AppError('VALIDATION_FAILED', `A search has at most ${MAX_SEARCH} characters.`, { field: 'search' });
    const pattern = search?.trim() ? `%${search.trim().replace(/[\\%_]/g, '\\$&')}%` : null;
    const [rows, counts] = await Promise.all([this.reading.page(pattern, first + 1, after === null ? null : positionOf(after)), this.reading.counts(pattern)]);
    const shown = rows.slice(0, first);
    const people = await this.show(shown);
    const edges = shown.map(({ sortName, id }, index) => ({ node: people[index]!, cursor: encodeCursor([sortName, id]) }));
    const { people: totalCount, linkedAccounts, accounts } = counts;
    return { edges, pageInfo: { hasNextPage: rows.length > first, endCursor: edges.at(-1)?.cursor ?? null }, totalCount, linkedAccounts, accounts };
  }

  /** @throws VALIDATION_FAILED, NOT_FOUND */
  async one(actor: Actor, id: string): Promise<IdentityObject> {
    actor.require('operator');
    return this.shown(requireIdentityId(id));
  }

  /** Follows people who were joined to another. @throws NOT_FOUND */
  async shown(id: string): Promise<IdentityObject> {
    let identity = await this.repository.byId(id);
    while (identity?.mergedInto) identity = await this.repository.byId(identity.mergedInto);
    if (!identity) throw new AppError('NOT_FOUND', 'There is no such person.', { field: 'id' });
    return (await this.show([identity]))[0]!;
  }

  async suggestions(actor: Actor): Promise<IdentitySuggestionObject[]> {
    actor.require('operator');
    const [accounts, emails, refused] = await Promise.all([this.repository.accounts(), this.repository.allEmails(), this.repository.refused()]);
    const emailsOf = groupedBy(emails, ({ identityId }) => identityId);
    const people = accounts.map(({ isPlex, email, identityId, ...account }): AccountOfPerson => {
      const kept = (identityId === null ? [] : (emailsOf.get(identityId) ?? [])).map((row) => ({ email: row.email, isVerified: row.verifiedAt !== null }));
      return { ...account, identityId, plexId: isPlex ? account.userVendorId : null, emails: [...kept, ...(email === null ? [] : [{ email, isVerified: isPlex }])] };
    });
    const suggestions = suggestIdentities(people, refused).slice(0, MAX_SUGGESTIONS);
    const names = await this.namesOf(suggestions.flatMap(({ one, other }) => [one.identityId, other.identityId]));
    return suggestions.map((suggestion) => showSuggestion(suggestion, names));
  }

  /** In the order of `keys`, each `<server>:<user>`; addresses from role operator on. */
  async identitiesOf(actor: Actor, keys: readonly string[]): Promise<(MediaUserIdentityObject | null)[]> {
    const found = await this.reading.identitiesOf(keys);
    const masked = !actor.has('operator');
    return keys.map((key) => {
      const identity = found.get(key);
      return identity ? { ...identity, ...(masked && { email: null }) } : null;
    });
  }

  private async namesOf(ids: readonly (string | null)[]): Promise<Map<string, string>> {
    const wanted = [...new Set(ids.filter((id) => id !== null))];
    const rows = await Promise.all(wanted.map((id) => this.repository.byId(id)));
    return new Map(rows.flatMap((row) => (row ? [[row.id, row.displayName] as const] : [])));
  }

  private async show(identities: readonly IdentityRow[]): Promise<IdentityObject[]> {
    const ids = identities.map(({ id }) => id);
    const [accounts, emails, merges] = await Promise.all([this.reading.accounts(ids), this.repository.emails(ids), this.reading.merges(ids)]);
    return identities.map(({ id, displayName, createdAt }) => ({
      id,
      displayName,
      createdAt,
      accounts: accounts.filter((account) => account.identityId === id),
      emails: emails.filter((email) => email.identityId === id),
      merges: merges.filter((merge) => merge.intoId === id).map((merge) => ({ ...merge, undoUntil: new Date(merge.at.getTime() + UNDO_MS) })),
    }));
  }
}

/** @throws VALIDATION_FAILED when it cannot be the id of a person */
export function requireIdentityId(id: string, field = 'id'): string {
  if (Uuid7.safeParse(id).success) return id;
  throw new AppError('VALIDATION_FAILED', 'This is not the id of a person.', { field });
}

function positionOf(cursor: string): { name: string; id: string } {
  const [name, id] = decodeCursor(cursor.slice(0, 2_000), 2);
  if (typeof name !== 'string' || !Uuid7.safeParse(id).success) throw new AppError('VALIDATION_FAILED', 'This page cursor is not one of ours.', { field: 'after' });
  return { name, id: id as string };
}

const WORDS: Readonly<Record<IdentitySuggestion['evidence'], (value: string) => string>> = {
  'verified-email': (value) => `Both have the verified address ${value}.`,
  'plex-id': (value) => `Both are the Plex account ${value}.`,
  'same-email': (value) => `Both are said to have ${value}; it is not verified for both.`,
  'same-name': (value) => `Both are called “${value}”. A name alone proves nothing.`,
  'look-alike': (value) => `The address of the other reads like ${value} and is not. Somebody may pose as this person.`,
};

function showSuggestion({ key, evidence, isProof, value, one, other, isUnlikely }: IdentitySuggestion, names: ReadonlyMap<string, string>): IdentitySuggestionObject {
  const side = ({ serverId, userVendorId, userName, identityId, emails }: AccountOfPerson): SuggestedAccountObject => ({
    serverId,
    userVendorId,
    userName,
    email: emails.find(({ email }) => email === value)?.email ?? emails[0]?.email ?? null,
    identityId,
    identityName: identityId === null ? null : (names.get(identityId) ?? null),
  });
  return { key, evidence, isProof, isUnlikely, detail: WORDS[evidence](value), one: side(one), other: side(other) };
}
