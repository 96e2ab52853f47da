import type { INestMicroservice } from '@nestjs/common';
import { FleetDirectory } from '@usher/bus';
import { FailoverService } from './failover/failover.service.js';
import { FleetEvents } from './fleet-view/fleet-events.js';
import { FleetKeeper } from './fleet-view/fleet-keeper.js';
import type { RouterTerms } from './infrastructure.js';
import { LoadsPublisher } from './placement/loads.publisher.js';
import { RouteFollower } from './routes/route-follower.js';
import { RoutesService } from './routes/routes.service.js';

const RETRY_MS = 2_000;

/** What runs by itself: in order at the start, in the other order at the end. */
export class Work {
  private readonly stopping = new AbortController();
  private restoring: Promise<void> = Promise.resolve();
  private isRestored = false;

  constructor(
    private readonly app: INestMicroservice,
    private readonly terms: Pick<RouterTerms, 'clock' | 'logger'>,
  ) {}

  start(): void {
    const { app } = this;
    app.get(FleetKeeper).start();
    app.get(RouteFollower).start();
    app.get(LoadsPublisher).start();
    app.get(FleetEvents).listen((event) => {
      if (event.type === 'load') app.get(LoadsPublisher).changed();
      else if (event.type === 'changed' && event.change.kind === 'route') this.refresh(event.change.ids);
    });
    this.restoring = this.restore();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.restoring;
    await this.app.get(FailoverService).stop();
    this.app.get(LoadsPublisher).stop();
    await this.app.get(FleetKeeper).stop();
  }

  /** For the health check. @throws while the router does not know enough to decide */
  report(): string {
    const { isKnown, servers } = this.app.get(FleetDirectory).summary();
    if (!isKnown || !this.isRestored) throw new Error('the controller has not told the fleet yet');
    return `${servers} servers`;
  }

  /** Routes and reservations of before this process; until they are read nothing is moved. */
  private async restore(): Promise<void> {
    const { signal } = this.stopping;
    const { clock, logger } = this.terms;
    for (let isTold = false; !signal.aborted && !this.isRestored; isTold = true) {
      try {
        await this.app.get(RoutesService).restore();
        this.isRestored = true;
      } catch (error) {
        if (!isTold) logger.warn('routes.not_restored', 'The controller does not tell the routes; it is asked again.', { error });
        await clock.sleep(RETRY_MS, signal).catch((reason: unknown) => {
          if (!signal.aborted) throw reason;
        });
      }
    }
    if (!signal.aborted) this.app.get(FailoverService).start();
  }

  private refresh(routeIds: readonly string[]): void {
    this.app
      .get(RoutesService)
      .refresh(routeIds)
      .catch((error: unknown) => this.terms.logger.warn('routes.not_refreshed', 'Changed routes could not be read; their links ask again.', { error }));
  }
}
