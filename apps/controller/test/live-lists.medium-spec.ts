import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppError, uuidv7 } from '@usher/contracts';
import { Actor } from '../src/auth/actor.js';
import { LedgerSweepService } from '../src/history/ledger-sweep.service.js';
import { PlaybacksService } from '../src/history/playbacks.service.js';
import { LibrariesService } from '../src/libraries/libraries.service.js';
import { RetentionService } from '../src/agents/retention.service.js';
import { ServerReadingService } from '../src/servers/server-reading.service.js';
import { SessionsService } from '../src/sessions/sessions.service.js';
import { UsersService } from '../src/users/users.service.js';
import { actorOf, eventually, LiveFleet, sessionOf, type TestAgent, type TestController } from './live-harness.js';

const viewer = actorOf('viewer');
const operator = actorOf('operator');
const nobody = new Actor(null);
const profile = {
  kind: 'jellyfin', machineId: 'm1', name: 'Attic', version: '1', versionTested: true, platform: null, updateAvailable: null,
  capabilities: ['libraries.list', 'users.list'], hardening: [],
};
const library = (vendorId: string, name: string) => ({ vendorId, name, type: 'movies', itemCount: 1, childCount: null, folders: [] });
const user = (vendorId: string) => ({ vendorId, name: `User ${vendorId}`, email: `${vendorId}@example.org`, isAdministrator: false, enabled: true, lastSeenAt: '2026-01-01T00:00:00Z' });

describe('libraries, users and history', () => {
  let fleet: LiveFleet;
  let controller: TestController;
  let agent: TestAgent;
  let serverId: string;

  beforeAll(async () => {
    fleet = await LiveFleet.start();
    controller = await fleet.addController();
    serverId = await fleet.addServer();
    agent = await fleet.addAgent(serverId);
    agent.handlers.set('server.probe@1', async () => profile);
  });
  afterAll(() => fleet?.close());

  const refresh = (id = serverId) => controller.app.get(ServerReadingService).refresh(id);
  const libraries = () => controller.app.get(LibrariesService);
  const users = () => controller.app.get(UsersService);
  const playbacks = () => controller.app.get(PlaybacksService);

  async function addPlayback(startedAt: Date, more: { endedAt?: Date; userName?: string } = {}): Promise<string> {
    const id = uuidv7();
    await fleet.pool.query(
      `INSERT INTO playback (id, server_id, session_vendor_id, user_name, network, item_id, item_type, title, started_at, ended_at, position_ms, delivery)
       VALUES ($1, $2, 's', $3, 'lan', 'i', 'movie', 'A Film', $4, $5, 0, 'direct-play')`,
      [id, serverId, more.userName ?? 'Ada', startedAt, more.endedAt ?? null],
    );
    return id;
  }

  it('takes the addresses that a Plex server tells as verified for linked people, and none of another vendor', async () => {
    const [mine, other] = [uuidv7(), uuidv7()];
    await fleet.pool.query(`INSERT INTO identity (id, display_name) VALUES ($1, 'Ada'), ($2, 'Ben')`, [mine, other]);
    await fleet.pool.query(`INSERT INTO identity_user (server_id, user_vendor_id, identity_id, user_name, evidence, linked_by) VALUES ($1, 'u1', $2, 'Ada', 'operator', 'sam'), ($1, 'u2', $3, 'Ben', 'operator', 'sam')`, [serverId, mine, other]);
    await fleet.pool.query(`INSERT INTO identity_email (identity_id, email, source, verified_at) VALUES ($1, 'u2@example.org', 'operator', now()), ($2, 'u1@example.org', 'import', NULL)`, [mine, other]);
    agent.handlers.set('library.list@1', async () => ({ libraries: [] }));
    agent.handlers.set('user.list@1', async () => ({ users: [user('u1'), user('u2')] }));
    const emails = async () => (await fleet.pool.query('SELECT identity_id = $1 AS mine, email, source, verified_by AS by FROM identity_email WHERE verified_at IS NOT NULL ORDER BY email', [mine])).rows;
    await refresh();
    expect(await emails()).toEqual([{ mine: true, email: 'u2@example.org', source: 'operator', by: null }]);
    const plex = { ...profile, kind: 'plex' };
    agent.handlers.set('server.probe@1', async () => plex);
    await fleet.pool.query(`UPDATE server SET kind = 'plex' WHERE id = $1`, [serverId]);
    try {
      await refresh();
      expect(await emails()).toEqual([{ mine: true, email: 'u1@example.org', source: 'plex', by: 'plex.tv' }, { mine: true, email: 'u2@example.org', source: 'operator', by: null }]);
    } finally {
      agent.handlers.set('server.probe@1', async () => profile);
      await fleet.pool.query(`UPDATE server SET kind = 'jellyfin' WHERE id = $1`, [serverId]);
    }
  });

  it('replaces the lists of a server by what its agent sends, in one or many parts', async () => {
    async function* parts() {
      yield { libraries: [library('a', 'Films')] };
      yield { libraries: [library('b', 'Series')] };
    }
    agent.handlers.set('library.list@1', async () => parts());
    agent.handlers.set('user.list@1', async () => ({ users: [user('u1'), user('u2')] }));
    await refresh();
    expect((await libraries().list(viewer, [serverId])).map((row) => row.name)).toEqual(['Films', 'Series']);
    expect(await users().counts([serverId, uuidv7()])).toEqual([2, null]);
    agent.handlers.set('library.list@1', async () => ({ libraries: [library('b', 'Shows')] }));
    agent.handlers.set('user.list@1', async () => ({ users: [] }));
    await refresh();
    expect((await libraries().byServer([serverId]))[0]!.map((row) => row.name)).toEqual(['Shows']);
    expect(await users().list(operator, serverId)).toEqual([]);
  });

  it('keeps the lists when a reading fails, and hands the reason on', async () => {
    agent.handlers.set('library.list@1', () => Promise.reject(new AppError('SERVER_REJECTED_KEY', 'No.')));
    await expect(refresh()).rejects.toMatchObject({ code: 'SERVER_REJECTED_KEY' });
    expect(await libraries().list(viewer, [serverId])).toHaveLength(1);
    await expect(refresh(uuidv7())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('shows e-mail addresses from role operator on, and refuses what it cannot answer', async () => {
    agent.handlers.set('library.list@1', async () => ({ libraries: [] }));
    agent.handlers.set('user.list@1', async () => ({ users: [user('u1')] }));
    await refresh();
    expect((await users().list(operator, serverId))[0]).toMatchObject({ email: 'u1@example.org' });
    expect((await users().list(viewer, serverId))[0]).toMatchObject({ email: null });
    await expect(users().list(viewer, uuidv7())).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(users().list(viewer, 'attic')).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    await expect(users().list(nobody, serverId)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(libraries().list(nobody)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(libraries().list(viewer, ['attic'])).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    expect(await libraries().list(viewer, [uuidv7()])).toEqual([]);
  });

  it('pages through the ledger by key, newest first, without doubles while new rows come', async () => {
    const at = Date.parse('2026-03-01T20:00:00Z');
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.unshift(await addPlayback(new Date(at + Math.floor(i / 2) * 1_000), { endedAt: new Date(at + 60_000) }));
    const first = await playbacks().page(viewer, { serverIds: [serverId] }, 2, null);
    await addPlayback(new Date(at + 9_000_000), { userName: 'Grace_1' });
    const second = await playbacks().page(viewer, { serverIds: [serverId] }, 2, first.pageInfo.endCursor);
    const third = await playbacks().page(viewer, { serverIds: [serverId] }, 2, second.pageInfo.endCursor);
    const seen = [first, second, third].flatMap((page) => page.edges.map((edge) => edge.node.id));
    expect(seen).toEqual(ids);
    expect([first, second, third].map((page) => page.pageInfo.hasNextPage)).toEqual([true, true, false]);
    expect(first.totalCount).toBe(5);
    expect((await playbacks().page(viewer, { open: true, userName: 'grace_' }, 50, null)).edges).toHaveLength(1);
    expect((await playbacks().page(viewer, { open: false }, 50, null)).totalCount).toBe(5);
    expect((await playbacks().lastAt([serverId, uuidv7()])).map((time) => time?.getTime() ?? null)).toEqual([at + 9_000_000, null]);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['a page of none', () => playbacks().page(viewer, null, 0, null), 'VALIDATION_FAILED'],
    ['a page that is too long', () => playbacks().page(viewer, null, 201, null), 'VALIDATION_FAILED'],
    ['a cursor that is not ours', () => playbacks().page(viewer, null, 10, 'nonsense'), 'VALIDATION_FAILED'],
    ['a cursor with other values', () => playbacks().page(viewer, null, 10, Buffer.from('["x","y"]').toString('base64url')), 'VALIDATION_FAILED'],
    ['an oversized cursor', () => playbacks().page(viewer, null, 10, 'A'.repeat(100_000)), 'VALIDATION_FAILED'],
    ['a foreign form of id', () => playbacks().page(viewer, { serverIds: ['1'] }, 10, null), 'VALIDATION_FAILED'],
    ['an oversized name', () => playbacks().page(viewer, { userName: 'x'.repeat(201) }, 10, null), 'VALIDATION_FAILED'],
    ['nobody', () => playbacks().page(nobody, null, 10, null), 'UNAUTHENTICATED'],
  ])('refuses %s', async (_name, act, code) => {
    await expect(act()).rejects.toMatchObject({ code });
  });

  it('closes rows whose end nobody can tell any more, and only those', async () => {
    await fleet.pool.query('DELETE FROM playback');
    const lost = await addPlayback(new Date());
    const running = await addPlayback(new Date());
    const session = sessionOf('s1');
    agent.beat();
    agent.show([{ ...session, stream: { ...session.stream!, playbackId: running } }]);
    await eventually(() => controller.app.get(SessionsService).list(operator, [serverId]).length === 1);
    const sweep = controller.app.get(LedgerSweepService);
    await sweep.sweep();
    await sweep.sweep();
    const ends = async () => (await fleet.pool.query('SELECT id, end_reason FROM playback ORDER BY id')).rows;
    expect(await ends()).toEqual([{ id: lost, end_reason: null }, { id: running, end_reason: null }]);
    await sweep.sweep();
    expect(await ends()).toEqual([{ id: lost, end_reason: 'lost' }, { id: running, end_reason: null }]);
    await fleet.pool.query(`UPDATE server SET state = 'historical' WHERE id = $1`, [serverId]);
    await sweep.sweep();
    expect(await ends()).toEqual([{ id: lost, end_reason: 'lost' }, { id: running, end_reason: 'lost' }]);
  });

  it('deletes old rows and nothing else', async () => {
    const insert = (seq: number, applied: string | null) =>
      fleet.pool.query(
        `INSERT INTO agent_fact (agent_id, spool_epoch, seq, server_id, fact_id, contract, body, happened_at, applied_at)
         VALUES ($1, $1, $2, $3, $4, 'x@1', '{}', now(), now() - $5::interval)`,
        [agent.agentId, seq, serverId, uuidv7(), applied],
      );
    await insert(1, '9 days');
    await insert(2, '1 day');
    await controller.app.get(RetentionService).run(new AbortController().signal);
    const { rows } = await fleet.pool.query('SELECT seq FROM agent_fact WHERE spool_epoch = $1', [agent.agentId]);
    expect(rows).toEqual([{ seq: '2' }]);
  });
});
