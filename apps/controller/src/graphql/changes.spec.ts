import { describe, expect, it } from '@jest/globals';
import type { HubBus } from '@usher/bus';
import { ChangeHub, LatestByKey, mapped } from './changes.js';

describe('LatestByKey', () => {
  it('keeps the newest of a key while nobody reads, in order of first mention', async () => {
    const queue = new LatestByKey<string, number>();
    for (const [key, value] of [['a', 1], ['b', 2], ['a', 3]] as const) queue.push(key, value);
    expect([(await queue.next()).value, (await queue.next()).value]).toEqual([3, 2]);
  });

  it('wakes a waiting reader, and ends it when closed', async () => {
    let closes = 0;
    const queue = new LatestByKey<string, number>(() => void closes++);
    const first = queue.next();
    queue.push('a', 1);
    expect(await first).toEqual({ done: false, value: 1 });
    const second = queue.next();
    await queue.return();
    expect(await second).toEqual({ done: true, value: undefined });
    queue.push('a', 2);
    expect(await queue.next()).toEqual({ done: true, value: undefined });
    queue.close();
    expect(closes).toBe(1);
  });
});

describe('mapped', () => {
  it('leaves out what became of nothing, and can be ended while it waits', async () => {
    const queue = new LatestByKey<number, number>();
    const iterator = mapped(queue, (value) => Promise.resolve(value % 2 === 0 ? `even ${value}` : null));
    queue.push(1, 1);
    queue.push(2, 2);
    expect(await iterator.next()).toEqual({ done: false, value: 'even 2' });
    const waiting = iterator.next();
    await iterator.return!();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });
});

describe('ChangeHub', () => {
  const sent: { kind: string; ids: string[] }[] = [];
  const bus = { publishServiceState: (_: unknown, body: { kind: string; ids: string[] }) => void sent.push(body) } as unknown as HubBus;

  it('gives each subscriber the ids of its kind until it ends', async () => {
    const hub = new ChangeHub(bus);
    const servers = hub.ids('server');
    hub.emit({ kind: 'agent', ids: ['x'] });
    hub.emit({ kind: 'server', ids: ['a', 'b', 'a'] });
    expect([(await servers.next()).value, (await servers.next()).value]).toEqual(['a', 'b']);
    await servers.return();
    hub.emit({ kind: 'server', ids: ['c'] });
    expect(await servers.next()).toEqual({ done: true, value: undefined });
  });

  it('publishes in messages of at most 1000 ids, and none for none', () => {
    const hub = new ChangeHub(bus);
    hub.publish('server', []);
    hub.publish('server', Array.from({ length: 1001 }, (_, i) => String(i)));
    expect(sent.map((body) => body.ids.length)).toEqual([1000, 1]);
  });
});
