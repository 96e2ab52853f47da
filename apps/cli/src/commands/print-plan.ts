import type { CliMigrationPlanFieldsFragment } from '@usher/api-client';
import type { CommandContext } from '../context.js';
import { plain, planSummary } from '../output/migration-text.js';

/** A plan for people, or the whole document. */
export async function printPlan(context: CommandContext, plan: CliMigrationPlanFieldsFragment): Promise<void> {
  const { printer, options } = context;
  if (!options.quiet && (printer.format === 'table' || printer.format === 'wide')) return printer.lines(planSummary(plan));
  await printer.one(plan, [{ title: 'id', value: (row) => row.id }, { title: 'state', value: (row) => plain(row.state) }, { title: 'version', value: (row) => row.version }, { title: 'writes', value: (row) => row.counts.writes }, { title: 'hash', value: (row) => row.planSha256 }], (row) => row.id);
}
