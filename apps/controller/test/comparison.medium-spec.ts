import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { uuidv7 } from '@usher/contracts';
import { createPool } from '@usher/database';
import { startPostgres, type TestDatabase } from '@usher/testing';
import type { Pool } from 'pg';
import { ComparisonRepository, MAX_PLAYS, PLAYS_SQL } from '../src/mismatches/comparison.repository.js';
import { DETAIL_DOCUMENTS } from './detail-bad-inputs.js';
import { eventually, FleetHarness, sessionOf, type FleetServer } from './fleet-harness.js';

const HOME = '203.0.113.7';
const AWAY = '198.51.100.7';
const THIRD = '192.0.2.9';

describe('a mismatch compared', () => {
  let fleet: FleetHarness;
  let attic: FleetServer;
  let cabin: FleetServer;
  let personId: string;

  beforeAll(async () => {
    fleet = await FleetHarness.start();
    [attic, cabin] = [await fleet.addServer('Attic'), await fleet.addServer('Cabin')];
    for (const { id } of [attic, cabin]) await fleet.controller.pool.query(`INSERT INTO media_user (server_id, vendor_id, name, email, is_administrator, enabled, read_at) VALUES ($1, 'u1', 'Ada', 'ada@example.com', false, true, now())`, [id]);
    const accounts = [attic, cabin].map(({ id }) => ({ serverId: id, userVendorId: 'u1' }));
    personId = (await fleet.ok('mutation ($input: LinkUsersInput!) { linkUsers(input: $input) { id } }', { input: { accounts, displayName: 'Ada L.' } })).linkUsers.id;
    await play(attic, '40 days', { address: HOME, deviceName: 'TV' });
    await play(attic, '30 days', { address: HOME, deviceName: 'TV' });
  });
  afterAll(() => fleet?.close());

  const play = (server: FleetServer, ago: string, { address, deviceName }: { address: string; deviceName: string }) =>
    fleet.controller.pool.query(
      `INSERT INTO playback (id, server_id, session_vendor_id, user_id, user_name, device_name, address, network, item_id, item_type, title, started_at, ended_at, position_ms, watched_ms, delivery)
       VALUES ($1, $2, 's', 'u1', 'Ada', $3, $4, 'wan', 'i1', 'movie', 'A Film', now() - $5::interval, now() - $5::interval + interval '2 hours', 0, 7200000, 'direct-play')`,
      [uuidv7(), server.id, deviceName, address, ago],
    );
  const found = async (states: string[] = ['OPEN']) => (await fleet.ok(DETAIL_DOCUMENTS['mismatches']!, { filter: { rules: ['TWO_PLACES'], states } })).mismatches.mismatches;
  const compare = async (id: string) => (await fleet.ok(DETAIL_DOCUMENTS['mismatchComparison']!, { id })).mismatchComparison;
  const openOne = () =>
    eventually(async () => {
      const [row, ...more] = await found();
      expect(more).toEqual([]);
      expect(row).toBeDefined();
      return row;
    });
  const resolve = (input: object) => fleet.ok(DETAIL_DOCUMENTS['resolveMismatch']!, { input: { resolution: 'Her VPN.', ...input } });
  /** At home on Attic, and at the given address on Cabin. */
  const playAt = async (address: string) => {
    await fleet.show(attic, sessionOf('s1', { deviceId: 'd1' }));
    await fleet.show(cabin, sessionOf('s1', { deviceId: 'd2', deviceName: 'Phone', address }));
  };

  it('says what speaks for and against it, allows exactly what was shown, and asks again when told so', async () => {
    await playAt(AWAY);
    const { id } = await openOne();
    const compared = await compare(id);
    expect(compared).toMatchObject({
      personId, personName: 'Ada L.', verdict: 'Probably two people with one account', distanceKm: null, ledgerCut: false, moreHabits: 0, allowances: [],
      allowable: [`wan:${AWAY}`, `wan:${HOME}`],
      sides: [{ evidence: { serverAlias: 'Attic' }, session: { id: fleet.sessionId(attic, 's1') }, networkLabel: HOME, networkDays: 2 }, { evidence: { serverAlias: 'Cabin' }, networkLabel: AWAY, networkDays: null }],
      habits: [{ network: HOME, servers: ['Attic'], days: 2, watchedMs: 14_400_000, compared: true }],
    });
    expect(compared.facts.map(({ side, text }: { side: string; text: string }) => [side, text])).toEqual([
      ['FOR', 'Both play, neither is paused'],
      ['FOR', 'Networks never seen together'],
      ['FOR', 'New device: Phone'],
      ['AGAINST', 'The e-mail is the same'],
      ['OPEN', 'Distance not known'],
      ['OPEN', 'Are these accounts of one person?'],
      ['OPEN', 'VPN or relay?'],
    ]);

    const changed = { id, resolution: 'Her VPN.', allowNetworks: [`wan:${HOME}`, `wan:${THIRD}`] };
    expect(await fleet.refused(DETAIL_DOCUMENTS['resolveMismatch']!, { input: changed })).toMatchObject({ code: 'VALIDATION_FAILED', details: { reason: 'changed' } });
    await resolve({ id, keepFlag: true });
    expect((await compare(id)).mismatch).toMatchObject({ state: 'OPEN', resolution: 'Her VPN.' });

    await resolve({ id, allowNetworks: compared.allowable });
    expect(await found()).toEqual([]);
    await playAt(THIRD);
    const other = await openOne();
    expect(other.id).not.toBe(id);
    const { allowances } = await compare(other.id);
    expect(allowances).toMatchObject([{ networks: [AWAY, HOME], note: 'Her VPN.', allowedBy: expect.any(String) }]);
    await playAt(AWAY);
    await eventually(async () => expect((await fleet.ok(DETAIL_DOCUMENTS['session']!, { id: fleet.sessionId(attic, 's1') })).session.flags).toEqual([]));

    expect(await fleet.ok(DETAIL_DOCUMENTS['forgetMismatchAllowance']!, { id: allowances[0].id })).toEqual({ forgetMismatchAllowance: true });
    await eventually(async () => expect((await fleet.ok(DETAIL_DOCUMENTS['session']!, { id: fleet.sessionId(attic, 's1') })).session.flags).toMatchObject([{ mismatchId: id }]));
    const { rows } = await fleet.controller.pool.query(`SELECT action, payload->'networks' AS networks FROM audit_event WHERE action LIKE 'mismatch.%' ORDER BY seq`);
    expect(rows).toEqual([
      { action: 'mismatch.resolved', networks: null },
      { action: 'mismatch.resolved', networks: [`wan:${AWAY}`, `wan:${HOME}`] },
      { action: 'mismatch.allowance_forgotten', networks: [`wan:${AWAY}`, `wan:${HOME}`] },
    ]);
  });

  it('is refused an allowance where nothing can be allowed', async () => {
    const id = uuidv7();
    await fleet.controller.pool.query(`INSERT INTO mismatch (id, key, rule, severity, text, why, evidence, first_seen_at, last_seen_at) VALUES ($1, 'ghost|x', 'ghost', 'low', 'A ghost', 'Why.', '[]', now(), now())`, [id]);
    expect(await compare(id)).toMatchObject({ personId: null, verdict: null, facts: [], sides: [], habits: [], ledgerFrom: null, allowable: [] });
    const input = { id, resolution: 'Her VPN.', allowNetworks: ['wan:192.0.2.1', 'wan:192.0.2.2'] };
    expect(await fleet.refused(DETAIL_DOCUMENTS['resolveMismatch']!, { input })).toMatchObject({ code: 'VALIDATION_FAILED', details: { reason: 'not-allowable' } });
  });
});

describe('the ledger of one person', () => {
  const PLAYS = 30_000;
  let database: TestDatabase;
  let pool: Pool;

  beforeAll(async () => {
    database = await startPostgres();
    pool = createPool(database.url, { max: 2 });
  });
  afterAll(async () => {
    await pool?.end();
    await database?.close();
  });

  it('is read by its index and up to a bound, however much the others watch', async () => {
    const [server, heavy] = [uuidv7(), uuidv7()];
    for (const id of [server, heavy]) await pool.query(`INSERT INTO server (id, alias, slug, url, normalized_url, kind, connection, state, machine_id) VALUES ($1, $2, $2, $2, $2, 'emby', 'remote', 'online', $2)`, [id, id]);
    await pool.query(
      `INSERT INTO playback (id, server_id, session_vendor_id, user_id, network, item_id, item_type, title, started_at, ended_at, position_ms, delivery)
       SELECT gen_random_uuid(), $1, 's', 'u' || n % 300, 'wan', 'i', 'movie', 't', now() - n * interval '4 minutes', now() - n * interval '4 minutes', 0, 'direct-play' FROM generate_series(1, $2::int) AS n`,
      [server, PLAYS],
    );
    await pool.query(
      `INSERT INTO playback (id, server_id, session_vendor_id, user_id, network, item_id, item_type, title, started_at, ended_at, position_ms, delivery)
       SELECT gen_random_uuid(), $1, 's', 'u7', 'wan', 'i', 'track', 't', now() - n * interval '3 minutes', now() - n * interval '3 minutes', 0, 'direct-play' FROM generate_series(1, $2::int) AS n`,
      [heavy, MAX_PLAYS + 500],
    );
    await pool.query('ANALYZE playback');
    const accounts = [{ serverId: server, userId: 'u7' }];
    const since = new Date(Date.now() - 90 * 86_400_000);
    const { rows } = await pool.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${PLAYS_SQL}`, [JSON.stringify(accounts), since, MAX_PLAYS + 1]);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('playback_server_id_user_id_started_at_idx');
    expect(plan).not.toContain('Seq Scan on playback');
    const repository = new ComparisonRepository(pool);
    expect(await repository.plays(accounts, since)).toHaveLength(PLAYS / 300);
    const both = await repository.plays([...accounts, { serverId: heavy, userId: 'u7' }], since);
    expect(both).toHaveLength(MAX_PLAYS + 1);
    expect(both.every(({ startedAtMs }, index) => index === 0 || startedAtMs <= both[index - 1]!.startedAtMs)).toBe(true);
    expect(await repository.plays([], since)).toEqual([]);
  });
});
