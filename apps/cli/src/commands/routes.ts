import { randomUUID } from 'node:crypto';
import {
  CliCreateRouteDocument,
  CliDrainServerDocument,
  CliPlacementDocument,
  CliPlacementsDocument,
  CliReplayPlacementDocument,
  CliServerLoadsDocument,
  CliServersDocument,
  CliSimulatePlacementDocument,
  CliUndrainServerDocument,
  type CliPlacementFieldsFragment,
  type CliServerLoadsQuery,
} from '@usher/api-client';
import type { Command } from 'commander';
import type { UsherClient } from '../client.js';
import { contextOf, parseCount, type CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import type { Column } from '../output/columns.js';
import { parsePosition } from '../output/session-text.js';
import { countText } from '../output/time-text.js';
import { findServer } from './find-server.js';
import { addCapacityCommand } from './routes-capacity.js';
import { candidateColumns, type Candidate } from './routes-columns.js';
import { findItem, findUser } from './routes-targets.js';

interface RouteOptions {
  readonly client: string;
  readonly network: string;
  readonly region?: string;
  readonly maxHeight?: number;
  readonly maxKbps?: number;
  readonly position?: string;
}

type Placement = CliPlacementFieldsFragment & { readonly server: string | null };
type Load = CliServerLoadsQuery['serverLoads'][number] & { readonly server: string };

const percent = (share: number | null | undefined): string | null => (share == null ? null : `${Math.round(share * 100)} %`);

const PLACEMENTS: readonly Column<Placement>[] = [
  { title: 'at', value: (row) => String(row.at) },
  { title: 'title', value: (row) => row.title },
  { title: 'user', value: (row) => row.userName },
  { title: 'server', value: (row) => row.server ?? row.code },
  { title: 'load', align: 'right', value: (row) => percent(row.utilization) },
  { title: 'deciding', value: (row) => row.deciding },
  { title: 'kind', value: (row) => row.kind.toLowerCase() },
  { title: 'id', value: (row) => row.id.slice(-8) },
  { title: 'why', wide: true, value: (row) => row.sentence },
];

const LOADS: readonly Column<Load>[] = [
  { title: 'server', value: (row) => row.server },
  { title: 'standing', value: (row) => row.standing + (row.drain ? `, ${row.drain.left} left` : '') },
  { title: 'load', align: 'right', value: (row) => percent(row.utilization) },
  { title: 'deciding', value: (row) => row.deciding },
  { title: 'cores', align: 'right', value: (row) => `${row.cores}${row.coresAssumed ? ' (assumed)' : ''}` },
  { title: 'uplink', align: 'right', value: (row) => `${Math.round(row.uplinkKbps / 1000)} Mbit/s${row.uplinkAssumed ? ' (assumed)' : ''}` },
  { title: 'streams', align: 'right', value: (row) => row.streams },
  { title: 'transcodes', align: 'right', value: (row) => row.transcodes },
  { title: 'weight', wide: true, align: 'right', value: (row) => row.weight },
  { title: 'age', wide: true, align: 'right', value: (row) => (row.ageMs == null ? null : `${Math.round(row.ageMs / 1000)} s`) },
];

export function addRouteCommands(program: Command): void {
  const routes = program.command('routes').description('which server plays what, and why');
  const withClient = (command: Command): Command =>
    command
      .option('--client <name>', 'the application that plays', 'Browser')
      .option('--network <lan|wan>', 'where the viewer is', 'wan')
      .option('--region <name>', 'region of the viewer')
      .option('--max-height <pixels>', 'greatest picture height of the screen', parseCount)
      .option('--max-kbps <number>', 'what the line of the viewer carries', parseCount);
  withClient(routes.command('try <item> <user>').description('which server would be chosen now; nothing is reserved. <user> is alias:name')).action(
    (item: string, user: string, options: RouteOptions, command: Command) => tryRoute(contextOf(command), item, user, options),
  );
  withClient(routes.command('create <item> <user>').description('make a link that leads the viewer to the server with room. <user> is alias:name'))
    .option('--position <time>', 'where to begin, such as 0:31:12')
    .action((item: string, user: string, options: RouteOptions, command: Command) => create(contextOf(command), item, user, options));
  routes
    .command('list')
    .description('decisions, the newest first')
    .option('--server <alias>', 'only those that chose this server')
    .option('--refused', 'only refusals')
    .option('--limit <number>', 'how many', parseCount, 20)
    .action((options: { server?: string; refused?: boolean; limit: number }, command: Command) => list(contextOf(command), options));
  routes
    .command('explain <placement>')
    .description('every candidate of a decision and its reason')
    .option('--replay', 'decide again from what is stored')
    .action((id: string, options: { replay?: boolean }, command: Command) => explain(contextOf(command), id, options));
  routes.command('loads').description('how full each server is, as the router counts').action((_options: object, command: Command) => loads(contextOf(command)));
  routes
    .command('drain <server>')
    .description('no new starts there from now on')
    .option('--until <time>', 'ends by itself, such as 2026-11-21T22:00:00Z')
    .option('--move <next|now>', 'next: what plays ends on its own; now: links lead elsewhere at once', 'next')
    .option('--reason <text>', 'shown to other operators')
    .action((server: string, options: { until?: string; move: string; reason?: string }, command: Command) => drain(contextOf(command), server, options));
  routes.command('undrain <server>').description('starts are welcome again').action((server: string, _options: object, command: Command) => undrain(contextOf(command), server));
  addCapacityCommand(routes);
}

async function aliases(client: UsherClient): Promise<Map<string, string>> {
  const { servers } = await client.run(CliServersDocument, { filter: null });
  return new Map(servers.map((server) => [server.id, server.slug]));
}

async function inputOf(client: UsherClient, item: string, user: string, options: RouteOptions) {
  const network = options.network.toUpperCase();
  if (network !== 'LAN' && network !== 'WAN') throw new CliError('USAGE', `--network ${options.network}: must be lan or wan`);
  const [{ itemKey }, userId] = await Promise.all([findItem(client, item), findUser(client, user)]);
  const { client: kind, region, maxHeight, maxKbps } = options;
  return { itemKey, userId, client: { kind, network: network as 'LAN' | 'WAN', region, maxHeight, maxKbps } };
}

async function tryRoute(context: CommandContext, item: string, user: string, options: RouteOptions): Promise<void> {
  const client = await context.client();
  const { simulatePlacement } = await client.run(CliSimulatePlacementDocument, { input: await inputOf(client, item, user, options) });
  await show(context, client, simulatePlacement);
}

async function create(context: CommandContext, item: string, user: string, options: RouteOptions): Promise<void> {
  const positionMs = options.position === undefined ? 0 : parsePosition(options.position);
  if (positionMs === null) throw new CliError('USAGE', `--position ${options.position}: must be a position such as 0:31:12`);
  const client = await context.client();
  const input = { ...(await inputOf(client, item, user, options)), positionMs, idempotencyKey: randomUUID() };
  const { createRoute } = await client.run(CliCreateRouteDocument, { input });
  context.printer.note(createRoute.placement.sentence);
  await context.printer.one(createRoute, [{ title: 'link', value: (row) => row.url }, { title: 'expires', value: (row) => String(row.route.expiresAt) }], (row) => row.url);
}

async function list(context: CommandContext, options: { server?: string; refused?: boolean; limit: number }): Promise<void> {
  const client = await context.client();
  const serverIds = options.server === undefined ? null : [(await findServer(client, options.server)).id];
  const [names, { placements }] = await Promise.all([
    aliases(client),
    client.run(CliPlacementsDocument, { first: Math.min(100, options.limit), filter: { serverIds, verdicts: options.refused ? ['REFUSED'] : null } }),
  ]);
  const rows = placements.edges.map(({ node }) => ({ ...node, server: node.serverId ? (names.get(node.serverId) ?? node.serverId) : null }));
  if (rows.length === 0) context.printer.note(serverIds || options.refused ? 'No such decision.' : 'Nothing was placed yet. Make a link:  usher routes create ITEM ALIAS:USER');
  await context.printer.list(rows, PLACEMENTS, (row) => row.id);
}

async function explain(context: CommandContext, given: string, { replay }: { replay?: boolean }): Promise<void> {
  const client = await context.client();
  const id = await findPlacement(client, given);
  const { placement } = await client.run(CliPlacementDocument, { id });
  await show(context, client, placement);
  if (!replay) return;
  const { replayPlacement } = await client.run(CliReplayPlacementDocument, { id });
  context.printer.note(replayPlacement.same ? 'Decided again: the same server.' : 'Decided again: another server. Report it.');
  if (!replayPlacement.same) throw new CliError('INTERNAL', 'The stored decision cannot be made again.', { exitCode: 1 });
}

/** By the whole id, or the last six or more characters of a recent one. */
async function findPlacement(client: UsherClient, id: string): Promise<string> {
  if (id.length === 36) return id;
  const { placements } = await client.run(CliPlacementsDocument, { first: 100, filter: null });
  const found = placements.edges.filter(({ node }) => id.length >= 6 && node.id.endsWith(id));
  if (found.length === 1) return found[0]!.node.id;
  throw new CliError('NOT_FOUND', found.length === 0 ? `There is no recent placement "${id}".` : `"${id}" fits ${found.length} placements; give more of the id.`, { next: 'See what was placed:  usher routes list' });
}

async function show(context: CommandContext, client: UsherClient, placement: CliPlacementFieldsFragment & { readonly candidates: readonly Omit<Candidate, 'server'>[] }): Promise<void> {
  const names = await aliases(client);
  const { printer } = context;
  printer.note(placement.sentence);
  if (printer.format === 'json' || printer.format === 'yaml') return printer.one(placement, [], (row) => row.id);
  await printer.list(placement.candidates.map((candidate) => ({ ...candidate, server: names.get(candidate.serverId) ?? candidate.serverId })), candidateColumns, (row) => row.server);
}

async function loads(context: CommandContext): Promise<void> {
  const client = await context.client();
  const [names, { serverLoads }] = await Promise.all([aliases(client), client.run(CliServerLoadsDocument, { serverIds: null })]);
  const rows = serverLoads.map((load) => ({ ...load, server: names.get(load.serverId) ?? load.serverId }));
  if (rows.length === 0) context.printer.note('No router has told a load yet. Check that one runs.');
  if (rows.some((row) => row.coresAssumed || row.uplinkAssumed)) context.printer.note('Assumed values are guesses. Say what the machine has:  usher routes capacity ALIAS --cores 8 --uplink 500');
  await context.printer.list(rows, LOADS, (row) => row.server);
}

async function drain(context: CommandContext, name: string, options: { until?: string; move: string; reason?: string }): Promise<void> {
  const move = options.move.toUpperCase();
  if (move !== 'NEXT' && move !== 'NOW') throw new CliError('USAGE', `--move ${options.move}: must be next or now`);
  if (options.until !== undefined && Number.isNaN(Date.parse(options.until))) throw new CliError('USAGE', `--until ${options.until}: must be a time such as 2026-11-21T22:00:00Z`);
  const client = await context.client();
  const server = await findServer(client, name);
  await context.confirm(`Start nothing new on ${server.alias}?`);
  const until = options.until === undefined ? null : new Date(options.until).toISOString();
  const { drainServer } = await client.run(CliDrainServerDocument, { input: { serverId: server.id, until, move, reason: options.reason, idempotencyKey: randomUUID() } });
  context.printer.note(`${server.alias} takes no new starts${drainServer.until ? ` until ${String(drainServer.until)}` : ''}; ${countText(drainServer.left, 'stream')} left. Undo:  usher routes undrain ${server.slug}`);
  await context.printer.one(drainServer, [{ title: 'server', value: () => server.slug }, { title: 'since', value: (row) => String(row.since) }, { title: 'left', value: (row) => row.left }], () => server.slug);
}

async function undrain(context: CommandContext, name: string): Promise<void> {
  const client = await context.client();
  const server = await findServer(client, name);
  const { undrainServer } = await client.run(CliUndrainServerDocument, { serverId: server.id });
  context.printer.note(undrainServer ? `${server.alias} takes starts again.` : `${server.alias} was not drained.`);
  if (context.printer.format === 'json') context.printer.data(JSON.stringify({ serverId: server.id, undrained: undrainServer }));
}
