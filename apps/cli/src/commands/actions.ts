import { randomUUID } from 'node:crypto';
import {
  CliActionLibrariesDocument,
  CliActivitiesChangedDocument,
  CliActivitiesDocument,
  CliLinkServerDocument,
  CliRefreshItemDocument,
  CliRefreshLibraryDocument,
  CliRestartServerDocument,
  CliScanLibraryDocument,
  CliServersDocument,
  CliSetPrimaryServerDocument,
  CliUnlinkServerDocument,
  type CliActivitiesQuery,
} from '@usher/api-client';
import type { Command } from 'commander';
import type { UsherClient } from '../client.js';
import { contextOf, interruptSignal, type CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { nearest } from '../import-file/problem.js';
import type { Column } from '../output/columns.js';
import { countText } from '../output/time-text.js';
import { findServer } from './find-server.js';
import { withStepUp } from './step-up.js';

type Activity = CliActivitiesQuery['activities'][number]['activities'][number] & { readonly server: string; readonly stale: boolean };

/** The media server may take its time before it takes an order. */
const ORDER_MS = 40_000;

const COLUMNS: readonly Column<Activity>[] = [
  { title: 'server', value: (row) => (row.stale ? `${row.server} (stale)` : row.server) },
  { title: 'type', value: (row) => row.type.toLowerCase() },
  { title: 'title', value: (row) => row.title },
  { title: 'subtitle', value: (row) => row.subtitle },
  { title: 'progress', align: 'right', value: (row) => (row.progressPercent == null ? null : `${Math.floor(row.progressPercent)} %`) },
  { title: 'since', value: (row) => String(row.startedAt) },
];

/** Orders to servers stand in the groups of what they are about: `servers`, `libraries`, `items`. */
export function addActionCommands(program: Command): void {
  const servers = group(program, 'servers', 'the media servers of the fleet');
  servers.command('set-primary <server>').description('make it the primary server; the former one stays linked').action((name: string, _options: object, command: Command) => setPrimary(contextOf(command), name));
  servers.command('link <server>').description('what is sent to the whole fleet goes to it too').action((name: string, _options: object, command: Command) => link(contextOf(command), name, true));
  servers.command('unlink <server>').description('what is sent to the whole fleet leaves it out').action((name: string, _options: object, command: Command) => link(contextOf(command), name, false));
  servers.command('restart <server>').description('restart the media server; everybody who watches there is cut off').action((name: string, _options: object, command: Command) => restart(contextOf(command), name));

  const libraries = group(program, 'libraries', 'the libraries of the media servers');
  libraries.command('scan <server> [library]').description('look for new and changed files, in one library or in all').action((name: string, library: string | undefined, _options: object, command: Command) => scan(contextOf(command), name, library));
  libraries.command('refresh <server> <library>').description('read its metadata again').option('--full', 'everything anew, not only what is missing').action((name: string, library: string, options: { full?: boolean }, command: Command) => refresh(contextOf(command), name, library, options));

  const items = group(program, 'items', 'the titles of the media servers');
  items.command('refresh <server> <item>').description("read an item's metadata again, by the server's own id of it").option('--full', 'everything anew, not only what is missing').action((name: string, item: string, options: { full?: boolean }, command: Command) => refreshItem(contextOf(command), name, item, options));

  const activities = program.command('activities').description('what the media servers are busy with, streams aside');
  activities.command('list').description('running work').option('--server <alias...>', 'only these servers').action((options: { server?: string[] }, command: Command) => list(contextOf(command), options));
  activities.command('watch').description('running work as it goes on, until Ctrl-C').option('--server <alias...>', 'only these servers').action((options: { server?: string[] }, command: Command) => watch(contextOf(command), options));
}

function group(program: Command, name: string, description: string): Command {
  return program.commands.find((command) => command.name() === name) ?? program.command(name).description(description);
}

async function setPrimary(context: CommandContext, name: string): Promise<void> {
  const client = await context.client();
  const { id, alias, slug } = await findServer(client, name);
  await context.confirmByName(`servers set-primary ${slug}`, slug);
  await withStepUp(context, client, () => client.run(CliSetPrimaryServerDocument, { input: { id, confirmAlias: alias } }));
  context.printer.note(`${alias} is the primary server now.`);
}

async function link(context: CommandContext, name: string, isLinked: boolean): Promise<void> {
  const client = await context.client();
  const { id, alias, slug } = await findServer(client, name);
  if (isLinked) await client.run(CliLinkServerDocument, { id });
  else await client.run(CliUnlinkServerDocument, { id });
  context.printer.note(isLinked ? `${alias} is linked.` : `${alias} is unlinked: notices to the whole fleet leave it out. Undo:  usher servers link ${slug}`);
}

async function restart(context: CommandContext, name: string): Promise<void> {
  const client = await context.client();
  const { id, alias, slug, streamCount } = await findServer(client, name);
  await context.confirmByName(`servers restart ${slug}${streamCount ? `, which cuts off ${countText(streamCount, 'stream')}` : ''}`, slug);
  await client.run(CliRestartServerDocument, { input: { idempotencyKey: randomUUID(), serverId: id, confirmAlias: alias } }, ORDER_MS);
  context.printer.note(`${alias} took the order. See when it is back:  usher servers watch`);
}

async function scan(context: CommandContext, name: string, library: string | undefined): Promise<void> {
  const client = await context.client();
  const { id, alias, slug, kind } = await findServer(client, name);
  const libraryId = library === undefined ? null : await libraryIdOf(client, id, library);
  await client.run(CliScanLibraryDocument, { input: { idempotencyKey: randomUUID(), serverId: id, libraryId } }, ORDER_MS);
  const isShown = libraryId === null || kind === 'PLEX';
  context.printer.note(`${alias} took the order. ${isShown ? `See how it goes:  usher activities watch --server ${slug}` : 'How far it is with one library it does not tell.'}`);
}

async function refresh(context: CommandContext, name: string, library: string, { full }: { full?: boolean }): Promise<void> {
  const client = await context.client();
  const { id, alias } = await findServer(client, name);
  const libraryId = await libraryIdOf(client, id, library);
  await client.run(CliRefreshLibraryDocument, { input: { idempotencyKey: randomUUID(), serverId: id, libraryId, mode: full ? 'FULL' : 'MISSING' } }, ORDER_MS);
  context.printer.note(`${alias} took the order.`);
}

async function refreshItem(context: CommandContext, name: string, itemId: string, { full }: { full?: boolean }): Promise<void> {
  const client = await context.client();
  const { id, alias } = await findServer(client, name);
  await client.run(CliRefreshItemDocument, { input: { idempotencyKey: randomUUID(), serverId: id, itemId, mode: full ? 'FULL' : 'MISSING' } }, ORDER_MS);
  context.printer.note(`${alias} took the order.`);
}

/** By name, upper and lower case are equal, or by the server's own id. */
async function libraryIdOf(client: UsherClient, serverId: string, name: string): Promise<string> {
  const { libraries } = await client.run(CliActionLibrariesDocument, { serverIds: [serverId] });
  const found = libraries.find((library) => library.vendorId === name || library.name.toLowerCase() === name.toLowerCase());
  if (found) return found.vendorId;
  const near = nearest(name, libraries.map((library) => library.name));
  throw new CliError('NOT_FOUND', `There is no library "${name}" on that server.`, { next: near ? `Did you mean ${near}?` : `It has: ${libraries.map((library) => library.name).join(', ') || 'none'}` });
}

async function list(context: CommandContext, { server }: { server?: string[] }): Promise<void> {
  const client = await context.client();
  const [names, serverIds] = [await aliases(client), await serverIdsOf(client, server)];
  const { activities } = await client.run(CliActivitiesDocument, { serverIds });
  const rows = activities.flatMap((each) => each.activities.map((activity) => ({ ...activity, server: names.get(each.serverId) ?? each.serverId, stale: each.stale })));
  if (rows.length === 0) context.printer.note('No current operations.');
  await context.printer.list(rows, COLUMNS, (row) => row.id);
}

async function watch(context: CommandContext, { server }: { server?: string[] }): Promise<void> {
  const client = await context.client();
  const [names, serverIds] = [await aliases(client), await serverIdsOf(client, server)];
  const known = new Map<string, Map<string, string>>();
  await client.follow(CliActivitiesChangedDocument, { serverIds }, interruptSignal(), ({ activitiesChanged: now }) => {
    const before = known.get(now.serverId) ?? new Map<string, string>();
    const after = new Map(now.activities.map((activity) => [activity.id, activity.title]));
    known.set(now.serverId, after);
    const name = names.get(now.serverId) ?? now.serverId;
    for (const activity of now.activities) {
      const progress = activity.progressPercent == null ? '' : `  ${Math.floor(activity.progressPercent)} %`;
      context.printer.event({ change: before.has(activity.id) ? 'changed' : 'added', server: name, serverId: now.serverId, at: now.at, activity }, `${String(now.at)}  ${before.has(activity.id) ? '~' : '+'} ${name}  ${activity.title}${progress}`);
    }
    for (const [id, title] of before) if (!after.has(id)) context.printer.event({ change: 'removed', server: name, serverId: now.serverId, at: now.at, activity: { id, title } }, `${String(now.at)}  - ${name}  ${title}`);
  });
}

async function aliases(client: UsherClient): Promise<Map<string, string>> {
  const { servers } = await client.run(CliServersDocument, { filter: null });
  return new Map(servers.map((server) => [server.id, server.slug]));
}

async function serverIdsOf(client: UsherClient, names: readonly string[] | undefined): Promise<string[] | null> {
  return names ? await Promise.all(names.flatMap((each) => each.split(',')).map(async (name) => (await findServer(client, name)).id)) : null;
}
