import type { VendorSession } from '@usher/contracts';

/** What two lists must have in common to be the same for an operator: who plays what, how. Positions do not count. */
export function listSignature(sessions: readonly VendorSession[]): string {
  return sessions
    .filter((session) => session.stream)
    .map((session) => [session.vendorId, session.userId, session.item?.itemId, session.stream?.state, session.stream?.delivery].join('|'))
    .sort()
    .join('\n');
}

export function isAnythingPlaying(sessions: readonly VendorSession[]): boolean {
  return sessions.some((session) => session.stream !== null);
}
