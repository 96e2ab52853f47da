import type { Efficiency } from '@usher/contracts';
import { NO_USAGE } from '@usher/media-server';
import type { Clock } from '@usher/resilience';
import type { ServerProvider } from '../server/server.provider.js';
import type { ServerStatus } from '../server/server-status.js';

/** As many fields as the report takes. */
const MAX_UNKNOWN = 100;

/** What the picture of one media server costs that server; asks it nothing. */
export class EfficiencyReport {
  constructor(
    private readonly provider: Pick<ServerProvider, 'currentOrNull'>,
    private readonly status: Pick<ServerStatus, 'live' | 'endpoints' | 'since'>,
    private readonly host: { unknownValues(): Efficiency['unknownValues'] },
    private readonly clock: Clock,
  ) {}

  now(): Efficiency {
    const { live, endpoints, since } = this.status;
    const { calls, push, caches, unknownValues, ...usage } = this.provider.currentOrNull?.usage() ?? NO_USAGE;
    return {
      ...usage,
      at: new Date(this.clock.now()).toISOString(),
      since,
      mode: live.mode,
      lastPollAt: live.lastPollAt,
      lastPushAt: live.lastPushAt,
      push: { ...push },
      calls: { ...calls, sessionLastHour: live.sessionCallsLastHour, otherLastHour: live.otherCallsLastHour },
      endpoints,
      caches: [...caches],
      unknownValues: [...this.host.unknownValues(), ...unknownValues].slice(0, MAX_UNKNOWN),
    };
  }
}
