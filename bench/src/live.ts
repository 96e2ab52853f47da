// `npm run bench -- live [--servers 1,20,50,100] [--streams N] [--parts latency,calls,poll,trouble,ghosts] [--minutes N] [--changes N]
// [--seconds N] [--start-stops N] [--seed N] [--json]`: how long a viewer's action takes to an operator's screen, what that costs the media
// servers and the process, what healthy servers lose by others in trouble, and whether a stop that nobody told leaves a ghost.
// Short: `--servers 4 --streams 5 --parts latency,ghosts --changes 40 --seconds 20 --start-stops 40`.
import { seededRandom, eventually, Stack, type Random } from '@usher/testing';
import { measureBareFrames } from './live/baseline.js';
import { ChangeDriver, type SeenChange } from './live/changes.js';
import { countCalls, otherCalls, startServers, startStreams, type BenchServer, type CallCounts } from './live/fleet.js';
import { meanAges } from './live/freshness.js';
import { runGhosts } from './live/ghosts.js';
import { LiveView } from './live/live-view.js';
import { readOptions, type LiveOptions, type Part } from './live/options.js';
import { callRows, freshnessRows, ghostRows, latencyRows, playRow, usageRows, type CallWindow } from './live/report.js';
import { makeTrouble, troubled } from './live/trouble.js';
import { describeMachine, thisMachine } from './support/machine.js';
import { Operator } from './support/operator.js';
import { UsageWatch } from './support/process-usage.js';
import { spreadOf } from './support/statistics.js';
import { renderTable, verdictOf, type Row, type Verdict } from './support/table.js';

const note = (text: string) => process.stderr.write(`${text}\n`);
const QUIET_MS = 45_000;
const FIRST_READINGS_MS = 5 * 60_000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function register(operator: Operator, servers: readonly BenchServer[]): Promise<void> {
  const rows = servers.map(({ alias, simulator }) => ({ alias, url: simulator.url, token: simulator.adminKey }));
  const { importServers } = await operator.ask<{ importServers: { failed: number; results: { alias: string; serverId: string | null; code: string | null }[] } }>(
    'mutation ($input: ImportServersInput!) { importServers(input: $input) { failed results { alias serverId code } } }',
    { input: { idempotencyKey: crypto.randomUUID(), rows } },
  );
  for (const { alias, serverId, code } of importServers.results) {
    if (serverId === null) throw new Error(`${alias} was not imported: ${code}`);
    servers.find((server) => server.alias === alias)!.id = serverId;
  }
}

/** Every server is shown with all its streams, or with the given source. */
async function untilShown(view: LiveView, servers: readonly BenchServer[], source?: 'PUSH' | 'POLL'): Promise<void> {
  const isShown = ({ id, streams }: BenchServer) => {
    const seen = view.newest.get(id);
    const playing = seen?.sessions.filter(({ stream }) => stream !== null).length;
    return playing === streams.filter(({ state }) => state !== 'stopped').length && (source === undefined || seen?.source === source);
  };
  await eventually(() => servers.every(isShown), { timeoutMs: 90_000, everyMs: 100 });
}

/** What is read once of a new server (libraries, titles, accounts) is no call of an hour. */
async function untilRead(servers: readonly BenchServer[]): Promise<void> {
  const others = () => servers.reduce((sum, server) => sum + countCalls(server, 0).other, 0);
  const lastMs = performance.now() + FIRST_READINGS_MS;
  for (let before = -1; before !== others() && performance.now() < lastMs; ) {
    before = others();
    await pause(QUIET_MS);
  }
}

/** Lets time pass and counts what the media servers were asked meanwhile. */
async function watchCalls(servers: readonly BenchServer[], minutes: number): Promise<CallWindow> {
  const marks = servers.map(({ simulator }) => simulator.requests.length);
  await pause(minutes * 60_000);
  note(otherCalls(servers.map(({ simulator }, i) => simulator.requests.slice(marks[i]))));
  return { minutes, calls: servers.map((server, i): [BenchServer, CallCounts] => [server, countCalls(server, marks[i]!)]) };
}

/** A fleet that is registered and plays, and what measures it. */
interface Bench {
  readonly options: LiveOptions;
  readonly servers: readonly BenchServer[];
  readonly operator: Operator;
  readonly random: Random;
  readonly pid: number;
}

const drive = ({ servers, random, options }: Bench, view: LiveView, chosen = servers, does?: 'plays'): Promise<SeenChange[]> => new ChangeDriver(chosen, view, random, does).run(options.changes, options.seconds * 1000);

function startStopped(servers: readonly BenchServer[]): void {
  for (const stream of servers.flatMap((server) => server.streams)) if (stream.state === 'stopped') stream.start(0);
}

async function latencyPart(bench: Bench, view: LiveView): Promise<{ rows: Row[]; busy: ReturnType<UsageWatch['stop']> }> {
  const { options, servers, pid } = bench;
  const rows: Row[] = [];
  const bare = (['jellyfin', 'plex'] as const).filter((vendor) => servers.some(({ lane }) => lane === vendor));
  for (const vendor of bare) rows.push({ what: `bare frame, ${vendor}, no Usher`, unit: 'ms', spread: spreadOf(await measureBareFrames(vendor, 200)) });
  note(`${options.changes} changes, sockets open …`);
  const marks = servers.map(({ simulator }) => simulator.requests.length);
  const watch = new UsageWatch(pid, 1_000);
  const pushed = await drive(bench, view);
  rows.push(...latencyRows('push', pushed));
  const plexes = servers.filter(({ lane }) => lane === 'plex');
  const listCalls = plexes.reduce((sum, server) => sum + countCalls(server, marks[servers.indexOf(server)]!).session, 0);
  if (plexes.length > 0) rows.push({ what: 'list calls per change, plex', unit: 'calls', spread: spreadOf([listCalls / Math.max(1, pushed.filter(({ lane }) => lane === 'plex').length)]) });
  note(`${options.changes} starts and stops, sockets open …`);
  rows.push(playRow('play → subscriber, push', await drive(bench, view, servers, 'plays')));
  return { rows, busy: watch.stop() };
}

async function callsPart({ options, servers, pid }: Bench, view: LiveView, busy: ReturnType<UsageWatch['stop']> | null): Promise<Row[]> {
  startStopped(servers);
  await untilShown(view, servers);
  await untilRead(servers);
  note(`${options.minutes} min of quiet watching …`);
  const quiet = new UsageWatch(pid);
  const rows = callRows('active, sockets', await watchCalls(servers, options.minutes), { push: 60, poll: 360 });
  const usage = quiet.stop();
  rows.push(...usageRows(usage, busy ?? usage, servers.length));
  note(`${options.minutes / 2} min with nothing playing and no dashboard …`);
  for (const stream of servers.flatMap((server) => server.streams)) stream.stop();
  await untilShown(view, servers);
  await view.close();
  await pause(20_000);
  rows.push(...callRows('idle, sockets', await watchCalls(servers, options.minutes / 2), { push: 12, poll: 60 }));
  return rows;
}

/** What the healthy ones lose by one that hangs, one that flaps and one that answers 429. */
async function troublePart(bench: Bench, view: LiveView): Promise<Row[]> {
  const { options, servers, operator } = bench;
  const chosen = troubled(servers);
  if (!chosen) {
    note('no trouble: a fleet of four and more with every vendor is needed');
    return [];
  }
  startStopped(servers);
  await untilShown(view, servers);
  const healthy = servers.filter((server) => !Object.values(chosen).includes(server));
  const minutes = Math.max(2, Math.ceil(options.minutes));
  note(`${minutes} min of freshness, alone …`);
  const alone = await meanAges(operator, healthy, minutes);
  const trouble = await makeTrouble(chosen);
  try {
    // what the first look at them takes is no steady state
    await pause(20_000);
    note(`${minutes} min of freshness, beside trouble …`);
    const rows = freshnessRows(alone, await meanAges(operator, healthy, minutes));
    note(`${options.changes} changes on healthy servers, beside trouble …`);
    rows.push(playRow('event → subscriber, push, beside trouble', await drive(bench, view, healthy), ['start', 'stop', 'pause', 'resume', 'seek']));
    return rows;
  } finally {
    await trouble.stop();
  }
}

/** Leaves every socket refused. */
async function pollPart(bench: Bench): Promise<Row[]> {
  const { options, servers, operator } = bench;
  note('sockets refused …');
  for (const { simulator } of servers) {
    await simulator.control.setFault({ kind: 'refuse-sockets' });
    await simulator.control.setFault({ kind: 'drop-sockets' });
  }
  startStopped(servers);
  const view = LiveView.open(operator);
  await untilShown(view, servers, 'POLL');
  const rows = latencyRows('poll', await drive(bench, view));
  await view.close();
  // a dashboard is looked at a little longer than it is open
  await pause(20_000);
  rows.push(...callRows('active, poll only, no dashboard', await watchCalls(servers, options.minutes / 2), { push: 360, poll: 360 }));
  return rows;
}

async function measure(options: LiveOptions, stack: Stack, servers: readonly BenchServer[]): Promise<Row[]> {
  const has = (part: Part) => options.parts.includes(part);
  const operator = await Operator.first(stack);
  const bench: Bench = { options, servers, operator, random: seededRandom(options.seed), pid: stack.pidOf(stack.controllerService) };
  startStreams(servers, options.seed);
  const registeredAt = performance.now();
  await register(operator, servers);
  const importedMs = performance.now() - registeredAt;
  let view = LiveView.open(operator);
  await untilShown(view, servers);
  const rows: Row[] = [
    { what: `import of ${servers.length} servers, answered`, unit: 's', spread: spreadOf([importedMs / 1000]) },
    { what: 'all streams on the screen after it', unit: 's', spread: spreadOf([(performance.now() - registeredAt) / 1000]) },
  ];
  const latency = has('latency') ? await latencyPart(bench, view) : null;
  rows.push(...(latency?.rows ?? []));
  if (has('ghosts')) {
    note(`${options.startStops} starts and stops whose stop nobody tells …`);
    rows.push(...ghostRows(await runGhosts(servers, view, options.startStops, note)));
  }
  // a server that answered 429 is spared for a quarter of an hour
  if (has('trouble')) {
    rows.push(...(await troublePart(bench, view)));
    startStopped(servers);
    await untilShown(view, servers);
  }
  if (has('calls')) {
    rows.push(...(await callsPart(bench, view, latency?.busy ?? null)));
    view = LiveView.open(operator);
  }
  await view.close();
  if (has('poll')) rows.push(...(await pollPart(bench)));
  return rows;
}

/** One size of the fleet, with a product of its own. */
async function runOnce(options: LiveOptions, count: number): Promise<Row[]> {
  const servers = await startServers(count, options.streams);
  let stack: Stack | undefined;
  try {
    stack = await Stack.start({ mode: 'all-in-one' });
    return await measure(options, stack, servers);
  } finally {
    await Promise.all(servers.map(({ simulator }) => simulator.kill()));
    await stack?.close();
  }
}

const options = readOptions(process.argv.slice(2));
const machine = await thisMachine();
const runs: { servers: number; rows: (Row & { verdict: Verdict })[] }[] = [];
for (const count of options.servers) {
  note(`${count} servers with ${options.streams} streams each`);
  const rows = await runOnce(options, count);
  runs.push({ servers: count, rows: rows.map((row) => ({ ...row, verdict: verdictOf(row) })) });
  if (!options.json) process.stdout.write(`${count} × ${options.streams}\n${renderTable(rows)}\n\n`);
}
process.stdout.write(options.json ? `${JSON.stringify({ machine, options, runs }, null, 2)}\n` : `seed ${options.seed} · ${describeMachine(machine)}\n`);
