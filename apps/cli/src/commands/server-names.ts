import { CliServersDocument } from '@usher/api-client';
import type { UsherClient } from '../client.js';
import { findServer } from './find-server.js';

/** Server id → slug, as people type it. */
export async function aliasesOf(client: UsherClient): Promise<Map<string, string>> {
  const { servers } = await client.run(CliServersDocument, { filter: null });
  return new Map(servers.map((server) => [server.id, server.slug]));
}

/** Names separated by commas or given apart; null when none were given. @throws CliError for a name that is no server */
export async function serverIdsOf(client: UsherClient, names: string | readonly string[] | undefined): Promise<string[] | null> {
  if (!names || names.length === 0) return null;
  const each = (typeof names === 'string' ? [names] : names).flatMap((text) => text.split(',')).map((name) => name.trim());
  return Promise.all(each.map(async (name) => (await findServer(client, name)).id));
}
