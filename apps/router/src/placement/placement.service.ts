import { Inject, Injectable } from '@nestjs/common';
import { RESERVATION_MS, uuidv7, type Booking, type LoadPart, type PlacementInputs, type PlacementKind, type PlacementRecord, type PlacementRequest, type Reservation } from '@usher/contracts';
import type { Clock } from '@usher/resilience';
import { CLOCK } from '../infrastructure.js';
import { limitOf } from './admission.js';
import { CandidateInputs } from './candidate-inputs.js';
import { choose, type Choice, type Decision } from './choose.js';
import { DecisionTimes } from './decision-times.js';
import { Overload } from './overload.js';
import { keptInputs } from './replay.js';
import { Reservations } from './reservations.js';
import { Scarcity } from './scarcity.js';
import { capacityOf } from './score.js';

/** No rendition is offered below it. */
const FLOOR_HEIGHT = 480;

export interface Asked {
  readonly kind: PlacementKind;
  readonly request: PlacementRequest;
  readonly routeId: string | null;
  readonly previousServerId: string | null;
  readonly queuedMs: number;
  /** Servers that just refused this request, with the code. */
  readonly failed: ReadonlyMap<string, string>;
}

export interface Placed {
  readonly record: PlacementRecord;
  /** Null after a refusal. */
  readonly booking: Booking | null;
}

/** Decides, and reserves in the same step: the next decision knows of this one. */
@Injectable()
export class PlacementService {
  readonly overload = new Overload();
  readonly times = new DecisionTimes();

  constructor(
    private readonly inputs: CandidateInputs,
    private readonly reservations: Reservations,
    private readonly scarcity: Scarcity,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  place(asked: Asked): Placed {
    if (asked.kind === 'create') this.scarcity.note(asked.request);
    const { inputs, decision, decidedMs } = this.decide(asked.request, asked.failed);
    const record = this.recordOf(asked, inputs, decision, decidedMs);
    if (!decision.chosen) return { record, booking: null };
    const booking = this.book(record, decision.chosen);
    this.reservations.reserve(booking.reservation);
    return { record, booking };
  }

  /** The same decision, and nothing is reserved. */
  simulate(request: PlacementRequest): PlacementRecord {
    const asked: Asked = { kind: 'simulate', request, routeId: null, previousServerId: null, queuedMs: 0, failed: new Map() };
    const { inputs, decision, decidedMs } = this.decide(request, asked.failed);
    return this.recordOf(asked, inputs, decision, decidedMs);
  }

  /** Looks at the fleet as a whole; called now and then. */
  watchOverload(): void {
    let demand = 0;
    let capacity = 0;
    const machines = new Set<string>();
    for (const server of this.inputs.all()) {
      const isUsable = server.load !== null && ['ready', 'slow-start', 'suspect'].includes(server.standing);
      if (!isUsable || machines.has(server.machineId)) continue;
      machines.add(server.machineId);
      demand += server.demand + server.reservedDemand;
      capacity += capacityOf(server);
    }
    this.overload.update(capacity === 0 ? 0 : demand / capacity, this.clock.monotonicMs());
  }

  private decide(request: PlacementRequest, failed: ReadonlyMap<string, string>): { inputs: PlacementInputs; decision: Decision; decidedMs: number } {
    const startedMs = performance.now();
    const servers = this.inputs.of(request, failed);
    const inputs: PlacementInputs = { placementId: uuidv7(this.clock.now()), request, overloaded: this.overload.isOn, floorHeight: FLOOR_HEIGHT, servers };
    const decision = choose(inputs);
    const decidedMs = performance.now() - startedMs;
    this.times.add(decidedMs);
    return { inputs, decision, decidedMs };
  }

  private recordOf({ kind, routeId, previousServerId, queuedMs }: Asked, inputs: PlacementInputs, decision: Decision, decidedMs: number): PlacementRecord {
    return {
      placementId: inputs.placementId,
      at: new Date(this.clock.now()).toISOString(),
      kind,
      routeId,
      previousServerId,
      verdict: decision.verdict,
      code: decision.code,
      serverId: decision.chosen?.server.serverId ?? null,
      margin: decision.margin,
      queuedMs,
      decidedMs,
      confirmedMs: null,
      candidates: decision.candidates,
      inputs: keptInputs(inputs, decision),
    };
  }

  /** What the choice takes, what it has counted, and what was left before it: the database refuses what does not fit. */
  private book({ placementId, inputs: { request } }: PlacementRecord, { server, need, score, gate }: Choice): Booking {
    const reservation: Reservation = {
      placementId,
      serverId: server.serverId,
      machineId: server.machineId,
      title: request.title,
      itemId: server.holder!.itemId,
      userId: server.account?.userId ?? null,
      cost: need.cost,
      wanKbps: need.wanKbps,
      lanKbps: need.lanKbps,
      encoderSessions: need.hardware ? 1 : 0,
      transcodes: need.delivery === 'transcode' ? 1 : 0,
      endsAt: new Date(this.clock.now() + RESERVATION_MS).toISOString(),
    };
    const left = (name: LoadPart, full: number): number | null => {
      const part = score.parts.find((each) => each.part === name);
      const limit = limitOf(name, server, need, gate);
      return part && limit !== null ? Math.max(0, (limit - part.now) * full) : null;
    };
    return {
      reservation,
      counted: this.reservations.countedOn(server.machineId),
      room: {
        cost: left('cpu', capacityOf(server)),
        wanKbps: left('uplink', server.uplinkKbps),
        encoderSessions: left('encoder', server.encoder?.limit ?? 0),
        transcodes: left('limit', server.transcodeLimit ?? 0),
      },
    };
  }
}
