import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { FleetDirectory, HubBus, HubConnection } from '@usher/bus';
import { FailoverService } from './failover/failover.service.js';
import { FleetEvents } from './fleet-view/fleet-events.js';
import { FleetKeeper } from './fleet-view/fleet-keeper.js';
import { FleetView } from './fleet-view/fleet-view.js';
import { FleetViewListener } from './fleet-view/fleet-view.listener.js';
import { CLOCK, ROUTER_TERMS, type RouterTerms } from './infrastructure.js';
import { CandidateInputs } from './placement/candidate-inputs.js';
import { LoadsPublisher } from './placement/loads.publisher.js';
import { PlacementListener } from './placement/placement.listener.js';
import { PlacementService } from './placement/placement.service.js';
import { Reservations } from './placement/reservations.js';
import { Scarcity } from './placement/scarcity.js';
import { StartQueue } from './placement/start-queue.js';
import { LinkHandler } from './routes/link.handler.js';
import { PlayAddresses } from './routes/play-addresses.js';
import { RouteBook } from './routes/route-book.js';
import { RouteFollower } from './routes/route-follower.js';
import { RoutePlacing } from './routes/route-placing.service.js';
import { RoutesListener } from './routes/routes.listener.js';
import { RoutesService } from './routes/routes.service.js';

/** What is there before Nest: the bus needs the directory, and Nest needs the bus. */
export interface Given {
  readonly terms: RouterTerms;
  readonly hub: HubConnection;
  readonly bus: HubBus;
  readonly directory: FleetDirectory;
  readonly view: FleetView;
}

/** The router: what it hears, how it decides, where it leads. */
@Module({})
export class AppModule {
  static of({ terms, hub, bus, directory, view }: Given): DynamicModule {
    const given: Provider[] = [
      { provide: ROUTER_TERMS, useValue: terms },
      { provide: CLOCK, useValue: terms.clock },
      { provide: HubConnection, useValue: hub },
      { provide: HubBus, useValue: bus },
      { provide: FleetDirectory, useValue: directory },
      { provide: FleetView, useValue: view },
    ];
    return {
      module: AppModule,
      controllers: [FleetViewListener, PlacementListener, RoutesListener],
      providers: [
        ...given,
        CandidateInputs,
        FailoverService,
        FleetEvents,
        FleetKeeper,
        LinkHandler,
        LoadsPublisher,
        PlacementService,
        PlayAddresses,
        Reservations,
        RouteBook,
        RouteFollower,
        RoutePlacing,
        RoutesService,
        Scarcity,
        StartQueue,
      ],
    };
  }
}
