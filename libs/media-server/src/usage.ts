import type { VendorHttp } from './http/vendor-http.js';
import type { LiveSessions } from './live-sessions.js';
import type { AdapterUsage } from './media-server.js';

/** Before anything was asked. */
export const NO_USAGE: AdapterUsage = {
  pollEveryMs: null,
  pace: 'not-started',
  push: { openSince: null, upMs: 0, connects: 0, messages: 0, folded: 0, silentDeaths: 0, lastFailure: null },
  calls: { coalesced: 0, retries: 0, rateLimited: 0, shed: 0 },
  breaker: 'closed',
  pausedUntil: null,
  caches: [],
  unknownValues: [],
};

/** What an adapter is made of tells what it costs; caches stand before it. */
export function usageOf(http: Pick<VendorHttp, 'usage'>, live: Pick<LiveSessions, 'usage'>, unknownValues: AdapterUsage['unknownValues'] = []): AdapterUsage {
  return { ...live.usage(), ...http.usage(), caches: [], unknownValues };
}
