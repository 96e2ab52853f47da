import { CliLibrariesDocument, CliMigrationUsersDocument, type CliMigrationUsersQuery, type MigrationCarriedField, type MigrationRequestInput, type MigrationUserDecision, type MigrationUserInput } from '@usher/api-client';
import type { UsherClient } from '../client.js';
import { CliError } from '../errors.js';
import { MigrationPlanFile } from '../import-file/migration-file.js';
import { nearest } from '../import-file/problem.js';
import { findServer } from './find-server.js';

type User = CliMigrationUsersQuery['users'][number];
type UserMap = MigrationPlanFile['users']['map'][number];

const FIELDS: Readonly<Record<string, string>> = { policy: 'POLICY', played: 'PLAYED', playCount: 'PLAY_COUNT', lastPlayedAt: 'LAST_PLAYED_AT', position: 'POSITION_MS', favorite: 'FAVORITE', rating: 'RATING_TENTHS' };

/** `ana`, `ana=ana_m` (an account that is there) or `ana=+ana_m` (a new one), as flags give it. */
export function planOfFlags(source: string, target: string, users: readonly string[] | undefined): MigrationPlanFile {
  const map: UserMap[] = [];
  const select = (users ?? []).map((text) => {
    const [from, to] = text.split('=', 2) as [string, string | undefined];
    if (from === '' || to === '') throw new CliError('USAGE', `--user ${text}: say NAME, NAME=ACCOUNT for one that is there, or NAME=+ACCOUNT for a new one`);
    if (to !== undefined) map.push({ from, ...(to.startsWith('+') ? { create: to.slice(1) || true } : { to }) });
    return from;
  });
  return MigrationPlanFile.parse({ source, target, users: { select: select.length > 0 ? select : 'all', map } });
}

/** Names become ids; one that nobody has is refused with the nearest that there is. */
export async function requestOf(client: UsherClient, plan: MigrationPlanFile): Promise<MigrationRequestInput> {
  const [source, target] = [await findServer(client, plan.source), await findServer(client, plan.target)];
  const usersOf = async (serverId: string) => (await client.run(CliMigrationUsersDocument, { serverId })).users;
  const [ours, theirs] = await Promise.all([usersOf(source.id), usersOf(target.id)]);
  const { libraries } = await client.run(CliLibrariesDocument, { serverIds: [source.id, target.id] });
  const library = (serverId: string, alias: string, name: string) => named(libraries.filter((row) => row.serverId === serverId), name, `${alias} has no library`);
  const chosen = plan.users.select === 'all' ? ours : plan.users.select.map((name) => named(ours, name, `${source.alias} has no user`));
  if (chosen.length === 0) throw new CliError('VALIDATION_FAILED', `${source.alias} has no users, or they were not read yet.`, { next: `usher servers test ${source.slug}` });
  const rows = new Map(plan.users.map.map((row) => [named(ours, row.from, `${source.alias} has no user`).vendorId, row]));
  const { overwrite, playCounts, minTier, maxConnections, driftLimit, approvals } = plan.policy;
  return {
    sourceServerId: source.id,
    targetServerId: target.id,
    users: chosen.map((user) => choiceOf(user, rows.get(user.vendorId), (name) => named(theirs, name, `${target.alias} has no user`).vendorId)),
    fields: plan.users.fields ? plan.users.fields.map((field) => FIELDS[field] as MigrationCarriedField) : null,
    libraries: Object.entries(plan.libraries.map).map(([from, to]) => ({ source: library(source.id, source.alias, from).vendorId, target: to === null ? null : library(target.id, target.alias, to).vendorId })),
    paths: Object.entries(plan.libraries.paths).map(([from, to]) => ({ from, to })),
    options: {
      overwrite: upper(overwrite) as never,
      playCounts: upper(playCounts) as never,
      minTier: (minTier ?? null) as never,
      maxConnections: maxConnections ?? null,
      driftLimitPercent: driftLimit ?? null,
      approvalsRequired: approvals ?? null,
    },
  };
}

const upper = (word: string | undefined) => word?.toUpperCase() ?? null;

function choiceOf(user: User, row: UserMap | undefined, target: (name: string) => string): MigrationUserInput {
  const decided = (decision: string, more: object = {}) => ({ sourceVendorId: user.vendorId, decision: decision as MigrationUserDecision, ...more });
  if (!row) return decided('SUGGEST');
  if (row.skip) return decided('SKIP');
  if (row.create !== undefined) return decided('CREATE', { targetName: row.create === true ? null : row.create });
  return row.merge === undefined ? decided('MAP', { targetVendorId: target(row.to!) }) : decided('MERGE', { targetVendorId: target(row.merge) });
}

/** By its name in any case, or by its id. */
function named<Row extends { readonly name: string; readonly vendorId: string }>(rows: readonly Row[], name: string, missing: string): Row {
  const found = rows.filter((row) => row.vendorId === name || row.name.toLowerCase() === name.toLowerCase());
  if (found.length === 1) return found[0]!;
  if (found.length > 1) throw new CliError('VALIDATION_FAILED', `"${name}" fits ${found.length} of them.`, { next: 'Give the id instead of the name.' });
  const near = nearest(name, rows.map((row) => row.name));
  throw new CliError('NOT_FOUND', `${missing} "${name}".`, { next: near ? `Did you mean ${near}?` : 'Check the name.' });
}
