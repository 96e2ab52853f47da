import type { VendorSession } from '@usher/contracts';
import type { SessionSnapshot } from '../media-server.js';
import type { Viewer } from './stage.js';

const WATCH_S = 20;

export function stateOf(sessions: readonly VendorSession[], viewer: Viewer): string | null {
  return sessions.find((session) => session.vendorId === viewer.id)?.stream?.state ?? null;
}

/** Reads snapshots until one fits. */
export async function until(snapshots: AsyncIterator<SessionSnapshot>, fits: (sessions: VendorSession[]) => boolean): Promise<SessionSnapshot> {
  const late = AbortSignal.timeout(WATCH_S * 1000);
  for (;;) {
    const next = await Promise.race([snapshots.next(), rejectOn(late)]);
    if (next.done === true) throw new Error('the watch ended');
    if (fits(next.value.sessions)) return next.value;
  }
}

function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error(`no such snapshot within ${WATCH_S} s`)), { once: true }));
}
