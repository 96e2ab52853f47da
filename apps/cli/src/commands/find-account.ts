import { CliMigrationUsersDocument } from '@usher/api-client';
import type { UsherClient } from '../client.js';
import { CliError } from '../errors.js';
import { nearest } from '../import-file/problem.js';
import { findServer } from './find-server.js';

export interface Account {
  readonly serverId: string;
  readonly userVendorId: string;
  /** `attic:Ana`, for sentences. */
  readonly name: string;
  /** Slug of the server. */
  readonly server: string;
}

/** `attic:ana`, by names in any case or by ids. */
export async function findAccount(client: UsherClient, text: string): Promise<Account> {
  const cut = text.indexOf(':');
  if (cut < 1 || cut === text.length - 1) throw new CliError('USAGE', `${text}: must be SERVER:USER`);
  const server = await findServer(client, text.slice(0, cut));
  const name = text.slice(cut + 1);
  const { users } = await client.run(CliMigrationUsersDocument, { serverId: server.id });
  const found = users.filter((user) => user.vendorId === name || user.name.toLowerCase() === name.toLowerCase());
  if (found.length === 1) return { serverId: server.id, userVendorId: found[0]!.vendorId, name: `${server.slug}:${found[0]!.name}`, server: server.slug };
  const near = nearest(name, users.map((user) => user.name));
  throw new CliError('NOT_FOUND', `${server.alias} has no user "${name}".`, { next: near ? `Did you mean ${server.slug}:${near}?` : `usher users list --server ${server.slug}` });
}
