import { CliCurvesDocument, CliEfficiencyDocument, type CliCurvesQuery, type CliEfficiencyFieldsFragment } from '@usher/api-client';
import { Option, type Command } from 'commander';
import { contextOf, type CommandContext } from '../context.js';
import type { Column } from '../output/columns.js';
import { cacheText, onlineText, perHour, pollText, shareText, sinceText } from '../output/efficiency-text.js';
import { group } from './group.js';
import { serverIdsOf } from './server-names.js';

type Row = CliEfficiencyFieldsFragment;
type CurveRow = CliCurvesQuery['curves'][number];

const RANGES = { '24h': 'DAY', '7d': 'WEEK' } as const;
const LAST_HOUR = '1h';

const callsOf = ({ report }: Row) => report?.endpoints.reduce((sum, { calls }) => sum + calls, 0);
const slowest = ({ report }: Row) => (report && report.endpoints.length > 0 ? Math.round(Math.max(...report.endpoints.map(({ p95Ms }) => p95Ms))) : null);

const COLUMNS: readonly Column<Row>[] = [
  { title: 'server', value: (row) => row.serverAlias },
  { title: 'live', value: (row) => row.report?.mode.toLowerCase() ?? row.code },
  { title: 'polled', value: (row) => (row.report ? pollText(row.report) : row.error) },
  { title: 'calls/h', align: 'right', value: callsOf },
  { title: 'session', align: 'right', value: (row) => row.report?.calls.sessionLastHour },
  { title: 'other', align: 'right', value: (row) => row.report?.calls.otherLastHour },
  { title: 'errors', align: 'right', value: (row) => row.report?.endpoints.reduce((sum, { errors }) => sum + errors, 0) },
  { title: 'p95 ms', align: 'right', value: slowest },
  { title: 'reconnects', align: 'right', value: (row) => (row.report ? Math.max(0, row.report.push.connects - 1) : null) },
  { title: 'cached', align: 'right', value: (row) => (row.report ? cacheText(row.report) : null) },
  { title: 'breaker', wide: true, value: (row) => row.report?.breaker.toLowerCase() },
  { title: 'advice', wide: true, value: (row) => row.advice.join('; ') },
];

/** Of a day or a week: calls per hour on average over the time that was watched. */
const CURVE_COLUMNS: readonly Column<CurveRow>[] = [
  { title: 'server', value: (row) => row.serverAlias },
  { title: 'online', align: 'right', value: ({ curves, code }) => (curves ? onlineText(curves.total) : code) },
  { title: 'calls', align: 'right', value: ({ curves }) => curves?.total.all.calls },
  { title: 'session/h', align: 'right', value: ({ curves }) => curves && perHour(curves.total.session.calls, curves.total.observedMs) },
  { title: 'other/h', align: 'right', value: ({ curves }) => curves && perHour(curves.total.other.calls, curves.total.observedMs) },
  { title: 'errors', align: 'right', value: ({ curves }) => curves?.total.all.errors },
  { title: 'median ms', align: 'right', value: ({ curves }) => rounded(curves?.total.all.medianMs) },
  { title: 'p95 ms', align: 'right', value: ({ curves }) => rounded(curves?.total.all.p95Ms) },
  { title: 'reconnects', align: 'right', value: ({ curves }) => curves?.total.reconnects },
  { title: 'cached', align: 'right', value: ({ curves }) => curves && shareText(curves.total.cacheHits, curves.total.cacheMisses) },
  { title: 'pushed', align: 'right', wide: true, value: ({ curves }) => curves && shareText(curves.total.pushMs, curves.total.pollMs) },
  { title: 'since', wide: true, value: ({ curves, error }) => curves?.since ?? error },
];

const rounded = (value: number | null | undefined) => (value === null || value === undefined ? null : Math.round(value));

export function addEfficiencyCommand(program: Command): void {
  group(program, 'servers', 'the media servers of the fleet')
    .command('efficiency [servers...]')
    .description('what the live picture costs each server: calls, times, errors, sockets, caches')
    .option('--server <aliases>', 'only these servers, separated by commas')
    .addOption(new Option('--range <range>', 'how far back').choices([LAST_HOUR, ...Object.keys(RANGES)]).default(LAST_HOUR))
    .action((servers: string[], options: { server?: string; range: string }, command: Command) => {
      const names = [...servers, ...(options.server === undefined ? [] : [options.server])];
      return options.range in RANGES ? curves(contextOf(command), names, options.range as keyof typeof RANGES) : efficiency(contextOf(command), names);
    });
}

async function efficiency(context: CommandContext, names: readonly string[]): Promise<void> {
  const client = await context.client();
  const { efficiency: rows } = await client.run(CliEfficiencyDocument, { serverIds: await serverIdsOf(client, names) });
  if (rows.length === 0) context.printer.note('No servers yet.');
  await context.printer.list(rows, COLUMNS, (row) => row.serverAlias);
  if (context.printer.format === 'table') for (const row of rows) for (const advice of row.advice) context.printer.note(`${row.serverAlias}: ${advice}`);
}

async function curves(context: CommandContext, names: readonly string[], range: keyof typeof RANGES): Promise<void> {
  const client = await context.client();
  const { curves: rows } = await client.run(CliCurvesDocument, { range: RANGES[range], serverIds: await serverIdsOf(client, names) });
  if (rows.length === 0) context.printer.note('No servers yet.');
  await context.printer.list(rows, CURVE_COLUMNS, (row) => row.serverAlias);
  if (context.printer.format !== 'table') return;
  for (const { serverAlias, curves: told, error } of rows) {
    const note = told ? sinceText(told) : error;
    if (note) context.printer.note(`${serverAlias}: ${note}`);
  }
}
