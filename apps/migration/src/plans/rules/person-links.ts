import type { MediaUser, ServerKind } from '@usher/contracts';
import type { PersonLinks } from './user-suggestions.js';

interface Facts {
  readonly links: readonly { readonly serverId: string; readonly userVendorId: string; readonly identityId: string }[];
  readonly emails: readonly { readonly identityId: string; readonly email: string }[];
}

interface Side {
  readonly serverId: string;
  readonly kind: ServerKind;
  readonly users: readonly MediaUser[];
}

/** Who is behind the accounts of two servers. Only plex.tv vouches for the address of an account; all others are verified by Usher. */
export function personLinks({ links, emails }: Facts, source: Side, target: Side): PersonLinks {
  const identities = (serverId: string) => new Map(links.filter((link) => link.serverId === serverId).map((link) => [link.userVendorId, link.identityId]));
  const [ofSource, ofTarget] = [identities(source.serverId), identities(target.serverId)];
  const addresses = new Map<string, string[]>();
  for (const { identityId, email } of emails) addresses.set(identityId, [...(addresses.get(identityId) ?? []), email]);
  const emailsOf = ({ kind, users }: Side, known: ReadonlyMap<string, string>, vendorId: string): string[] => {
    const own = kind === 'plex' ? users.find((user) => user.vendorId === vendorId)?.email : null;
    return [...(addresses.get(known.get(vendorId) ?? '') ?? []), ...(own ? [own.trim().normalize('NFC').toLowerCase()] : [])];
  };
  return {
    identityOf: (vendorId) => ofSource.get(vendorId) ?? null,
    accountsOf: (identityId) => [...ofTarget].flatMap(([vendorId, id]) => (id === identityId ? [vendorId] : [])),
    emailsOfSource: (vendorId) => emailsOf(source, ofSource, vendorId),
    emailsOfTarget: (vendorId) => emailsOf(target, ofTarget, vendorId),
  };
}
