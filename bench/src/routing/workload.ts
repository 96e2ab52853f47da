import type { MediaSource, RouteClient } from '@usher/contracts';
import { knownSource, planDelivery, tableCost, type Plan } from '@usher/router';
import type { MachineSpec } from './fleet.js';
import { RUNTIME_S } from './playback.js';
import { Chance } from './random.js';

/** What a viewer asks for: a file and a device. */
export interface Kind {
  readonly name: string;
  readonly share: number;
  readonly source: MediaSource;
  readonly client: RouteClient;
  /** Of a remux, which no one can foresee from the file alone. */
  readonly cost?: number;
}

const FILM: MediaSource = { height: 1080, videoCodec: 'h264', tenBit: false, hdr: false, framesPerSecond: 24, bitRateKbps: 8_000, durationMs: 6_000_000 };
const UHD: MediaSource = { ...FILM, height: 2160, videoCodec: 'hevc', tenBit: true, bitRateKbps: 30_000 };
const ANY: RouteClient = { kind: 'bench', network: 'wan', region: null, maxHeight: null, maxKbps: null, videoCodecs: null, hdr: null };

export const KINDS: readonly Kind[] = [
  { name: 'direct', share: 0.55, source: FILM, client: ANY },
  { name: 'remux', share: 0.12, source: FILM, client: ANY, cost: 0.02 },
  { name: '1080 to 720', share: 0.15, source: FILM, client: { ...ANY, maxHeight: 720 } },
  { name: 'HEVC to 1080', share: 0.1, source: { ...FILM, videoCodec: 'hevc', tenBit: true }, client: { ...ANY, videoCodecs: ['h264'] } },
  { name: '4K to 1080', share: 0.05, source: UHD, client: { ...ANY, maxHeight: 1080 } },
  { name: '4K HDR to 1080', share: 0.03, source: { ...UHD, hdr: true }, client: { ...ANY, maxHeight: 1080, hdr: false } },
];

export interface Request {
  readonly id: number;
  readonly atS: number;
  readonly kind: Kind;
  /** What a router is told: now and then something else than the truth. */
  readonly told: Kind;
  readonly network: 'lan' | 'wan';
  /** Machines that hold the title. */
  readonly holders: readonly number[];
  readonly watchS: number;
  /** How far the real cost is from the table. */
  readonly content: number;
}

const TITLES = 400;
const MISPREDICTED = 0.08;
const LAN = 0.15;

/** What a request costs in software at a height, in truth. */
export function trueCost({ kind, content }: Request, targetHeight: number | null): number {
  if (targetHeight === null) return kind.cost ?? 0.01;
  const source = knownSource(kind.source);
  return tableCost({ source, targetHeight, toneMap: source.hdr }) * content;
}

/** What this kind gets below a height; null = what it asked for. */
export function planOf(kind: Kind, network: Request['network'], smallerThan: number | null): Plan {
  return planDelivery(knownSource(kind.source), { ...kind.client, network }, smallerThan);
}

function kindAt(chance: Chance): Kind {
  let left = chance.next();
  for (const kind of KINDS) if ((left -= kind.share) < 0) return kind;
  return KINDS[0]!;
}

function watchSeconds(chance: Chance): number {
  const seconds = chance.next() < 0.35 ? chance.exponential(90) : chance.logNormal(38 * 60, 0.7);
  return Math.max(5, Math.min(RUNTIME_S, seconds));
}

function holdersOf(chance: Chance, machines: number): number[] {
  const draw = chance.next();
  const copies = draw < 0.1 ? 1 : draw < 0.4 ? 2 : draw < 0.7 ? 3 : machines;
  const all = Array.from({ length: machines }, (_, at) => at);
  for (let at = 0; at < copies; at++) {
    const other = at + chance.below(machines - at);
    [all[at], all[other]] = [all[other]!, all[at]!];
  }
  return all.slice(0, copies).sort((a, b) => a - b);
}

/** CPU-seconds that a playback needs on average. */
function meanWork(): number {
  const chance = new Chance(7);
  let sum = 0;
  const draws = 20_000;
  for (let at = 0; at < draws; at++) {
    const kind = kindAt(chance);
    const { targetHeight } = planOf(kind, 'wan', null);
    sum += trueCost({ kind, content: 1 } as Request, targetHeight) * watchSeconds(chance);
  }
  return sum / draws;
}

export interface WorkloadOptions {
  readonly fleet: readonly MachineSpec[];
  readonly seconds: number;
  /** Offered work by usable cores. */
  readonly load: number;
  readonly seed: number;
  /** Thirty starts of one title in fifteen seconds, every forty minutes. */
  readonly flash: boolean;
}

/** Requests in order of time: day and night, bursts of minutes, and no regard for what a fleet can take. */
export function workload({ fleet, seconds, load, seed, flash }: WorkloadOptions): Request[] {
  const chance = new Chance(seed);
  const titles = Array.from({ length: TITLES }, () => holdersOf(chance, fleet.length));
  const cores = fleet.reduce((sum, machine) => sum + machine.cores, 0);
  const perSecond = (load * 0.97 * cores) / meanWork();
  const requests: Omit<Request, 'id'>[] = [];
  const add = (atS: number, holders: readonly number[]): void => {
    const kind = kindAt(chance);
    const told = chance.next() < MISPREDICTED ? kindAt(chance) : kind;
    requests.push({ atS, kind, told, holders, network: chance.next() < LAN ? 'lan' : 'wan', watchS: watchSeconds(chance), content: Math.exp(0.25 * chance.normal()) });
  };
  let burst = 1;
  for (let at = 0; at < seconds; at++) {
    if (at % 300 === 0) burst = Math.exp(0.5 * chance.normal() - 0.125);
    const day = 1 + 0.6 * Math.sin((2 * Math.PI * at) / 86_400);
    for (let left = chance.exponential(1 / (perSecond * day * burst)); left < 1; left += chance.exponential(1 / (perSecond * day * burst))) add(at + left, chance.pick(titles));
    if (flash && at % 2_400 === 1_200) {
      const holders = chance.pick(titles);
      for (let start = 0; start < 30; start++) add(at + chance.between(0, 15), holders);
    }
  }
  return requests.sort((a, b) => a.atS - b.atS).map((request, id) => ({ id, ...request }));
}
