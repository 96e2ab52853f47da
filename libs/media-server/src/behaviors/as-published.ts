import type { VendorSession } from '@usher/contracts';

/** As the agent publishes it. */
export function asPublished(session: VendorSession): unknown {
  const stream = session.stream && { ...session.stream, playbackId: 'p1', startedAt: '2026-01-01T00:00:00.000Z' };
  return { ...session, stream, ghost: false };
}
