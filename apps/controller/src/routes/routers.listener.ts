import { Controller } from '@nestjs/common';
import { HandleServiceCommand, HandleServiceState } from '@usher/bus';
import {
  acquireLease,
  describeFleet,
  findRoute,
  listReservations,
  listRoutes,
  noteRoutes,
  routerLoads,
  routerReservations,
  storeRoute,
  type RouterLoads,
  type RouterReservations,
} from '@usher/contracts';
import type { z } from 'zod';
import { FleetDescriptionService } from './fleet-description.service.js';
import { RouteStoreService } from './route-store.service.js';
import { ServerLoadsService } from './server-loads.service.js';

/** What routers ask and tell. */
@Controller()
export class RoutersListener {
  constructor(
    private readonly store: RouteStoreService,
    private readonly fleet: FleetDescriptionService,
    private readonly loads: ServerLoadsService,
  ) {}

  @HandleServiceCommand(describeFleet)
  describe(): Promise<z.infer<typeof describeFleet.reply>> {
    return this.fleet.describe();
  }

  @HandleServiceCommand(storeRoute)
  storeRoute(request: z.infer<typeof storeRoute.request>): Promise<z.infer<typeof storeRoute.reply>> {
    return this.store.store(request);
  }

  @HandleServiceCommand(noteRoutes)
  async note({ routes }: z.infer<typeof noteRoutes.request>): Promise<z.infer<typeof noteRoutes.reply>> {
    await this.store.note(routes);
    return {};
  }

  @HandleServiceCommand(listRoutes)
  list({ after }: z.infer<typeof listRoutes.request>): Promise<z.infer<typeof listRoutes.reply>> {
    return this.store.page(after);
  }

  @HandleServiceCommand(findRoute)
  async find(request: z.infer<typeof findRoute.request>): Promise<z.infer<typeof findRoute.reply>> {
    return { route: (await this.store.find(request)) ?? null };
  }

  @HandleServiceCommand(listReservations)
  async reservations(): Promise<z.infer<typeof listReservations.reply>> {
    return { reservations: await this.store.reservations() };
  }

  @HandleServiceCommand(acquireLease)
  lease(request: z.infer<typeof acquireLease.request>): Promise<z.infer<typeof acquireLease.reply>> {
    return this.store.acquire(request);
  }

  @HandleServiceState(routerLoads)
  routerLoads(message: RouterLoads): void {
    this.loads.receive(message);
  }

  @HandleServiceState(routerReservations)
  routerReservations(message: RouterReservations): void {
    this.loads.receiveReservations(message);
  }
}
