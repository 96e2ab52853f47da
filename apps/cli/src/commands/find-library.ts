import { CliActionLibrariesDocument } from '@usher/api-client';
import type { UsherClient } from '../client.js';
import { CliError } from '../errors.js';
import { nearest } from '../import-file/problem.js';

/** A library of one server by name, upper and lower case are equal, or by the server's own id. */
export async function findLibrary(client: UsherClient, serverId: string, name: string): Promise<{ readonly vendorId: string; readonly name: string }> {
  const { libraries } = await client.run(CliActionLibrariesDocument, { serverIds: [serverId] });
  const found = libraries.find((library) => library.vendorId === name) ?? libraries.find((library) => library.name.toLowerCase() === name.toLowerCase());
  if (found) return found;
  const near = nearest(name, libraries.map((library) => library.name));
  throw new CliError('NOT_FOUND', `There is no library "${name}" on that server.`, { next: near ? `Did you mean ${near}?` : `It has: ${libraries.map((library) => library.name).join(', ') || 'none'}` });
}
