import { randomUUID } from 'node:crypto';
import {
  CliCollectionsDocument,
  CliCreateLibraryDocument,
  CliEnsureCollectionDocument,
  CliFetchSubtitleDocument,
  CliFindSubtitlesDocument,
  CliLibraryHealthDocument,
  CliRemoveCollectionDocument,
  CliRemoveLibraryDocument,
  type CliCollectionFieldsFragment,
  type CliFindSubtitlesQuery,
  type CliLibraryHealthQuery,
} from '@usher/api-client';
import type { Command } from 'commander';
import { contextOf, type CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { nearest } from '../import-file/problem.js';
import type { Column } from '../output/columns.js';
import { findLibrary } from './find-library.js';
import { findServer } from './find-server.js';
import { defaultList, group } from './group.js';

type Collection = CliCollectionFieldsFragment;
type Subtitle = CliFindSubtitlesQuery['findSubtitles'][number];
type Health = CliLibraryHealthQuery['libraryHealth'];

/** Looking through a whole library, or asking subtitle services, takes its time. */
const LONG_MS = 75_000;
const ORDER_MS = 40_000;
const TYPES = ['MOVIES', 'SHOWS', 'MUSIC', 'PHOTOS'] as const;

const COLLECTION_COLUMNS: readonly Column<Collection>[] = [
  { title: 'collection', value: (row) => row.name },
  { title: 'titles', align: 'right', value: (row) => row.itemCount },
  { title: 'filled', value: (row) => (row.smart ? 'by rules' : 'by hand') },
  { title: 'id', value: (row) => row.vendorId },
  { title: 'library', wide: true, value: (row) => row.libraryVendorId },
];
const SUBTITLE_COLUMNS: readonly Column<Subtitle>[] = [
  { title: 'subtitle', value: (row) => row.title },
  { title: 'provider', value: (row) => row.provider },
  { title: 'language', value: (row) => row.language },
  { title: 'format', value: (row) => row.format },
  { title: 'for', value: (row) => [row.hearingImpaired ? 'hearing impaired' : null, row.forced ? 'foreign parts' : null].filter(Boolean).join(', ') },
  { title: 'downloads', align: 'right', value: (row) => row.downloads },
  { title: 'id', value: (row) => row.vendorId },
];
const told = (value: number | null | undefined) => value ?? 'not told';
const HEALTH_COLUMNS: readonly Column<Health>[] = [
  { title: 'titles', value: (row) => row.items },
  { title: 'without poster', value: (row) => told(row.missingPoster) },
  { title: 'without overview', value: (row) => told(row.missingOverview) },
  { title: 'without ids', value: (row) => told(row.missingIds) },
  { title: 'without subtitles', value: (row) => told(row.missingSubtitles) },
];

/** What is done to libraries, collections and subtitles on the media servers themselves. */
export function addLibraryCareCommands(program: Command): void {
  const libraries = group(program, 'libraries', 'the libraries of the media servers');
  libraries.command('health <server> <library>').description('titles without poster, overview, ids or subtitles').action((name: string, library: string, _options: object, command: Command) => health(contextOf(command), name, library));
  libraries
    .command('create <server> <name>')
    .description('make a library of folders that the server sees')
    .requiredOption('--type <type>', TYPES.join(', ').toLowerCase())
    .requiredOption('--folder <paths...>', 'as the server sees them')
    .addHelpText('after', '\nExamples:\n  usher libraries create attic "Kids" --type movies --folder /data/kids\n  usher libraries create attic Music --type music --folder /data/music /data/live')
    .action((name: string, library: string, options: { type: string; folder: string[] }, command: Command) => create(contextOf(command), name, library, options));
  libraries.command('remove <server> <library>').description('take a library off the server; its files stay').action((name: string, library: string, _options: object, command: Command) => remove(contextOf(command), name, library));

  const collections = libraries.command('collections').description('collections of a server');
  defaultList(collections, '<server>').description('all of them').action((name: string, _options: object, command: Command) => listCollections(contextOf(command), name));
  collections.command('set <server> <library> <name> <items...>').description("make it, or bring it to exactly these titles, by the server's own ids").action((name: string, library: string, collection: string, items: string[], _options: object, command: Command) => setCollection(contextOf(command), name, library, collection, items));
  collections.command('remove <server> <collection>').description('remove it, by name or id; its titles stay').action((name: string, collection: string, _options: object, command: Command) => removeCollection(contextOf(command), name, collection));

  const subtitles = group(program, 'items', 'the titles of the media servers').command('subtitles').description('subtitles that the server can fetch');
  subtitles.command('find <server> <item>').description("what its subtitle services have, by the server's own id of the title").requiredOption('--language <code>', 'such as en or eng').action((name: string, item: string, options: { language: string }, command: Command) => findSubtitles(contextOf(command), name, item, options.language));
  subtitles.command('fetch <server> <item> <subtitle>').description('let the server fetch one of them').action((name: string, item: string, subtitle: string, _options: object, command: Command) => fetchSubtitle(contextOf(command), name, item, subtitle));
}

async function health(context: CommandContext, name: string, library: string): Promise<void> {
  const client = await context.client();
  const { id } = await findServer(client, name);
  const found = await findLibrary(client, id, library);
  const { libraryHealth } = await client.run(CliLibraryHealthDocument, { serverId: id, libraryId: found.vendorId }, LONG_MS);
  await context.printer.one(libraryHealth, HEALTH_COLUMNS, () => found.name);
  if (context.printer.format !== 'table' && context.printer.format !== 'wide') return;
  context.printer.lines(libraryHealth.examples.map(({ itemId, title, missing }) => `${title}  lacks ${missing.join(', ').toLowerCase()}  ${itemId}`));
}

async function create(context: CommandContext, name: string, library: string, options: { type: string; folder: string[] }): Promise<void> {
  const type = TYPES.find((each) => each === options.type.toUpperCase());
  if (!type) throw new CliError('USAGE', `--type ${options.type}: must be one of ${TYPES.join(', ').toLowerCase()}`);
  const client = await context.client();
  const { id, alias, slug } = await findServer(client, name);
  const { createLibrary } = await client.run(CliCreateLibraryDocument, { input: { serverId: id, name: library, type, folders: options.folder, idempotencyKey: randomUUID() } }, ORDER_MS);
  if (context.printer.format === 'json' || context.printer.format === 'yaml') await context.printer.one(createLibrary, [], (row) => row.name);
  context.printer.note(`${alias} has the library ${createLibrary.name} now. Fill it:  usher libraries scan ${slug} ${JSON.stringify(createLibrary.name)}`);
}

async function remove(context: CommandContext, name: string, library: string): Promise<void> {
  const client = await context.client();
  const { id, alias, slug } = await findServer(client, name);
  const found = await findLibrary(client, id, library);
  await context.confirmByName(`libraries remove ${slug} ${found.name}, with what people have watched in it`, found.name);
  await client.run(CliRemoveLibraryDocument, { input: { serverId: id, libraryId: found.vendorId, idempotencyKey: randomUUID() } }, ORDER_MS);
  context.printer.note(`${found.name} is off ${alias}. Its files were not touched.`);
}

async function listCollections(context: CommandContext, name: string): Promise<void> {
  const client = await context.client();
  const { collections } = await client.run(CliCollectionsDocument, { serverId: (await findServer(client, name)).id }, ORDER_MS);
  if (collections.length === 0) context.printer.note('It has no collections.');
  await context.printer.list(collections, COLLECTION_COLUMNS, (row) => row.name);
}

async function setCollection(context: CommandContext, name: string, library: string, collection: string, itemIds: string[]): Promise<void> {
  const client = await context.client();
  const { id } = await findServer(client, name);
  const libraryId = (await findLibrary(client, id, library)).vendorId;
  const { ensureCollection } = await client.run(CliEnsureCollectionDocument, { input: { serverId: id, libraryId, name: collection, itemIds, idempotencyKey: randomUUID() } }, LONG_MS);
  await context.printer.list([ensureCollection], COLLECTION_COLUMNS, (row) => row.name);
}

async function removeCollection(context: CommandContext, name: string, text: string): Promise<void> {
  const client = await context.client();
  const { id, alias, slug } = await findServer(client, name);
  const { collections } = await client.run(CliCollectionsDocument, { serverId: id }, ORDER_MS);
  const found = collections.find(({ vendorId }) => vendorId === text) ?? collections.find((row) => row.name.toLowerCase() === text.toLowerCase());
  const near = nearest(text, collections.map((row) => row.name));
  if (!found) throw new CliError('NOT_FOUND', `${alias} has no collection "${text}".`, { next: near ? `Did you mean ${JSON.stringify(near)}?` : `usher libraries collections ${slug}` });
  await context.confirm(`Remove the collection ${found.name} from ${alias}?`);
  await client.run(CliRemoveCollectionDocument, { input: { serverId: id, collectionId: found.vendorId, idempotencyKey: randomUUID() } }, ORDER_MS);
  context.printer.note(`${found.name} is off ${alias}. Its titles stay.`);
}

async function findSubtitles(context: CommandContext, name: string, itemId: string, language: string): Promise<void> {
  if (!/^[a-z]{2,3}(-[a-z0-9]{2,8})?$/i.test(language)) throw new CliError('USAGE', `--language ${language}: must be a code such as en or eng`);
  const client = await context.client();
  const { findSubtitles: found } = await client.run(CliFindSubtitlesDocument, { serverId: (await findServer(client, name)).id, itemId, language }, LONG_MS);
  if (found.length === 0) context.printer.note(`Nobody has subtitles in ${language} for it.`);
  await context.printer.list(found, SUBTITLE_COLUMNS, (row) => row.vendorId);
}

async function fetchSubtitle(context: CommandContext, name: string, itemId: string, subtitleId: string): Promise<void> {
  const client = await context.client();
  const { id, alias } = await findServer(client, name);
  await client.run(CliFetchSubtitleDocument, { input: { serverId: id, itemId, subtitleId, idempotencyKey: randomUUID() } }, LONG_MS);
  context.printer.note(`${alias} took the order; the subtitles stand beside the title when it has them.`);
}
