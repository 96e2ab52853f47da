// `npm run bench -- migration [--users N] [--items N] [--share N] [--latency N] [--kills N] [--vendor V] [--json]`:
// what moving people costs the target beside its floor, how long it takes, what the process needs, and that nothing is written twice.
import { Stack } from '@usher/testing';
import { MigrationDesk, type Run } from './migration/desk.js';
import { readOptions, type MigrationOptions } from './migration/options.js';
import { countRequests, startPair, type Pair, type Requests } from './migration/servers.js';
import { describeMachine, thisMachine } from './support/machine.js';
import { Operator } from './support/operator.js';
import { UsageWatch } from './support/process-usage.js';
import { spreadOf } from './support/statistics.js';
import { renderTable, verdictOf, type Row } from './support/table.js';

const note = (text: string) => process.stderr.write(`${text}\n`);
/**
 * The least that a tool asks that looks before it writes a row and again afterwards: at a Jellyfin lists tell the truth, a thousand
 * titles at a time; at an Emby only the details of one title do.
 */
const floorOf = (writes: number, vendor: MigrationOptions['vendor']): number => (vendor === 'emby' ? 3 * writes : writes + 2 * Math.ceil(writes / 1_000));
/** How many writes at once the vendor is given. */
const WIDTH = { emby: 8, jellyfin: 2 } as const;
const one = (value: number) => spreadOf([value]);

function mustBe(run: Run, state: string): Run {
  if (run.state !== state) throw new Error(`the run is ${run.state}: ${run.code ?? ''} ${run.message ?? ''} ${JSON.stringify(run.counts)}`);
  return run;
}

async function measure(options: MigrationOptions, stack: Stack, { source, target }: Pair): Promise<Row[]> {
  const desk = new MigrationDesk(await Operator.first(stack), stack);
  await desk.register(source, target);
  for (const { control } of [source, target]) control.setPace({ latencyMs: options.latency });
  const usage = new UsageWatch(stack.pidOf(stack.migrationService), 500);
  try {
    return await carryOut(options, desk, usage, target);
  } finally {
    usage.stop();
  }
}

async function carryOut(options: MigrationOptions, desk: MigrationDesk, usage: UsageWatch, target: Pair['target']): Promise<Row[]> {

  const forward = async (meanwhile?: (run: Run) => Promise<void>) => {
    const planAt = performance.now();
    const plan = await desk.plan(options.users);
    const [mark, runAt] = [target.requests.length, performance.now()];
    const run = mustBe(await desk.carryOut(plan, meanwhile), 'DONE');
    return { run, rows: plan.counts.writes, planS: (runAt - planAt) / 1_000, runS: (performance.now() - runAt) / 1_000, asked: countRequests(target, mark) };
  };

  note('everybody moves …');
  const first = await forward();
  const memory = usage.stop().samples.map(({ rssMiB }) => rssMiB);
  note('the same once more …');
  const second = await forward();
  note('taken back …');
  mustBe(await desk.carryOut(await desk.rollback(first.run.runId)), 'DONE');
  const left = await desk.plan(options.users);
  note(`everybody moves, with ${options.kills} kills …`);
  let kills = 0;
  const third = await forward(async ({ state, counts }) => {
    const isDue = state === 'RUNNING' && kills < options.kills && counts.new < counts.rows * (1 - (kills + 1) / (options.kills + 1));
    if (isDue) await desk.killService().then(() => kills++);
  });

  const all = ({ reads, writes }: Requests) => reads + writes;
  const idealS = (first.rows * options.latency) / 1_000 / WIDTH[options.vendor];
  return [
    { what: 'rows of the plan', unit: 'rows', spread: one(first.rows) },
    { what: 'plan: read, matched, merged, frozen', unit: 's', spread: one(first.planS) },
    { what: 'requests to the target ÷ floor', unit: '×', spread: one(all(first.asked) / floorOf(first.rows, options.vendor)), goal: { of: 'max', atMost: 1.02 } },
    { what: 'writes ÷ rows', unit: '×', spread: one(first.asked.writes / first.rows), goal: { of: 'max', atMost: 1 } },
    { what: 'run, wall time', unit: 's', spread: one(first.runS) },
    { what: 'run ÷ time of the bare writes', unit: '×', spread: one(first.runS / Math.max(0.001, idealS)), goal: { of: 'max', atMost: 1.2 } },
    { what: 'rows per second', unit: '/s', spread: one(first.rows / first.runS) },
    { what: 'writes of the second run', unit: 'writes', spread: one(second.asked.writes), goal: { of: 'max', atMost: 0, shown: '0' } },
    { what: 'rows that an undo left behind', unit: 'rows', spread: one(first.rows - left.counts.writes), goal: { of: 'max', atMost: 0, shown: '0' } },
    { what: `writes ÷ rows, with ${kills} kills`, unit: '×', spread: one(third.asked.writes / third.rows), goal: { of: 'max', atMost: 1 } },
    { what: `more requests, with ${kills} kills`, unit: '%', spread: one((all(third.asked) / all(first.asked) - 1) * 100), goal: { of: 'max', atMost: 1 } },
    { what: 'memory (RSS) of the migration process', unit: 'MiB', spread: spreadOf(memory), goal: { of: 'max', atMost: 400 } },
  ];
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const machine = await thisMachine();
  const pair = await startPair(options);
  let stack: Stack | undefined;
  try {
    stack = await Stack.start({ mode: 'split' });
    const rows = await measure(options, stack, pair);
    if (options.json) process.stdout.write(`${JSON.stringify({ machine, options, rows: rows.map((row) => ({ ...row, verdict: verdictOf(row) })) }, null, 2)}\n`);
    else process.stdout.write(`${renderTable(rows)}\n\n${options.users} users × ${options.items} films, ${options.latency} ms a request · ${describeMachine(machine)}\n`);
  } finally {
    await Promise.all([pair.source.kill(), pair.target.kill()]);
    await stack?.close();
  }
}

await main();
