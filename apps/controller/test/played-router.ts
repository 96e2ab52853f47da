import { HubBus, HubConnection } from '@usher/bus';
import { RESERVATION_MS, uuidv7, type Booking, type PlacementRecord, type Reservation, type RouteRecord, type ServiceCommandContract } from '@usher/contracts';
import { createLogger } from '@usher/platform';
import { mintHubUser, type KeyRing } from '@usher/security';
import type { z } from 'zod';

const NOBODY = { byAccount: () => undefined, byServer: () => undefined };

/** Asks and tells the controller what a router would, with a router's own login. */
export class PlayedRouter {
  readonly routerId = uuidv7();

  private constructor(
    private readonly hub: HubConnection,
    readonly bus: HubBus,
  ) {}

  static async connect(natsUrl: string, ring: KeyRing): Promise<PlayedRouter> {
    const hub = await HubConnection.connect({ url: natsUrl, creds: await mintHubUser(ring, 'router'), service: 'router', logger: createLogger({ service: 'router', level: 'error' }) });
    const bus = new HubBus({ connection: hub, signer: ring.commandKey('router'), directory: NOBODY, presence: { isOnline: () => false }, fleetEpoch: () => 1 });
    return new PlayedRouter(hub, bus);
  }

  ask<Req extends z.ZodType, Rep extends z.ZodType>(contract: ServiceCommandContract<Req, Rep>, request: z.input<Req>): Promise<z.output<Rep>> {
    return this.bus.serviceCommand(contract, request);
  }

  async close(): Promise<void> {
    await this.hub.close();
  }
}

export function makePlacement(serverId: string | null, given: Partial<PlacementRecord> = {}): PlacementRecord {
  const placementId = uuidv7();
  return {
    placementId,
    at: new Date().toISOString(),
    kind: 'create',
    routeId: null,
    previousServerId: null,
    verdict: serverId === null ? 'refused' : 'placed',
    code: serverId === null ? 'NO_SERVER_AVAILABLE' : null,
    serverId,
    margin: null,
    queuedMs: 0,
    decidedMs: 0.2,
    confirmedMs: null,
    candidates: [],
    inputs: {
      placementId,
      request: { demand: 'playback', itemKey: 'film', title: 'Film', userName: 'ana', client: { kind: 'Browser', network: 'wan', region: null, maxHeight: null, maxKbps: null, videoCodecs: null, hdr: null }, positionMs: 0, holders: [], accounts: [], earlierServerId: null, renditions: [] },
      overloaded: false,
      floorHeight: 480,
      servers: [],
    },
    ...given,
  };
}

export function makeRoute(placement: PlacementRecord, given: Partial<RouteRecord> = {}): RouteRecord {
  const routeId = uuidv7();
  const at = new Date().toISOString();
  return {
    routeId,
    linkSha256: routeId.replaceAll('-', '').padEnd(64, '0'),
    state: 'placed',
    request: placement.inputs.request,
    placementId: placement.placementId,
    serverId: placement.serverId,
    positionMs: 0,
    positionAt: at,
    createdAt: at,
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    moves: 0,
    ...given,
  };
}

export function makeBooking(placement: PlacementRecord, given: Partial<Reservation> = {}, more: Partial<Booking> = {}): Booking {
  return {
    reservation: {
      placementId: placement.placementId,
      serverId: placement.serverId!,
      machineId: 'machine',
      title: 'Film',
      itemId: 'film',
      userId: 'ana',
      cost: 1,
      wanKbps: 3_000,
      lanKbps: 0,
      encoderSessions: 0,
      transcodes: 1,
      endsAt: new Date(Date.now() + RESERVATION_MS).toISOString(),
      ...given,
    },
    counted: [],
    room: { cost: 1.5, wanKbps: null, encoderSessions: null, transcodes: null },
    ...more,
  };
}
