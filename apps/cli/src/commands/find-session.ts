import { CliSessionsDocument, type CliSessionFieldsFragment } from '@usher/api-client';
import type { UsherClient } from '../client.js';
import { CliError } from '../errors.js';
import { aliasesOf } from './server-names.js';

export type SessionRow = CliSessionFieldsFragment & { readonly server: string; readonly stale: boolean };

export async function readSessions(client: UsherClient, serverIds: string[] | null): Promise<SessionRow[]> {
  const [names, { sessions }] = await Promise.all([aliasesOf(client), client.run(CliSessionsDocument, { serverIds })]);
  return sessions.flatMap((snapshot) => snapshot.sessions.map((session) => ({ ...session, server: names.get(snapshot.serverId) ?? snapshot.serverId, stale: snapshot.stale })));
}

export async function findSession(client: UsherClient, id: string): Promise<SessionRow> {
  return pickSession(await readSessions(client, null), id);
}

/**
 * A session by its whole id, or by the last six or more characters; SERVER:ID takes those of one server only: a device
 * that is signed in at several of a kind has the same id at each of them.
 * @throws CliError NOT_FOUND, VALIDATION_FAILED when several fit
 */
export function pickSession<Row extends Pick<SessionRow, 'id' | 'server' | 'serverId'>>(rows: readonly Row[], id: string): Row {
  const [, server, own = id] = /^([^:]+):(.+)$/.exec(id) ?? [];
  const there = server === undefined ? rows : rows.filter((row) => row.server === server.toLowerCase() || row.serverId === server);
  const exact = there.filter((row) => row.id === `${row.serverId}:${own}`);
  const found = exact.length > 0 ? exact : there.filter((row) => own.length >= 6 && row.id.endsWith(own));
  if (found.length === 1) return found[0]!;
  if (found.length === 0) throw new CliError('NOT_FOUND', `There is no session "${id}"; it may have ended.`, { next: 'See what is playing:  usher sessions list' });
  const servers = new Set(found.map((row) => row.server));
  const next = servers.size === found.length ? `Name the server:  ${found.map((row) => `${row.server}:${own}`).join('  ')}` : 'Give more of the id:  usher sessions list -q';
  throw new CliError('VALIDATION_FAILED', `"${id}" fits ${found.length} sessions.`, { next });
}
