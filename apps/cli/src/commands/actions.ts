import { randomUUID } from 'node:crypto';
import {
  CliLinkServerDocument,
  CliRefreshItemDocument,
  CliRefreshLibraryDocument,
  CliRestartServerDocument,
  CliScanLibraryDocument,
  CliSetPrimaryServerDocument,
  CliUnlinkServerDocument,
} from '@usher/api-client';
import type { Command } from 'commander';
import { contextOf, type CommandContext } from '../context.js';
import { countText } from '../output/time-text.js';
import { findLibrary } from './find-library.js';
import { findServer } from './find-server.js';
import { group } from './group.js';
import { withStepUp } from './step-up.js';

/** The media server may take its time before it takes an order. */
const ORDER_MS = 40_000;

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
  const libraryId = library === undefined ? null : (await findLibrary(client, id, library)).vendorId;
  await client.run(CliScanLibraryDocument, { input: { idempotencyKey: randomUUID(), serverId: id, libraryId } }, ORDER_MS);
  const isShown = libraryId === null || kind === 'PLEX';
  context.printer.note(`${alias} took the order. ${isShown ? `See how it goes:  usher activities watch --server ${slug}` : 'How far it is with one library it does not tell.'}`);
}

async function refresh(context: CommandContext, name: string, library: string, { full }: { full?: boolean }): Promise<void> {
  const client = await context.client();
  const { id, alias } = await findServer(client, name);
  const libraryId = (await findLibrary(client, id, library)).vendorId;
  await client.run(CliRefreshLibraryDocument, { input: { idempotencyKey: randomUUID(), serverId: id, libraryId, mode: full ? 'FULL' : 'MISSING' } }, ORDER_MS);
  context.printer.note(`${alias} took the order.`);
}

async function refreshItem(context: CommandContext, name: string, itemId: string, { full }: { full?: boolean }): Promise<void> {
  const client = await context.client();
  const { id, alias } = await findServer(client, name);
  await client.run(CliRefreshItemDocument, { input: { idempotencyKey: randomUUID(), serverId: id, itemId, mode: full ? 'FULL' : 'MISSING' } }, ORDER_MS);
  context.printer.note(`${alias} took the order.`);
}
