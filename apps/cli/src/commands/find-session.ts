import { CliSessionsDocument, type CliSessionFieldsFragment } from '@usher/api-client';
import type { UsherClient } from '../client.js';
import { CliError } from '../errors.js';
import { aliasesOf } from './server-names.js';

export type SessionRow = CliSessionFieldsFragment & { readonly server: string; readonly stale: boolean };

export async function readSessions(client: UsherClient, serverIds: string[] | null): Promise<SessionRow[]> {
  const [names, { sessions }] = await Promise.all([aliasesOf(client), client.run(CliSessionsDocument, { serverIds })]);
  return sessions.flatMap((snapshot) => snapshot.sessions.map((session) => ({ ...session, server: names.get(snapshot.serverId) ?? snapshot.serverId, stale: snapshot.stale })));
}

/** A session by its whole id or the last six or more characters. */
export async function findSession(client: UsherClient, id: string): Promise<SessionRow> {
  const rows = await readSessions(client, null);
  const suffix = id.includes(':') ? id.slice(id.indexOf(':') + 1) : id;
  const exact = rows.filter((row) => row.id === id);
  const found = exact.length > 0 ? exact : rows.filter((row) => suffix.length >= 6 && row.id.endsWith(suffix));
  if (found.length === 1) return found[0]!;
  const next = 'See what is playing:  usher sessions list';
  if (found.length === 0) throw new CliError('NOT_FOUND', `There is no session "${id}"; it may have ended.`, { next });
  throw new CliError('VALIDATION_FAILED', `"${id}" fits ${found.length} sessions; give more of the id.`, { next });
}
