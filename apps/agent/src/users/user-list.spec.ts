import { describe, expect, it } from '@jest/globals';
import { InMemoryMediaServer } from '@usher/media-server';
import { ManualClock } from '@usher/resilience';
import { LibraryList } from '../libraries/library-list.service.js';
import { UserList } from './user-list.service.js';

const PART_BYTES = 128 * 1024;

describe('lists of users and libraries', () => {
  it('come in parts that fit a message, with nothing lost', async () => {
    const server = new InMemoryMediaServer();
    server.userList = Array.from({ length: 2_000 }, (_, index) => ({ vendorId: `u${index}`, name: 'n'.repeat(200), email: null, isAdministrator: false, enabled: true, lastSeenAt: null }));
    const parts = await new UserList({ current: () => server }, new ManualClock()).parts();
    expect(parts.flat()).toEqual(server.userList.map((user) => ({ ...user, libraries: 'all' })));
    for (const users of parts) expect(Buffer.byteLength(JSON.stringify({ users }))).toBeLessThanOrEqual(PART_BYTES);
  });

  it('are one empty part of a server that has none', async () => {
    const server = new InMemoryMediaServer();
    expect(await new LibraryList({ current: () => server }, new ManualClock()).parts()).toEqual([[]]);
  });

  it('are refused by a server that does not declare them', async () => {
    const server = new InMemoryMediaServer('plex', []);
    await expect(new UserList({ current: () => server }, new ManualClock()).parts()).rejects.toMatchObject({ code: 'CAPABILITY_MISSING' });
    await expect(new LibraryList({ current: () => server }, new ManualClock()).parts()).rejects.toMatchObject({ code: 'CAPABILITY_MISSING' });
  });

  it('are given up when the server hangs', async () => {
    const clock = new ManualClock();
    const server = new InMemoryMediaServer();
    Object.assign(server.libraries, { list: () => new Promise(() => undefined) });
    const listing = new LibraryList({ current: () => server }, clock).parts().catch((error: unknown) => error);
    await clock.advance(55_000);
    expect(await listing).toMatchObject({ code: 'SERVER_UNREACHABLE', details: { reason: 'timeout' } });
  });
});
