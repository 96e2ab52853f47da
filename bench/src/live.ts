// `npm run bench -- live [--minutes N] [--changes N] [--seconds N] [--servers N] [--streams N] [--seed N] [--json]`:
// how long a viewer's action takes to an operator's screen, what that costs the media servers, and what the process needs.
import { seededRandom, eventually, Stack } from '@usher/testing';
import { measureBareFrames } from './live/baseline.js';
import { ChangeDriver, type SeenChange } from './live/changes.js';
import { countCalls, startServers, startStreams, type BenchServer, type CallCounts } from './live/fleet.js';
import { LiveView } from './live/live-view.js';
import { readOptions, type LiveOptions } from './live/options.js';
import { latencyRows, callRows, usageRows, type CallWindow } from './live/report.js';
import { describeMachine, thisMachine } from './support/machine.js';
import { Operator } from './support/operator.js';
import { UsageWatch } from './support/process-usage.js';
import { spreadOf } from './support/statistics.js';
import { renderTable, verdictOf, type Row } from './support/table.js';

const note = (text: string) => process.stderr.write(`${text}\n`);
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

/** Lets time pass and counts what the media servers were asked meanwhile. */
async function watchCalls(servers: readonly BenchServer[], minutes: number): Promise<CallWindow> {
  const marks = servers.map(({ simulator }) => simulator.requests.length);
  await pause(minutes * 60_000);
  return { minutes, calls: servers.map((server, i): [BenchServer, CallCounts] => [server, countCalls(server, marks[i]!)]) };
}

async function measure(options: LiveOptions, stack: Stack, servers: readonly BenchServer[]): Promise<Row[]> {
  const random = seededRandom(options.seed);
  const pid = stack.pidOf(stack.controllerService);
  const rows: Row[] = [];
  const drive = async (view: LiveView): Promise<SeenChange[]> => new ChangeDriver(servers, view, random).run(options.changes, options.seconds * 1000);

  const operator = await Operator.first(stack);
  startStreams(servers, options.seed);
  const registeredAt = performance.now();
  await register(operator, servers);
  const importedMs = performance.now() - registeredAt;
  let view = LiveView.open(operator);
  await untilShown(view, servers);
  rows.push({ what: `import of ${servers.length} servers, answered`, unit: 's', spread: spreadOf([importedMs / 1000]) });
  rows.push({ what: 'all streams on the screen after it', unit: 's', spread: spreadOf([(performance.now() - registeredAt) / 1000]) });
  for (const vendor of ['jellyfin', 'plex'] as const) rows.push({ what: `bare frame, ${vendor}, no Usher`, unit: 'ms', spread: spreadOf(await measureBareFrames(vendor, 200)) });

  note(`${options.changes} changes, sockets open …`);
  const marks = servers.map(({ simulator }) => simulator.requests.length);
  const busy = new UsageWatch(pid, 1_000);
  const pushed = await drive(view);
  const busyUsage = busy.stop();
  rows.push(...latencyRows('push', pushed));
  const perChange = servers.filter(({ lane }) => lane === 'plex').reduce((sum, server) => sum + countCalls(server, marks[servers.indexOf(server)]!).session, 0);
  rows.push({ what: 'list calls per change, plex', unit: 'calls', spread: spreadOf([perChange / Math.max(1, pushed.filter(({ lane }) => lane === 'plex').length)]) });

  note(`${options.minutes} min of quiet watching …`);
  const quiet = new UsageWatch(pid);
  rows.push(...callRows('active, sockets', await watchCalls(servers, options.minutes), { push: 60, poll: 360 }));
  rows.push(...usageRows(quiet.stop(), busyUsage));

  note(`${options.minutes / 2} min with nothing playing and no dashboard …`);
  for (const stream of servers.flatMap((server) => server.streams)) stream.stop();
  await untilShown(view, servers);
  await view.close();
  await pause(20_000);
  rows.push(...callRows('idle, sockets', await watchCalls(servers, options.minutes / 2), { push: 12, poll: 60 }));

  note('sockets refused …');
  for (const { simulator } of servers) {
    await simulator.control.setFault({ kind: 'refuse-sockets' });
    await simulator.control.setFault({ kind: 'drop-sockets' });
  }
  startStreams(servers, options.seed + 1);
  view = LiveView.open(operator);
  await untilShown(view, servers, 'POLL');
  rows.push(...latencyRows('poll', await drive(view)));
  rows.push(...callRows('active, poll only', await watchCalls(servers, options.minutes / 2), { push: 360, poll: 360 }));
  await view.close();
  return rows;
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const machine = await thisMachine();
  const servers = await startServers(options.servers, options.streams);
  let stack: Stack | undefined;
  try {
    stack = await Stack.start({ mode: 'all-in-one' });
    const rows = await measure(options, stack, servers);
    if (options.json) {
      process.stdout.write(`${JSON.stringify({ machine, options, rows: rows.map((row) => ({ ...row, verdict: verdictOf(row) })) }, null, 2)}\n`);
      return;
    }
    process.stdout.write(`${renderTable(rows)}\n\nseed ${options.seed} · ${describeMachine(machine)}\n`);
  } finally {
    await Promise.all(servers.map(({ simulator }) => simulator.kill()));
    await stack?.close();
  }
}

await main();
