import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  CliCancelNoticeDocument,
  CliNoticeDocument,
  CliNoticeForecastDocument,
  CliNoticesDocument,
  CliSendNoticeDocument,
  type CliForecastFieldsFragment,
  type CliNoticeFieldsFragment,
  type CliNoticesQuery,
  type NoticeState,
  type NoticeTargetsInput,
} from '@usher/api-client';
import type { Command } from 'commander';
import type { UsherClient } from '../client.js';
import { contextOf, interruptSignal, parseCount, type CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import type { Column } from '../output/columns.js';
import { parseMoment } from '../output/time-text.js';
import { findServer } from './find-server.js';

interface SendOptions {
  readonly all?: boolean;
  readonly server?: string[];
  readonly session?: string[];
  readonly at?: string;
  readonly until?: string;
  readonly wait?: boolean;
  readonly dryRun?: boolean;
}

interface ListOptions {
  readonly state?: string;
  readonly server?: string;
  readonly limit: number;
}

type Delivery = CliNoticeFieldsFragment['deliveries'][number];
type ForecastRow = CliForecastFieldsFragment['servers'][number];

const NOTICE_COLUMNS: readonly Column<CliNoticeFieldsFragment>[] = [
  { title: 'id', value: (notice) => notice.id.slice(-8) },
  { title: 'state', value: (notice) => notice.state.toLowerCase() },
  { title: 'show at', value: (notice) => String(notice.showAt) },
  { title: 'sent', align: 'right', value: (notice) => notice.counts.sent },
  { title: 'unsupported', align: 'right', value: (notice) => notice.counts.unsupported },
  { title: 'failed', align: 'right', value: (notice) => notice.counts.failed },
  { title: 'waiting', align: 'right', value: (notice) => notice.counts.waiting },
  { title: 'by', value: (notice) => notice.createdBy },
  { title: 'text', value: (notice) => notice.text },
  { title: 'until', wide: true, value: (notice) => String(notice.expiresAt) },
  { title: 'window', wide: true, value: (notice) => notice.windowId },
];

const DELIVERY_COLUMNS: readonly Column<Delivery>[] = [
  { title: 'server', value: (row) => row.serverAlias },
  { title: 'state', value: (row) => row.state.toLowerCase() },
  { title: 'sent', align: 'right', value: (row) => row.sent },
  { title: 'unsupported', align: 'right', value: (row) => row.unsupported },
  { title: 'failed', align: 'right', value: (row) => row.failed },
  { title: 'tries', align: 'right', value: (row) => row.tries },
  { title: 'answered', value: (row) => (row.answeredAt ? String(row.answeredAt) : null) },
  { title: 'reason', value: (row) => row.reason },
];

const FORECAST_COLUMNS: readonly Column<ForecastRow>[] = [
  { title: 'server', value: (row) => row.serverAlias },
  { title: 'can take', align: 'right', value: (row) => row.canTake },
  { title: 'unsupported', align: 'right', value: (row) => row.unsupported },
  { title: 'later', align: 'right', value: (row) => row.later },
  { title: 'reason', value: (row) => row.reason },
];

export function addNoticeCommands(program: Command): void {
  const notices = program.command('notices').description('texts for viewers');
  notices
    .command('send <text>')
    .description('send a text to viewers; says before who can be reached')
    .option('--all', 'the primary server and all linked ones')
    .option('--server <alias...>', 'only these servers')
    .option('--session <id...>', 'only these sessions')
    .option('--at <time>', 'when: 22:00, +90m or a time with its zone; now when absent')
    .option('--until <time>', 'how long to try, at most 24 hours after that; an hour when absent')
    .option('--wait', 'until every server has answered, or the notice expired')
    .option('-n, --dry-run', 'only say who could be reached')
    .addHelpText('after', '\nExamples:\n  usher notices send "Attic restarts in ten minutes" --server attic\n  usher notices send "Maintenance tonight" --all --at 20:00 --until 22:00\n  usher notices send "Down at ten" --all --dry-run')
    .action((text: string, options: SendOptions, command: Command) => send(contextOf(command), text, options));
  notices
    .command('list')
    .description('newest first')
    .option('--state <state>', 'planned, sending, ended or canceled')
    .option('--server <alias>', 'only those for this server')
    .option('--limit <n>', 'at most so many', parseCount, 25)
    .action((options: ListOptions, command: Command) => list(contextOf(command), options));
  notices.command('get <id>').description('what became of a notice at each server').action((id: string, _options: object, command: Command) => get(contextOf(command), id));
  notices.command('cancel <id>').description('stop what was not sent yet').action((id: string, _options: object, command: Command) => cancel(contextOf(command), id));
}

async function send(context: CommandContext, text: string, options: SendOptions): Promise<void> {
  const showAt = options.at === undefined ? null : parseMoment('--at', options.at).toISOString();
  const expiresAt = options.until === undefined ? null : parseMoment('--until', options.until).toISOString();
  const client = await context.client();
  const targets = await targetsOf(client, options);
  const { noticeForecast: forecast } = await client.run(CliNoticeForecastDocument, { targets });
  if (options.dryRun) return context.printer.list(forecast.servers, FORECAST_COLUMNS, (row) => row.serverAlias);
  tellForecast(context, forecast);
  if (forecast.canTake + forecast.later === 0) await context.confirm('Nobody can take it now. Send it all the same?');
  const { sendNotice } = await client.run(CliSendNoticeDocument, {
    input: {
      idempotencyKey: randomUUID(),
      text,
      targets,
      showAt,
      expiresAt,
    },
  });
  const notice = options.wait ? await ended(client, sendNotice.id) : sendNotice;
  await context.printer.one(notice, NOTICE_COLUMNS, (row) => row.id);
  if (!options.wait) return context.printer.note(`See what becomes of it:  usher notices get ${notice.id.slice(-8)}   take it back:  usher notices cancel ${notice.id.slice(-8)}`);
  if (notice.counts.failed > 0 || notice.deliveries.some((row) => row.state === 'EXPIRED')) throw new CliError('VALIDATION_FAILED', 'It did not reach everybody who could be sent it.', { next: `usher notices get ${notice.id.slice(-8)}`, exitCode: 8 });
}

/** Said before anything is sent: who, who not and why. */
function tellForecast({ printer }: CommandContext, { sessions, canTake, unsupported, later, servers }: CliForecastFieldsFragment): void {
  printer.note(`${canTake} of ${sessions} sessions can take a text now${unsupported ? `, ${unsupported} cannot` : ''}${later ? `, ${later} later` : ''}.`);
  for (const row of servers) if (row.reason && row.code !== 'NOBODY') printer.note(`  ${row.serverAlias}: ${row.reason}`);
}

async function targetsOf(client: UsherClient, { all, server, session }: SendOptions): Promise<NoticeTargetsInput> {
  if ([all, server, session].filter(Boolean).length !== 1) throw new CliError('USAGE', 'name --all, --server or --session: exactly one of them');
  if (all) return { allLinked: true };
  if (session) return { sessionIds: session };
  return { serverIds: await Promise.all(server!.flatMap((names) => names.split(',')).map(async (name) => (await findServer(client, name)).id)) };
}

async function ended(client: UsherClient, id: string): Promise<CliNoticeFieldsFragment> {
  const interrupted = interruptSignal();
  for (;;) {
    const { notice } = await client.run(CliNoticeDocument, { id });
    if (notice.state === 'ENDED' || notice.state === 'CANCELED' || interrupted.aborted) return notice;
    await pause(1_000, undefined, { signal: interrupted }).catch(() => undefined);
  }
}

async function list(context: CommandContext, { state, server, limit }: ListOptions): Promise<void> {
  const client = await context.client();
  const states = state === undefined ? null : [stateOf(state)];
  const serverIds = server === undefined ? null : [(await findServer(client, server)).id];
  const rows: CliNoticeFieldsFragment[] = [];
  let after: string | null = null;
  do {
    const { notices }: CliNoticesQuery = await client.run(CliNoticesDocument, { filter: { states, serverIds }, first: Math.min(100, limit - rows.length), after });
    rows.push(...notices.edges.map(({ node }) => node));
    after = notices.pageInfo.hasNextPage ? (notices.pageInfo.endCursor ?? null) : null;
  } while (after && rows.length < limit);
  if (rows.length === 0) context.printer.note('No notice sent yet.  usher notices send TEXT --all');
  await context.printer.list(rows, NOTICE_COLUMNS, (row) => row.id);
}

function stateOf(text: string): NoticeState {
  const state = text.toUpperCase();
  if (state === 'PLANNED' || state === 'SENDING' || state === 'ENDED' || state === 'CANCELED') return state;
  throw new CliError('USAGE', `--state ${text}: must be planned, sending, ended or canceled`);
}

async function get(context: CommandContext, id: string): Promise<void> {
  const { notice } = await (await context.client()).run(CliNoticeDocument, { id });
  if (context.printer.format === 'json' || context.printer.format === 'yaml') return context.printer.one(notice, NOTICE_COLUMNS, (row) => row.id);
  context.printer.note(`${notice.text}\n${notice.state.toLowerCase()} · by ${notice.createdBy} · ${String(notice.showAt)} until ${String(notice.expiresAt)}`);
  await context.printer.list(notice.deliveries, DELIVERY_COLUMNS, (row) => row.serverAlias);
  context.printer.note('"Sent" means that the server took the text for that player; no player tells whether a viewer saw it.');
}

async function cancel(context: CommandContext, id: string): Promise<void> {
  const client = await context.client();
  const { notice } = await client.run(CliNoticeDocument, { id });
  const { cancelNotice } = await client.run(CliCancelNoticeDocument, { input: { id: notice.id } });
  await context.printer.one(cancelNotice, NOTICE_COLUMNS, (row) => row.id);
}
