import { CliPlaybacksDocument, CliServersDocument, type CliPlaybacksQuery } from '@usher/api-client';
import type { Command } from 'commander';
import { contextOf, parseCount, type CommandContext } from '../context.js';
import type { Column } from '../output/columns.js';
import { durationText, titleOf } from '../output/session-text.js';
import { findServer } from './find-server.js';

interface HistoryOptions {
  readonly server?: string;
  readonly user?: string;
  readonly limit: number;
}

type Playback = CliPlaybacksQuery['playbacks']['edges'][number]['node'] & { readonly server: string };

const COLUMNS: readonly Column<Playback>[] = [
  { title: 'started', value: (row) => row.startedAt },
  { title: 'server', value: (row) => row.server },
  { title: 'user', value: (row) => row.userName },
  { title: 'title', value: titleOf },
  { title: 'watched', align: 'right', value: (row) => durationText(row.watchedMs) },
  { title: 'delivery', value: (row) => row.delivery.toLowerCase().replace('_', ' ') },
  { title: 'ended', value: (row) => row.endedAt ?? 'playing' },
  { title: 'client', wide: true, value: (row) => row.client },
];

const PAGE = 200;

export function addHistoryCommands(program: Command): void {
  const history = program.command('history').description('what was watched');
  history
    .command('list')
    .description('playbacks, newest first')
    .option('--server <alias>', 'only this server')
    .option('--user <name>', 'only this user')
    .option('--limit <n>', 'at most so many', parseCount, 50)
    .action((options: HistoryOptions, command: Command) => list(contextOf(command), options));
}

async function list(context: CommandContext, options: HistoryOptions): Promise<void> {
  const client = await context.client();
  const { servers } = await client.run(CliServersDocument, { filter: { includeHistorical: true } });
  const names = new Map(servers.map((server) => [server.id, server.slug]));
  const filter = { serverIds: options.server ? [(await findServer(client, options.server)).id] : null, userName: options.user };
  const rows: Playback[] = [];
  let after: string | null = null;
  do {
    const { playbacks }: CliPlaybacksQuery = await client.run(CliPlaybacksDocument, { filter, first: Math.min(PAGE, options.limit - rows.length), after });
    rows.push(...playbacks.edges.map(({ node }) => ({ ...node, server: names.get(node.serverId) ?? node.serverId })));
    after = playbacks.pageInfo.hasNextPage ? (playbacks.pageInfo.endCursor ?? null) : null;
  } while (after && rows.length < options.limit);
  if (rows.length === 0) context.printer.note('History starts with the first playback that Usher sees.');
  await context.printer.list(rows, COLUMNS, (row) => row.id);
}
