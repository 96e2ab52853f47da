import { Injectable } from '@nestjs/common';
import type { acquireLease, Reservation, storeRoute } from '@usher/contracts';
import { Lease, transaction } from '@usher/database';
import { Pool } from 'pg';
import type { z } from 'zod';
import { ChangeHub } from '../graphql/changes.js';
import { BookingsRepository } from './bookings.repository.js';
import { PlacementsRepository } from './placements.repository.js';
import { RoutesRepository, type RouteNote } from './routes.repository.js';

type StoreRequest = z.infer<typeof storeRoute.request>;
type StoreReply = z.infer<typeof storeRoute.reply>;
type Conflict = Extract<StoreReply, { stored: false }>['conflict'];

const LEASE_TIMES = { ttlMs: 10_000, renewMs: 3_000 };
/** Routes of one message: each carries who holds the item and who asks. */
const PAGE = 20;

/** Rolls the transaction back and becomes an answer. */
class Refused extends Error {
  constructor(
    readonly conflict: Conflict,
    readonly reservations: Reservation[] = [],
  ) {
    super(conflict);
  }
}

/** What routers write and read: the rows are the truth, a router's memory is not. */
@Injectable()
export class RouteStoreService {
  constructor(
    private readonly pool: Pool,
    private readonly routes: RoutesRepository,
    private readonly placements: PlacementsRepository,
    private readonly bookings: BookingsRepository,
    private readonly changes: ChangeHub,
  ) {}

  /** Decision, route and reservation in one transaction, or none of them. */
  async store(request: StoreRequest): Promise<StoreReply> {
    try {
      await transaction(this.pool, async (tx) => {
        const { placement, route, booking, replaces, fence } = request;
        if (fence && !(await this.lease(fence.holder).fence(tx, fence.epoch))) throw new Refused('stale');
        if (booking) {
          if (!(await this.bookings.mayStart(tx, booking.reservation.serverId))) throw new Refused('draining');
          const others = await this.bookings.book(tx, booking);
          if (others) throw new Refused('booked', others);
        }
        if (route) {
          const isDone = replaces === null ? await this.routes.insert(tx, route) : await this.routes.replace(tx, route, replaces);
          if (!isDone) throw new Refused('moved');
        }
        await this.placements.insert(tx, placement);
      });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { stored: false, conflict: error.conflict, reservations: error.reservations };
    }
    if (request.route) this.changes.publish('route', [request.route.routeId]);
    this.changes.publish('placement', [request.placement.placementId]);
    return { stored: true };
  }

  async note(routes: readonly RouteNote[]): Promise<void> {
    await this.routes.note(routes);
  }

  async page(after: string | null): Promise<{ routes: Awaited<ReturnType<RoutesRepository['page']>>; next: string | null }> {
    const routes = await this.routes.page(after, PAGE);
    return { routes, next: routes.length === PAGE ? routes.at(-1)!.routeId : null };
  }

  find(by: { linkSha256: string } | { routeId: string }): ReturnType<RoutesRepository['living']> {
    return this.routes.living(by);
  }

  reservations(): Promise<Reservation[]> {
    return this.bookings.living();
  }

  /** The router has no database: it holds its lease through here, by its own name. */
  async acquire({ holder }: z.infer<typeof acquireLease.request>): Promise<{ epoch: number | null }> {
    return { epoch: await this.lease(holder).acquire() };
  }

  private lease(holder: string): Lease {
    return new Lease(this.pool, 'failover', LEASE_TIMES, holder);
  }
}
