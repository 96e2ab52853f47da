import { Inject, Injectable } from '@nestjs/common';
import { ROUTE_TTL_MS, type Session } from '@usher/contracts';
import type { Clock } from '@usher/resilience';
import { FleetEvents } from '../fleet-view/fleet-events.js';
import { FleetView } from '../fleet-view/fleet-view.js';
import { CLOCK } from '../infrastructure.js';
import { Reservations } from '../placement/reservations.js';
import { StartQueue } from '../placement/start-queue.js';
import { RouteBook, type KnownRoute } from './route-book.js';

/** Follows what is heard: reservations end when a report shows them, and routes learn how far their viewers are. */
@Injectable()
export class RouteFollower {
  constructor(
    private readonly events: FleetEvents,
    private readonly fleet: FleetView,
    private readonly reservations: Reservations,
    private readonly queue: StartQueue,
    private readonly book: RouteBook,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  start(): void {
    this.events.listen((event) => {
      if (event.type === 'load') this.load(event.serverId);
      else if (event.type === 'sessions') this.sessions(event.serverId, event.sessions, event.at);
    });
  }

  private load(serverId: string): void {
    for (const { itemId, userId } of this.fleet.report(serverId)?.detail?.transcodes ?? []) this.reservations.seen(serverId, itemId, userId);
    this.queue.wake();
  }

  private sessions(serverId: string, sessions: readonly Session[], at: string): void {
    for (const { item, stream, userId, ghost } of sessions) {
      if (!item || !stream || userId === null || ghost) continue;
      // A conversion counts from the load report on, which tells what it costs.
      if (stream.delivery !== 'transcode') this.reservations.seen(serverId, item.itemId, userId);
      for (const route of this.book.at(serverId, item.itemId, userId)) this.follow(route, stream.positionMs, at);
    }
  }

  private follow(route: KnownRoute, positionMs: number, at: string): void {
    const { record } = route;
    if (record.state === 'open' && record.positionMs === positionMs) return;
    const expiresAt = new Date(this.clock.now() + ROUTE_TTL_MS).toISOString();
    route.record = { ...record, state: 'open', positionMs, positionAt: at, expiresAt };
    route.isDirty = true;
  }
}
