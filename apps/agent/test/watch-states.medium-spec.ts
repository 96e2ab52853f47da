import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { applyPolicy, applyWatchStates, ensureUser, glanceWatchStates, listItems, listLibraries, listUsers, readPolicies, readWatchStates, removeCreated, revokeTickets, type PlanRow } from '@usher/contracts';
import { eventually, startEmby, startJellyfin, startPlex, type Simulator } from '@usher/testing';
import { TestFleet } from './fleet-harness.js';
import { MigrationTarget } from './migration-bench.js';
import { makePlan, stateRow } from './plans.js';

let memory: TestFleet;
const all = (count: number) => Array.from({ length: count }, (_, n) => n);

describe('a batch at an agent', () => {
  beforeAll(async () => {
    memory = await TestFleet.start(await mkdtemp(path.join(os.tmpdir(), 'usher-states-')));
  });
  afterAll(() => memory?.close());

  it('is answered from the journal when it is sent again, also after a restart', async () => {
    const target = await MigrationTarget.inMemory(memory, all(5).map((n) => stateRow(n, `film-${n}`)));
    await target.hold();
    const leave = await target.office.leave(applyWatchStates);
    const first = await target.apply(all(5), { leave });
    expect(first.map(({ outcome }) => outcome)).toEqual(all(5).map(() => 'written'));
    target.vendor.accounts.setState('user-1', 'film-1', { played: false });
    expect(await target.apply(all(5), { leave })).toEqual(first);
    await target.restart();
    expect(await target.apply(all(5), { leave })).toEqual(first);
    expect(target.vendor.accounts.writes).toHaveLength(5);
  });

  it('stops when its leave is taken back: nothing is written after the answer', async () => {
    const target = await MigrationTarget.inMemory(memory, all(90).map((n) => stateRow(n, `film-${n}`)));
    await target.hold();
    const running = target.apply(all(90), { maxPerSecond: 20 });
    await eventually(() => target.vendor.accounts.writes.length > 2);
    await memory.bus.command(revokeTickets, { serverId: target.serverId }, { planSha256: target.plan.sha256, approvalSha256: null, runId: null });
    const written = target.vendor.accounts.writes.length;
    const rows = await running;
    expect(target.vendor.accounts.writes).toHaveLength(written);
    expect(rows.filter(({ outcome }) => outcome === 'written')).toHaveLength(written);
    expect(rows.filter(({ code }) => code === 'TICKET_REVOKED')).toHaveLength(90 - written);
  });

  it('goes on in the next process where the one before was stopped, and repeats nothing', async () => {
    const target = await MigrationTarget.inMemory(memory, all(40).map((n) => stateRow(n, `film-${n}`)));
    await target.hold();
    const leave = await target.office.leave(applyWatchStates);
    target.apply(all(40), { leave, maxPerSecond: 20 }).catch(() => undefined);
    await eventually(() => target.vendor.accounts.writes.length > 2);
    await target.restart();
    expect(target.vendor.accounts.writes.length).toBeLessThan(40);
    // the same command is resumed with what the disk knows; it waits until nothing of before can land
    const rows = await target.apply(all(40), { leave, maxPerSecond: 20 });
    expect(rows.map(({ outcome }) => outcome)).toEqual(all(40).map(() => 'written'));
    const titles = target.vendor.accounts.writes.map(({ state }) => state.itemVendorId);
    expect(new Set(titles).size).toBe(40);
    expect(titles).toHaveLength(40);
  }, 90_000);
});

const isStateWrite = ({ method, path: at }: Simulator['requests'][number]) =>
  (method === 'POST' && /\/UserData$/i.test(at)) || /\/(PlayedItems|UserPlayedItems|FavoriteItems)\//i.test(at) || /^\/:\/(scrobble|unscrobble|timeline|rate)/.test(at);

describe('an agent of a simulated server', () => {
  let fleet: TestFleet;
  beforeAll(async () => {
    fleet = await TestFleet.start(await mkdtemp(path.join(os.tmpdir(), 'usher-states-real-')), 'real');
  });
  afterAll(() => fleet?.close());

  async function filmsOf(serverId: string): Promise<{ libraryId: string; films: { vendorId: string; title: string }[] }> {
    const { libraries } = await fleet.bus.command(listLibraries, { serverId }, {});
    const libraryId = libraries.find(({ type }) => type === 'movies')!.vendorId;
    const { items } = await fleet.bus.command(listItems, { serverId }, { of: { libraryVendorId: libraryId, start: 0, limit: 100 }, withFiles: false });
    return { libraryId, films: items.filter(({ type }) => type === 'movie').slice(0, 3) };
  }

  it.each([
    ['Emby', startEmby],
    ['Jellyfin', startJellyfin],
  ] as const)('%s makes an account, grants it a library, writes its history, and takes it back', async (_name, startServer) => {
    const simulator = await startServer();
    try {
      let films: { vendorId: string; title: string }[] = [];
      const target = await MigrationTarget.at(fleet, { origin: simulator.url, token: simulator.adminKey, kind: simulator.kind }, async (serverId) => {
        const { libraryId, films: found } = await filmsOf(serverId);
        films = found;
        const rows: PlanRow[] = [
          { n: 0, u: 0, op: 'user.ensure', name: 'Grace' },
          { n: 1, u: 0, op: 'policy.apply', from: null, to: { enabled: true, libraries: [libraryId] }, loss: [] },
          ...films.map(({ vendorId }, i) => stateRow(i + 2, vendorId)),
        ];
        return makePlan(serverId, rows, { account: null });
      });
      const { serverId, office, plan } = target;
      await target.hold();
      const planSha256 = plan.sha256;
      const stateRows = plan.rows.slice(2).map(({ n }) => n);
      const { userVendorId, created } = await fleet.migration.command(ensureUser, { serverId }, { planSha256, n: 0 }, await office.leave(ensureUser));
      expect(created).toBe(true);
      await expect(fleet.migration.command(ensureUser, { serverId }, { planSha256, n: 0 }, await office.leave(ensureUser))).resolves.toEqual({ userVendorId, created: true });
      const { before, now } = await fleet.migration.command(applyPolicy, { serverId }, { planSha256, n: 1 }, await office.leave(applyPolicy));
      expect([before.libraries, now.libraries]).toEqual([[], [expect.any(String)]]);
      await expect(fleet.migration.command(readPolicies, { serverId }, { userVendorIds: [userVendorId] })).resolves.toMatchObject({ policies: [{ userVendorId, policy: now, reachable: true }] });

      const from = simulator.requests.length;
      const written = await target.apply(stateRows);
      expect(written.map(({ outcome, code }) => [outcome, code])).toEqual(films.map(() => ['written', null]));
      const writes = simulator.requests.slice(from).filter(isStateWrite).length;
      for (const { title } of films) expect(simulator.control.stateOf('Grace', title)).toMatchObject({ played: true, playCount: 2, lastPlayed: expect.stringMatching(/^2024-05-01T20:00:00/) });
      const ids = films.map(({ vendorId }) => vendorId);
      for (const what of [{ newest: 'movie' as const }, { itemVendorIds: ids }]) {
        const { states } = await fleet.bus.command(glanceWatchStates, { serverId }, { userVendorId, of: what });
        expect(states.filter(({ played }) => played).map(({ itemVendorId }) => itemVendorId)).toEqual(expect.arrayContaining(ids));
      }
      expect((await fleet.bus.command(listUsers, { serverId }, {})).users.find(({ name }) => name === 'Grace')?.libraries).toEqual(now.libraries);
      expect((await target.apply(stateRows)).map(({ outcome }) => outcome)).toEqual(films.map(() => 'written'));
      await target.restart();
      expect((await target.apply(stateRows)).every(({ outcome }) => outcome === 'written' || outcome === 'same')).toBe(true);
      expect(simulator.requests.slice(from).filter(isStateWrite)).toHaveLength(writes);

      const undo = makePlan(serverId, [{ n: 0, u: 0, op: 'user.remove', name: 'Grace', userVendorId }], { kind: 'rollback', account: userVendorId });
      const back = await MigrationTarget.of(target, undo);
      await back.hold();
      await expect(fleet.migration.command(removeCreated, { serverId }, { planSha256: undo.sha256, n: 0 }, await back.office.leave(removeCreated))).resolves.toEqual({ removed: true, reason: null });
      expect((await fleet.bus.command(listUsers, { serverId }, {})).users.some(({ name }) => name === 'Grace')).toBe(false);
    } finally {
      await simulator.close();
    }
  }, 90_000);

  it('Plex marks each title once, also when the agent is restarted and asked again by another command', async () => {
    const simulator = await startPlex();
    try {
      let films: { vendorId: string; title: string }[] = [];
      const target = await MigrationTarget.at(fleet, { origin: simulator.url, token: simulator.adminKey, kind: 'plex' }, async (serverId) => {
        films = (await filmsOf(serverId)).films;
        const { users } = await fleet.bus.command(listUsers, { serverId }, {});
        const owner = users.find(({ isAdministrator }) => isAdministrator)!;
        const seen = await fleet.migration.command(readWatchStates, { serverId }, { userVendorId: owner.vendorId, itemVendorIds: films.map(({ vendorId }) => vendorId) });
        const rows = seen.states.map((from, n) => stateRow(n, from.itemVendorId, { from, fields: ['played', 'playCount'], to: { playCount: 1, lastPlayedAt: from.lastPlayedAt } }));
        return makePlan(serverId, rows, { account: owner.vendorId });
      });
      await target.hold();
      const numbers = target.plan.rows.map(({ n }) => n);
      expect((await target.apply(numbers)).map(({ outcome, code }) => [outcome, code])).toEqual(numbers.map(() => ['written', null]));
      await target.restart();
      expect((await target.apply(numbers)).every(({ outcome }) => outcome === 'written' || outcome === 'same')).toBe(true);
      const marks = simulator.requests.filter(({ path: at }) => at.startsWith('/:/scrobble')).map(({ query }) => query['key']);
      expect(marks.toSorted()).toEqual(films.map(({ vendorId }) => vendorId).toSorted());
    } finally {
      await simulator.close();
    }
  }, 90_000);
});
