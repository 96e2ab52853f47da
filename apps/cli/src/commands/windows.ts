import { randomUUID } from 'node:crypto';
import {
  CliCancelMaintenanceDocument,
  CliScheduleMaintenanceDocument,
  CliServersDocument,
  CliUpdateMaintenanceDocument,
  CliWindowDocument,
  CliWindowPreviewDocument,
  CliWindowsDocument,
  type CliOccurrenceFieldsFragment,
  type CliWindowFieldsFragment,
  type MaintenanceWindowInput,
} from '@usher/api-client';
import type { Command } from 'commander';
import type { UsherClient } from '../client.js';
import { contextOf, type CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import type { Column } from '../output/columns.js';
import { localZone, parseMinutes, parseMoment, spanText } from '../output/time-text.js';
import { findServer } from './find-server.js';

interface WindowOptions {
  readonly title?: string;
  readonly server?: string[];
  readonly zone?: string;
  readonly start?: string;
  readonly for?: string;
  readonly repeat?: string;
  readonly drain?: string;
  readonly notice?: string;
  readonly text?: string;
  readonly dryRun?: boolean;
}

type Row = CliWindowFieldsFragment & { readonly servers: string };

const RULES: Readonly<Record<string, string>> = { never: '', daily: 'FREQ=DAILY', weekly: 'FREQ=WEEKLY', monthly: 'FREQ=MONTHLY', yearly: 'FREQ=YEARLY' };

const inZone = (date: CliOccurrenceFieldsFragment | undefined): string | null => (date ? spanText(date.startLocal, date.endLocal) : null);
const inOther = (date: CliOccurrenceFieldsFragment | undefined): string | null => (date?.startOther && date.endOther ? spanText(date.startOther, date.endOther) : null);

const COLUMNS: readonly Column<Row>[] = [
  { title: 'id', value: (row) => row.id.slice(-8) },
  { title: 'title', value: (row) => row.title },
  { title: 'servers', value: (row) => row.servers },
  { title: 'next', value: (row) => (row.canceledAt ? 'canceled' : inZone(row.next[0])) },
  { title: 'zone', value: (row) => row.timeZone },
  { title: 'here', value: (row) => inOther(row.next[0]) },
  { title: 'repeats', value: (row) => row.repeats },
  { title: 'drain', align: 'right', value: (row) => `${row.drainMin} min` },
  { title: 'notices', wide: true, value: (row) => row.noticeMin.join(', ') },
  { title: 'by', wide: true, value: (row) => row.createdBy },
];

const DATE_COLUMNS: readonly Column<CliOccurrenceFieldsFragment>[] = [
  { title: 'window', value: inZone },
  { title: 'here', value: inOther },
  { title: 'draining from', value: (date) => String(date.drainFrom) },
  { title: 'note', value: (date) => (date.shifted ? 'the clocks go forward' : null) },
];

export function addWindowCommands(program: Command): void {
  const windows = program.command('windows').description('maintenance windows: planned downtime');
  const settings = (command: Command) =>
    command
      .option('--zone <name>', 'time zone of the start, such as Europe/Paris')
      .option('--start <time>', 'first start by the clock of that zone, such as 2026-12-02T02:00')
      .option('--for <duration>', 'how long, such as 30m or 2h')
      .option('--repeat <rule>', 'never, daily, weekly, monthly, yearly, or a rule such as FREQ=MONTHLY;BYDAY=1TU')
      .option('--drain <duration>', 'take no new starts from so long before')
      .option('--notice <minutes>', 'tell viewers so many minutes before, such as 60,15,0')
      .option('--text <text>', 'own text of these notices')
      .option('-n, --dry-run', 'only show the next dates');
  windows.command('list').description('in the order of their next start').option('--server <alias...>', 'only those of these servers').option('--all', 'also canceled ones and those that are over').action((options: { server?: string[]; all?: boolean }, command: Command) => list(contextOf(command), options));
  windows.command('get <id>').description('the next five dates, in its zone and in yours').action((id: string, _options: object, command: Command) => get(contextOf(command), id));
  settings(windows.command('create').description('plan a window').requiredOption('--title <title>', 'what is done').requiredOption('--server <alias...>', 'where'))
    .addHelpText('after', '\nExamples:\n  usher windows create --title "New disks" --server studio --start 2026-11-28T22:00 --for 90m --drain 50m --notice 60,15,0\n  usher windows create --title Backup --server basement --start 2026-11-22T06:00 --for 1h --repeat daily\n  usher windows create --title Kernel --server attic --zone Asia/Tokyo --start 2026-12-01T02:00 --for 30m --repeat "FREQ=MONTHLY;BYDAY=1TU" --dry-run')
    .action((options: WindowOptions, command: Command) => create(contextOf(command), options));
  settings(windows.command('update <id>').description('change a window; what is not given stays').option('--title <title>').option('--server <alias...>')).action((id: string, options: WindowOptions, command: Command) => update(contextOf(command), id, options));
  windows.command('cancel <id>').description('cancel a window, or one date of it').option('--date <time>', 'only the date that starts then: by the clock of its zone, such as 2026-12-01T02:00, or a time with its zone').action((id: string, options: { date?: string }, command: Command) => cancel(contextOf(command), id, options));
}

async function list(context: CommandContext, { server, all }: { server?: string[]; all?: boolean }): Promise<void> {
  const client = await context.client();
  const serverIds = server ? await serverIdsOf(client, server) : null;
  const { maintenanceWindows } = await client.run(CliWindowsDocument, { range: { serverIds, includeEnded: all ?? false }, otherTimeZone: localZone() });
  if (maintenanceWindows.length === 0) context.printer.note('Nothing planned.  usher windows create --help');
  await context.printer.list(await named(client, maintenanceWindows), COLUMNS, (row) => row.id);
}

async function get(context: CommandContext, id: string): Promise<void> {
  const client = await context.client();
  const { maintenanceWindow } = await client.run(CliWindowDocument, { id, otherTimeZone: localZone() });
  const [row] = await named(client, [maintenanceWindow]);
  await show(context, row!);
}

async function create(context: CommandContext, options: WindowOptions): Promise<void> {
  const client = await context.client();
  if (options.start === undefined || options.for === undefined) throw new CliError('USAGE', 'a window needs --start and --for');
  const window: MaintenanceWindowInput = {
    title: options.title!,
    serverIds: await serverIdsOf(client, options.server!),
    timeZone: options.zone ?? localZone(),
    startLocal: options.start,
    durationMin: parseMinutes('--for', options.for),
    rrule: ruleOf(options.repeat),
    drainMin: options.drain === undefined ? 0 : parseMinutes('--drain', options.drain),
    noticeMin: minutesOf(options.notice),
    noticeText: options.text,
  };
  const { maintenancePreview: preview } = await client.run(CliWindowPreviewDocument, { window, otherTimeZone: localZone() });
  for (const warning of preview.warnings) context.printer.note(`warning: ${warning}`);
  if (preview.notices) context.printer.note(`Notices reach ${preview.notices.canTake} of ${preview.notices.sessions} sessions that are there now.`);
  if (options.dryRun) return context.printer.list(preview.next, DATE_COLUMNS, (date) => String(date.startAt));
  const { scheduleMaintenance } = await client.run(CliScheduleMaintenanceDocument, { input: { idempotencyKey: randomUUID(), window } });
  const { maintenanceWindow } = await client.run(CliWindowDocument, { id: scheduleMaintenance.id, otherTimeZone: localZone() });
  await show(context, (await named(client, [maintenanceWindow]))[0]!);
}

async function update(context: CommandContext, id: string, options: WindowOptions): Promise<void> {
  const client = await context.client();
  const { maintenanceWindow: before } = await client.run(CliWindowDocument, { id });
  const changes = {
    title: options.title,
    serverIds: options.server && (await serverIdsOf(client, options.server)),
    timeZone: options.zone,
    startLocal: options.start,
    durationMin: options.for === undefined ? undefined : parseMinutes('--for', options.for),
    rrule: ruleOf(options.repeat),
    drainMin: options.drain === undefined ? undefined : parseMinutes('--drain', options.drain),
    noticeMin: options.notice === undefined ? undefined : minutesOf(options.notice),
    noticeText: options.text,
  };
  if (Object.values(changes).every((value) => value === undefined)) throw new CliError('USAGE', 'nothing to change; see usher windows update --help');
  if (options.dryRun) {
    const { title, serverIds, timeZone, startLocal, durationMin, rrule, drainMin, noticeMin, noticeText } = before;
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    const { maintenancePreview } = await client.run(CliWindowPreviewDocument, { window: { title, serverIds, timeZone, startLocal, durationMin, rrule, drainMin, noticeMin, noticeText, ...given }, otherTimeZone: localZone() });
    return context.printer.list(maintenancePreview.next, DATE_COLUMNS, (date) => String(date.startAt));
  }
  await client.run(CliUpdateMaintenanceDocument, { input: { id: before.id, ...changes } });
  const { maintenanceWindow } = await client.run(CliWindowDocument, { id: before.id, otherTimeZone: localZone() });
  await show(context, (await named(client, [maintenanceWindow]))[0]!);
}

async function cancel(context: CommandContext, id: string, { date }: { date?: string }): Promise<void> {
  const client = await context.client();
  const { maintenanceWindow: window } = await client.run(CliWindowDocument, { id });
  const start = window.next.find(({ startLocal }) => startLocal.slice(0, 16) === date)?.startAt;
  const occurrenceAt = date === undefined ? undefined : (start ?? parseMoment('--date', date).toISOString());
  await context.confirm(date ? `Take ${date} out of "${window.title}"?` : `Cancel "${window.title}"?`);
  await client.run(CliCancelMaintenanceDocument, { input: { id: window.id, occurrenceAt } });
  const { maintenanceWindow } = await client.run(CliWindowDocument, { id: window.id, otherTimeZone: localZone() });
  await context.printer.one((await named(client, [maintenanceWindow]))[0]!, COLUMNS, (row) => row.id);
}

/** The window, and its next dates in both zones. */
async function show(context: CommandContext, row: Row): Promise<void> {
  const { printer } = context;
  if (printer.format === 'json' || printer.format === 'yaml') return printer.one(row, COLUMNS, (each) => each.id);
  printer.note(`${row.title} · ${row.servers} · ${row.repeats} · times of ${row.timeZone}, here ${localZone()}`);
  await printer.list(row.next, DATE_COLUMNS, (date) => String(date.startAt));
  printer.note(`Cancel it:  usher windows cancel ${row.id.slice(-8)}`);
}

async function named(client: UsherClient, windows: readonly CliWindowFieldsFragment[]): Promise<Row[]> {
  const { servers } = await client.run(CliServersDocument, { filter: { includeHistorical: true } });
  const names = new Map(servers.map((server) => [server.id, server.slug]));
  return windows.map((window) => ({ ...window, servers: window.serverIds.map((id) => names.get(id) ?? id.slice(-8)).join(', ') }));
}

function serverIdsOf(client: UsherClient, names: readonly string[]): Promise<string[]> {
  return Promise.all(names.flatMap((each) => each.split(',')).map(async (name) => (await findServer(client, name)).id));
}

function ruleOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : (RULES[text] ?? text);
}

function minutesOf(text: string | undefined): number[] {
  return (text ?? '').split(',').filter(Boolean).map((part) => parseMinutes('--notice', part.trim()));
}
