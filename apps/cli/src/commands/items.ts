import { CliItemsDocument, CliServersDocument, type CliItemsQuery, type IndexedType } from '@usher/api-client';
import type { Command } from 'commander';
import { contextOf, parseCount, type CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import type { Column } from '../output/columns.js';
import { titleOf } from '../output/session-text.js';
import { findServer } from './find-server.js';

interface SearchOptions {
  readonly server?: string;
  readonly type?: string;
  readonly limit: number;
}

type Item = CliItemsQuery['items']['edges'][number]['node'] & { readonly servers: string };

const TYPES: readonly IndexedType[] = ['MOVIE', 'SERIES', 'EPISODE', 'ALBUM', 'TRACK'];
const PAGE = 200;

const COLUMNS: readonly Column<Item>[] = [
  { title: 'type', value: (row) => row.type.toLowerCase() },
  { title: 'title', value: (row) => titleOf({ ...row, seriesTitle: row.parentTitle }) },
  { title: 'servers', value: (row) => row.servers },
  { title: 'key', value: (row) => row.itemKey },
  { title: 'ids', wide: true, value: (row) => row.providerIds.join(' ') },
];

export function addItemCommands(program: Command): void {
  const items = program.command('items').description('titles of the fleet, and which servers hold them');
  items
    .command('search [words...]')
    .description('titles by words of their name, or by a provider id such as imdb:tt0078748')
    .option('--server <alias>', 'only what this server holds')
    .option('--type <types>', 'movie, series, episode, album, track; separated by commas')
    .option('--limit <n>', 'at most so many', parseCount, 50)
    .action((words: string[], options: SearchOptions, command: Command) => search(contextOf(command), words, options));
}

async function search(context: CommandContext, words: readonly string[], options: SearchOptions): Promise<void> {
  const client = await context.client();
  const { servers } = await client.run(CliServersDocument, { filter: null });
  const names = new Map(servers.map((server) => [server.id, server.slug]));
  const serverIds = options.server ? [(await findServer(client, options.server)).id] : null;
  const filter = { text: words.join(' ') || null, serverIds, types: options.type ? typesOf(options.type) : null };
  const rows: Item[] = [];
  let total = 0;
  let after: string | null = null;
  do {
    const { items }: CliItemsQuery = await client.run(CliItemsDocument, { search: filter, first: Math.min(PAGE, options.limit - rows.length), after });
    total = items.totalCount;
    rows.push(...items.edges.map(({ node }) => ({ ...node, servers: [...new Set(node.locations.map(({ serverId }) => names.get(serverId) ?? serverId))].join(' ') })));
    after = items.pageInfo.hasNextPage ? (items.pageInfo.endCursor ?? null) : null;
  } while (after && rows.length < options.limit);
  if (rows.length === 0) context.printer.note('Nothing found. Titles are known once the items of a server were read.');
  else if (total > rows.length) context.printer.note(`${rows.length} of ${total >= 10_000 ? '10,000 and more' : total} titles; more with --limit.`);
  await context.printer.list(rows, COLUMNS, (row) => row.itemKey);
}

function typesOf(text: string): IndexedType[] {
  return text.split(',').map((word) => {
    const type = TYPES.find((each) => each === word.trim().toUpperCase());
    if (!type) throw new CliError('USAGE', `--type ${word}: must be one of ${TYPES.join(', ').toLowerCase()}`);
    return type;
  });
}
