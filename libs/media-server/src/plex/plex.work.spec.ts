import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@usher/resilience';
import { Device, HistoryEntry, ServerTask, VendorActivity } from '@usher/contracts';
import { mapPlexActivities, mapPlexConversions } from './plex.activities.js';
import { secondsToIso } from './plex.calls.js';
import { mapPlexDevices } from './plex.devices.js';
import { mapPlexHistory } from './plex.history.js';
import { mapPlexResources, PlexHost } from './plex.host.js';
import { readContainer } from './plex.http.js';
import { mapPlexUpdate } from './plex.owner.js';
import { mapPlexTasks } from './plex.tasks.js';

const answer = (body: unknown, contentType = 'application/json') => ({ status: 200, headers: { 'content-type': contentType }, body: typeof body === 'string' ? body : JSON.stringify(body) });

describe('activities of a Plex', () => {
  it('are scans, downloads, conversions and other tasks', () => {
    const types = ['library.update.section', 'library.update.item.metadata', 'library.refresh.items', 'media.download', 'sync.device', 'media.optimize', 'media.transcode.item', 'media.generate.chapter.thumbs', 'provider.epg.load', undefined];
    const activities = mapPlexActivities({ Activity: types.map((type, at) => ({ uuid: `a${at}`, type, title: 'Work' })) });
    for (const activity of activities) expect(VendorActivity.parse(activity)).toEqual(activity);
    expect(activities.map(({ type }) => type)).toEqual(['scan', 'scan', 'task', 'download', 'download', 'conversion', 'conversion', 'task', 'task', 'task']);
  });

  it('come as XML too, with numbers and truths as text', () => {
    const xml = '<MediaContainer size="1"><Activity uuid="d6199ba1" cancellable="1" progress="7" subtitle="Downloaded 173 airings" title="Refreshing EPG" type="provider.epg.load" userID="1"><Context librarySectionID="3" /></Activity></MediaContainer>';
    expect(mapPlexActivities(readContainer(answer(xml, 'text/xml')))).toEqual([
      { vendorId: 'd6199ba1', type: 'task', title: 'Refreshing EPG', subtitle: 'Downloaded 173 airings', progressPercent: 7, libraryVendorId: '3', state: 'running', cancellable: true, userName: null, deviceName: null, problem: null },
    ]);
  });

  it('know no progress below 0 and none above 100, and leave out what has no id', () => {
    const progress = mapPlexActivities({ Activity: [{ uuid: 'a', progress: -1 }, { uuid: 'b', progress: '170' }, { uuid: 'c' }, { title: 'x' }, null] }).map((each) => each.progressPercent);
    expect(progress).toEqual([null, 100, null]);
    expect(mapPlexActivities({})).toEqual([]);
  });

  it('in the background are conversions that cannot be cancelled', () => {
    const [job, ...rest] = mapPlexConversions({ TranscodeJob: [{ key: 'k1', title: 'Metropolis', progress: 12.5 }, { generatorID: 4 }, {}] });
    expect(VendorActivity.parse(job)).toEqual(job);
    expect(job).toMatchObject({ vendorId: 'conversion:k1', type: 'conversion', title: 'Metropolis', progressPercent: 12.5, cancellable: false });
    expect(rest.map(({ vendorId }) => vendorId)).toEqual(['conversion:4']);
  });
});

describe('the butler', () => {
  it('lists its tasks outside of a container', () => {
    const tasks = mapPlexTasks(answer({ ButlerTasks: { ButlerTask: [{ name: 'BackupDatabase', interval: 3, title: 'Backup Database' }, { name: 'CleanOldBundles' }, {}] } }));
    for (const task of tasks) expect(ServerTask.parse(task)).toEqual(task);
    expect(tasks.map(({ vendorId, name, canStart }) => [vendorId, name, canStart])).toEqual([['BackupDatabase', 'Backup Database', true], ['CleanOldBundles', 'CleanOldBundles', true]]);
  });

  it('is refused when it says something else', () => {
    for (const body of ['', '<html><body>x</body></html>', '[]', '{"ButlerTasks":{}}']) expect(() => mapPlexTasks(answer(body))).toThrow(expect.objectContaining({ code: 'VENDOR_ANSWER_INVALID' }));
  });
});

describe('devices and history', () => {
  it('devices have a number, a name and the id that sessions name', () => {
    const devices = mapPlexDevices({ Device: [{ id: 1, name: 'iPhone', platform: 'iOS', clientIdentifier: 'c1', createdAt: 1_654_131_230 }, { id: '2', platform: 'Android' }, { id: 3 }, { id: 0, name: 'nobody' }, {}] });
    for (const device of devices) expect(Device.parse(device)).toEqual(device);
    expect(devices.map(({ name, deviceId }) => [name, deviceId])).toEqual([['iPhone', 'c1'], ['Android', null], ['Device 3', null]]);
  });

  it('history counts seconds, knows the owner as 1 and nobody as 0', () => {
    const row = { historyKey: '/status/sessions/history/1', ratingKey: '32171', type: 'episode', title: 'The Noise', grandparentTitle: 'Show', parentIndex: '13', index: 1, viewedAt: '1654139223', accountID: 1 };
    const rows = mapPlexHistory([row, { title: 'Gone', type: 'movie', grandparentTitle: 'x', viewedAt: 1_654_139_000, accountID: '0' }, { ...row, viewedAt: 0 }, { ...row, viewedAt: 'x' }], new Map([['1', 'sam']]));
    for (const each of rows) expect(HistoryEntry.parse(each)).toEqual(each);
    expect(rows).toEqual([
      { vendorId: '/status/sessions/history/1', at: '2022-06-02T03:07:03.000Z', userId: '1', userName: 'sam', itemId: '32171', title: 'The Noise', seriesTitle: 'Show', seasonNumber: 13, episodeNumber: 1 },
      { vendorId: '2022-06-02T03:03:20.000Z 0 null', at: '2022-06-02T03:03:20.000Z', userId: null, userName: null, itemId: null, title: 'Gone', seriesTitle: null, seasonNumber: null, episodeNumber: null },
    ]);
  });

  it('times beyond the calendar are none', () => {
    expect([secondsToIso(null), secondsToIso(-1), secondsToIso(0), secondsToIso(1e15), secondsToIso(1.9)]).toEqual([null, null, null, null, '1970-01-01T00:00:01.000Z']);
  });
});

describe('the machine', () => {
  const sample = (at: number, cpu: unknown) => ({ at, hostCpuUtilization: cpu, hostMemoryUtilization: '17.026' });

  it('is told by the newest sample', () => {
    expect(mapPlexResources({ StatisticsResources: [sample(20, '12.34'), sample(10, 90)] })).toEqual({ cpuPercent: 12.3, memoryPercent: 17 });
    expect(mapPlexResources({ StatisticsResources: [sample(1, 170), sample(2, -1)] }).cpuPercent).toBeNull();
    expect([mapPlexResources({}), mapPlexResources({ StatisticsResources: 'x' })]).toEqual(Array(2).fill({ cpuPercent: null, memoryPercent: null }));
  });

  it('is asked once a minute while somebody looks, else every twenty; a failure is no failure of the load', async () => {
    const clock = new ManualClock();
    let asked = 0;
    let isWatched = false;
    let fails = false;
    const read = async () => {
      asked++;
      if (fails) throw new Error('no');
      return { StatisticsResources: [sample(1, asked)] };
    };
    const host = new PlexHost(read, clock, () => isWatched);
    const cpu = async () => (await host.load()).cpuPercent;
    expect([await cpu(), await cpu()]).toEqual([1, 1]);
    await clock.advance(61_000);
    expect(await cpu()).toBe(1);
    isWatched = true;
    expect(await cpu()).toBe(2);
    fails = true;
    await clock.advance(61_000);
    expect([await cpu(), await host.tells()]).toEqual([null, false]);
    isWatched = false;
    fails = false;
    await clock.advance(61_000);
    expect(await cpu()).toBe(5);
  });
});

describe('updates', () => {
  it('are there when a release is listed that does not run', () => {
    expect(mapPlexUpdate({ checkedAt: 1, Release: [{ version: '1.43.0.1-x' }] }, '1.42.2.9-y')).toBe(true);
    expect(mapPlexUpdate({ checkedAt: '1', Release: [{ version: '1.42.2.9-y' }] }, '1.42.2.9-y')).toBe(false);
    expect(mapPlexUpdate({ checkedAt: 1_705_801_232 }, '1.42.2.9-y')).toBe(false);
    expect(mapPlexUpdate({}, '1.42.2.9-y')).toBeNull();
  });
});
