import { Readable } from 'node:stream';
import { FleetDirectory, type HubBus } from '@usher/bus';
import { contractName, uuidv7, type FleetServer, type LoadDetail, type RouteRecord, type ServerLoad } from '@usher/contracts';
import { createLogger, type Logger } from '@usher/platform';
import { ManualClock } from '@usher/resilience';
import { FleetView } from '../src/fleet-view/fleet-view.js';
import type { RouterTerms } from '../src/infrastructure.js';
import { CandidateInputs } from '../src/placement/candidate-inputs.js';
import { PlacementService } from '../src/placement/placement.service.js';
import { Reservations } from '../src/placement/reservations.js';
import { Scarcity } from '../src/placement/scarcity.js';
import { StartQueue } from '../src/placement/start-queue.js';
import { PlayAddresses } from '../src/routes/play-addresses.js';
import { RouteBook } from '../src/routes/route-book.js';
import { RoutePlacing } from '../src/routes/route-placing.service.js';
import { RoutesService } from '../src/routes/routes.service.js';
import { inputs, server } from './builders.js';

export const IDLE: ServerLoad = { streams: 0, transcodes: 0, softwareTranscodes: 0, egressKbps: 0, cpuPercent: null, memoryPercent: null };
export const DETAIL: LoadDetail = {
  machineId: null,
  confidence: 'host',
  usableCores: 4,
  backgroundShare: 0,
  transcodes: [],
  directStreams: 0,
  remuxes: 0,
  egressKbps: { lan: 0, wan: 0 },
  uplinkKbps: 100_000,
  memoryShare: null,
  ioPressure: null,
};

export function fleetServer(given: Partial<FleetServer> = {}): FleetServer {
  const serverId = given.serverId ?? uuidv7();
  return {
    serverId,
    agentId: uuidv7(),
    acctPub: `A${'B'.repeat(55)}`,
    kind: 'jellyfin',
    alias: `server ${serverId.slice(-4)}`,
    viewerUrl: `https://${serverId.slice(-4)}.test/media`,
    region: null,
    weight: 1,
    cores: null,
    uplinkKbps: null,
    transcodeLimit: null,
    hardware: false,
    machine: null,
    drain: null,
    ...given,
  };
}

type Answer = (request: never, serverId: string) => unknown;

/** A bus on which tests answer; what was asked is written down. */
export class PlayedBus {
  readonly asked: { name: string; request: never; serverId?: string }[] = [];
  readonly told: { name: string; body: unknown }[] = [];
  private readonly answers = new Map<string, Answer>();

  on(name: string, answer: Answer): this {
    this.answers.set(name, answer);
    return this;
  }

  requests(name: string): never[] {
    return this.asked.filter((each) => each.name === name).map(({ request }) => request);
  }

  get bus(): HubBus {
    const ask = async (contract: { name: string; version: number }, request: never, serverId = ''): Promise<unknown> => {
      this.asked.push({ name: contract.name, request, serverId });
      const answer = this.answers.get(contract.name);
      if (!answer) throw new Error(`nobody answers ${contractName(contract)}`);
      return await answer(request, serverId);
    };
    return {
      command: (contract: never, target: { serverId: string }, request: never) => ask(contract, request, target.serverId),
      serviceCommand: (contract: never, request: never) => ask(contract, request),
      publishServiceState: ({ name }: { name: string }, body: unknown) => void this.told.push({ name, body }),
    } as never;
  }
}

/** The router's parts on a played bus and a clock that tests move. */
export class PlayedRouter {
  readonly clock = new ManualClock(Date.parse('2026-03-01T12:00:00Z'));
  readonly played = new PlayedBus();
  readonly lines: { event: string }[] = [];
  readonly logger: Logger = createLogger({ service: 'test', level: 'debug', destination: { write: (line: string) => void this.lines.push(JSON.parse(line)) } });
  readonly terms: RouterTerms = { routerId: uuidv7(), publicUrl: 'https://usher.test', clock: this.clock, logger: this.logger };
  readonly directory = new FleetDirectory(async () => ({ fleetEpoch: 1, keys: [], servers: this.servers }));
  readonly view = new FleetView(this.directory, this.clock);
  readonly reservations = new Reservations(this.terms);
  readonly scarcity = new Scarcity(this.clock);
  readonly candidates = new CandidateInputs(this.view, this.reservations, this.scarcity);
  readonly placement = new PlacementService(this.candidates, this.reservations, this.scarcity, this.clock);
  readonly queue = new StartQueue(this.clock);
  readonly book = new RouteBook(this.clock);
  readonly addresses = new PlayAddresses(this.view, this.played.bus, this.terms);
  readonly placing = new RoutePlacing(this.played.bus, this.placement, this.reservations, this.queue, this.addresses, this.book, this.terms);
  readonly routes = new RoutesService(this.played.bus, this.view, this.book, this.placing, this.addresses, this.reservations, this.terms);
  servers: FleetServer[] = [];
  private seq = 0;

  /** Servers that are there and report; agents confirm and the controller stores. */
  static async of(count: number, given: Partial<FleetServer> = {}): Promise<PlayedRouter> {
    const router = new PlayedRouter();
    router.servers = Array.from({ length: count }, () => fleetServer(given));
    router.played
      .on('playback.prepare', () => ({ address: 'web/#/details?id=film', source: {} }))
      .on('route.store', () => ({ stored: true }))
      .on('route.find', () => ({ route: null }))
      .on('route.note', () => ({}));
    await router.directory.refresh();
    for (const { serverId } of router.servers) router.report(serverId);
    return router;
  }

  report(serverId: string, detail: Partial<LoadDetail> = {}, load: Partial<ServerLoad> = {}): void {
    const { agentId } = this.directory.server(serverId)!;
    this.view.receiveLoad({ serverId, agentId: agentId! }, { seq: ++this.seq, load: { ...IDLE, ...load }, detail: { ...DETAIL, ...detail } });
  }

  /** The status of a media server, as its agent's heartbeat tells it. */
  status(serverId: string, status: 'online' | 'starting' | 'unreachable'): void {
    const { agentId } = this.directory.server(serverId)!;
    const vendor = { status, reason: null, code: null, since: new Date(this.clock.now()).toISOString(), latencyMs: 1 };
    this.view.receiveHeartbeat({ serverId, agentId: agentId! }, { seq: ++this.seq, vendor } as never);
  }

  /** A request that every server could take. */
  request(given: Parameters<typeof inputs>[1] = {}) {
    return inputs(this.servers.map(({ serverId }) => server({ serverId })), given).request;
  }

  link(): { routeId: string; linkSha256: string } {
    return { routeId: uuidv7(), linkSha256: uuidv7().replaceAll('-', '').padEnd(64, '0') };
  }

  route(given: Partial<RouteRecord> = {}): RouteRecord {
    const at = new Date(this.clock.now()).toISOString();
    return {
      ...this.link(),
      state: 'placed',
      request: this.request(),
      placementId: uuidv7(),
      serverId: this.servers[0]!.serverId,
      positionMs: 0,
      positionAt: at,
      createdAt: at,
      expiresAt: new Date(this.clock.now() + 3_600_000).toISOString(),
      moves: 0,
      ...given,
    };
  }
}

/** A response that remembers what was sent. */
export function playedResponse(): { response: never; sent: { status: number; headers: Record<string, string>; text: string } } {
  const sent = { status: 0, headers: {}, text: '' };
  const response = {
    writeHead: (status: number, headers: Record<string, string>) => Object.assign(sent, { status, headers }),
    end: (text: string) => void (sent.text = text),
  };
  return { response: response as never, sent };
}

export function playedRequest(given: { method?: string; agent?: string } = {}): never {
  return Object.assign(Readable.from([]), { method: given.method ?? 'GET', headers: { 'user-agent': given.agent ?? 'Mozilla/5.0' } }) as never;
}
