import { afterEach, describe, expect, it } from '@jest/globals';
import { ServerTask, VendorActivity } from '@usher/contracts';
import { systemClock } from '@usher/resilience';
import { VendorHttp } from '../http/vendor-http.js';
import { homeGuard, loopback } from '../testing/loopback.js';
import { mapTasks, taskActivities, tasksOf } from './tasks.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const ROW = { Id: 't1', Name: 'Scan', State: 'Running', Key: 'RefreshLibrary', Category: 'Library', CurrentProgressPercentage: 41.5, IsHidden: false };

/** A server whose task is running as often as `states` says, and which answers orders with `code`. */
async function start(states: readonly string[], code: number) {
  const left = [...states];
  const web = await loopback((request, response) => {
    if (request.method !== 'GET') return response.writeHead(code).end('Error processing request.');
    const State = left.length > 1 ? left.shift() : left[0];
    return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify([{ ...ROW, State }]));
  });
  const http = new VendorHttp({ url: new URL(web.url), tls: { verify: true }, egress: homeGuard, clock: systemClock, authHeaders: () => ({}) });
  closing.push(() => http.close(), () => web.close());
  return { tasks: tasksOf({ http, prefix: '' }), orders: () => web.requests.filter((request) => !request.startsWith('GET')) };
}

describe('a task', () => {
  it('becomes our words', () => {
    const last = { StartTimeUtc: '2026-01-01T00:00:00.0000000Z', EndTimeUtc: '2026-01-01T00:00:02.5000000Z', Status: 'Completed' };
    const [row] = mapTasks([{ ...ROW, State: 'Idle', LastExecutionResult: last }]);
    expect(ServerTask.parse(row!.task)).toEqual({ vendorId: 't1', name: 'Scan', category: 'Library', state: 'idle', progressPercent: null, lastEndedAt: '2026-01-01T00:00:02.500Z', lastDurationMs: 2_500, lastResult: 'completed', canStart: true, canCancel: false });
    expect(taskActivities(mapTasks([ROW])).map((activity) => VendorActivity.parse(activity))).toEqual([expect.objectContaining({ vendorId: 't1', type: 'scan', progressPercent: 41.5, cancellable: true, subtitle: 'Library' })]);
  });

  it('with damaged fields is still one that may travel, and what is none is left out', () => {
    const rows = mapTasks([{ Id: 7, State: 'Resting', CurrentProgressPercentage: '140', LastExecutionResult: { Status: 'Exploded', EndTimeUtc: 'soon' } }, { Id: 'x' }, 'text', null]);
    expect(rows.map(({ task }) => ServerTask.parse(task))).toEqual([expect.objectContaining({ vendorId: '7', name: '7', state: 'running', progressPercent: 100, lastResult: 'unknown', lastEndedAt: null, lastDurationMs: null })]);
    expect(() => mapTasks({ Items: [] })).toThrow(expect.objectContaining({ code: 'VENDOR_ANSWER_INVALID' }));
  });

  it('that ended by itself while it was being cancelled is no failure', async () => {
    const { tasks, orders } = await start(['Running', 'Idle'], 500);
    await expect(tasks.cancel('t1')).resolves.toBeUndefined();
    expect(orders()).toEqual(['DELETE /ScheduledTasks/Running/t1']);
  });

  it('that goes on although it was cancelled is one', async () => {
    const { tasks } = await start(['Running'], 500);
    await expect(tasks.cancel('t1')).rejects.toMatchObject({ code: 'VENDOR_ANSWER_INVALID' });
  });

  it('that runs is not queued once more', async () => {
    const { tasks, orders } = await start(['Running'], 204);
    await expect(tasks.start('t1')).resolves.toBeUndefined();
    await expect(tasks.start('t2')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(orders()).toEqual([]);
  });
});
