import { CliEfficiencyDocument, type CliEfficiencyFieldsFragment } from '@usher/api-client';
import type { Command } from 'commander';
import { contextOf, type CommandContext } from '../context.js';
import type { Column } from '../output/columns.js';
import { cacheText, pollText } from '../output/efficiency-text.js';
import { group } from './group.js';
import { serverIdsOf } from './server-names.js';

type Row = CliEfficiencyFieldsFragment;

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

export function addEfficiencyCommand(program: Command): void {
  group(program, 'servers', 'the media servers of the fleet')
    .command('efficiency')
    .description('what the live picture costs each server: calls, times, errors, sockets, caches')
    .option('--server <aliases>', 'only these servers, separated by commas')
    .action((options: { server?: string }, command: Command) => efficiency(contextOf(command), options.server));
}

async function efficiency(context: CommandContext, names: string | undefined): Promise<void> {
  const client = await context.client();
  const { efficiency: rows } = await client.run(CliEfficiencyDocument, { serverIds: await serverIdsOf(client, names) });
  if (rows.length === 0) context.printer.note('No servers yet.');
  await context.printer.list(rows, COLUMNS, (row) => row.serverAlias);
  if (context.printer.format === 'table') for (const row of rows) for (const advice of row.advice) context.printer.note(`${row.serverAlias}: ${advice}`);
}
