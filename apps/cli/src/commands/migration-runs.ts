import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import {
  CliAbortMigrationRunDocument,
  CliAcceptMigrationExceptionsDocument,
  CliApproveMigrationPlanDocument,
  CliCreateMigrationRollbackDocument,
  CliMigrationPlanDocument,
  CliMigrationReportDocument,
  CliMigrationRunDocument,
  CliPauseMigrationRunDocument,
  CliResumeMigrationRunDocument,
  CliRetryMigrationRunDocument,
  CliRevokeMigrationApprovalDocument,
  CliRunProgressChangedDocument,
  CliStartMigrationRunDocument,
  CliVerifyMigrationRunDocument,
  type CliRunFieldsFragment,
  type CliRunProgressFieldsFragment,
} from '@usher/api-client';
import type { Command } from 'commander';
import type { UsherClient } from '../client.js';
import { contextOf, interruptSignal, type CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { checkReport, readReportFile, type ReportFile } from '../output/report-file.js';
import { plain, runBar, runSummary } from '../output/migration-text.js';
import { parseMinutes } from '../output/time-text.js';
import { findMigration, findRunId } from './find-migration.js';
import { printPlan } from './print-plan.js';
import { withStepUp } from './step-up.js';

interface ApproveOptions {
  readonly hash: string;
  readonly expires: string;
  readonly maxWrites?: string;
}

type Work = (context: CommandContext, client: UsherClient, id: string) => Promise<CliRunFieldsFragment>;

export function addRunCommands(migrations: Command): void {
  const order = (name: string, description: string, work: Work) =>
    migrations.command(`${name} <id>`).description(description).action(async (id: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const client = await context.client();
      await printRun(context, await work(context, client, await findRunId(client, id)));
    });
  migrations
    .command('approve <id>')
    .description('allow exactly this plan for a while; --confirm takes the alias of the server that is written')
    .requiredOption('--hash <hash>', 'the hash that you read, 12 or more of its characters')
    .option('--expires <time>', 'how long it lives, 15m to 24h', '60m')
    .option('--max-writes <count>', 'stop after so many writes; as many as the plan names when absent')
    .action((id: string, options: ApproveOptions, command: Command) => approve(contextOf(command), id, options));
  migrations.command('revoke <id>').description('end all approvals; writing stops within a second').option('--reason <text>', 'kept in the audit log').action((id: string, options: { reason?: string }, command: Command) => revoke(contextOf(command), id, options.reason));
  migrations.command('run <id>').description('carry an approved plan out; with --watch, exit code 1 when it ends otherwise than done').option('--watch', 'stay and show how far it is').action((id: string, options: { watch?: boolean }, command: Command) => run(contextOf(command), id, options.watch ?? false));
  migrations.command('watch <id>').description('a run until it ends or stops; exit code 1 when it ends otherwise than done').action(async (id: string, _options: object, command: Command) => {
    const context = contextOf(command);
    const client = await context.client();
    await watch(context, client, await findRunId(client, id));
  });
  order('pause', 'stop after the batch that is under way', async (context, client, id) => stopping(context, (await client.run(CliPauseMigrationRunDocument, { id })).pauseMigrationRun));
  order('resume', 'go on where it stopped', async (_context, client, id) => (await client.run(CliResumeMigrationRunDocument, { id })).resumeMigrationRun);
  order('abort', 'end it; what was written stays until you undo it', async (context, client, id) => {
    await context.confirm(`Abort run ${id.slice(-8)}? What was written stays; undo it by a rollback.`);
    return stopping(context, (await client.run(CliAbortMigrationRunDocument, { id })).abortMigrationRun);
  });
  order('retry', 'try the failed rows again', async (_context, client, id) => (await client.run(CliRetryMigrationRunDocument, { id })).retryMigrationRun);
  order('verify', 'read everything back and compare', async (_context, client, id) => (await client.run(CliVerifyMigrationRunDocument, { id })).verifyMigrationRun);
  migrations.command('accept <id>').description('end a run whose read-back found differences').requiredOption('--reason <text>', 'stands in the report').action(async (id: string, { reason }: { reason: string }, command: Command) => {
    const context = contextOf(command);
    const client = await context.client();
    const runId = await findRunId(client, id);
    await printRun(context, (await client.run(CliAcceptMigrationExceptionsDocument, { input: { runId, reason } })).acceptMigrationExceptions);
  });
  migrations.command('rollback <id>').description('write the plan that takes a run back; approve and run it like any other').action((id: string, _options: object, command: Command) => rollback(contextOf(command), id));
  migrations
    .command('report [id]')
    .description('the signed report of a run')
    .option('--out <file>', 'save text and signature')
    .option('--verify <file>', 'check a saved report; needs no connection')
    .action((id: string | undefined, options: { out?: string; verify?: string }, command: Command) => report(contextOf(command), id, options));
}

/** It is told at once, and ends its batch first. */
function stopping(context: CommandContext, run: CliRunFieldsFragment): CliRunFieldsFragment {
  if (!STANDING.includes(run.state)) context.printer.note(`It stops after the batch that is under way:  usher migrations watch ${run.planId.slice(-8)}`);
  return run;
}

async function printRun(context: CommandContext, run: CliRunFieldsFragment): Promise<void> {
  const { printer, options } = context;
  if (!options.quiet && (printer.format === 'table' || printer.format === 'wide')) printer.lines(runSummary(run));
  else await printer.one(run, [{ title: 'run', value: (row) => row.runId }, { title: 'state', value: (row) => plain(row.state) }, { title: 'code', value: (row) => row.code }], (row) => row.runId);
  const found = run.verification;
  const isDifferent = found && !found.acceptedAt && found.differs + found.notThere + found.unreadable > 0;
  if (isDifferent || run.counts.failed + run.counts.conflict > 0) process.exitCode = 1;
}

async function approve(context: CommandContext, id: string, options: ApproveOptions): Promise<void> {
  const minutes = parseMinutes('--expires', options.expires);
  const maxWrites = options.maxWrites === undefined ? null : Number(options.maxWrites);
  if (maxWrites !== null && (!Number.isInteger(maxWrites) || maxWrites < 1)) throw new CliError('USAGE', `--max-writes ${options.maxWrites}: must be a whole number from 1`);
  if (!/^[0-9a-f]{12,64}$/i.test(options.hash)) throw new CliError('USAGE', '--hash needs 12 or more hexadecimal digits of the hash');
  const client = await context.client();
  const { migrationPlan: plan } = await client.run(CliMigrationPlanDocument, { id: (await findMigration(client, id)).id });
  const short = plan.id.slice(-8);
  if (!plan.planSha256) throw new CliError('PLAN_BLOCKED', 'This plan is not frozen, so there is nothing to approve.', { next: `usher migrations freeze ${short}` });
  if (!plan.planSha256.startsWith(options.hash.toLowerCase())) throw new CliError('PLAN_STALE', `Plan ${short} has the hash ${plan.planSha256.slice(0, 12)}…, not the one that you read.`, { next: `usher migrations show ${short}, then approve the new hash`, exitCode: 6 });
  await context.confirmByName(`migrations approve ${short} (${plan.counts.writes} writes to ${plan.target.alias})`, plan.target.alias);
  const input = { id: plan.id, version: plan.version, hash: plan.planSha256, targetAlias: plan.target.alias, minutes, maxWrites };
  await printPlan(context, await withStepUp(context, client, async () => (await client.run(CliApproveMigrationPlanDocument, { input })).approveMigrationPlan));
}

async function revoke(context: CommandContext, id: string, reason: string | undefined): Promise<void> {
  const client = await context.client();
  const plan = await findMigration(client, id);
  await printPlan(context, (await client.run(CliRevokeMigrationApprovalDocument, { input: { id: plan.id, reason } })).revokeMigrationApproval);
}

async function run(context: CommandContext, id: string, isWatched: boolean): Promise<void> {
  const client = await context.client();
  const plan = await findMigration(client, id);
  const { startMigrationRun } = await withStepUp(context, client, () => client.run(CliStartMigrationRunDocument, { planId: plan.id }));
  if (isWatched) return watch(context, client, startMigrationRun.runId);
  await printRun(context, startMigrationRun);
}

const STANDING: readonly string[] = ['PAUSED', 'AWAITING_DECISION', 'DONE', 'ABORTED', 'FAILED'];

/** Follows a run until it stands still; Ctrl-C leaves it running. */
async function watch(context: CommandContext, client: UsherClient, runId: string): Promise<void> {
  const ended = new AbortController();
  const interrupted = interruptSignal();
  const show = (progress: CliRunProgressFieldsFragment) => {
    if (context.printer.format === 'json') context.printer.event(progress, '');
    else context.printer.progress(runBar(progress));
    if (STANDING.includes(progress.state)) ended.abort();
  };
  const { migrationRun: now } = await client.run(CliMigrationRunDocument, { id: runId });
  if (!STANDING.includes(now.state)) await client.follow(CliRunProgressChangedDocument, { id: runId }, AbortSignal.any([ended.signal, interrupted]), ({ runProgressChanged }) => show(runProgressChanged));
  context.printer.progress('');
  if (interrupted.aborted) throw new CliError('CANCELED', 'Not watched any longer; the run goes on.', { next: `usher migrations watch ${runId.slice(-8)}`, exitCode: 130 });
  const { migrationRun } = await client.run(CliMigrationRunDocument, { id: runId });
  if (context.printer.format !== 'json') await printRun(context, migrationRun);
  if (migrationRun.state !== 'DONE') process.exitCode = 1;
}

async function rollback(context: CommandContext, id: string): Promise<void> {
  const client = await context.client();
  const found = await findMigration(client, id);
  if (!found.runId) throw new CliError('NOT_FOUND', 'This plan has not been run, so there is nothing to undo.', { next: `usher migrations show ${found.id.slice(-8)}` });
  const input = { idempotencyKey: randomUUID(), runId: found.runId };
  await printPlan(context, (await withStepUp(context, client, () => client.run(CliCreateMigrationRollbackDocument, { input }))).createMigrationRollback);
}

async function report(context: CommandContext, id: string | undefined, options: { out?: string; verify?: string }): Promise<void> {
  if (options.verify !== undefined) return verifyFile(context, options.verify);
  if (id === undefined) throw new CliError('USAGE', 'needs the id of a migration, or --verify FILE');
  const client = await context.client();
  const file = await readReport(client, await findRunId(client, id));
  if (!options.out) return context.printer.data(file.text);
  await writeFile(options.out, `${JSON.stringify(file)}\n`, { mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
    throw new CliError('VALIDATION_FAILED', `${options.out} cannot be written (${error.code}).`, { file: options.out });
  });
  context.printer.note(`The report is in ${options.out}. Signed by the key ${checkReport(file).thumbprint ?? '–'}`);
}

async function readReport(client: UsherClient, runId: string): Promise<ReportFile> {
  const texts: string[] = [];
  let jws = '';
  for (let part = 0, parts = 1; part < parts; part++) {
    const { migrationReport } = await client.run(CliMigrationReportDocument, { runId, part });
    ({ parts, jws } = migrationReport);
    texts.push(migrationReport.text);
  }
  return { apiVersion: 'usher/v1', kind: 'MigrationReport', text: texts.join(''), jws };
}

async function verifyFile(context: CommandContext, path: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CliError('VALIDATION_FAILED', `${path} cannot be read (${error.code}).`, { file: path });
  });
  const check = checkReport(readReportFile(path, text));
  if (context.printer.format === 'json') context.printer.data(JSON.stringify(check, null, 2));
  else context.printer.lines([check.valid ? `${path}: the text is the one that was signed` : `${path}: not valid, ${check.reason}`, ...(check.thumbprint ? [`  key  ${check.thumbprint}`] : []), ...(check.valid ? ['  Compare the key with the one that Usher shows when it saves a report.'] : [])]);
  if (!check.valid) process.exitCode = 1;
}
