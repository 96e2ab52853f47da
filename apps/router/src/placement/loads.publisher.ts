import { Inject, Injectable } from '@nestjs/common';
import { HubBus } from '@usher/bus';
import { routerLoads, routerReservations, type PartScore, type ServerUse } from '@usher/contracts';
import type { TimerHandle } from '@usher/resilience';
import { ROUTER_TERMS, type RouterTerms } from '../infrastructure.js';
import { FleetView } from '../fleet-view/fleet-view.js';
import { CandidateInputs, type Loaded } from './candidate-inputs.js';
import { PlacementService } from './placement.service.js';
import { Reservations } from './reservations.js';
import { capacityOf } from './score.js';
import { StartQueue } from './start-queue.js';

const REPEAT_MS = 5_000;
const LOADS_APART_MS = 1_000;
const RESERVATIONS_APART_MS = 50;
/** What a new conversion has to stay below where its cost was never measured. */
const GATE = 0.95;
const LESS_TRUST = 0.1;

/** Tells controllers and peers what this router counts: on change, not too often, and every 5 s. */
@Injectable()
export class LoadsPublisher {
  private seq = Date.now();
  private readonly timers = new Map<'loads' | 'reservations', TimerHandle>();
  private repeat: TimerHandle | null = null;
  private stopped = false;

  constructor(
    private readonly bus: HubBus,
    private readonly fleet: FleetView,
    private readonly inputs: CandidateInputs,
    private readonly placement: PlacementService,
    private readonly reservations: Reservations,
    private readonly queue: StartQueue,
    @Inject(ROUTER_TERMS) private readonly terms: RouterTerms,
  ) {}

  start(): void {
    this.reservations.onChange(() => {
      this.soon('reservations', RESERVATIONS_APART_MS);
      this.soon('loads', LOADS_APART_MS);
    });
    this.fleet.directory.onChange(() => this.soon('loads', LOADS_APART_MS));
    this.everyTurn();
  }

  stop(): void {
    this.stopped = true;
    const { clock } = this.terms;
    for (const timer of this.timers.values()) clock.clearTimeout(timer);
    if (this.repeat) clock.clearTimeout(this.repeat);
  }

  /** A report came in. */
  changed(): void {
    this.soon('loads', LOADS_APART_MS);
  }

  private everyTurn(): void {
    this.reservations.sweep();
    this.placement.watchOverload();
    this.tellReservations();
    this.tellLoads();
    this.repeat = this.terms.clock.setTimeout(() => this.everyTurn(), REPEAT_MS);
  }

  /** What happens meanwhile rides on the message that is planned. */
  private soon(kind: 'loads' | 'reservations', ms: number): void {
    if (this.stopped || this.timers.has(kind)) return;
    const timer = this.terms.clock.setTimeout(() => {
      this.timers.delete(kind);
      if (kind === 'loads') this.tellLoads();
      else this.tellReservations();
    }, ms);
    this.timers.set(kind, timer);
  }

  private tellReservations(): void {
    const { routerId } = this.terms;
    this.quietly(() => this.bus.publishServiceState(routerReservations, { routerId, seq: ++this.seq, reservations: this.reservations.mine().slice(0, 500) }));
  }

  private tellLoads(): void {
    const { routerId, clock } = this.terms;
    const servers = this.inputs.all().map((loaded) => this.useOf(loaded));
    const at = new Date(clock.now()).toISOString();
    const { times } = this.placement;
    this.quietly(() => this.bus.publishServiceState(routerLoads, { routerId, seq: ++this.seq, at, servers, decisionMs: times.summary(), waiting: this.queue.waiting }));
  }

  /** The next message says it all. */
  private quietly(publish: () => void): void {
    try {
      publish();
    } catch (error) {
      this.terms.logger.error('loads.not_published', 'The loads could not be published.', { error });
    }
  }

  private useOf(loaded: Loaded): ServerUse {
    const demand = this.inputs.demand(loaded.serverId);
    const parts = partsOf(loaded);
    const deciding = parts.reduce<(typeof parts)[number] | null>((most, part) => (most === null || part.now > most.now ? part : most), null);
    return {
      serverId: loaded.serverId,
      machineId: loaded.machineId,
      standing: loaded.standing,
      reportedAt: loaded.load ? new Date(this.terms.clock.now() - loaded.load.ageMs).toISOString() : null,
      ageMs: loaded.load?.ageMs ?? null,
      confidence: loaded.load?.confidence ?? 'assumed',
      cores: loaded.cores,
      coresAssumed: loaded.coresAssumed,
      uplinkKbps: loaded.uplinkKbps,
      uplinkAssumed: loaded.uplinkAssumed,
      demand: loaded.demand,
      reservedDemand: loaded.reservedDemand,
      streams: demand?.streams ?? 0,
      transcodes: demand?.transcodes ?? 0,
      parts,
      utilization: loaded.load ? (deciding?.now ?? null) : null,
      deciding: loaded.load ? (deciding?.part ?? null) : null,
      gate: loaded.load?.confidence === 'host' ? GATE : GATE - LESS_TRUST,
    };
  }
}

function partsOf(server: Loaded): Omit<PartScore, 'after'>[] {
  const capacity = capacityOf(server);
  const part = (name: PartScore['part'], full: number, used: number, reserved: number) => ({ part: name, now: (used + reserved) / full, reserved: reserved / full });
  return [
    part('cpu', capacity, server.demand, server.reservedDemand),
    part('uplink', server.uplinkKbps, server.egressWanKbps, server.reservedWanKbps),
    ...(server.memoryShare === null ? [] : [part('memory', 0.95, server.memoryShare, 0)]),
    ...(server.transcodeLimit === null ? [] : [part('limit', server.transcodeLimit, server.transcodes, server.reservedTranscodes)]),
  ];
}
