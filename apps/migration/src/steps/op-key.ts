import { createHash } from 'node:crypto';
import type { WatchField } from '@usher/contracts';

/** Names one change of one title for one account under one plan: two rows with the same key would write over each other. */
export function opKey(planSha256: string, targetServerId: string, userVendorId: string, itemVendorId: string, fields: readonly WatchField[]): string {
  return createHash('sha256').update(JSON.stringify([planSha256, targetServerId, userVendorId, itemVendorId, [...fields].sort()])).digest('hex');
}
