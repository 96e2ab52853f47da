import { randomBytes } from 'node:crypto';
import { AppError } from '@usher/contracts';
import type { MediaServer } from '../media-server.js';

/** What every account, list and library of a live run begins with. */
const PREFIX = 'usher-live-';
/** Upper and lower case are equal: a server that takes names for different that are not has made a second one. */
const OURS = /^usher-live-[0-9a-z]{8}( .*)?$/i;

/** `usher-live-` and eight letters or digits. */
export function newRunName(): string {
  return `${PREFIX}${randomBytes(8).toString('hex').slice(0, 8)}`;
}

export const isOurs = ({ name }: { readonly name: string }): boolean => OURS.test(name);

const KINDS = ['playlists', 'collections', 'libraries', 'accounts'] as const;

/** How many of each kind, and the codes of what went wrong. */
export interface OwnThings {
  readonly playlists: number;
  readonly collections: number;
  readonly libraries: number;
  readonly accounts: number;
  readonly problems: readonly string[];
}

export const countOf = (things: OwnThings): number => KINDS.reduce((sum, kind) => sum + things[kind], 0);

/** `2 playlists and 1 accounts`, or `nothing`. */
export function wordsOf(things: OwnThings): string {
  const words = KINDS.filter((kind) => things[kind] > 0).map((kind) => `${things[kind]} ${kind}`);
  return words.length === 0 ? 'nothing' : words.join(' and ');
}

/** The same of what still stands there, which is not known when it could not be read. */
export function leftOf(things: OwnThings): string {
  return countOf(things) === 0 && things.problems.length > 0 ? 'not known' : wordsOf(things);
}

/** Everything of live runs that stands on the server: of this one, and of those that were killed. */
export async function findOwn(server: MediaServer): Promise<OwnThings> {
  return await each(server, async () => undefined);
}

/** Takes all of it away. What fails does not keep the rest from going. Nothing of anybody else is touched. */
export async function removeOwn(server: MediaServer): Promise<OwnThings> {
  return await each(server, (remove) => remove());
}

async function each(server: MediaServer, handle: (remove: () => Promise<void>) => Promise<void>): Promise<OwnThings> {
  const { users, playlists, collections, libraries, capabilities } = server;
  const counts = { playlists: 0, collections: 0, libraries: 0, accounts: 0 };
  const problems: string[] = [];
  const attempt = async (what: string, work: () => Promise<void>): Promise<void> => {
    await work().catch((error: unknown) => void problems.push(`${what}: ${error instanceof AppError ? error.code : 'INTERNAL'}`));
  };
  const all = async (kind: keyof typeof counts, rows: readonly { readonly name: string; readonly vendorId: string }[], remove: (id: string) => Promise<void>): Promise<void> => {
    for (const { vendorId } of rows.filter(isOurs)) {
      await attempt(kind, async () => {
        await handle(() => remove(vendorId));
        counts[kind] += 1;
      });
    }
  };
  await attempt('accounts', async () => {
    const listed = await users.list();
    // an administrator is none of ours, whatever the name
    const ours = listed.filter((user) => isOurs(user) && !user.isAdministrator);
    // lists go before their owners: nobody would see them any more
    const owner = listed.find((user) => user.isAdministrator && user.enabled);
    const owners = capabilities.has('playlists.write') ? [...ours, ...(owner ? [owner] : [])] : [];
    for (const { vendorId: ownerId } of owners) {
      await attempt('playlists', async () => await all('playlists', await playlists.list(ownerId), (id) => playlists.remove(ownerId, id)));
    }
    if (capabilities.has('users.remove')) await all('accounts', ours, (id) => users.remove(id));
  });
  if (capabilities.has('collections.write')) await attempt('collections', async () => await all('collections', await collections.list(), (id) => collections.remove(id)));
  if (capabilities.has('libraries.create')) await attempt('libraries', async () => await all('libraries', await libraries.list(), (id) => libraries.remove(id)));
  return { ...counts, problems };
}
