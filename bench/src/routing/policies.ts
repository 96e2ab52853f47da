import { costHere, knownSource, RENDITIONS, tableCost } from '@usher/router';
import type { Spans } from './fleet.js';
import type { Machine, Report } from './machine.js';
import { Chance } from './random.js';
import { planOf, trueCost, type Request } from './workload.js';

/** Where to, and in which height: null = as it was asked for. */
export interface Place {
  readonly machine: number;
  readonly smallerThan: number | null;
}

/** `full`: somebody could serve it and has no room. `none`: nobody could. */
export type Choice = Place | 'full' | 'none';

export interface Policy {
  /** True when it looks at machines themselves and not only at what they tell. */
  readonly seesMachines: boolean;
  choose(request: Request, nowS: number): Choice;
}

/** What a policy may see: reports, and who is known to be down. Only the oracle sees the machines. */
export interface World {
  readonly machines: readonly Machine[];
  readonly reports: readonly (Report | null)[];
  /** Machines whose failure has been noticed. */
  readonly down: ReadonlySet<number>;
  /** When each machine came back from its last failure. */
  readonly backS: readonly number[];
  readonly seed: number;
  /** What will happen; only the clairvoyant looks. */
  readonly failures: readonly Spans[];
  readonly scans: readonly Spans[];
}

const STEPS: readonly (number | null)[] = [null, ...RENDITIONS.map(({ height }) => height).filter((height) => height > 480)];

function standing({ down }: World, request: Request): number[] {
  return request.holders.filter((machine) => !down.has(machine));
}

export function roundRobin(world: World): Policy {
  let turn = 0;
  return {
    seesMachines: false,
    choose(request) {
      const machines = standing(world, request);
      return machines.length === 0 ? 'none' : { machine: machines[turn++ % machines.length]!, smallerThan: null };
    },
  };
}

export function random(world: World): Policy {
  const chance = new Chance(world.seed ^ 0x1234);
  return {
    seesMachines: false,
    choose(request) {
      const machines = standing(world, request);
      return machines.length === 0 ? 'none' : { machine: chance.pick(machines), smallerThan: null };
    },
  };
}

function sessionsOf(world: World, machine: number): number {
  return world.reports[machine]?.sessions ?? 0;
}

export function leastSessions(world: World): Policy {
  return {
    seesMachines: false,
    choose(request) {
      const machines = standing(world, request);
      if (machines.length === 0) return 'none';
      return { machine: machines.reduce((best, machine) => (sessionsOf(world, machine) < sessionsOf(world, best) ? machine : best)), smallerThan: null };
    },
  };
}

export function powerOfTwo(world: World): Policy {
  const chance = new Chance(world.seed ^ 0x4321);
  return {
    seesMachines: false,
    choose(request) {
      const machines = standing(world, request);
      if (machines.length === 0) return 'none';
      const [one, other] = [chance.pick(machines), chance.pick(machines)];
      return { machine: sessionsOf(world, one) <= sessionsOf(world, other) ? one : other, smallerThan: null };
    },
  };
}

/** Knows true costs, true loads and true health of this moment, and takes the least used of all; the same limit, renditions and queue as Usher. */
export function oracle(world: World): Policy {
  return allKnowing(world, ({ use }) => use);
}

/** As the product weighs it, with true numbers. */
const COST = 0.4;
const FAILS = 10;

/**
 * Knows what is to come as well: how long this viewer stays, which machine will break and which will be busy with itself
 * meanwhile. Weighs work as the product does. Still greedy: it does not plan for viewers who are not there yet.
 */
export function clairvoyant(world: World): Policy {
  return allKnowing(world, ({ at, cost, others }, request, nowS) => {
    const untilS = nowS + request.watchS;
    const meets = ([from, to]: Spans[number]): boolean => from < untilS && to > nowS;
    const breaks = world.failures[at]!.some(meets);
    const busiest = Math.max(0, ...world.scans[at]!.filter(meets).map(([, , share]) => share));
    const { spec, demand } = world.machines[at]!;
    return Math.max(others, (demand + cost) / (0.97 * spec.cores * (1 - busiest))) + COST * cost + (breaks ? FAILS : 0);
  });
}

interface Looked {
  readonly at: number;
  readonly cost: number;
  readonly use: number;
  /** Use of what is not the processor. */
  readonly others: number;
}

function allKnowing(world: World, rankOf: (looked: Looked, request: Request, nowS: number) => number): Policy {
  return {
    seesMachines: true,
    choose(request, nowS) {
      for (const smallerThan of STEPS) {
        let best: { machine: number; rank: number } | null = null;
        for (const at of request.holders) {
          const machine = world.machines[at]!;
          if (!machine.isUp) continue;
          const plan = planOf(request.kind, request.network, smallerThan);
          const { cost, onEncoder } = machine.costHere(trueCost(request, plan.targetHeight), plan.targetHeight !== null);
          const cpu = (machine.demand + cost) / machine.capacity();
          const uplink = request.network === 'wan' ? (machine.wanKbps + plan.kbps) / machine.spec.uplinkKbps : 0;
          const encoder = onEncoder ? (machine.encoderSessions + 1) / machine.spec.encoder!.sessions : 0;
          if (uplink > 1 || (plan.targetHeight !== null && (cpu > 1 || encoder > 1))) continue;
          const others = Math.max(uplink, encoder);
          const rank = rankOf({ at, cost, use: Math.max(cpu, others), others }, request, nowS);
          if (best === null || rank < best.rank) best = { machine: at, rank };
        }
        if (best) return { machine: best.machine, smallerThan };
      }
      return request.holders.some((at) => world.machines[at]!.isUp) ? 'full' : 'none';
    },
  };
}

/** As the reports of a machine predict a conversion that just began. */
export function predictedCost(request: Request, targetHeight: number | null, onEncoder: boolean): number {
  if (targetHeight === null) return 0.01;
  const source = knownSource(request.kind.source);
  return costHere(tableCost({ source, targetHeight, toneMap: source.hdr }), { machineFactor: 1, costRatio: null, hardware: onEncoder });
}
