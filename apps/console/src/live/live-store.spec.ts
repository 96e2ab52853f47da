import { describe, expect, it, jest } from '@jest/globals';
import { messageFixture, serverFixture, sessionFixture, streamFixture } from './fixtures.js';
import { LiveStore } from './live-store.js';
import { ServerClock } from './server-clock.js';

const at = (iso: string) => Date.parse(iso);

function filled(): LiveStore {
  const store = new LiveStore();
  store.applyServers([serverFixture()]);
  store.applySessions(messageFixture(5, [sessionFixture('a'), sessionFixture('b', { stream: streamFixture({ state: 'PAUSED' }) })]));
  return store;
}

describe('LiveStore, snapshots', () => {
  it('keeps the highest seq of a server and drops what is not above it', () => {
    const store = filled();
    store.applySessions(messageFixture(4, []));
    store.applySessions(messageFixture(5, []));
    expect(store.snapshots.get('s1')?.sessions).toHaveLength(2);
    store.applySessions(messageFixture(6, []));
    expect(store.snapshots.get('s1')?.sessions).toHaveLength(0);
  });

  it('takes the same seq again when only its staleness changed', () => {
    const store = filled();
    store.applySessions(messageFixture(5, [sessionFixture('a')], { stale: true }));
    expect(store.snapshots.get('s1')?.stale).toBe(true);
  });

  it('keeps the identity of unchanged sessions and of an unchanged list', () => {
    const store = filled();
    const before = store.snapshots.get('s1')!;
    store.applySessions(messageFixture(6, [sessionFixture('a', { userName: 'Ben' }), sessionFixture('b', { stream: streamFixture({ state: 'PAUSED' }) })]));
    const after = store.snapshots.get('s1')!;
    expect(after.sessions[0]).not.toBe(before.sessions[0]);
    expect(after.sessions[1]).toBe(before.sessions[1]);
    store.applySessions(messageFixture(7, after.sessions.map(({ positionAtMs: _at, ...session }) => session)));
    expect(store.snapshots.get('s1')!.sessions).toBe(after.sessions);
  });

  it('gives a changed session the time of its snapshot, and an unchanged one keeps its own', () => {
    const store = filled();
    const later = { at: '2026-01-01T00:00:10.000Z' };
    store.applySessions(messageFixture(6, [sessionFixture('a', { stream: streamFixture({ positionMs: 70_000 }) }), sessionFixture('b', { stream: streamFixture({ state: 'PAUSED' }) })], later));
    const [moved, still] = store.snapshots.get('s1')!.sessions;
    expect(moved?.positionAtMs).toBe(at(later.at));
    expect(still?.positionAtMs).toBe(at('2026-01-01T00:00:00.000Z'));
  });

  it('does not stir the fleet when a snapshot only got newer', () => {
    const store = filled();
    const [fleet, server] = [jest.fn(), jest.fn()];
    store.subscribe('fleet', fleet);
    store.subscribe('server:s1', server);
    const { sessions } = store.snapshots.get('s1')!;
    store.applySessions(messageFixture(6, sessions.map(({ positionAtMs: _at, ...session }) => session), { at: '2026-01-01T00:00:10.000Z' }));
    expect(fleet).not.toHaveBeenCalled();
    expect(server).toHaveBeenCalledTimes(1);
    expect(store.snapshots.get('s1')?.atMs).toBe(at('2026-01-01T00:00:10.000Z'));
  });

  it('tells only those who listen to a changed or ended session', () => {
    const store = filled();
    const [a, b, fleet] = [jest.fn(), jest.fn(), jest.fn()];
    store.subscribe('session:s1:a', a);
    store.subscribe('session:s1:b', b);
    store.subscribe('fleet', fleet);
    store.applySessions(messageFixture(6, [sessionFixture('a')]));
    expect(a).not.toHaveBeenCalled();
    expect(b).toHaveBeenCalledTimes(1);
    expect(fleet).toHaveBeenCalledTimes(1);
  });
});

describe('LiveStore, servers', () => {
  it('forgets the sessions of a server that left the fleet', () => {
    const store = filled();
    store.applyServer(serverFixture({ state: 'HISTORICAL' }));
    expect(store.servers).toEqual([]);
    expect(store.snapshots.size).toBe(0);
  });

  it('keeps the last sessions of a server that is offline', () => {
    const store = filled();
    store.applyServer(serverFixture({ state: 'OFFLINE' }));
    expect(store.snapshots.get('s1')?.sessions).toHaveLength(2);
  });

  it('adds a server it has not known', () => {
    const store = filled();
    store.applyServer(serverFixture({ id: 's2', alias: 'Cabin' }));
    expect(store.servers?.map(({ alias }) => alias)).toEqual(['Attic', 'Cabin']);
  });
});

describe('LiveStore, paused', () => {
  it('freezes what is shown, counts what would change and applies it once', () => {
    const store = filled();
    const fleet = jest.fn();
    store.pause();
    store.subscribe('fleet', fleet);
    store.applySessions(messageFixture(6, [sessionFixture('a', { userName: 'Ben' }), sessionFixture('c')]));
    store.applySessions(messageFixture(7, [sessionFixture('a', { userName: 'Ben' }), sessionFixture('c')]));
    expect(store.snapshots.get('s1')?.seq).toBe(5);
    // a changed, b ended, c started.
    expect(store.waiting).toBe(3);
    store.resume();
    expect(fleet).toHaveBeenCalledTimes(1);
    expect(store.snapshots.get('s1')?.seq).toBe(7);
    expect(store.waiting).toBe(0);
  });

  it('does not count a position that moved on', () => {
    const store = filled();
    store.pause();
    store.applySessions(messageFixture(6, [sessionFixture('a', { stream: streamFixture({ positionMs: 90_000 }) }), sessionFixture('b', { stream: streamFixture({ state: 'PAUSED' }) })]));
    expect(store.waiting).toBe(0);
  });

  it('drops an older message than the one that waits', () => {
    const store = filled();
    store.pause();
    store.applySessions(messageFixture(8, [sessionFixture('a')]));
    store.applySessions(messageFixture(7, []));
    store.resume();
    expect(store.snapshots.get('s1')?.seq).toBe(8);
  });

  it('keeps changed servers aside too', () => {
    const store = filled();
    store.pause();
    store.applyServer(serverFixture({ alias: 'Loft' }));
    expect(store.servers?.[0]?.alias).toBe('Attic');
    expect(store.waiting).toBe(1);
    store.resume();
    expect(store.servers?.[0]?.alias).toBe('Loft');
  });
});

describe('ServerClock', () => {
  it('takes the smallest delay of the last messages as the offset', () => {
    let wall = 10_000;
    const clock = new ServerClock(() => wall);
    clock.observe(4_000);
    clock.observe(7_000);
    expect(clock.now()).toBe(7_000);
    wall += 500;
    expect(clock.now()).toBe(7_500);
  });

  it('ignores a time that is none', () => {
    const clock = new ServerClock(() => 1_000);
    clock.observe(Number.NaN);
    expect(clock.now()).toBe(1_000);
  });
});
