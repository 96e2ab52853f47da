import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { CliCheckMigrationPlanDocument, CliCreateMigrationPlanDocument, CliDiscardMigrationPlanDocument, CliFreezeMigrationPlanDocument, CliMigrationPlanDocument, CliMigrationRowsDocument, type CliMigrationPlanFieldsFragment, type CliMigrationRowsQuery, type MigrationTab } from '@usher/api-client';
import { Option, type Command } from 'commander';
import type { UsherClient } from '../client.js';
import { contextOf, interruptSignal, type CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { parseMigrationFile } from '../import-file/migration-file.js';
import type { Column } from '../output/columns.js';
import { checkText, plain, rowText, runBar, type MigrationRow as PlanRow } from '../output/migration-text.js';
import { addDecisionCommands } from './migration-decisions.js';
import { planOfFlags, requestOf } from './migration-request.js';
import { addRunCommands } from './migration-runs.js';
import { printPlan } from './print-plan.js';
import { findMigration, listMigrations, type MigrationRow } from './find-migration.js';

type Plan = CliMigrationPlanFieldsFragment;

interface PlanOptions {
  readonly file?: string;
  readonly from?: string;
  readonly to?: string;
  readonly user?: string[];
  readonly wait: boolean;
}

const POLL_MS = 1_000;
const TABS = ['create', 'change', 'skip', 'conflict', 'loss'] as const;

const COLUMNS: readonly Column<MigrationRow>[] = [
  { title: 'id', value: (row) => row.id.slice(-8) },
  { title: 'from', value: (row) => row.source.alias },
  { title: 'to', value: (row) => row.target.alias },
  { title: 'users', value: (row) => (row.userNames.length > 3 ? `${row.userNames.slice(0, 3).join(', ')} +${row.userNames.length - 3}` : row.userNames.join(', ')) },
  { title: 'kind', value: (row) => (row.kind === 'ROLLBACK' ? 'undo' : 'users') },
  { title: 'plan', value: (row) => plain(row.state) },
  { title: 'run', value: (row) => (row.run ? runBar(row.run, 10) : null) },
  { title: 'writes', align: 'right', value: (row) => row.counts.writes },
  { title: 'by', wide: true, value: (row) => row.initiator.name },
  { title: 'made', wide: true, value: (row) => row.createdAt },
  { title: 'plan id', wide: true, value: (row) => row.id },
];

export function addMigrationCommands(program: Command): void {
  const migrations = program.command('migrations').description('move users with their history from one server to another');
  const act = (work: (context: CommandContext, client: UsherClient, id: string) => Promise<void>) => async (id: string, _options: object, command: Command) => {
    const context = contextOf(command);
    const client = await context.client();
    await work(context, client, (await findMigration(client, id)).id);
  };
  migrations.command('list').description('plans and runs, the newest first').action((_options: object, command: Command) => list(contextOf(command)));
  migrations
    .command('plan')
    .description('write a plan and check it; both servers are only read')
    .option('-f, --file <file>', 'a MigrationPlan in YAML or JSON, - for standard input')
    .option('--from <server>', 'the server to read')
    .option('--to <server>', 'the server to write, later')
    .option('--user <names...>', 'users of the source: ana, ana=ana_m (an account that is there) or ana=+ana_m (a new one); all when absent')
    .option('--no-wait', 'do not wait for its check')
    .addHelpText('after', '\nExamples:\n  usher migrations plan --from cabin --to attic --user ana ben=+benjamin\n  usher migrations plan -f users.yaml\n  usher schema migrations\n\nExit code 1: something blocks the plan.')
    .action((options: PlanOptions, command: Command) => plan(contextOf(command), options));
  migrations.command('show <id>').description('a plan: users, verdicts, findings, hash, approvals').action(act(async (context, client, id) => printPlan(context, (await client.run(CliMigrationPlanDocument, { id })).migrationPlan)));
  migrations.command('check <id>').description('read both servers anew and compare').option('--no-wait', 'do not wait for it').action(async (id: string, options: { wait: boolean }, command: Command) => {
    const context = contextOf(command);
    const client = await context.client();
    const { checkMigrationPlan } = await client.run(CliCheckMigrationPlanDocument, { id: (await findMigration(client, id)).id });
    await show(context, client, checkMigrationPlan, options.wait);
  });
  migrations
    .command('diff <id>')
    .description('row by row, what would change at the target')
    .addOption(new Option('--tab <tab>', 'only these rows').choices(TABS))
    .option('--limit <rows>', 'stop after so many', '200')
    .action((id: string, options: { tab?: string; limit: string }, command: Command) => diff(contextOf(command), id, options));
  migrations.command('freeze <id>').description('write the checked plan down; its hash is what is approved').action(act(async (context, client, id) => {
    const { migrationPlan } = await client.run(CliMigrationPlanDocument, { id });
    await printPlan(context, (await client.run(CliFreezeMigrationPlanDocument, { input: { id, version: migrationPlan.version } })).freezeMigrationPlan);
  }));
  migrations.command('discard <id>').description('throw a plan away that has no run').action(act(async (context, client, id) => {
    await context.confirm(`Throw plan ${id.slice(-8)} away?`);
    await client.run(CliDiscardMigrationPlanDocument, { id });
    context.printer.note(`Plan ${id.slice(-8)} was thrown away.`);
  }));
  addDecisionCommands(migrations);
  addRunCommands(migrations);
}

async function list(context: CommandContext): Promise<void> {
  const rows = await listMigrations(await context.client(), 200);
  if (rows.length === 0) context.printer.note('No migrations yet. Begin with:  usher migrations plan --from SERVER --to SERVER --user NAME');
  await context.printer.list(rows, COLUMNS, (row) => row.id);
}

async function plan(context: CommandContext, options: PlanOptions): Promise<void> {
  const file = await planFile(context, options);
  const client = await context.client();
  const request = await requestOf(client, file);
  const { createMigrationPlan } = await client.run(CliCreateMigrationPlanDocument, { input: { idempotencyKey: randomUUID(), request } });
  const { checkMigrationPlan } = await client.run(CliCheckMigrationPlanDocument, { id: createMigrationPlan.id });
  await show(context, client, checkMigrationPlan, options.wait);
}

async function planFile(context: CommandContext, { file, from, to, user }: PlanOptions) {
  if (!file) {
    if (!from || !to) throw new CliError('USAGE', 'needs -f FILE, or --from SERVER and --to SERVER');
    return planOfFlags(from, to, user);
  }
  if (from || to || user) throw new CliError('USAGE', '-f holds the whole plan; leave --from, --to and --user out');
  const text = file === '-' ? await context.readStdin() : await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CliError('VALIDATION_FAILED', `${file} cannot be read (${error.code}).`, { file });
  });
  const parsed = parseMigrationFile(file, text);
  if ('plan' in parsed) return parsed.plan;
  const [first, ...more] = parsed.problems;
  for (const { line, column, path, message } of more) context.printer.note(`${file}:${line}:${column}  ${path ? `${path}  ` : ''}${message}`);
  throw new CliError('VALIDATION_FAILED', `${first!.path ? `${first!.path}  ` : ''}${first!.message}`, { file, line: first!.line, column: first!.column, path: first!.path, next: 'See the shape of the file:  usher schema migrations' });
}

/** Waits for the check where that is wanted, then prints the plan. Exit code 1 when something blocks it. */
async function show(context: CommandContext, client: UsherClient, begun: Plan, wait: boolean): Promise<void> {
  const interrupted = interruptSignal();
  let current = begun;
  while (wait && current.state === 'CHECKING') {
    context.printer.progress(`checking: ${checkText(current)}`);
    await pause(POLL_MS, undefined, { signal: interrupted }).catch(() => {
      throw new CliError('CANCELED', 'Not waited for any longer; the check goes on.', { next: `usher migrations show ${current.id.slice(-8)}`, exitCode: 130 });
    });
    ({ migrationPlan: current } = await client.run(CliMigrationPlanDocument, { id: current.id }));
  }
  context.printer.progress('');
  await printPlan(context, current);
  if (current.state === 'DRAFT' && current.code) throw new CliError(current.code, current.message ?? 'The check failed.');
  if (current.findings.some(({ severity }) => severity === 'BLOCKER')) process.exitCode = 1;
}

const ROW_COLUMNS: readonly Column<PlanRow>[] = [
  { title: 'n', value: (row) => row.n },
  { title: 'operation', value: (row) => plain(row.operation) },
  { title: 'user', value: (row) => row.userName },
  { title: 'title', value: (row) => row.title },
  { title: 'tier', value: (row) => row.tier },
  { title: 'skip', value: (row) => (row.skipReason ? plain(row.skipReason) : null) },
  { title: 'state', value: (row) => (row.state ? plain(row.state) : null) },
  { title: 'code', value: (row) => row.code },
];

/** Exit code 1 when there are rows, as `diff` does. */
async function diff(context: CommandContext, id: string, options: { tab?: string; limit: string }): Promise<void> {
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1) throw new CliError('USAGE', `--limit ${options.limit}: must be a whole number from 1`);
  const client = await context.client();
  const plan = await findMigration(client, id);
  const rows: PlanRow[] = [];
  let total = 0;
  for (let after: string | null = null, first = true; (first || after !== null) && rows.length < limit; first = false) {
    const { migrationPlanRows: page }: CliMigrationRowsQuery = await client.run(CliMigrationRowsDocument, { id: plan.id, tab: (options.tab?.toUpperCase() ?? null) as MigrationTab | null, first: Math.min(100, limit - rows.length), after });
    rows.push(...page.edges.map(({ node }) => node));
    total = page.totalCount;
    after = page.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? null) : null;
  }
  const { printer } = context;
  if (!context.options.quiet && (printer.format === 'table' || printer.format === 'wide')) printer.lines(rows.map(rowText));
  else await printer.list(rows, ROW_COLUMNS, (row) => row.decisionId ?? String(row.n));
  if (total > rows.length) printer.note(`${rows.length} of ${total} rows; more with --limit ${total}.`);
  if (total === 0) printer.note(plan.state === 'DRAFT' ? 'The plan was not checked yet.' : 'Nothing to show.');
  else process.exitCode = 1;
}
