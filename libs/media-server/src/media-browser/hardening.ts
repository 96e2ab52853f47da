import { isIP } from 'node:net';
import type { HardeningEntry } from '@usher/contracts';
import { addressClass } from '../egress/address-class.js';
import { bareHost } from '../egress/egress-guard.js';
import type { UserRow } from './user.mapper.js';

/** Texts of the hardening list (security design, 3.17) that Emby and Jellyfin share. */
export function namesPublic(publicUsers: readonly unknown[]): HardeningEntry[] {
  if (publicUsers.length === 0) return [];
  const evidence = `${publicUsers.length} account name(s) are shown to anybody on the sign-in page.`;
  return [{ code: 'names-public', state: 'found', evidence, advice: 'Hide the accounts from the sign-in page.' }];
}

export function emptyPasswords(users: readonly UserRow[]): HardeningEntry[] {
  const open = users.filter((row) => row.hasPassword === false && row.user.enabled);
  if (open.length === 0) return [];
  return [{ code: 'empty-passwords', state: 'found', evidence: `Accounts without a password: ${names(open)}.`, advice: 'Set a password for each of them.' }];
}

export function noLockOut(users: readonly UserRow[]): HardeningEntry[] {
  const open = users.filter((row) => row.attemptsBeforeLockOut === -1 && row.remoteAccess === true && row.user.enabled);
  if (open.length === 0) return [];
  const evidence = `Accounts with remote access that are never locked: ${names(open)}.`;
  return [{ code: 'no-lock-out', state: 'found', evidence, advice: 'Lock accounts after 5 failed sign-ins.' }];
}

export function plainHttp(url: URL): HardeningEntry[] {
  if (url.protocol !== 'http:' || isLocalName(bareHost(url))) return [];
  const evidence = 'The registered address is plain http outside private networks.';
  return [{ code: 'plain-http', state: 'found', evidence, advice: 'Put TLS in front of the media server.' }];
}

function isLocalName(host: string): boolean {
  if (isIP(host) !== 0) return addressClass(host) !== 'public';
  return !host.includes('.') || /\.(local|lan|home|internal|localdomain|home\.arpa|test)$/i.test(host);
}

/** In an order of their own: the same accounts are the same evidence, however the server lists them. */
function names(rows: readonly UserRow[]): string {
  const shown = rows.map((row) => row.user.name.slice(0, 60)).sort().slice(0, 5);
  return rows.length > shown.length ? `${shown.join(', ')} and ${rows.length - shown.length} more` : shown.join(', ');
}
