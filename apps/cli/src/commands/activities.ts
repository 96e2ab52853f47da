import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { CliActivityPageChangedDocument, CliActivityPageDocument, CliCancelActivityDocument, CliExportActivitiesDocument, type ActivityFilter, type ActivityKind, type ActivityOrder, type CliActivityFieldsFragment, type ExportFormat } from '@usher/api-client';
import type { Command } from 'commander';
import type { UsherClient } from '../client.js';
import { contextOf, interruptSignal, parseCount, type CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import type { Column } from '../output/columns.js';
import { countText } from '../output/time-text.js';
import { serverIdsOf } from './server-names.js';

type Activity = CliActivityFieldsFragment;

interface FilterOptions {
  readonly server?: string[];
  readonly kind?: string;
  readonly search?: string;
}

interface ListOptions extends FilterOptions {
  readonly order?: string;
  readonly ascending?: boolean;
  readonly limit: number;
}

interface ExportOptions extends FilterOptions {
  readonly format: string;
  readonly out?: string;
}

const KINDS: readonly ActivityKind[] = ['STREAM', 'TRANSCODE', 'PAUSE', 'DOWNLOAD', 'SCAN', 'CONVERSION', 'TASK', 'RUN', 'PROBLEM'];
const ORDERS: readonly ActivityOrder[] = ['STARTED', 'TITLE', 'PROGRESS', 'KIND', 'SERVER'];
const FORMATS: readonly ExportFormat[] = ['CSV', 'JSON', 'NDJSON'];
/** Kinds that a session stands behind. */
const STREAMS: readonly ActivityKind[] = ['STREAM', 'TRANSCODE', 'PAUSE'];
/** The greatest page that the API gives. */
const PAGE = 100;
/** The media server may take its time before it takes an order. */
const ORDER_MS = 40_000;

const percent = (row: Activity) => (row.progressPercent == null ? null : `${Math.floor(row.progressPercent)} %`);
const COLUMNS: readonly Column<Activity>[] = [
  { title: 'server', value: (row) => row.serverAlias },
  { title: 'kind', value: (row) => row.kind.toLowerCase() },
  { title: 'state', value: (row) => row.state.toLowerCase() },
  { title: 'title', value: (row) => row.title },
  { title: 'detail', value: (row) => row.problem ?? row.subtitle },
  { title: 'user', value: (row) => row.userName },
  { title: 'progress', align: 'right', value: percent },
  { title: 'since', value: (row) => row.startedAt },
  { title: 'id', value: (row) => row.id.slice(-8) },
  { title: 'device', wide: true, value: (row) => row.deviceName },
  { title: 'kbit/s', wide: true, align: 'right', value: (row) => row.bitRateKbps },
  { title: 'code', wide: true, value: (row) => row.code },
  { title: 'next', wide: true, value: (row) => row.next },
];

export function addActivityCommands(program: Command): void {
  const activities = program.command('activities').description('what goes on: streams, scans, tasks, downloads, runs, and what needs a person');
  const filtered = (name: string, description: string) => activities.command(name).description(description).option('--server <alias...>', 'only these servers').option('--kind <kinds>', `${KINDS.join(', ').toLowerCase()}; separated by commas`).option('--search <words>', 'words of title, kind, person or server; each has to fit');
  filtered('list', 'everything that goes on now')
    .option('--order <order>', ORDERS.join(', ').toLowerCase(), 'started')
    .option('--ascending', 'oldest, first or least first')
    .option('--limit <n>', 'at most so many', parseCount, 200)
    .addHelpText('after', '\nExamples:\n  usher activities list --kind scan,task\n  usher activities list --search "ana attic"\n  usher activities list --kind problem -o json')
    .action((options: ListOptions, command: Command) => list(contextOf(command), options));
  filtered('watch', 'the newest as they go on, until Ctrl-C').action((options: FilterOptions, command: Command) => watch(contextOf(command), options));
  activities
    .command('cancel <activity>')
    .description('end a scan, task, download or conversion')
    .action((id: string, _options: object, command: Command) => cancel(contextOf(command), id));
  filtered('export', 'all of them as a file for other programs')
    .option('--format <format>', 'csv, json or ndjson', 'csv')
    .option('--out <file>', 'write it there and not to standard output')
    .addHelpText('after', '\nExamples:\n  usher activities export > now.csv\n  usher activities export --format ndjson --kind transcode\n  usher activities export --format json --server attic --out attic.json')
    .action((options: ExportOptions, command: Command) => exportAll(contextOf(command), options));
}

function oneOf<Word extends string>(flag: string, text: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === text.trim().toUpperCase());
  if (!found) throw new CliError('USAGE', `${flag} ${text}: must be one of ${words.join(', ').toLowerCase()}`);
  return found;
}

async function filterOf(client: UsherClient, { server, kind, search }: FilterOptions): Promise<ActivityFilter> {
  const kinds = kind?.split(',').map((word) => oneOf('--kind', word, KINDS)) ?? null;
  return { search: search ?? null, kinds, serverIds: await serverIdsOf(client, server) };
}

async function read(client: UsherClient, filter: ActivityFilter, limit: number, order: ActivityOrder = 'STARTED', descending = true): Promise<{ rows: Activity[]; total: number; waiting: readonly string[] }> {
  const rows: Activity[] = [];
  for (let page = 1; ; page += 1) {
    const { activityPage: found } = await client.run(CliActivityPageDocument, { filter, page, size: PAGE, order, descending });
    rows.push(...found.rows);
    if (page >= found.pages || rows.length >= limit) return { rows: rows.slice(0, limit), total: found.total, waiting: found.stats.waitingServers };
  }
}

async function list(context: CommandContext, options: ListOptions): Promise<void> {
  const order = oneOf('--order', options.order ?? 'started', ORDERS);
  const client = await context.client();
  const { rows, total, waiting } = await read(client, await filterOf(client, options), options.limit, order, !options.ascending);
  if (waiting.length > 0) context.printer.note(`Nothing was heard yet of ${waiting.join(', ')}.`);
  if (rows.length === 0) context.printer.note('No current operations.');
  else if (total > rows.length) context.printer.note(`${rows.length} of ${total}; more with --limit.`);
  await context.printer.list(rows, COLUMNS, (row) => row.id);
}

async function watch(context: CommandContext, options: FilterOptions): Promise<void> {
  const client = await context.client();
  const filter = await filterOf(client, options);
  let before = new Map<string, Activity>();
  await client.follow(CliActivityPageChangedDocument, { filter, size: PAGE }, interruptSignal(), ({ activityPageChanged: page }) => {
    const at = new Date().toISOString();
    const now = new Map(page.rows.map((row) => [row.id, row]));
    const emit = (change: 'added' | 'changed' | 'removed', activity: Activity) => {
      const mark = { added: '+', changed: '~', removed: '-' }[change];
      const line = [at, `${mark} ${activity.serverAlias}`, activity.kind.toLowerCase(), activity.title, activity.state === 'RUNNING' ? null : activity.state.toLowerCase(), change === 'removed' ? null : percent(activity)];
      context.printer.event({ change, at, activity }, line.filter(Boolean).join('  '));
    };
    for (const [id, row] of now) {
      const old = before.get(id);
      if (!old) emit('added', row);
      else if (old.kind !== row.kind || old.state !== row.state || percent(old) !== percent(row)) emit('changed', row);
    }
    for (const [id, row] of before) if (!now.has(id)) emit('removed', row);
    before = now;
  });
}

/** By its whole id or the last six or more characters. */
async function findActivity(client: UsherClient, id: string): Promise<Activity> {
  const { rows } = await read(client, {}, Number.POSITIVE_INFINITY);
  const exact = rows.filter((row) => row.id === id);
  const found = exact.length > 0 ? exact : rows.filter((row) => id.length >= 6 && row.id.endsWith(id));
  if (found.length === 1) return found[0]!;
  const next = 'See what goes on:  usher activities list';
  if (found.length === 0) throw new CliError('NOT_FOUND', `There is no activity "${id}"; it may have ended.`, { next });
  throw new CliError('VALIDATION_FAILED', `"${id}" fits ${found.length} activities; give more of the id.`, { next });
}

async function cancel(context: CommandContext, id: string): Promise<void> {
  const client = await context.client();
  const activity = await findActivity(client, id);
  if (STREAMS.includes(activity.kind)) throw new CliError('VALIDATION_FAILED', 'A stream is stopped, not canceled.', { next: `usher sessions stop ${activity.id.replace(/^stream:/, '')}` });
  if (!activity.cancellable) throw new CliError('VALIDATION_FAILED', `${activity.serverAlias} lets nobody cancel "${activity.title}".`, { next: 'Wait until it is done:  usher activities watch' });
  await context.confirm(`Cancel "${activity.title}" on ${activity.serverAlias}?`);
  await client.run(CliCancelActivityDocument, { input: { id: activity.id, idempotencyKey: randomUUID() } }, ORDER_MS);
  context.printer.note(`${activity.serverAlias} took the order. See when it is over:  usher activities watch`);
}

async function exportAll(context: CommandContext, options: ExportOptions): Promise<void> {
  const format = oneOf('--format', options.format, FORMATS);
  const client = await context.client();
  const { exportActivities: text } = await client.run(CliExportActivitiesDocument, { filter: await filterOf(client, options), format });
  if (options.out === undefined) return context.printer.data(text.replace(/\r?\n$/, ''));
  await writeFile(options.out, text).catch((error: NodeJS.ErrnoException) => {
    throw new CliError('VALIDATION_FAILED', `${options.out} cannot be written (${error.code}).`, { file: options.out });
  });
  context.printer.note(`Written to ${options.out}: ${countText(Buffer.byteLength(text), 'byte')}.`);
}
