import { AppError } from '@usher/contracts';
import { normalizeEmail } from '@usher/matching';
import type { IdentityEvidence } from '../graphql/enums.js';
import type { AccountKey, EmailRow, KnownAccount } from './identities.repository.js';

/** One of those that are to become one person: an account, or a person with all their accounts. */
export interface Side {
  readonly accounts: readonly (AccountKey & Partial<Pick<KnownAccount, 'email' | 'isPlex'>>)[];
  readonly emails: readonly Pick<EmailRow, 'email' | 'verifiedAt'>[];
}

/**
 * Two accounts on one server are of one person only when somebody says so.
 * @throws IDENTITY_CONFLICT (reason `same-server`)
 */
export function refuseSameServer(accounts: readonly AccountKey[], allowSameServer: boolean): void {
  const seen = new Set<string>();
  for (const { serverId } of accounts) {
    if (seen.has(serverId) && !allowSameServer) {
      throw new AppError('IDENTITY_CONFLICT', 'One person would have two accounts on one server. Say so if that is meant.', { reason: 'same-server', serverId });
    }
    seen.add(serverId);
  }
}

/**
 * What is claimed has to hold for every side.
 * @throws EMAIL_UNVERIFIED when they share an address that is not verified for all, IDENTITY_CONFLICT (reason `evidence`) when they share none
 */
export function requireEvidence(evidence: IdentityEvidence, sides: readonly Side[]): void {
  if (evidence === 'operator' || sides.length < 2) return;
  if (evidence === 'plex') {
    if (sharedBy(sides.map(plexIdsOf)).length > 0) return;
    throw new AppError('IDENTITY_CONFLICT', 'These are not one Plex account.', { reason: 'evidence' });
  }
  const addresses = sides.map(addressesOf);
  if (sharedBy(addresses.map((all) => all.filter(({ isVerified }) => isVerified).map(({ email }) => email))).length > 0) return;
  const [shared] = sharedBy(addresses.map((all) => all.map(({ email }) => email)));
  if (shared !== undefined) throw new AppError('EMAIL_UNVERIFIED', 'They share an address, but it is not verified for all of them.', { email: shared });
  throw new AppError('IDENTITY_CONFLICT', 'They share no address.', { reason: 'evidence' });
}

function plexIdsOf({ accounts }: Side): string[] {
  return accounts.filter(({ isPlex }) => isPlex).map(({ userVendorId }) => userVendorId);
}

function addressesOf({ accounts, emails }: Side): { email: string; isVerified: boolean }[] {
  const told = accounts.flatMap(({ email, isPlex }) => {
    const normal = email == null ? null : normalizeEmail(email);
    return normal === null ? [] : [{ email: normal, isVerified: isPlex === true }];
  });
  return [...told, ...emails.map(({ email, verifiedAt }) => ({ email, isVerified: verifiedAt !== null }))];
}

function sharedBy(lists: readonly (readonly string[])[]): string[] {
  const [first = [], ...others] = lists;
  return first.filter((value) => others.every((list) => list.includes(value)));
}
