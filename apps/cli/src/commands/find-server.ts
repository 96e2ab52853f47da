import { CliServersDocument, type CliServerFieldsFragment } from '@usher/api-client';
import type { UsherClient } from '../client.js';
import { CliError } from '../errors.js';
import { nearest } from '../import-file/problem.js';

/** A server by its alias, slug, id, or the last six or more characters of its id. */
export async function findServer(client: UsherClient, name: string): Promise<CliServerFieldsFragment> {
  const { servers } = await client.run(CliServersDocument, { filter: null });
  const wanted = name.toLowerCase();
  const exact = servers.filter((server) => [server.alias.toLowerCase(), server.slug, server.id].includes(wanted));
  const found = exact.length > 0 ? exact : servers.filter((server) => wanted.length >= 6 && server.id.endsWith(wanted));
  if (found.length === 1) return found[0]!;
  if (found.length > 1) throw new CliError('VALIDATION_FAILED', `"${name}" fits ${found.length} servers: ${found.map((server) => server.alias).join(', ')}.`, { next: 'Give the alias or more of the id.' });
  const near = nearest(name, servers.map((server) => server.slug));
  throw new CliError('NOT_FOUND', `There is no server "${name}".`, { next: near ? `Did you mean ${near}?  usher servers get ${near}` : 'See what is registered:  usher servers list' });
}
