// `npm run bench -- matching [--items N] [--sample N] [--runs N] [--seed N] [--json]`: how long it takes to find the same
// titles on two servers, and how much longer without the indexes.
import os from 'node:os';
import { parseArgs } from 'node:util';
import { matchInSteps, matchItems, MATCH_TIERS } from '@usher/matching';
import { libraries } from './matching/libraries.js';
import { matchNaively } from './matching/naive.js';

const GOAL_MS = 2_000;

const text = (fallback: string) => ({ type: 'string' as const, default: fallback });
const { values } = parseArgs({ options: { items: text('50000'), sample: text('800'), runs: text('5'), seed: text('20'), json: { type: 'boolean', default: false } } });
const [items, sample, runs, seed] = [values.items, values.sample, values.runs, values.seed].map(Number) as [number, number, number, number];
if (![items, sample, runs, seed].every((value) => Number.isInteger(value) && value > 0)) throw new TypeError('items, sample, runs and seed must be whole numbers above 0');

/** Wall-clock time, and the time that this process had a processor: other work on the machine counts in the first only. */
function timed<T>(work: () => T): { ms: number; cpuMs: number; result: T } {
  const startedMs = performance.now();
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return { ms: performance.now() - startedMs, cpuMs: (user + system) / 1_000, result };
}

/** The longest time that a process stands still when the steps are taken one by one. */
function longestStep(pair: ReturnType<typeof libraries>): number {
  let longest = 0;
  for (const steps = matchInSteps(pair.source, pair.target); ; ) {
    const { ms, result } = timed(() => steps.next());
    longest = Math.max(longest, ms);
    if (result.done) return longest;
  }
}

const load = os.loadavg()[0]!;
const large = libraries(items, seed);
const times: number[] = [];
const cpuTimes: number[] = [];
let result = matchItems(large.source, large.target);
for (let run = 0; run < runs; run++) {
  const measured = timed(() => matchItems(large.source, large.target));
  times.push(measured.ms);
  cpuTimes.push(measured.cpuMs);
  result = measured.result;
}
times.sort((a, b) => a - b);
const stepMs = longestStep(large);
const small = libraries(sample, seed);
const naive = timed(() => matchNaively(small.source, small.target));
const indexed = timed(() => matchItems(small.source, small.target));
const expected = new Map(indexed.result.matches.flatMap(({ source, target }) => source.map((id) => [id, target])));
const alike = [...naive.result].filter(([a, b]) => expected.get(a)?.includes(b)).length;

const report = {
  machine: `Node ${process.versions.node} · ${os.cpus().length} × ${os.cpus()[0]?.model ?? 'unknown'} · load before ${load.toFixed(1)}`,
  seed,
  items,
  medianMs: times[Math.floor(times.length / 2)]!,
  worstMs: times.at(-1)!,
  cpuMs: Math.min(...cpuTimes),
  goalMs: GOAL_MS,
  longestStepMs: stepMs,
  tiers: Object.fromEntries(MATCH_TIERS.map((tier) => [tier, (tier === 'X' ? result.undecided : result.matches).filter((match) => match.tier === tier).length])),
  onlySource: result.onlySource.length,
  sample,
  naiveMs: naive.ms,
  indexedMs: indexed.ms,
  ratio: naive.ms / indexed.ms,
  naiveMatches: naive.result.size,
  naiveMatchesFoundToo: alike,
};
const isGood = report.worstMs <= GOAL_MS;

if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
else {
  const number = (value: number) => (value >= 100 ? String(Math.round(value)) : value.toFixed(1));
  const lines: [string, string, string][] = [
    [`${items} × ${items} rows, median of ${runs}`, `${number(report.medianMs)} ms`, ''],
    [`${items} × ${items} rows, worst`, `${number(report.worstMs)} ms`, `≤ ${GOAL_MS} ms  ${isGood ? 'pass' : 'short'}`],
    ['processor time of the best', `${number(report.cpuMs)} ms`, ''],
    ['longest stand-still, in steps', `${number(stepMs)} ms`, ''],
    [`${sample} × ${sample} rows, with indexes`, `${number(report.indexedMs)} ms`, ''],
    [`${sample} × ${sample} rows, pair by pair`, `${number(report.naiveMs)} ms`, `${number(report.ratio)} times as long`],
    ['of its matches found too', `${alike} of ${report.naiveMatches}`, ''],
    ['tiers', Object.entries(report.tiers).map(([tier, count]) => `${tier} ${count}`).join('  '), ''],
  ];
  const width = Math.max(...lines.map(([what]) => what.length));
  process.stdout.write(`${report.machine} · seed ${seed}\n${lines.map(([what, value, note]) => `${what.padEnd(width)}  ${value}${note ? `  ${note}` : ''}`).join('\n')}\n`);
}
if (!isGood) process.exitCode = 1;
