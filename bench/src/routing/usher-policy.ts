import type { CandidateInput, PlacementInputs } from '@usher/contracts';
import { choose as usherChoose } from '@usher/router';
import type { Report } from './machine.js';
import type { Policy, World } from './policies.js';
import { planOf, type Request } from './workload.js';

interface Reserved {
  readonly requestId: number;
  readonly machine: number;
  readonly router: number;
  readonly cost: number;
  readonly wanKbps: number;
  readonly lanKbps: number;
  readonly encoder: number;
  readonly atS: number;
}

export interface UsherOptions {
  readonly reservations?: boolean;
  /** Nobody measured or typed what the machines are: four cores each, as the product assumes. */
  readonly assumed?: boolean;
  /** Routers that take turns; each hears of the other's choices a moment later. */
  readonly routers?: number;
  /** What the product cannot know, to see what knowing it would be worth: the true kind of a request, its true cost, the state of this moment. */
  readonly knows?: { readonly kind?: boolean; readonly cost?: boolean; readonly load?: boolean };
}

const RESERVED_S = 30;
const PEER_HEARS_S = 0.1;
const SLOW_START_S = 60;

/** The product's own decision, with the reports and reservations that it would have. */
export function usher(world: World, { reservations = true, assumed = false, routers = 1, knows = {} }: UsherOptions = {}): Policy {
  const ids = world.machines.map((_, at) => idOf('machine', at));
  const alone = world.machines.map(() => 0);
  let asked = 0;
  let held: Reserved[] = [];
  let turn = 0;
  const inputOf = (at: number, request: Request, nowS: number, mine: number): CandidateInput => {
    const { spec } = world.machines[at]!;
    const report = knows.load ? nowOf(world, at, nowS) : (world.reports[at] ?? null);
    const reserved = held.filter(({ machine, router, atS }) => machine === at && (router === mine || nowS - atS > PEER_HEARS_S));
    const sum = (of: (each: Reserved) => number): number => reserved.reduce((total, each) => total + of(each), 0);
    const readyForS = nowS - world.backS[at]!;
    return {
      serverId: ids[at]!,
      machineId: ids[at]!,
      standing: world.down.has(at) ? 'down' : readyForS < SLOW_START_S ? 'slow-start' : 'ready',
      readyForMs: Math.min(readyForS * 1_000, 1e12),
      holder: request.holders.includes(at) ? { itemId: 'film', source: request.told.source } : null,
      account: { userId: 'u', enabled: true, evidence: 'given' },
      load: { seq: 1, ageMs: 0, confidence: assumed ? 'assumed' : 'host' },
      loadIsValid: true,
      cores: assumed ? 4 : spec.cores,
      coresAssumed: assumed,
      background: assumed ? 0 : (report?.background ?? 0),
      machineFactor: 1,
      costRatio: knows.cost ? request.content : null,
      demand: report?.demand ?? 0,
      reservedDemand: sum(({ cost }) => cost),
      uplinkKbps: assumed ? 100_000 : spec.uplinkKbps,
      uplinkAssumed: assumed,
      egressWanKbps: report?.wanKbps ?? 0,
      egressLanKbps: report?.lanKbps ?? 0,
      reservedWanKbps: sum(({ wanKbps }) => wanKbps),
      reservedLanKbps: sum(({ lanKbps }) => lanKbps),
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
      scarcity: asked === 0 ? 0 : alone[at]! / asked,
      prepareFailed: null,
    };
  };
  return {
    seesMachines: knows.load ?? false,
    choose(wish, nowS) {
      const request = knows.kind ? { ...wish, told: wish.kind } : wish;
      const mine = turn++ % routers;
      asked += 1;
      if (request.holders.length === 1) alone[request.holders[0]!]! += 1;
      const isShown = ({ machine, requestId }: Reserved): boolean => (knows.load ? world.machines[machine]!.playbacks : world.reports[machine]?.requestIds)?.has(requestId) ?? false;
      held = reservations ? held.filter((each) => nowS - each.atS < RESERVED_S && !isShown(each)) : [];
      const { chosen, code } = usherChoose(inputsOf(request, world.seed, world.machines.map((_, at) => inputOf(at, request, nowS, mine))));
      if (!chosen) return code === 'FLEET_SATURATED' ? 'full' : 'none';
      const machine = ids.indexOf(chosen.server.serverId);
      const { cost, wanKbps, lanKbps, hardware, targetHeight } = chosen.need;
      held.push({ requestId: request.id, machine, cost, wanKbps, lanKbps, encoder: hardware ? 1 : 0, atS: nowS, router: mine });
      const wanted = planOf(request.told, request.network, null).targetHeight ?? request.told.source.height!;
      return { machine, smallerThan: targetHeight !== null && targetHeight < wanted ? targetHeight + 1 : null };
    },
  };
}

function nowOf({ machines }: World, at: number, nowS: number): Report {
  const machine = machines[at]!;
  const { demand, background, encoderSessions, wanKbps } = machine;
  return { ...machine.report(nowS), demand, background, encoderSessions, wanKbps };
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
