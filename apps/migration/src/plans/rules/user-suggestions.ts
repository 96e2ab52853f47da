import type { MediaUser, ServerKind } from '@usher/contracts';
import { nameKey } from './user-names.js';

/** What Usher knows of the people behind accounts. */
export interface PersonLinks {
  identityOf(sourceVendorId: string): string | null;
  /** Accounts of the target that belong to an identity. */
  accountsOf(identityId: string): readonly string[];
  /** Verified addresses behind an account of the source. */
  emailsOfSource(vendorId: string): readonly string[];
  emailsOfTarget(vendorId: string): readonly string[];
}

export interface Suggestion {
  readonly target: MediaUser;
  readonly evidence: 'identity' | 'email' | 'plex' | 'name';
}

interface Side {
  readonly kind: ServerKind;
  readonly users: readonly MediaUser[];
}

/**
 * The account of the target that belongs to the same person, by the strongest evidence that names exactly one. A name
 * never leads to an account with more or fewer rights.
 */
export function suggestTarget(user: MediaUser, sourceKind: ServerKind, target: Side, links: PersonLinks): Suggestion | null {
  const identityId = links.identityOf(user.vendorId);
  const linked = identityId === null ? [] : links.accountsOf(identityId);
  const emails = new Set(links.emailsOfSource(user.vendorId));
  const tries: readonly [Suggestion['evidence'], (other: MediaUser) => boolean][] = [
    ['identity', ({ vendorId }) => linked.includes(vendorId)],
    ['email', ({ vendorId }) => links.emailsOfTarget(vendorId).some((email) => emails.has(email))],
    ['plex', ({ vendorId }) => sourceKind === 'plex' && target.kind === 'plex' && vendorId === user.vendorId],
    ['name', (other) => nameKey(other.name) === nameKey(user.name) && other.isAdministrator === user.isAdministrator],
  ];
  for (const [evidence, isSame] of tries) {
    const found = target.users.filter(isSame);
    if (found.length === 1) return { target: found[0]!, evidence };
  }
  return null;
}
