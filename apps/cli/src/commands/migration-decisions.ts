import { readFile, writeFile } from 'node:fs/promises';
import { CliDecideMigrationPlanDocument, CliMigrationDecisionsDocument, CliMigrationPlanDocument, type CliMigrationDecisionsQuery } from '@usher/api-client';
import { Option, type Command } from 'commander';
import { contextOf, type CommandContext } from '../context.js';
import { CliError } from '../errors.js';
import { DECISION_COLUMNS, parseDecisionsFile, type DecisionRow } from '../import-file/decisions-file.js';
import { renderCsv } from '../output/columns.js';
import { findMigration } from './find-migration.js';

interface ExportOptions {
  readonly out?: string;
  readonly format: 'csv' | 'json';
}

/** What a person decides about a plan, as a file that a spreadsheet opens. */
export function addDecisionCommands(migrations: Command): void {
  const decisions = migrations.command('decisions').description('conflicts and choices of a plan, out to a file and back');
  decisions
    .command('export <id>')
    .description('everything that can be decided about')
    .option('--out <file>', 'into this file instead of standard output')
    .addOption(new Option('--format <format>', 'csv or json').choices(['csv', 'json']).default('csv'))
    .action((id: string, options: ExportOptions, command: Command) => exportDecisions(contextOf(command), id, options));
  decisions
    .command('import <id> <file>')
    .description('decide as the file says; all of its rows or none. - for standard input')
    .option('--dry-run', 'only check')
    .action((id: string, file: string, options: { dryRun?: boolean }, command: Command) => importDecisions(contextOf(command), id, file, options.dryRun ?? false));
}

async function exportDecisions(context: CommandContext, id: string, { out, format }: ExportOptions): Promise<void> {
  const client = await context.client();
  const plan = await findMigration(client, id);
  const rows: DecisionRow[] = [];
  for (let after: string | null = null, first = true; first || after !== null; first = false) {
    const { migrationDecisions: page }: CliMigrationDecisionsQuery = await client.run(CliMigrationDecisionsDocument, { id: plan.id, after });
    rows.push(...page.rows);
    after = page.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? null) : null;
  }
  const text = format === 'json' || context.printer.format === 'json' ? JSON.stringify(rows, null, 2) : renderCsv(rows, DECISION_COLUMNS, true);
  if (!out) return context.printer.data(text);
  await writeFile(out, `${text}\n`, { mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
    throw new CliError('VALIDATION_FAILED', `${out} cannot be written (${error.code}).`, { file: out });
  });
  context.printer.note(`${rows.length} rows are in ${out}. Fill the column decision, then:  usher migrations decisions import ${plan.id.slice(-8)} ${out}`);
}

async function importDecisions(context: CommandContext, id: string, file: string, dryRun: boolean): Promise<void> {
  const text = file === '-' ? await context.readStdin() : await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CliError('VALIDATION_FAILED', `${file} cannot be read (${error.code}).`, { file });
  });
  const { decisions, problems } = parseDecisionsFile(file, text);
  for (const { line, path, message } of problems) context.printer.note(`${file}:${line}  ${path ? `${path}  ` : ''}${message}`);
  if (problems.length > 0) throw new CliError('DECISION_INVALID', `${problems.length} ${problems.length === 1 ? 'line is' : 'lines are'} wrong; nothing was changed.`, { file, line: problems[0]!.line });
  if (decisions.length === 0) throw new CliError('VALIDATION_FAILED', `${file} decides nothing: the column decision is empty everywhere.`, { file });
  const client = await context.client();
  const plan = await findMigration(client, id);
  const { migrationPlan } = await client.run(CliMigrationPlanDocument, { id: plan.id });
  const { decideMigrationPlan: after } = await client.run(CliDecideMigrationPlanDocument, { input: { id: plan.id, version: migrationPlan.version, dryRun, decisions } });
  const what = `${decisions.length} ${decisions.length === 1 ? 'decision' : 'decisions'}`;
  context.printer.note(dryRun ? `${what} would be taken. Nothing was changed.` : `${what} taken; the plan is version ${after.version} now.  next  usher migrations check ${plan.id.slice(-8)}`);
  if (context.printer.format === 'json') context.printer.data(JSON.stringify(after, null, 2));
}
