// `npm run bench -- routing [--seeds N] [--first N] [--hours N] [--decisions]`: placement against simple rules and against ones that know
// more than a router can.
import { parseArgs } from 'node:util';
import { decisions } from './routing/decisions.js';
import { fleetOf, troubles } from './routing/fleet.js';
import { clairvoyant, leastSessions, oracle, powerOfTwo, random, roundRobin, type Policy, type World } from './routing/policies.js';
import { simulate, type Result } from './routing/simulation.js';
import { usher } from './routing/usher-policy.js';
import { workload } from './routing/workload.js';

interface Scene {
  readonly name: string;
  readonly machines: number;
  readonly load: number;
  readonly flash: boolean;
  readonly reportEveryS: number;
  readonly reportsOnChange: boolean;
  /** Bad playbacks of Usher by those of the oracle; and the same of bad minutes. */
  readonly goal: number;
}

const steady = (load: number): Scene => ({ name: `load ${load}`, machines: 8, load, flash: false, reportEveryS: 5, reportsOnChange: true, goal: 1.1 });
const SCENES: readonly Scene[] = [
  steady(0.3),
  steady(0.5),
  steady(0.7),
  { ...steady(0.25), name: 'flash crowd, 30-s reports', flash: true, reportEveryS: 30, reportsOnChange: false, goal: 1.3 },
];

const POLICIES: readonly (readonly [string, (world: World) => Policy])[] = [
  ['round robin', roundRobin],
  ['random', random],
  ['power of two', powerOfTwo],
  ['least sessions', leastSessions],
  ['Usher, machines assumed', (world) => usher(world, { assumed: true })],
  ['Usher, no reservations', (world) => usher(world, { reservations: false })],
  ['Usher, two routers', (world) => usher(world, { routers: 2 })],
  ['Usher', (world) => usher(world)],
  ['Usher that knows all costs', (world) => usher(world, { knows: { cost: true } })],
  ['Usher that knows all kinds', (world) => usher(world, { knows: { kind: true } })],
  ['Usher that knows all', (world) => usher(world, { knows: { kind: true, cost: true, load: true } })],
  ['clairvoyant', clairvoyant],
  ['oracle', oracle],
];

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '6' }, first: { type: 'string', default: '1000' }, hours: { type: 'string', default: '24' }, decisions: { type: 'boolean', default: false } } });
const seeds = Array.from({ length: Number(values.seeds) }, (_, at) => Number(values.first) + at);
const seconds = Number(values.hours) * 3_600;

let failed = 0;
if (!values.decisions) for (const scene of SCENES) failed += play(scene);
failed += decisions();
process.stdout.write(`\n${failed === 0 ? 'all goals reached' : `${failed} goals missed`}\n`);
process.exitCode = failed === 0 ? 0 : 1;

/** Prints one table; returns how many goals were missed. */
function play(scene: Scene): number {
  process.stdout.write(`\n${scene.name}: ${scene.machines} machines, ${values.hours} h, seeds ${seeds[0]}–${seeds.at(-1)}\n`);
  const heads = ['bad %', '× oracle', 'min. bad %', '× oracle', 'refused %', 'slow %', 'stalled %', 'lost %', 'smaller %', 'overload %', 'p99 start s', 'moves'];
  process.stdout.write(`${'policy'.padEnd(28)}${heads.map((head) => head.padStart(12)).join('')}\n`);
  const runs = POLICIES.map(([name, makePolicy]) => ({ name, results: seeds.map((seed) => one(scene, seed, makePolicy)) }));
  const best = runs.at(-1)!.results;
  for (const { name, results } of runs) {
    const result = sum(results);
    const of = (key: keyof Result): string => ((100 * result[key]) / result.playbacks).toFixed(2);
    const ratios = [badPlaybacks, badMinutes].map((share) => ratioOf(results, best, share).toFixed(3));
    const cells = [of('bad'), ratios[0]!, (100 * badMinutes(result)).toFixed(2), ratios[1]!, of('refused'), of('slow'), of('stalled'), of('lost'), of('smaller'), (100 * result.overload).toFixed(1), result.p99StartS.toFixed(1), String(result.moves)];
    process.stdout.write(`${name.padEnd(28)}${cells.map((cell) => cell.padStart(12)).join('')}\n`);
  }
  const ours = runs.find(({ name }) => name === 'Usher')!.results;
  return goal('bad playbacks', ours, best, badPlaybacks, scene.goal) + goal('bad minutes', ours, best, badMinutes, scene.goal);
}

function goal(what: string, ours: readonly Result[], best: readonly Result[], share: (result: Result) => number, most: number): number {
  const ratio = ratioOf(ours, best, share);
  const isReached = ratio <= most;
  process.stdout.write(`goal: ${what} at most ${most} × oracle; reached ${ratio.toFixed(3)} ± ${uncertainty(ours, best, share).toFixed(3)} ${isReached ? 'PASS' : 'FAIL'}\n`);
  return isReached ? 0 : 1;
}

function badPlaybacks({ bad, playbacks }: Result): number {
  return bad / playbacks;
}

function badMinutes({ badS, wantedS }: Result): number {
  return badS / wantedS;
}

function ratioOf(ours: readonly Result[], best: readonly Result[], share: (result: Result) => number): number {
  return share(sum(ours)) / share(sum(best));
}

/** Half of the 95 % interval of a ratio: what it is without one seed after the other (the jackknife). Each seed is one workload for both. */
function uncertainty(ours: readonly Result[], best: readonly Result[], share: (result: Result) => number): number {
  const without = (results: readonly Result[], seed: number): Result[] => results.filter((_, at) => at !== seed);
  const ratios = ours.length < 2 ? [] : ours.map((_, seed) => ratioOf(without(ours, seed), without(best, seed), share));
  const mean = ratios.reduce((total, ratio) => total + ratio, 0) / ratios.length;
  const spread = ratios.reduce((total, ratio) => total + (ratio - mean) ** 2, 0);
  return 1.96 * Math.sqrt((spread * (ratios.length - 1)) / ratios.length);
}

function one(scene: Scene, seed: number, makePolicy: (world: World) => Policy): Result {
  const fleet = fleetOf(scene.machines);
  const requests = workload({ fleet, seconds, load: scene.load, seed, flash: scene.flash });
  return simulate({ fleet, requests, ...troubles(fleet.length, seconds, seed), seconds, seed, reportEveryS: scene.reportEveryS, reportsOnChange: scene.reportsOnChange, makePolicy });
}

function sum(results: readonly Result[]): Result {
  const total = (key: keyof Result): number => results.reduce((all, result) => all + result[key], 0);
  const mean = (key: keyof Result): number => total(key) / results.length;
  return {
    playbacks: total('playbacks'),
    refused: total('refused'),
    lost: total('lost'),
    slow: total('slow'),
    stalled: total('stalled'),
    bad: total('bad'),
    smaller: total('smaller'),
    moves: total('moves'),
    wantedS: total('wantedS'),
    badS: total('badS'),
    refusedS: total('refusedS'),
    stalledS: total('stalledS'),
    overload: mean('overload'),
    p99StartS: mean('p99StartS'),
  };
}
