import type { MediaUser } from '@usher/contracts';
import { booleanOf, fieldsOf, integerOf, listOf, textOf, timeOf, type Fields } from './fields.js';

/** A user with the few fields of its account that the hardening list reads. */
export interface UserRow {
  readonly user: MediaUser;
  /** Null where the vendor does not tell (Jellyfin 12 says true for everybody). */
  readonly hasPassword: boolean | null;
  readonly remoteAccess: boolean | null;
  readonly attemptsBeforeLockOut: number | null;
  /** Null where the list holds none. */
  readonly policy: Fields | null;
}

/** `GET /Users` and `/Users/Query`. @returns null when the answer holds rows and none is a user */
export function mapUsers(answer: unknown): UserRow[] | null {
  const rows = Array.isArray(answer) ? answer : fieldsOf(answer)['Items'];
  if (!Array.isArray(rows)) return null;
  const mapped = listOf(rows).flatMap((row) => mapUser(fieldsOf(row)) ?? []);
  return rows.length > 0 && mapped.length === 0 ? null : mapped;
}

function mapUser(row: Fields): UserRow | null {
  const vendorId = textOf(row['Id'], 200);
  const name = textOf(row['Name'], 500);
  if (vendorId === null || name === null) return null;
  const policy = fieldsOf(row['Policy']);
  const connectName = textOf(row['ConnectUserName'], 320);
  return {
    user: {
      vendorId,
      name,
      // only Emby has anything like an address: the name of a linked Connect account, which may be one
      email: connectName !== null && /^[^@\s]+@[^@\s]+$/.test(connectName) ? connectName : null,
      isAdministrator: booleanOf(policy['IsAdministrator']) ?? false,
      enabled: booleanOf(policy['IsDisabled']) !== true,
      lastSeenAt: timeOf(row['LastActivityDate']) ?? timeOf(row['LastLoginDate']),
    },
    hasPassword: booleanOf(row['HasConfiguredPassword']) ?? booleanOf(row['HasPassword']),
    remoteAccess: booleanOf(policy['EnableRemoteAccess']),
    attemptsBeforeLockOut: integerOf(policy['LoginAttemptsBeforeLockout']),
    policy: booleanOf(policy['EnableAllFolders']) === null ? null : policy,
  };
}
