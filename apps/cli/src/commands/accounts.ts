import { randomUUID } from 'node:crypto';
import {
  CliEnsurePlaylistDocument,
  CliPlaylistsDocument,
  CliRemovePlaylistDocument,
  CliSetUserEnabledDocument,
  CliSetUserPasswordDocument,
  CliUserDiscoveryDocument,
  type CliListedItemFieldsFragment,
  type CliPlaylistFieldsFragment,
} from '@usher/api-client';
import type { Command } from 'commander';
import { contextOf, type CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { nearest } from '../import-file/problem.js';
import type { Column } from '../output/columns.js';
import { durationText } from '../output/session-text.js';
import { countText } from '../output/time-text.js';
import { findAccount } from './find-account.js';
import { defaultList, group } from './group.js';
import { LISTED_COLUMNS } from './server-rooms.js';
import { withStepUp } from './step-up.js';

type Playlist = CliPlaylistFieldsFragment;
type Shown = CliListedItemFieldsFragment & { readonly list: string };

/** The media server may take its time before it answers. */
const ANSWER_MS = 40_000;

const PLAYLIST_COLUMNS: readonly Column<Playlist>[] = [
  { title: 'playlist', value: (row) => row.name },
  { title: 'titles', align: 'right', value: (row) => row.itemCount },
  { title: 'length', align: 'right', value: (row) => (row.durationMs == null ? null : durationText(row.durationMs)) },
  { title: 'filled', value: (row) => (row.smart ? 'by rules' : 'by hand') },
  { title: 'id', value: (row) => row.vendorId },
  { title: 'media', wide: true, value: (row) => row.mediaType.toLowerCase() },
];
const SHOWN_COLUMNS: readonly Column<Shown>[] = [{ title: 'list', value: (row) => row.list }, ...LISTED_COLUMNS];

/** One account of one media server: may it sign in, with which password, what is it shown. */
export function addAccountCommands(program: Command): void {
  const users = group(program, 'users', 'accounts of all servers, and the people behind them');
  users.command('enable <account>').description('SERVER:USER may sign in again').action((account: string, _options: object, command: Command) => setEnabled(contextOf(command), account, true));
  users.command('disable <account>').description('SERVER:USER may not sign in; nothing of theirs is removed').action((account: string, _options: object, command: Command) => setEnabled(contextOf(command), account, false));
  users
    .command('password <account>')
    .description('a new password for SERVER:USER; only its server can read it')
    .option('--password-file <file>', 'read it from a file, - for standard input; asked for when absent')
    .action((account: string, options: { passwordFile?: string }, command: Command) => setPassword(contextOf(command), account, options.passwordFile));
  users.command('discovery <account>').description('what the first page of SERVER:USER shows: latest, resume, next up, favorites').action((account: string, _options: object, command: Command) => discovery(contextOf(command), account));
  const playlists = users.command('playlists').description('playlists of an account');
  defaultList(playlists, '<account>').description('playlists that SERVER:USER sees').action((account: string, _options: object, command: Command) => listPlaylists(contextOf(command), account));
  playlists.command('set <account> <name> <items...>').description("make it, or bring it to exactly these titles in this order, by the server's own ids").action((account: string, name: string, items: string[], _options: object, command: Command) => setPlaylist(contextOf(command), account, name, items));
  playlists.command('remove <account> <playlist>').description('remove it, by name or id').action((account: string, playlist: string, _options: object, command: Command) => removePlaylist(contextOf(command), account, playlist));
}

async function setEnabled(context: CommandContext, text: string, enabled: boolean): Promise<void> {
  const client = await context.client();
  const account = await findAccount(client, text);
  if (!enabled) await context.confirm(`Keep ${account.name} from signing in?`);
  await client.run(CliSetUserEnabledDocument, { input: { serverId: account.serverId, userId: account.userVendorId, enabled, idempotencyKey: randomUUID() } }, ANSWER_MS);
  context.printer.note(enabled ? `${account.name} may sign in.` : `${account.name} may not sign in. Undo:  usher users enable ${JSON.stringify(account.name)}`);
}

async function setPassword(context: CommandContext, text: string, file: string | undefined): Promise<void> {
  const client = await context.client();
  const account = await findAccount(client, text);
  const password = file === undefined ? await context.askSecret(`The new password of ${account.name}`) : await context.readSecret(file);
  await withStepUp(context, client, () => client.run(CliSetUserPasswordDocument, { input: { serverId: account.serverId, userId: account.userVendorId, password, idempotencyKey: randomUUID() } }, ANSWER_MS));
  context.printer.note(`${account.name} has the new password.`);
}

async function discovery(context: CommandContext, text: string): Promise<void> {
  const client = await context.client();
  const account = await findAccount(client, text);
  const { userDiscovery: found } = await client.run(CliUserDiscoveryDocument, { serverId: account.serverId, userId: account.userVendorId }, ANSWER_MS);
  const { printer } = context;
  if (printer.format === 'json' || printer.format === 'yaml') return printer.one(found, [], () => account.name);
  const rows = ([['resume', found.resume], ['next up', found.nextUp], ['latest', found.latest]] as const).flatMap(([list, items]) => items.map((item): Shown => ({ ...item, list })));
  await printer.list(rows, SHOWN_COLUMNS, (row) => row.item.vendorId);
  if (found.favorites.length > 0) printer.note(`Favorites: ${found.favorites.map(({ type, count }) => countText(count, type.toLowerCase())).join(', ')}.`);
  else if (rows.length === 0) printer.note('Its first page is empty.');
}

async function listPlaylists(context: CommandContext, text: string): Promise<void> {
  const client = await context.client();
  const account = await findAccount(client, text);
  const { playlists } = await client.run(CliPlaylistsDocument, { serverId: account.serverId, userId: account.userVendorId }, ANSWER_MS);
  if (playlists.length === 0) context.printer.note(`${account.name} has no playlists.`);
  await context.printer.list(playlists, PLAYLIST_COLUMNS, (row) => row.name);
}

async function setPlaylist(context: CommandContext, text: string, name: string, itemIds: string[]): Promise<void> {
  const client = await context.client();
  const account = await findAccount(client, text);
  const { ensurePlaylist } = await client.run(CliEnsurePlaylistDocument, { input: { serverId: account.serverId, userId: account.userVendorId, name, itemIds, idempotencyKey: randomUUID() } }, ANSWER_MS);
  await context.printer.list([ensurePlaylist], PLAYLIST_COLUMNS, (row) => row.name);
}

async function removePlaylist(context: CommandContext, text: string, wanted: string): Promise<void> {
  const client = await context.client();
  const account = await findAccount(client, text);
  const { playlists } = await client.run(CliPlaylistsDocument, { serverId: account.serverId, userId: account.userVendorId }, ANSWER_MS);
  const found = playlists.find(({ vendorId }) => vendorId === wanted) ?? playlists.find((row) => row.name.toLowerCase() === wanted.toLowerCase());
  const near = nearest(wanted, playlists.map((row) => row.name));
  if (!found) throw new CliError('NOT_FOUND', `${account.name} has no playlist "${wanted}".`, { next: near ? `Did you mean ${JSON.stringify(near)}?` : `usher users playlists ${account.name}` });
  await context.confirm(`Remove the playlist ${found.name} of ${account.name}?`);
  await client.run(CliRemovePlaylistDocument, { input: { serverId: account.serverId, userId: account.userVendorId, playlistId: found.vendorId, idempotencyKey: randomUUID() } }, ANSWER_MS);
  context.printer.note(`${found.name} is gone.`);
}
