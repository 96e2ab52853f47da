import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AppError, Library, MediaSource, MediaUser, ServerLoad, ServerProfile, Session, VendorActivity, type Capability, type MediaItem, type VendorSession } from '@usher/contracts';
import type { MediaServer } from '../media-server.js';
import { asPublished } from './as-published.js';
import { describeAccounts } from './describe-accounts.js';
import { describeCapabilities } from './describe-capabilities.js';
import { describeItems } from './describe-items.js';
import { describeLists } from './describe-lists.js';
import { describePeople } from './describe-people.js';
import { describeStates, type Seed } from './describe-states.js';
import { describeTitles } from './describe-titles.js';
import { describeWork } from './describe-work.js';
import { stateOf, until } from './snapshots.js';

/** A viewer that the test moves; every call is what the viewer does at the device. */
export interface Viewer {
  /** The vendor's id of its session. */
  readonly id: string;
  pause(): void;
  resume(): void;
  stop(): void;
  /** What the server told the device to do. */
  isPlaying(): boolean;
  isPaused(): boolean;
  messages(): readonly string[];
}

/** One started media server with its adapter. */
export interface Bench {
  readonly server: MediaServer;
  /** A film on a device that takes commands. */
  play(delivery: 'direct-play' | 'transcode'): Viewer;
  /** Nobody answers any more, until `heal`. */
  breakDown(): Promise<void>;
  heal(): Promise<void>;
  /** The key that the adapter holds is not known any more. */
  revokeKey(): void;
  /** What that person did, beside the protocol. */
  seed(userName: string, item: MediaItem, change: Seed): void;
  /** What the server's store holds. */
  stored(userName: string, item: MediaItem): Required<Seed>;
  /** That person watched it to its end, just now. */
  watchToEnd(userName: string, item: MediaItem): void;
  /** A film that has just come to the library of films: without poster, overview and ids of others. */
  add(title: string): void;
  /** What lets that person in now. */
  passwordOf(userName: string): string;
  /** Vendor's ids of the tasks that were started, oldest first. */
  startedTasks(): readonly string[];
  close(): Promise<void>;
}

/**
 * The same cases for every adapter. What an adapter declares it must do, what it does not declare must answer
 * CAPABILITY_MISSING.
 */
export function describeMediaServer(name: string, start: () => Promise<Bench>): void {
  describe(`MediaServer: ${name}`, () => {
    let bench: Bench;
    let server: MediaServer;
    beforeEach(async () => {
      bench = await start();
      server = bench.server;
    });
    afterEach(async () => {
      await server.close();
      await bench.close();
    });

    const declares = async (capability: Capability): Promise<boolean> => {
      await server.probe();
      return server.capabilities.has(capability);
    };
    const find = async (viewer: Viewer): Promise<VendorSession | undefined> => (await server.sessions.list()).find((session) => session.vendorId === viewer.id);

    it('probe() tells who the server is and what it can do', async () => {
      const profile = await server.probe();
      expect(ServerProfile.parse(profile)).toEqual(profile);
      expect(profile.kind).toBe(server.kind);
      expect(new Set(profile.capabilities)).toEqual(new Set(server.capabilities.list()));
      await expect(server.probe()).resolves.toMatchObject({ machineId: profile.machineId, version: profile.version });
    });

    it('sessions.list() shows what plays, as the contract says', async () => {
      const viewer = bench.play('direct-play');
      const sessions = await server.sessions.list();
      for (const session of sessions) expect(Session.safeParse(asPublished(session)).error).toBeUndefined();
      const session = sessions.find((each) => each.vendorId === viewer.id);
      expect(session).toMatchObject({ item: { type: 'movie', title: expect.any(String) }, stream: { state: 'playing', delivery: 'direct-play', transcode: null } });
      expect(session?.userName).toEqual(expect.any(String));
      expect(session?.stream?.positionMs).toBeLessThanOrEqual(60_000);
      expect(session?.item?.durationMs).toBeGreaterThan(60_000);
    });

    it('sessions.list() tells a conversion and its reasons', async () => {
      const viewer = bench.play('transcode');
      const stream = (await find(viewer))?.stream;
      expect(stream).toMatchObject({ delivery: 'transcode', video: { delivery: 'transcode' } });
      expect(stream?.transcode?.reasons.length).toBeGreaterThan(0);
      expect(stream?.bitRateKbps).toBeGreaterThan(0);
    });

    it('sessions.list() follows pause, resume and stop', async () => {
      const viewer = bench.play('direct-play');
      viewer.pause();
      expect((await find(viewer))?.stream?.state).toBe('paused');
      viewer.resume();
      expect((await find(viewer))?.stream?.state).toBe('playing');
      viewer.stop();
      expect((await find(viewer))?.stream ?? null).toBeNull();
    });

    it('sessions.watch() begins with a whole list and follows start, pause and stop', async () => {
      const watching = new AbortController();
      const snapshots = server.sessions.watch(watching.signal)[Symbol.asyncIterator]();
      await until(snapshots, (sessions) => sessions.every((session) => session.stream === null));
      const viewer = bench.play('direct-play');
      await until(snapshots, (sessions) => stateOf(sessions, viewer) === 'playing');
      viewer.pause();
      await until(snapshots, (sessions) => stateOf(sessions, viewer) === 'paused');
      viewer.stop();
      const last = await until(snapshots, (sessions) => stateOf(sessions, viewer) === null);
      expect(Number.isNaN(Date.parse(last.at))).toBe(false);
      watching.abort();
      await expect(snapshots.next()).resolves.toMatchObject({ done: true });
    });

    it('sessions.watch() outlives an outage', async () => {
      const watching = new AbortController();
      const snapshots = server.sessions.watch(watching.signal)[Symbol.asyncIterator]();
      await until(snapshots, () => true);
      await bench.breakDown();
      const viewer = bench.play('direct-play');
      await bench.heal();
      await until(snapshots, (sessions) => stateOf(sessions, viewer) === 'playing');
      watching.abort();
      await expect(snapshots.next()).resolves.toMatchObject({ done: true });
    });

    it('sessions.watch() ends when its reader leaves, and can be begun again', async () => {
      const watching = new AbortController();
      for await (const snapshot of server.sessions.watch(watching.signal)) {
        expect(snapshot.sessions).toEqual(expect.any(Array));
        break;
      }
      const again = server.sessions.watch(watching.signal)[Symbol.asyncIterator]();
      await until(again, () => true);
      await server.close();
      await expect(again.next()).resolves.toMatchObject({ done: true });
    });

    it('playback.check() tells what is known of a file, and nothing of one that is not there', async () => {
      const session = await find(bench.play('direct-play'));
      const source = await server.playback.check(session!.item!.itemId, session!.userId!);
      expect(MediaSource.parse(source)).toEqual(source);
      expect(source).toMatchObject({ height: expect.any(Number), bitRateKbps: expect.any(Number), durationMs: session!.item!.durationMs });
      await expect(server.playback.check('00000000000000000000000000000000', session!.userId!)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    it('playback.address() names the item and the position, and no key', async () => {
      const session = await find(bench.play('direct-play'));
      const { itemId } = session!.item!;
      const address = await server.playback.address(itemId, 754_000);
      expect(address).toMatch(/^web\/.*[?&]t=754$/);
      expect(decodeURIComponent(address)).toContain(itemId);
      expect(address).not.toMatch(/key=(?!%2Flibrary)|token/i);
    });

    it('sessions.stop() ends a playback', async () => {
      const viewer = bench.play('direct-play');
      if (await declares('sessions.stop')) {
        await server.sessions.stop(viewer.id, 'The server goes down in five minutes.');
        expect(viewer.isPlaying()).toBe(false);
      } else await expectMissing(server.sessions.stop(viewer.id));
    });

    it('sessions.message() reaches the device', async () => {
      const viewer = bench.play('direct-play');
      if (await declares('sessions.message')) {
        await server.sessions.message(viewer.id, 'Dinner is ready & "hot"');
        expect(viewer.messages()).toContain('Dinner is ready & "hot"');
      } else await expectMissing(server.sessions.message(viewer.id, 'x'));
    });

    it('sessions.control() pauses, resumes and seeks', async () => {
      const viewer = bench.play('direct-play');
      if (await declares('sessions.control')) {
        await server.sessions.control(viewer.id, { type: 'pause' });
        expect(viewer.isPaused()).toBe(true);
        await server.sessions.control(viewer.id, { type: 'resume' });
        expect(viewer.isPaused()).toBe(false);
        await server.sessions.control(viewer.id, { type: 'seek', positionMs: 123_000 });
        expect(((await find(viewer))?.stream?.positionMs ?? 0) - 123_000).toBeLessThan(30_000);
        expect((await find(viewer))?.stream?.positionMs).toBeGreaterThanOrEqual(123_000);
      } else await expectMissing(server.sessions.control(viewer.id, { type: 'pause' }));
    });

    it('a session that is gone is NOT_FOUND', async () => {
      await server.probe();
      if (server.capabilities.has('sessions.stop')) await expect(server.sessions.stop('gone')).rejects.toMatchObject({ code: 'NOT_FOUND' });
      if (server.capabilities.has('sessions.message')) await expect(server.sessions.message('gone', 'x')).rejects.toMatchObject({ code: 'NOT_FOUND' });
      if (server.capabilities.has('sessions.control')) await expect(server.sessions.control('gone', { type: 'pause' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect((await server.sessions.list()).find((session) => session.vendorId === 'gone')).toBeUndefined();
    });

    it('libraries.list() counts what is in them', async () => {
      const libraries = await server.libraries.list();
      for (const library of libraries) expect(Library.parse(library)).toEqual(library);
      const films = libraries.find((library) => library.type === 'movies');
      expect(films?.itemCount).toBeGreaterThan(0);
      expect(films?.folders.length).toBeGreaterThan(0);
      const shows = libraries.find((library) => library.type === 'shows');
      expect(shows?.itemCount).toBeGreaterThan(0);
      expect(shows?.childCount).toBeGreaterThan(shows?.itemCount ?? 0);
    });

    describeCapabilities(() => server);
    describeItems(() => server);
    describeTitles(() => bench);
    describeAccounts(() => server);
    describePeople(() => bench);
    describeStates(() => bench);
    describeLists(() => server);
    describeWork(() => bench);

    it('users.list() names the accounts', async () => {
      const users = await server.users.list();
      for (const user of users) expect(MediaUser.parse(user)).toEqual(user);
      expect(users.filter((user) => user.isAdministrator).length).toBeGreaterThan(0);
      expect(users.filter((user) => !user.isAdministrator).length).toBeGreaterThan(0);
    });

    it('actions.scan() looks through one library or all, and tells what it is busy with', async () => {
      if (await declares('libraries.scan')) {
        const [library] = await server.libraries.list();
        await expect(server.actions.scan(library!.vendorId)).resolves.toBeUndefined();
        await expect(server.actions.scan(null)).resolves.toBeUndefined();
        await expect(server.actions.scan('ffffffffffffffffffffffffffffffff')).rejects.toMatchObject({ code: 'NOT_FOUND' });
      } else await expectMissing(server.actions.scan(null));
      if (await declares('activities.list')) {
        const running = await server.actions.running();
        for (const activity of running) expect(VendorActivity.parse(activity)).toEqual(activity);
        expect(running.filter(({ type }) => type === 'scan').length).toBeGreaterThan(0);
      } else await expectMissing(server.actions.running());
    });

    it('actions.refreshLibrary() and refreshItem() read metadata again', async () => {
      const [library] = await server.libraries.list();
      const item = bench.play('direct-play');
      const itemId = (await find(item))!.item!.itemId;
      if (await declares('metadata.refresh')) {
        await expect(server.actions.refreshLibrary(library!.vendorId, 'full')).resolves.toBeUndefined();
        await expect(server.actions.refreshItem(itemId, 'missing')).resolves.toBeUndefined();
        await expect(server.actions.refreshLibrary('ffffffffffffffffffffffffffffffff', 'missing')).rejects.toMatchObject({ code: 'NOT_FOUND' });
      } else await expectMissing(server.actions.refreshItem(itemId, 'missing'));
    });

    it('actions.restart() is done or refused as declared', async () => {
      if (await declares('server.restart')) {
        await expect(server.actions.restart()).resolves.toBeUndefined();
      } else await expectMissing(server.actions.restart());
    });

    it('load() adds up what plays', async () => {
      bench.play('direct-play');
      bench.play('transcode');
      const load = await server.load();
      expect(ServerLoad.parse(load)).toEqual(load);
      expect(load).toMatchObject({ streams: 2, transcodes: 1 });
      expect(load.egressKbps).toBeGreaterThan(0);
    });

    it('a server that nobody answers at is SERVER_UNREACHABLE, and recovers', async () => {
      await bench.breakDown();
      await expect(server.sessions.list()).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
      await bench.heal();
      await expect(server.sessions.list()).resolves.toEqual(expect.any(Array));
    });

    it('a key that is not known any more is SERVER_REJECTED_KEY', async () => {
      bench.revokeKey();
      for (const call of [server.probe(), server.sessions.list(), server.libraries.list(), server.users.list()]) {
        await expect(call).rejects.toMatchObject({ code: 'SERVER_REJECTED_KEY' });
      }
    });

    it('fails with AppError after close()', async () => {
      await server.close();
      await expect(server.sessions.list()).rejects.toBeInstanceOf(AppError);
    });
  });
}

async function expectMissing(call: Promise<unknown>): Promise<void> {
  await expect(call).rejects.toMatchObject({ code: 'CAPABILITY_MISSING' });
}
