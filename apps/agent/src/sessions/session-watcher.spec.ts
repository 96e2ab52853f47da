import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { IgnoredDevice } from '@usher/contracts';
import { InMemoryMediaServer, type LiveStatus, type SessionSnapshot } from '@usher/media-server';
import { ManualClock } from '@usher/resilience';
import { recordingLogger, tempFolder, vendorSession } from '../../test/support.js';
import { FactSpool } from '../spool/fact-spool.js';
import { PlaybackStore } from './playback-store.js';
import { SessionWatcher } from './session-watcher.js';
import type { PublishedList } from './sessions-publisher.js';

async function setUp() {
  const folder = await tempFolder();
  const clock = new ManualClock();
  const { logger, lines } = recordingLogger();
  const spool = await FactSpool.open(path.join(folder, 'spool'), { clock, logger });
  const store = await PlaybackStore.open(path.join(folder, 'playbacks.json'), spool, logger);
  const offered: { list: PublishedList; happened: boolean }[] = [];
  const ignored: IgnoredDevice[] = [];
  const live: LiveStatus[] = [];
  const watcher = new SessionWatcher({
    store,
    publisher: { offer: (list, happened) => void offered.push({ list, happened }) },
    ignored: () => ignored,
    hooks: { onLive: (status) => live.push(status) },
    clock,
    logger,
  });
  const factsNow = async () => {
    await spool.flush();
    return ((await spool.readBatch())?.facts ?? []).map(({ contract }) => contract);
  };
  const end = async () => {
    await watcher.stop();
    await spool.close();
  };
  return { clock, lines, watcher, offered, ignored, live, factsNow, end };
}

describe('SessionWatcher', () => {
  it('makes facts and a list of what the server tells, and finds a session of it', async () => {
    const { clock, watcher, offered, live, factsNow, end } = await setUp();
    const server = new InMemoryMediaServer();
    server.setSessions([vendorSession()]);
    expect(watcher.find('session-1')).toBeNull();
    await watcher.watch(server);
    await clock.advance(0);
    expect(offered).toMatchObject([{ happened: true, list: { source: 'poll', sessions: [{ vendorId: 'session-1' }] } }]);
    expect(watcher.find('session-1')).toMatchObject({ vendorId: 'session-1' });
    expect(watcher.find('nobody')).toBeUndefined();
    expect(live.at(-1)).toMatchObject({ mode: 'push' });
    expect(await factsNow()).toEqual(['playback.started@1']);
    await end();
  });

  it('keeps ignored devices out, also when they are named later', async () => {
    const { clock, watcher, offered, ignored, factsNow, end } = await setUp();
    const server = new InMemoryMediaServer();
    server.setSessions([vendorSession()]);
    await watcher.watch(server);
    await clock.advance(0);
    ignored.push({ client: 'Player' });
    watcher.reconsider();
    expect(offered.at(-1)!.list.sessions).toEqual([]);
    expect(await factsNow()).toEqual(['playback.started@1', 'playback.ended@1']);
    await end();
  });

  it('leaves a row out that does not fit the contract and shows the others', async () => {
    const { clock, lines, watcher, offered, end } = await setUp();
    const server = new InMemoryMediaServer();
    server.setSessions([vendorSession({ vendorId: 'bad', stream: { positionMs: Number.NaN } }), vendorSession({ vendorId: 'good' })]);
    await watcher.watch(server);
    await clock.advance(0);
    expect(offered.at(-1)!.list.sessions.map(({ vendorId }) => vendorId)).toEqual(['good']);
    server.setSessions([vendorSession({ vendorId: 'bad', stream: { positionMs: Number.NaN } })]);
    await clock.advance(0);
    expect(lines.filter(({ event }) => event === 'sessions.refused')).toHaveLength(1);
    await end();
  });

  it('follows the next adapter and leaves the one before', async () => {
    const { clock, watcher, offered, end } = await setUp();
    const [first, second] = [new InMemoryMediaServer(), new InMemoryMediaServer()];
    await watcher.watch(first);
    await watcher.watch(second);
    second.setSessions([vendorSession({ vendorId: 'second' })]);
    await clock.advance(0);
    first.setSessions([vendorSession({ vendorId: 'first' })]);
    await clock.advance(0);
    expect(offered.at(-1)!.list.sessions.map(({ vendorId }) => vendorId)).toEqual(['second']);
    await end();
  });

  it('begins again after an adapter that failed, with a pause', async () => {
    const { clock, lines, watcher, offered, end } = await setUp();
    const server = new InMemoryMediaServer();
    const { watch } = server.sessions;
    let failures = 2;
    Object.assign(server.sessions, {
      watch: (signal: AbortSignal): AsyncIterable<SessionSnapshot> => {
        if (failures-- > 0) throw new Error('a bug in an adapter');
        return watch(signal);
      },
    });
    await watcher.watch(server);
    await clock.advance(10_000);
    expect(lines.filter(({ event }) => event === 'sessions.watch_failed')).toHaveLength(2);
    expect(offered.length).toBeGreaterThan(0);
    await end();
  });

  it('ends nothing when it stops', async () => {
    const { clock, watcher, factsNow, end } = await setUp();
    const server = new InMemoryMediaServer();
    server.setSessions([vendorSession()]);
    await watcher.watch(server);
    await clock.advance(0);
    await watcher.stop();
    expect(await factsNow()).toEqual(['playback.started@1']);
    await end();
  });
});
