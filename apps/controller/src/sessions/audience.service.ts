import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { HubBus } from '@usher/bus';
import { watchSessions } from '@usher/contracts';
import { Logger } from '@usher/platform';
import type { Clock, TimerHandle } from '@usher/resilience';
import { CLOCK } from '../infrastructure.js';
import { SessionsService } from './sessions.service.js';

const LOOK_MS = 2_000;
/** An agent is told again well before the last word ends. */
const TELL_MS = 30_000;
const FOR_MS = 60_000;

/**
 * Tells agents that somebody looks at their sessions, so that servers without push are read more often meanwhile, and
 * that somebody mirrors one of them, so that lists come for new positions alone too.
 */
@Injectable()
export class AudienceService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly told = new Map<string, { readonly atMs: number; readonly positions: boolean }>();
  private timer: TimerHandle | null = null;

  constructor(
    private readonly sessions: SessionsService,
    private readonly bus: HubBus,
    private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.plan();
  }

  onApplicationShutdown(): void {
    if (this.timer) this.clock.clearTimeout(this.timer);
    this.timer = null;
  }

  /** A hint: whom it does not reach is read at its slow pace, as without it. */
  tell(): void {
    const nowMs = this.clock.monotonicMs();
    for (const serverId of this.sessions.followed()) {
      const positions = this.sessions.isMirrored(serverId);
      const last = this.told.get(serverId);
      if (last && nowMs - last.atMs < TELL_MS && (last.positions || !positions)) continue;
      this.told.set(serverId, { atMs: nowMs, positions });
      this.bus.command(watchSessions, { serverId }, { forMs: FOR_MS, ...(positions && { positions }) }).catch((error: unknown) => {
        this.told.delete(serverId);
        this.logger.debug('audience.not_told', 'An agent was not told that somebody looks.', { serverId, error });
      });
    }
  }

  private plan(): void {
    this.timer = this.clock.setTimeout(() => {
      this.tell();
      this.plan();
    }, LOOK_MS);
  }
}
