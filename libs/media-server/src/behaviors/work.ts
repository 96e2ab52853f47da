import { Backup, Device, ServerTask, VendorActivity } from '@usher/contracts';
import { expect } from 'expect';
import { behavior, GONE, NOT_OFFERED, type Behavior } from './behavior.js';
import { failsWith, NOT_FOUND, refused } from './failing.js';

/** What a server does by itself or when it is told to, and the devices that it knows. */
export const WORK: readonly Behavior[] = [
  behavior('actions.running() answers what the contract says', [], async ({ server: { actions }, facts }) => {
    if (!(await facts.has('activities.list'))) return await refused(actions.running());
    for (const activity of await actions.running()) expect(VendorActivity.parse(activity)).toEqual(activity);
  }),

  behavior('actions.scan() looks through one library or all, and tells what it is busy with', ['whole-server'], async ({ server: { actions, libraries }, facts }) => {
    if (await facts.has('libraries.scan')) {
      const [library] = await libraries.list();
      await expect(actions.scan(library!.vendorId)).resolves.toBeUndefined();
      await expect(actions.scan(null)).resolves.toBeUndefined();
      await failsWith(actions.scan(GONE), NOT_FOUND);
    } else await refused(actions.scan(null));
    if (!(await facts.has('activities.list'))) return await refused(actions.running());
    const running = await actions.running();
    for (const activity of running) expect(VendorActivity.parse(activity)).toEqual(activity);
    expect(running.filter(({ type }) => type === 'scan').length).toBeGreaterThan(0);
  }),

  behavior('actions.cancel() ends what says that it can be cancelled', ['whole-server'], async ({ server: { actions }, facts }) => {
    if (!(await facts.has('libraries.scan')) || !(await facts.has('activities.list'))) return NOT_OFFERED;
    await actions.scan(null);
    const cancellable = (await actions.running()).filter((activity) => activity.cancellable);
    if (!(await facts.has('activities.cancel'))) return expect(cancellable).toEqual([]);
    expect(cancellable.length).toBeGreaterThan(0);
    const [{ vendorId }] = cancellable as [(typeof cancellable)[number]];
    await actions.cancel(vendorId);
    expect((await actions.running()).filter((activity) => activity.vendorId === vendorId && activity.cancellable)).toEqual([]);
    await failsWith(actions.cancel(GONE), NOT_FOUND);
  }),

  behavior('actions.refreshLibrary() and refreshItem() read metadata again', ['whole-server'], async ({ server: { actions }, facts }) => {
    const [library, film] = [await facts.library('movies'), await facts.film()];
    if (!(await facts.has('metadata.refresh'))) return await refused(actions.refreshItem(film.vendorId, 'missing'));
    await expect(actions.refreshLibrary(library.vendorId, 'full')).resolves.toBeUndefined();
    await expect(actions.refreshItem(film.vendorId, 'missing')).resolves.toBeUndefined();
    await expect(actions.refreshItem(film.vendorId, 'full')).resolves.toBeUndefined();
    await failsWith(actions.refreshLibrary(GONE, 'missing'), NOT_FOUND);
  }),

  behavior('actions.restart() is done or refused as declared', ['whole-server'], async ({ server: { actions }, facts }) => {
    if (!(await facts.has('server.restart'))) return await refused(actions.restart());
    await expect(actions.restart()).resolves.toBeUndefined();
  }),

  behavior('tasks.list() tells what the server has to do', [], async ({ server: { tasks }, facts }) => {
    if (!(await facts.has('tasks.list'))) return NOT_OFFERED;
    const listed = await tasks.list();
    for (const task of listed) expect(ServerTask.parse(task)).toEqual(task);
    expect(listed.length).toBeGreaterThan(0);
    if (!(await facts.has('tasks.start'))) expect(listed.filter(({ canStart }) => canStart)).toEqual([]);
  }),

  behavior('tasks.start() runs a task', ['whole-server'], async ({ server: { tasks }, facts, stage }) => {
    if (!(await facts.has('tasks.start'))) return NOT_OFFERED;
    const { vendorId } = (await tasks.list()).find(({ canStart, state }) => canStart && state === 'idle')!;
    await tasks.start(vendorId);
    // one that runs already is no failure
    await expect(tasks.start(vendorId)).resolves.toBeUndefined();
    expect(stage.startedTasks()).toContain(vendorId);
    await failsWith(tasks.start(GONE), NOT_FOUND);
  }),

  behavior('devices.list() answers what the contract says', [], async ({ server: { devices }, facts }) => {
    if (!(await facts.has('devices.list'))) return NOT_OFFERED;
    for (const device of await devices.list()) expect(Device.parse(device)).toEqual(device);
  }),

  behavior('devices.list() names the devices, and revoke() signs one out', ['playback', 'whole-server'], async ({ server: { devices, sessions }, facts, stage }) => {
    if (!(await facts.has('devices.list'))) return NOT_OFFERED;
    const viewer = stage.play('direct-play');
    const { deviceName } = (await sessions.list()).find(({ vendorId }) => vendorId === viewer.id)!;
    const device = (await devices.list()).find(({ name }) => name === deviceName);
    expect(device).toBeDefined();
    if (!(await facts.has('devices.revoke'))) return;
    await devices.revoke(device!.vendorId);
    expect((await devices.list()).some(({ vendorId }) => vendorId === device!.vendorId)).toBe(false);
    await failsWith(devices.revoke(GONE), NOT_FOUND);
  }),

  behavior('backup.list() answers what the contract says', [], async ({ server: { backup }, facts }) => {
    if (!(await facts.has('backup.list'))) return NOT_OFFERED;
    for (const each of await backup.list()) expect(Backup.parse(each)).toEqual(each);
  }),

  behavior('backup.trigger() keeps what the server knows', ['whole-server'], async ({ server: { backup }, facts }) => {
    if (!(await facts.has('backup.trigger'))) return NOT_OFFERED;
    await expect(backup.trigger()).resolves.toBeUndefined();
  }),
];
