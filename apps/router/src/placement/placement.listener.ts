import { Controller } from '@nestjs/common';
import { HandleServiceCommand, HandleServiceState } from '@usher/bus';
import { replayPlacement, routerReservations, simulatePlacement, type RouterReservations } from '@usher/contracts';
import type { z } from 'zod';
import { PlacementService } from './placement.service.js';
import { replay } from './replay.js';
import { Reservations } from './reservations.js';

@Controller()
export class PlacementListener {
  constructor(
    private readonly placement: PlacementService,
    private readonly reservations: Reservations,
  ) {}

  @HandleServiceCommand(simulatePlacement)
  simulate({ request }: z.infer<typeof simulatePlacement.request>): z.input<typeof simulatePlacement.reply> {
    return { placement: this.placement.simulate(request) };
  }

  @HandleServiceCommand(replayPlacement)
  replay({ inputs }: z.infer<typeof replayPlacement.request>): z.input<typeof replayPlacement.reply> {
    return { serverId: replay(inputs) };
  }

  @HandleServiceState(routerReservations)
  peers(message: RouterReservations): void {
    this.reservations.receivePeer(message);
  }
}
