import { randomUUID } from 'node:crypto';
import { CliImportServersDocument, type CliImportServersMutation, type ImportServerRowInput } from '@usher/api-client';
import type { Command } from 'commander';
import type { UsherClient } from '../client.js';
import { contextOf, type CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { readImport, type ImportRow } from '../import-file/import-file.js';
import { prepareRows } from '../import-file/import-rows.js';
import type { FileProblem } from '../import-file/problem.js';
import { testSummary } from './connection-test.js';
import { withStepUp } from './step-up.js';

interface ImportOptions {
  readonly dryRun?: boolean;
  readonly onError?: string;
  readonly allowUnreachable?: boolean;
}

type ResultRow = CliImportServersMutation['importServers']['results'][number];

/** What is printed for one row, of the API or of a mistake in the file. */
interface Report {
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
  readonly alias: string | null;
  readonly url: string | null;
  readonly status: 'create' | 'update' | 'same' | 'error';
  readonly changes: readonly { field: string; from?: string | null; to?: string | null }[];
  readonly matchedBy: string | null;
  readonly serverId: string | null;
  readonly test: ResultRow['test'] | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly next: string | null;
}

/** So many rows per request keep it below the API's body limit and its answer frequent enough for progress. */
const ROWS_PER_CALL = 25;
const CALL_TIMEOUT_MS = 10 * 60_000;

export function addImportCommand(servers: Command): void {
  servers
    .command('import <file>')
    .description('register or update many servers from YAML, JSON or CSV (a file, a folder, or - for standard input)')
    .option('-n, --dry-run', 'test every row and show what would change; nothing is changed')
    .option('--on-error <what>', 'stop: one bad row and nothing is changed', 'skip')
    .option('--allow-unreachable', 'save servers that cannot be reached as pending')
    .addHelpText('after', '\nExamples:\n  usher servers import fleet.yaml --dry-run\n  usher servers import fleet.csv --on-error stop\n  usher servers import fleet.json --output json | jq \'.results[] | select(.status == "error")\'')
    .action((file: string, options: ImportOptions, command: Command) => importServers(contextOf(command), file, options));
}

async function importServers(context: CommandContext, path: string, options: ImportOptions): Promise<void> {
  if (options.onError !== 'stop' && options.onError !== 'skip') throw new CliError('USAGE', `--on-error ${options.onError}: must be stop or skip`);
  const { rows, problems } = await readImport(path, () => context.readStdin());
  const prepared = await prepareRows(rows, context.environment, () => context.readStdin());
  const bad = [...problems, ...prepared.problems].map(asReport);
  if (prepared.literalTokens > 0) context.printer.note(`warning: ${prepared.literalTokens} of ${rows.length} keys stand in the file itself; { file: … } or { env: … } keeps them out of it.`);
  if (prepared.inputs.length === 0 && bad.length === 0) throw new CliError('VALIDATION_FAILED', 'There is no server in it.', { file: path });

  const stop = options.onError === 'stop';
  const refused = stop && bad.length > 0;
  const good = refused ? [] : await send(await context.client(), context, prepared.inputs, prepared.origins, { ...options, stop });
  const reports = [...good.flatMap((call) => call.reports), ...bad].sort((a, b) => a.file.localeCompare(b.file) || (a.line ?? 0) - (b.line ?? 0));
  const applied = !options.dryRun && !refused && good.every((call) => call.applied);
  await print(context, path, reports, { dryRun: options.dryRun ?? false, applied });
  const failed = reports.filter((report) => report.status === 'error').length;
  if (failed > 0) process.exitCode = stop ? 3 : 8;
}

async function send(client: UsherClient, context: CommandContext, inputs: ImportServerRowInput[], origins: readonly ImportRow[], options: ImportOptions & { stop: boolean }): Promise<{ reports: Report[]; applied: boolean }[]> {
  const size = options.stop ? Math.max(1, inputs.length) : ROWS_PER_CALL;
  const calls: { reports: Report[]; applied: boolean }[] = [];
  for (let from = 0; from < inputs.length; from += size) {
    context.printer.progress(`testing ${from + 1}–${Math.min(from + size, inputs.length)} of ${inputs.length} servers`);
    const input = { idempotencyKey: randomUUID(), rows: inputs.slice(from, from + size), dryRun: options.dryRun, stopOnError: options.stop, allowUnreachable: options.allowUnreachable };
    const { importServers: result } = await withStepUp(context, client, () => client.run(CliImportServersDocument, { input }, CALL_TIMEOUT_MS));
    calls.push({ applied: result.applied, reports: result.results.map((row) => rowReport(row, origins[from + row.index]!)) });
  }
  context.printer.progress('');
  return calls;
}

function rowReport(row: ResultRow, origin: ImportRow): Report {
  const status = row.status.toLowerCase() as Report['status'];
  return { file: origin.file, line: origin.line, column: null, alias: row.alias ?? null, url: row.url, status, changes: row.changes, matchedBy: row.matchedBy ?? null, serverId: row.serverId ?? null, test: row.test ?? null, code: row.code ?? null, message: row.message ?? null, next: row.next ?? null };
}

function asReport(problem: FileProblem): Report {
  const message = `${problem.path} ${problem.message}`.trim();
  return { file: problem.file, line: problem.line, column: problem.column, alias: null, url: null, status: 'error', changes: [], matchedBy: null, serverId: null, test: null, code: 'VALIDATION_FAILED', message, next: 'Correct the file and import it again.' };
}

async function print(context: CommandContext, path: string, reports: readonly Report[], outcome: { dryRun: boolean; applied: boolean }): Promise<void> {
  const count = (status: Report['status']) => reports.filter((report) => report.status === status).length;
  const summary = { created: count('create'), updated: count('update'), unchanged: count('same'), failed: count('error'), ...outcome };
  const { printer } = context;
  if (printer.format === 'json') return printer.data(JSON.stringify({ ...summary, results: reports }, null, 2));
  if (printer.format === 'yaml') return printer.one({ ...summary, results: reports }, [], () => path);
  printer.lines([`${path}: ${reports.length} server${reports.length === 1 ? '' : 's'}`, ...reports.flatMap(reportLines)]);
  const words = outcome.dryRun ? ['to create', 'to update'] : ['created', 'updated'];
  const tail = outcome.dryRun ? ' Nothing was changed.' : outcome.applied ? '' : ' Nothing was changed: one bad row stops all.';
  printer.data(`${summary.created} ${words[0]}, ${summary.updated} ${words[1]}, ${summary.unchanged} unchanged, ${summary.failed} error${summary.failed === 1 ? '' : 's'}.${tail}`);
}

const MARKS = { create: '+', update: '~', same: '=', error: '!' } as const;

function reportLines(report: Report): string[] {
  const name = report.alias ?? report.url ?? `${report.file}:${report.line ?? '?'}${report.column ? `:${report.column}` : ''}`;
  const head = `${MARKS[report.status]} ${report.status.padEnd(7)} ${name}`;
  if (report.status === 'error') {
    const place = report.line ? `line ${report.line}  ` : '';
    return [`${head}  ${place}${report.code ?? ''}  ${report.message ?? ''}`, ...(report.next ? [`            next  ${report.next}`] : [])];
  }
  const test = report.test ? `  ${report.test.ok ? testSummary(report.test) : `pending: ${testSummary(report.test)}`}` : '';
  const changes = report.changes.map((change) => `            ${change.field}  ${change.from ?? '–'} → ${change.to ?? '–'}`);
  const matched = report.matchedBy && report.status === 'update' ? `  (matched by ${report.matchedBy})` : '';
  return [`${head}  ${report.url ?? ''}${matched}${test}`, ...(report.status === 'update' ? changes : [])];
}
