// `npm run bench -- routing [--seeds N] [--hours N] [--decisions]`: placement against simple rules and against one that knows everything.
import { parseArgs } from 'node:util';
import { decisions } from './routing/decisions.js';
import { fleetOf, troubles } from './routing/fleet.js';
import { leastSessions, oracle, powerOfTwo, random, roundRobin, usher, type Policy, type World } from './routing/policies.js';
import { simulate, type Result } from './routing/simulation.js';
import { workload } from './routing/workload.js';

const FIRST_SEED = 1_000;

interface Scene {
  readonly name: string;
  readonly machines: number;
  readonly load: number;
  readonly flash: boolean;
  readonly reportEveryS: number;
  readonly reportsOnChange: boolean;
  /** Bad playbacks of Usher by those of the oracle. */
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
  ['oracle', oracle],
];

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '3' }, hours: { type: 'string', default: '24' }, decisions: { type: 'boolean', default: false } } });
const seeds = Array.from({ length: Number(values.seeds) }, (_, at) => FIRST_SEED + at);
const seconds = Number(values.hours) * 3_600;

let failed = 0;
if (!values.decisions) for (const scene of SCENES) failed += play(scene);
failed += decisions();
process.stdout.write(`\n${failed === 0 ? 'all goals reached' : `${failed} goals missed`}\n`);
process.exitCode = failed === 0 ? 0 : 1;

/** Prints one table; returns how many goals were missed. */
function play(scene: Scene): number {
  process.stdout.write(`\n${scene.name}: ${scene.machines} machines, ${values.hours} h, seeds ${seeds[0]}–${seeds.at(-1)}\n`);
  process.stdout.write(`${'policy'.padEnd(26)}${['bad %', '× oracle', 'refused %', 'slow %', 'stalled %', 'lost %', 'smaller %', 'overload %', 'p99 start s', 'moves'].map((head) => head.padStart(12)).join('')}\n`);
  const results = POLICIES.map(([name, makePolicy]) => ({ name, result: sum(seeds.map((seed) => one(scene, seed, makePolicy))) }));
  const best = share(results.at(-1)!.result, 'bad');
  for (const { name, result } of results) {
    const of = (key: keyof Result): string => (100 * share(result, key)).toFixed(2);
    const cells = [of('bad'), (share(result, 'bad') / best).toFixed(2), of('refused'), of('slow'), of('stalled'), of('lost'), of('smaller'), (100 * result.overload).toFixed(1), result.p99StartS.toFixed(0), String(result.moves)];
    process.stdout.write(`${name.padEnd(26)}${cells.map((cell) => cell.padStart(12)).join('')}\n`);
  }
  const ratio = share(results.find(({ name }) => name === 'Usher')!.result, 'bad') / best;
  const isReached = ratio <= scene.goal;
  process.stdout.write(`goal: at most ${scene.goal} × oracle; reached ${ratio.toFixed(3)} ${isReached ? 'PASS' : 'FAIL'}\n`);
  return isReached ? 0 : 1;
}

function one(scene: Scene, seed: number, makePolicy: (world: World) => Policy): Result {
  const fleet = fleetOf(scene.machines);
  const requests = workload({ fleet, seconds, load: scene.load, seed, flash: scene.flash });
  return simulate({ fleet, requests, ...troubles(fleet.length, seconds, seed), seconds, seed, reportEveryS: scene.reportEveryS, reportsOnChange: scene.reportsOnChange, makePolicy });
}

function share(result: Result, key: keyof Result): number {
  return result[key] / result.playbacks;
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
    overload: mean('overload'),
    p99StartS: mean('p99StartS'),
  };
}
