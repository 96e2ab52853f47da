import type { CandidateInput, PlacementInputs } from '@usher/contracts';
import { choose as usherChoose, costHere, knownSource, RENDITIONS, tableCost } from '@usher/router';
import type { Machine, Report } from './machine.js';
import { Chance } from './random.js';
import { planOf, trueCost, type Request } from './workload.js';

/** Where to, and in which height: null = as it was asked for. */
export type Choice = { readonly machine: number; readonly smallerThan: number | null } | null;

export interface Policy {
  readonly name: string;
  choose(request: Request, nowS: number): Choice;
}

/** What a policy may see: reports, and who is known to be down. Only the oracle sees the machines. */
export interface World {
  readonly machines: readonly Machine[];
  readonly reports: readonly (Report | null)[];
  /** Machines whose failure has been noticed. */
  readonly down: ReadonlySet<number>;
  readonly seed: number;
}

const STEPS: readonly (number | null)[] = [null, ...RENDITIONS.map(({ height }) => height).filter((height) => height > 480)];

function standing({ down }: World, request: Request): number[] {
  return request.holders.filter((machine) => !down.has(machine));
}

export function roundRobin(world: World): Policy {
  let turn = 0;
  return {
    name: 'round robin',
    choose(request) {
      const machines = standing(world, request);
      return machines.length === 0 ? null : { machine: machines[turn++ % machines.length]!, smallerThan: null };
    },
  };
}

export function random(world: World): Policy {
  const chance = new Chance(world.seed ^ 0x1234);
  return {
    name: 'random',
    choose(request) {
      const machines = standing(world, request);
      return machines.length === 0 ? null : { machine: chance.pick(machines), smallerThan: null };
    },
  };
}

function sessionsOf(world: World, machine: number): number {
  return world.reports[machine]?.sessions ?? 0;
}

export function leastSessions(world: World): Policy {
  return {
    name: 'least sessions',
    choose(request) {
      const machines = standing(world, request);
      if (machines.length === 0) return null;
      return { machine: machines.reduce((best, machine) => (sessionsOf(world, machine) < sessionsOf(world, best) ? machine : best)), smallerThan: null };
    },
  };
}

export function powerOfTwo(world: World): Policy {
  const chance = new Chance(world.seed ^ 0x4321);
  return {
    name: 'power of two',
    choose(request) {
      const machines = standing(world, request);
      if (machines.length === 0) return null;
      const [one, other] = [chance.pick(machines), chance.pick(machines)];
      return { machine: sessionsOf(world, one) <= sessionsOf(world, other) ? one : other, smallerThan: null };
    },
  };
}

/** Knows true costs, true loads and true health, and takes the least used of all; the same limit and the same renditions as Usher. */
export function oracle(world: World): Policy {
  return {
    name: 'oracle',
    choose(request) {
      for (const smallerThan of STEPS) {
        let best: { machine: number; use: number } | null = null;
        for (const at of request.holders) {
          const machine = world.machines[at]!;
          if (!machine.isUp) continue;
          const plan = planOf(request.kind, request.network, smallerThan);
          const { cost, onEncoder } = machine.costHere(trueCost(request, plan.targetHeight), plan.targetHeight !== null);
          const cpu = (machine.demand + cost) / machine.capacity();
          const uplink = request.network === 'wan' ? (machine.wanKbps + plan.kbps) / machine.spec.uplinkKbps : 0;
          const encoder = onEncoder ? (machine.encoderSessions + 1) / machine.spec.encoder!.sessions : 0;
          const isIn = uplink <= 1 && (plan.targetHeight === null || (cpu <= 1 && encoder <= 1));
          const use = Math.max(cpu, uplink, encoder);
          if (isIn && (best === null || use < best.use)) best = { machine: at, use };
        }
        if (best) return { machine: best.machine, smallerThan };
      }
      return null;
    },
  };
}

interface Reserved {
  readonly requestId: number;
  readonly machine: number;
  readonly cost: number;
  readonly wanKbps: number;
  readonly encoder: number;
  readonly atS: number;
}

export interface UsherOptions {
  readonly reservations?: boolean;
  /** Nobody measured or typed what the machines are: four cores each, as the product assumes. */
  readonly assumed?: boolean;
  /** Routers that take turns; each hears of the other's choices a second later. */
  readonly routers?: number;
}

const RESERVED_S = 30;

/** The product's own decision, with the reports and reservations that it would have. */
export function usher(world: World, { reservations = true, assumed = false, routers = 1 }: UsherOptions = {}): Policy {
  const ids = world.machines.map((_, at) => idOf('machine', at));
  let held: (Reserved & { readonly router: number })[] = [];
  let turn = 0;
  const inputOf = (at: number, request: Request, nowS: number, mine: number): CandidateInput => {
    const report = world.reports[at] ?? null;
    const { spec } = world.machines[at]!;
    const reserved = held.filter(({ machine, router, atS }) => machine === at && (router === mine || atS < nowS));
    const sum = (of: (each: Reserved) => number): number => reserved.reduce((total, each) => total + of(each), 0);
    return {
      serverId: ids[at]!,
      machineId: ids[at]!,
      standing: world.down.has(at) ? 'down' : 'ready',
      readyForMs: 1e9,
      holder: request.holders.includes(at) ? { itemId: 'film', source: request.told.source } : null,
      account: { userId: 'u', enabled: true, evidence: 'given' },
      load: { seq: 1, ageMs: 0, confidence: assumed ? 'assumed' : 'host' },
      loadIsValid: true,
      cores: assumed ? 4 : spec.cores,
      coresAssumed: assumed,
      background: assumed ? 0 : (report?.background ?? 0),
      machineFactor: 1,
      costRatio: null,
      demand: report?.demand ?? 0,
      reservedDemand: sum(({ cost }) => cost),
      uplinkKbps: assumed ? 100_000 : spec.uplinkKbps,
      uplinkAssumed: assumed,
      egressWanKbps: report?.wanKbps ?? 0,
      egressLanKbps: 0,
      reservedWanKbps: sum(({ wanKbps }) => wanKbps),
      reservedLanKbps: 0,
      nicKbps: null,
      hardware: spec.encoder !== null && !assumed,
      encoder: spec.encoder && !assumed ? { sessions: report?.encoderSessions ?? 0, limit: spec.encoder.sessions, reserved: sum(({ encoder }) => encoder) } : null,
      memoryShare: null,
      ioPressure: null,
      transcodes: report?.transcodes ?? 0,
      reservedTranscodes: 0,
      transcodeLimit: null,
      weight: 1,
      region: null,
      scarcity: 0,
      prepareFailed: null,
    };
  };
  return {
    name: 'Usher',
    choose(request, nowS) {
      const mine = turn++ % routers;
      held = reservations ? held.filter(({ machine, requestId, atS }) => nowS - atS < RESERVED_S && !world.reports[machine]?.requestIds.has(requestId)) : [];
      const inputs = inputsOf(request, world.seed, world.machines.map((_, at) => inputOf(at, request, nowS, mine)));
      const { chosen } = usherChoose(inputs);
      if (!chosen) return null;
      const machine = ids.indexOf(chosen.server.serverId);
      const { cost, wanKbps, hardware, targetHeight } = chosen.need;
      held.push({ requestId: request.id, machine, cost, wanKbps, encoder: hardware ? 1 : 0, atS: nowS, router: mine });
      const wanted = planOf(request.told, request.network, null).targetHeight ?? request.told.source.height!;
      return { machine, smallerThan: targetHeight !== null && targetHeight < wanted ? targetHeight + 1 : null };
    },
  };
}

/** An id of the usual form that is the same in every run: equals are settled by a lot that is drawn from ids. */
export function idOf(what: 'machine' | 'request', number: number, seed = 0): string {
  const digits = (value: number, length: number): string => (value >>> 0).toString(16).padStart(8, '0').slice(-length);
  return `0190b3a0-${digits(seed, 4)}-7${what === 'machine' ? '0' : '1'}00-8000-${digits(number, 8)}${digits(Math.imul(number + 1, 0x9e3779b1) ^ seed, 4)}`;
}

export function inputsOf(request: Request, seed: number, servers: CandidateInput[]): PlacementInputs {
  return {
    placementId: idOf('request', request.id, seed),
    request: {
      demand: 'playback',
      itemKey: 'film',
      title: 'film',
      userName: null,
      client: { ...request.told.client, network: request.network },
      positionMs: 0,
      holders: servers.flatMap(({ serverId, holder }) => (holder ? [{ serverId, ...holder }] : [])),
      accounts: [],
      earlierServerId: null,
      renditions: [],
    },
    overloaded: false,
    floorHeight: 480,
    servers,
  };
}

/** As the reports of a machine predict a conversion that just began. */
export function predictedCost(request: Request, targetHeight: number | null, onEncoder: boolean): number {
  if (targetHeight === null) return 0.01;
  const source = knownSource(request.kind.source);
  return costHere(tableCost({ source, targetHeight, toneMap: source.hdr }), { machineFactor: 1, costRatio: null, hardware: onEncoder });
}
