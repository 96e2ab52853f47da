import { Injectable } from '@nestjs/common';
import type { CandidateInput, FleetServer, PlacementRequest } from '@usher/contracts';
import { FleetView, type LoadReport } from '../fleet-view/fleet-view.js';
import { demandOf, type Demand } from './demand.js';
import { NOTHING, Reservations, type Reserved } from './reservations.js';
import { Scarcity } from './scarcity.js';

/** What counts as long as nobody measured or typed it; shown as assumed wherever it is shown. */
export const ASSUMED_CORES = 4;
export const ASSUMED_UPLINK_KBPS = 100_000;

interface Machine {
  cores: number | null;
  uplinkKbps: number | null;
  demand: number;
  wanKbps: number;
  lanKbps: number;
  isPossible: boolean;
}

/** A server with everything about it that has nothing to do with one request. */
export type Loaded = Omit<CandidateInput, 'holder' | 'account' | 'prepareFailed'>;

/** Turns what was heard into the numbers that a decision looks at. Servers of one machine share its cores, its uplink and its demand. */
@Injectable()
export class CandidateInputs {
  private readonly demands = new WeakMap<LoadReport, Demand>();

  constructor(
    private readonly fleet: FleetView,
    private readonly reservations: Reservations,
    private readonly scarcity: Scarcity,
  ) {}

  /** `failed`: servers that just refused this request, with the code. */
  of(request: PlacementRequest, failed: ReadonlyMap<string, string>): CandidateInput[] {
    const holders = new Map(request.holders.map(({ serverId, ...holder }) => [serverId, holder]));
    const accounts = new Map(request.accounts.map(({ serverId, name: _name, ...account }) => [serverId, account]));
    return this.all().map((loaded) => ({
      ...loaded,
      holder: holders.get(loaded.serverId) ?? null,
      account: accounts.get(loaded.serverId) ?? null,
      prepareFailed: failed.get(loaded.serverId) ?? null,
    }));
  }

  all(): Loaded[] {
    const servers = this.fleet.directory.servers();
    const reserved = this.reservations.byMachine();
    const machines = new Map<string, Machine>();
    for (const server of servers) this.addTo(machines, server);
    return servers.map((server) => this.loaded(server, machines, reserved));
  }

  /** Servers with one name of an operator, or one machine as their agents saw it; else each is its own. */
  machineOf(server: FleetServer): string {
    if (server.machine !== null) return `named:${server.machine}`;
    return this.fleet.report(server.serverId)?.detail?.machineId ?? server.serverId;
  }

  demand(serverId: string): Demand | null {
    const report = this.fleet.report(serverId);
    if (!report) return null;
    let demand = this.demands.get(report);
    if (!demand) {
      demand = demandOf(report.load, report.detail);
      this.demands.set(report, demand);
    }
    return demand;
  }

  private addTo(machines: Map<string, Machine>, server: FleetServer): void {
    const machineId = this.machineOf(server);
    const machine = machines.get(machineId) ?? { cores: null, uplinkKbps: null, demand: 0, wanKbps: 0, lanKbps: 0, isPossible: true };
    const detail = this.fleet.report(server.serverId)?.detail;
    machine.cores = greater(machine.cores, server.cores ?? detail?.usableCores ?? null);
    machine.uplinkKbps = greater(machine.uplinkKbps, server.uplinkKbps ?? detail?.uplinkKbps ?? null);
    const demand = this.demand(server.serverId);
    if (demand) {
      machine.demand += demand.cpu;
      machine.wanKbps += demand.wanKbps;
      machine.lanKbps += demand.lanKbps;
      machine.isPossible &&= demand.isPossible;
    }
    machines.set(machineId, machine);
  }

  private loaded(server: FleetServer, machines: ReadonlyMap<string, Machine>, reserved: ReadonlyMap<string, Reserved>): Loaded {
    const { serverId } = server;
    const machineId = this.machineOf(server);
    const machine = machines.get(machineId)!;
    const held = reserved.get(machineId) ?? NOTHING;
    const report = this.fleet.report(serverId);
    const detail = report?.detail ?? null;
    return {
      serverId,
      machineId,
      ...this.fleet.standing(serverId),
      load: report && { seq: report.seq, ageMs: this.fleet.ageMs(report.receivedMs), confidence: detail?.confidence ?? 'assumed' },
      loadIsValid: machine.isPossible,
      cores: machine.cores ?? ASSUMED_CORES,
      coresAssumed: machine.cores === null,
      background: detail?.backgroundShare ?? 0,
      machineFactor: 1,
      costRatio: null,
      demand: machine.demand,
      reservedDemand: held.cost,
      uplinkKbps: Math.round(machine.uplinkKbps ?? ASSUMED_UPLINK_KBPS),
      uplinkAssumed: machine.uplinkKbps === null,
      egressWanKbps: machine.wanKbps,
      egressLanKbps: machine.lanKbps,
      reservedWanKbps: held.wanKbps,
      reservedLanKbps: held.lanKbps,
      nicKbps: null,
      hardware: server.hardware,
      encoder: null,
      memoryShare: detail?.memoryShare ?? null,
      ioPressure: detail?.ioPressure ?? null,
      transcodes: this.demand(serverId)?.transcodes ?? 0,
      reservedTranscodes: held.transcodes,
      transcodeLimit: server.transcodeLimit,
      weight: server.weight,
      region: server.region,
      scarcity: this.scarcity.of(serverId),
    };
  }
}

function greater(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}
