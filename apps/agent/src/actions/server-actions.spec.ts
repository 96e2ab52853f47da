import { describe, expect, it } from '@jest/globals';
import { AppError } from '@usher/contracts';
import { InMemoryMediaServer, STARTING_CAPABILITIES } from '@usher/media-server';
import { ManualClock } from '@usher/resilience';
import { ServerActions } from './server-actions.service.js';

function setUp(capabilities: ConstructorParameters<typeof InMemoryMediaServer>[1]) {
  const clock = new ManualClock();
  const server = new InMemoryMediaServer('emby', capabilities);
  server.libraryList = [{ vendorId: 'films', name: 'Films', type: 'movies', itemCount: 1, childCount: null, folders: [] }];
  let ordered = 0;
  const actions = new ServerActions({ provider: { current: () => server }, ordered: () => ordered++, clock });
  return { clock, server, actions, ordered: () => ordered };
}

describe('ServerActions', () => {
  it('hands orders to the adapter and lets them be followed', async () => {
    const { server, actions, ordered } = setUp([...STARTING_CAPABILITIES.emby, 'server.restart']);
    await actions.scanLibrary(null);
    await actions.refreshLibrary('films', 'full');
    await actions.refreshItem('i1', 'missing');
    await actions.restart();
    expect(server.sent).toEqual([
      { type: 'scan', libraryId: null },
      { type: 'refresh-library', libraryId: 'films', mode: 'full' },
      { type: 'refresh-item', itemId: 'i1', mode: 'missing' },
      { type: 'restart' },
    ]);
    expect(ordered()).toBe(4);
  });

  it('refuses what the server does not declare, and follows nothing then', async () => {
    const { server, actions, ordered } = setUp([]);
    for (const call of [actions.scanLibrary(null), actions.refreshLibrary('films', 'full'), actions.refreshItem('i1', 'full'), actions.restart()]) {
      await expect(call).rejects.toMatchObject({ code: 'CAPABILITY_MISSING' });
    }
    expect([server.sent.length, ordered()]).toEqual([0, 0]);
  });

  it('tells a library that is not there, a server that is away, and one that never answers', async () => {
    const { clock, server, actions } = setUp(STARTING_CAPABILITIES.emby);
    await expect(actions.scanLibrary('gone')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    server.setFault(new AppError('SERVER_UNREACHABLE', 'away'));
    await expect(actions.scanLibrary(null)).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
    server.actions.scan = () => new Promise(() => undefined);
    const late = expect(actions.scanLibrary(null)).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE', details: { reason: 'timeout' } });
    await clock.advance(18_000);
    await late;
  });
});
