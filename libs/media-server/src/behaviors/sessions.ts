import { MediaSource, ServerLoad, ServerProfile, Session, type VendorSession } from '@usher/contracts';
import { expect } from 'expect';
import { asPublished } from './as-published.js';
import { behavior, GONE, NOT_OFFERED, type Behavior, type Subject } from './behavior.js';
import { failsWith, NOT_FOUND, refused } from './failing.js';
import type { Viewer } from './stage.js';

const find = async ({ server }: Subject, viewer: Viewer): Promise<VendorSession | undefined> => (await server.sessions.list()).find((session) => session.vendorId === viewer.id);

/** Who the server is, what plays, and what can be told to those who play. */
export const SESSIONS: readonly Behavior[] = [
  behavior('probe() tells who the server is and what it can do', [], async ({ server }) => {
    const profile = await server.probe();
    expect(ServerProfile.parse(profile)).toEqual(profile);
    expect(profile.kind).toBe(server.kind);
    expect(new Set(profile.capabilities)).toEqual(new Set(server.capabilities.list()));
    await expect(server.probe()).resolves.toMatchObject({ machineId: profile.machineId, version: profile.version });
  }),

  behavior('sessions.list() answers what the contract says, whatever plays', [], async ({ server }) => {
    for (const session of await server.sessions.list()) Session.parse(asPublished(session));
  }),

  behavior('sessions.list() shows what plays, as the contract says', ['playback'], async (subject) => {
    const viewer = subject.stage.play('direct-play');
    const sessions = await subject.server.sessions.list();
    for (const session of sessions) expect(Session.safeParse(asPublished(session)).error).toBeUndefined();
    const session = sessions.find((each) => each.vendorId === viewer.id);
    expect(session).toMatchObject({ item: { type: 'movie', title: expect.any(String) }, stream: { state: 'playing', delivery: 'direct-play', transcode: null } });
    expect(session?.userName).toEqual(expect.any(String));
    expect(session?.stream?.positionMs).toBeLessThanOrEqual(60_000);
    expect(session?.item?.durationMs).toBeGreaterThan(60_000);
  }),

  behavior('sessions.list() tells a conversion and its reasons', ['playback'], async (subject) => {
    const viewer = subject.stage.play('transcode');
    const stream = (await find(subject, viewer))?.stream;
    expect(stream).toMatchObject({ delivery: 'transcode', video: { delivery: 'transcode' } });
    expect(stream?.transcode?.reasons.length).toBeGreaterThan(0);
    expect(stream?.bitRateKbps).toBeGreaterThan(0);
  }),

  behavior('sessions.list() follows pause, resume and stop', ['playback'], async (subject) => {
    const viewer = subject.stage.play('direct-play');
    viewer.pause();
    expect((await find(subject, viewer))?.stream?.state).toBe('paused');
    viewer.resume();
    expect((await find(subject, viewer))?.stream?.state).toBe('playing');
    viewer.stop();
    expect((await find(subject, viewer))?.stream ?? null).toBeNull();
  }),

  behavior('sessions.list() tells how far a conversion is ahead, and which part of it is done in hardware', ['playback'], async (subject) => {
    const direct = await find(subject, subject.stage.play('direct-play'));
    expect(direct!.stream?.bufferPositionMs).toBeNull();
    const converted = await find(subject, subject.stage.play('transcode'));
    expect(Session.safeParse(asPublished(converted!)).error).toBeUndefined();
    const { bufferPositionMs, positionMs, transcode } = converted!.stream!;
    // to the second: not every vendor tells more
    expect(bufferPositionMs).toBeGreaterThanOrEqual(positionMs - 1_000);
    expect(transcode).toMatchObject({ hardware: 'software' });
    expect([transcode?.hardwareDecode, transcode?.hardwareEncode]).not.toContain(true);
  }),

  behavior('playback.check() tells what is known of a file, and nothing of one that is not there', [], async ({ server, facts }) => {
    const [film, person] = [await facts.film(), await facts.person()];
    const source = await server.playback.check(film.vendorId, person.vendorId);
    expect(MediaSource.parse(source)).toEqual(source);
    expect(source).toMatchObject({ height: expect.any(Number), bitRateKbps: expect.any(Number), durationMs: expect.any(Number) });
    await failsWith(server.playback.check('00000000000000000000000000000000', person.vendorId), NOT_FOUND);
  }),

  behavior('playback.check() and sessions.list() agree on how long a title is', ['playback'], async (subject) => {
    const session = await find(subject, subject.stage.play('direct-play'));
    await expect(subject.server.playback.check(session!.item!.itemId, session!.userId!)).resolves.toMatchObject({ durationMs: session!.item!.durationMs });
  }),

  behavior('playback.address() names the item and the position, and no key', [], async ({ server, facts }) => {
    const { vendorId } = await facts.film();
    const address = await server.playback.address(vendorId, 754_000);
    expect(address).toMatch(/^web\/.*[?&]t=754$/);
    expect(decodeURIComponent(address)).toContain(vendorId);
    expect(address).not.toMatch(/key=(?!%2Flibrary)|token/i);
  }),

  behavior('sessions.stop() ends a playback', ['playback'], async ({ server, facts, stage }) => {
    const viewer = stage.play('direct-play');
    if (!(await facts.has('sessions.stop'))) return await refused(server.sessions.stop(viewer.id));
    await server.sessions.stop(viewer.id, 'The server goes down in five minutes.');
    expect(viewer.isPlaying()).toBe(false);
  }),

  behavior('sessions.message() reaches the device', ['playback'], async ({ server, facts, stage }) => {
    const viewer = stage.play('direct-play');
    if (!(await facts.has('sessions.message'))) return await refused(server.sessions.message(viewer.id, 'x'));
    await server.sessions.message(viewer.id, 'Dinner is ready & "hot"');
    expect(viewer.messages()).toContain('Dinner is ready & "hot"');
  }),

  behavior('sessions.control() pauses, resumes and seeks', ['playback'], async (subject) => {
    const { server, facts } = subject;
    const viewer = subject.stage.play('direct-play');
    if (!(await facts.has('sessions.control'))) return await refused(server.sessions.control(viewer.id, { type: 'pause' }));
    await server.sessions.control(viewer.id, { type: 'pause' });
    expect(viewer.isPaused()).toBe(true);
    await server.sessions.control(viewer.id, { type: 'resume' });
    expect(viewer.isPaused()).toBe(false);
    await server.sessions.control(viewer.id, { type: 'seek', positionMs: 123_000 });
    expect(((await find(subject, viewer))?.stream?.positionMs ?? 0) - 123_000).toBeLessThan(30_000);
    expect((await find(subject, viewer))?.stream?.positionMs).toBeGreaterThanOrEqual(123_000);
  }),

  behavior('sessions.control() plays a title and limits the bit rate where declared', ['playback'], async (subject) => {
    const { server, facts } = subject;
    const { sessions } = server;
    const viewer = subject.stage.play('direct-play');
    const controls = async () => (await find(subject, viewer))!.controls;
    if (await facts.has('sessions.limitBitRate')) {
      expect((await controls()).limitBitRate).toBe(true);
      await expect(sessions.control(viewer.id, { type: 'limit-bit-rate', kbps: 2_000 })).resolves.toBeUndefined();
      await expect(sessions.control(viewer.id, { type: 'limit-bit-rate', kbps: null })).resolves.toBeUndefined();
      await failsWith(sessions.control('gone', { type: 'limit-bit-rate', kbps: 2_000 }), NOT_FOUND);
    } else expect((await controls()).limitBitRate).toBe(false);
    if (await facts.has('playback.remotePlay')) {
      expect((await controls()).play).toBe(true);
      const wanted = (await facts.titles('movies')).at(-1)!;
      await sessions.control(viewer.id, { type: 'play', itemId: wanted.vendorId, positionMs: 0 });
      expect((await find(subject, viewer))!.item?.itemId).toBe(wanted.vendorId);
      await failsWith(sessions.control('gone', { type: 'play', itemId: wanted.vendorId, positionMs: 0 }), NOT_FOUND);
    } else expect((await controls()).play).toBe(false);
  }),

  behavior('a session that is gone is NOT_FOUND', [], async ({ server, facts }) => {
    const offered = await Promise.all((['sessions.stop', 'sessions.message', 'sessions.control'] as const).map((capability) => facts.has(capability)));
    if (offered[0]) await failsWith(server.sessions.stop(GONE), NOT_FOUND);
    if (offered[1]) await failsWith(server.sessions.message(GONE, 'x'), NOT_FOUND);
    if (offered[2]) await failsWith(server.sessions.control(GONE, { type: 'pause' }), NOT_FOUND);
    expect((await server.sessions.list()).find((session) => session.vendorId === GONE)).toBeUndefined();
    if (!offered.includes(true)) return NOT_OFFERED;
  }),

  behavior('load() answers what the contract says', [], async ({ server }) => {
    const load = await server.load();
    expect(ServerLoad.parse(load)).toEqual(load);
    expect(load.transcodes).toBeLessThanOrEqual(load.streams);
  }),

  behavior('load() adds up what plays', ['playback'], async ({ server, stage }) => {
    stage.play('direct-play');
    stage.play('transcode');
    const load = await server.load();
    expect(ServerLoad.parse(load)).toEqual(load);
    expect(load).toMatchObject({ streams: 2, transcodes: 1 });
    expect(load.egressKbps).toBeGreaterThan(0);
  }),

  behavior('load() tells the load of the host when that is declared, and only then', [], async ({ server, facts }) => {
    const told = (await facts.has('load.host')) ? expect.any(Number) : null;
    const { cpuPercent, memoryPercent } = await server.load();
    expect([cpuPercent, memoryPercent]).toEqual([told, told]);
  }),
];
