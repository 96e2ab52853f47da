import { expect, it } from '@jest/globals';
import { Backup, Device, ServerTask, Session, type Capability, type VendorSession } from '@usher/contracts';
import type { MediaServer } from '../media-server.js';
import { asPublished } from './as-published.js';
import { GONE } from './describe-capabilities.js';
import type { Bench, Viewer } from './describe-media-server.js';

/** The part of the suite about what a server does by itself, and about the devices that it knows. */
export function describeWork(current: () => Bench): void {
  const server = (): MediaServer => current().server;
  const declares = async (capability: Capability): Promise<boolean> => {
    await server().probe();
    return server().capabilities.has(capability);
  };
  const sessionOf = async (viewer: Viewer): Promise<VendorSession> => (await server().sessions.list()).find(({ vendorId }) => vendorId === viewer.id)!;
  const notFound = { code: 'NOT_FOUND' };

  it('actions.cancel() ends what says that it can be cancelled', async () => {
    const { actions } = server();
    if (!(await declares('libraries.scan')) || !(await declares('activities.list'))) return;
    await actions.scan(null);
    const cancellable = (await actions.running()).filter((activity) => activity.cancellable);
    if (!(await declares('activities.cancel'))) return expect(cancellable).toEqual([]);
    expect(cancellable.length).toBeGreaterThan(0);
    const [{ vendorId }] = cancellable as [(typeof cancellable)[number]];
    await actions.cancel(vendorId);
    expect((await actions.running()).filter((activity) => activity.vendorId === vendorId && activity.cancellable)).toEqual([]);
    await expect(actions.cancel(GONE)).rejects.toMatchObject(notFound);
  });

  it('tasks.list() and start() tell and run what the server has to do', async () => {
    const { tasks } = server();
    if (!(await declares('tasks.list'))) return;
    const before = await tasks.list();
    for (const task of before) expect(ServerTask.parse(task)).toEqual(task);
    expect(before.length).toBeGreaterThan(0);
    if (!(await declares('tasks.start'))) return expect(before.filter(({ canStart }) => canStart)).toEqual([]);
    const { vendorId } = before.find(({ canStart, state }) => canStart && state === 'idle')!;
    await tasks.start(vendorId);
    // one that runs already is no failure
    await expect(tasks.start(vendorId)).resolves.toBeUndefined();
    expect(current().startedTasks()).toContain(vendorId);
    await expect(tasks.start(GONE)).rejects.toMatchObject(notFound);
  });

  it('devices.list() names the devices, and revoke() signs one out', async () => {
    const { devices } = server();
    if (!(await declares('devices.list'))) return;
    const { deviceName } = await sessionOf(current().play('direct-play'));
    const known = await devices.list();
    for (const device of known) expect(Device.parse(device)).toEqual(device);
    const device = known.find(({ name }) => name === deviceName);
    expect(device).toBeDefined();
    if (!(await declares('devices.revoke'))) return;
    await devices.revoke(device!.vendorId);
    expect((await devices.list()).some(({ vendorId }) => vendorId === device!.vendorId)).toBe(false);
    await expect(devices.revoke(GONE)).rejects.toMatchObject(notFound);
  });

  it('backup.list() and trigger() keep what the server knows', async () => {
    const { backup } = server();
    if (await declares('backup.list')) for (const each of await backup.list()) expect(Backup.parse(each)).toEqual(each);
    if (await declares('backup.trigger')) await expect(backup.trigger()).resolves.toBeUndefined();
  });

  it('sessions.control() plays a title and limits the bit rate where declared', async () => {
    const viewer = current().play('direct-play');
    const { sessions, libraries } = server();
    if (await declares('sessions.limitBitRate')) {
      expect((await sessionOf(viewer)).controls.limitBitRate).toBe(true);
      await expect(sessions.control(viewer.id, { type: 'limit-bit-rate', kbps: 2_000 })).resolves.toBeUndefined();
      await expect(sessions.control(viewer.id, { type: 'limit-bit-rate', kbps: null })).resolves.toBeUndefined();
      await expect(sessions.control('gone', { type: 'limit-bit-rate', kbps: 2_000 })).rejects.toMatchObject(notFound);
    } else expect((await sessionOf(viewer)).controls.limitBitRate).toBe(false);
    if (await declares('playback.remotePlay')) {
      expect((await sessionOf(viewer)).controls.play).toBe(true);
      const films = (await libraries.list()).find(({ type }) => type === 'movies')!;
      const wanted = (await libraries.items(films.vendorId, { start: 0, limit: 500 }, { withFiles: false })).items.at(-1)!;
      await sessions.control(viewer.id, { type: 'play', itemId: wanted.vendorId, positionMs: 0 });
      expect((await sessionOf(viewer)).item?.itemId).toBe(wanted.vendorId);
      await expect(sessions.control('gone', { type: 'play', itemId: wanted.vendorId, positionMs: 0 })).rejects.toMatchObject(notFound);
    } else expect((await sessionOf(viewer)).controls.play).toBe(false);
  });

  it('sessions.list() tells how far a conversion is ahead, and which part of it is done in hardware', async () => {
    const direct = await sessionOf(current().play('direct-play'));
    expect(direct.stream?.bufferPositionMs).toBeNull();
    const converted = await sessionOf(current().play('transcode'));
    expect(Session.safeParse(asPublished(converted)).error).toBeUndefined();
    const { bufferPositionMs, positionMs, transcode } = converted.stream!;
    // to the second: not every vendor tells more
    expect(bufferPositionMs).toBeGreaterThanOrEqual(positionMs - 1_000);
    expect(transcode).toMatchObject({ hardware: 'software' });
    expect([transcode?.hardwareDecode, transcode?.hardwareEncode]).not.toContain(true);
  });
}
