import { CliMigrationsDocument, type CliMigrationsQuery } from '@usher/api-client';
import type { UsherClient } from '../client.js';
import { CliError } from '../errors.js';

export type MigrationRow = CliMigrationsQuery['migrations']['edges'][number]['node'];

/** The newest first; `limit` at most. */
export async function listMigrations(client: UsherClient, limit = Number.POSITIVE_INFINITY): Promise<MigrationRow[]> {
  const rows: MigrationRow[] = [];
  let after: string | null = null;
  do {
    const { migrations }: CliMigrationsQuery = await client.run(CliMigrationsDocument, { first: 100, after });
    rows.push(...migrations.edges.map(({ node }) => node));
    after = migrations.pageInfo.hasNextPage ? (migrations.pageInfo.endCursor ?? null) : null;
  } while (after !== null && rows.length < limit);
  return rows.slice(0, limit);
}

/** By the id of its plan or run, or the last six or more characters of it. */
export async function findMigration(client: UsherClient, id: string): Promise<MigrationRow> {
  const wanted = id.toLowerCase();
  const fits = (full: string | null | undefined) => full === wanted || (wanted.length >= 6 && full?.endsWith(wanted) === true);
  const found = (await listMigrations(client)).filter((row) => fits(row.id) || fits(row.runId));
  if (found.length === 1) return found[0]!;
  const next = 'See what there is:  usher migrations list';
  if (found.length === 0) throw new CliError('NOT_FOUND', `There is no migration "${id}".`, { next });
  throw new CliError('VALIDATION_FAILED', `"${id}" fits ${found.length} migrations; give more of the id.`, { next });
}

/** The run of a migration. */
export async function findRunId(client: UsherClient, id: string): Promise<string> {
  const { id: planId, runId } = await findMigration(client, id);
  if (runId) return runId;
  throw new CliError('NOT_FOUND', 'This plan has not been run.', { next: `usher migrations show ${planId.slice(-8)}` });
}
