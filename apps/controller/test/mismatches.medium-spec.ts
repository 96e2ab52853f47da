import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startPostgres, type TestDatabase } from '@usher/testing';
import { createPool } from '@usher/database';
import type { Pool } from 'pg';
import type { Finding } from '../src/mismatches/mismatch.js';
import { MismatchesRepository } from '../src/mismatches/mismatches.repository.js';
import { DETAIL_DOCUMENTS } from './detail-bad-inputs.js';
import { eventually, FleetHarness, sessionOf, type FleetServer } from './fleet-harness.js';

describe('mismatches of a fleet', () => {
  let fleet: FleetHarness;
  let attic: FleetServer;
  let cabin: FleetServer;

  beforeAll(async () => {
    fleet = await FleetHarness.start();
    [attic, cabin] = [await fleet.addServer('Attic'), await fleet.addServer('Cabin')];
    for (const { id } of [attic, cabin]) {
      await fleet.controller.pool.query(`INSERT INTO media_user (server_id, vendor_id, name, is_administrator, enabled, read_at) VALUES ($1, 'u1', 'Ada', false, true, now())`, [id]);
    }
  });
  afterAll(() => fleet?.close());

  const list = async (filter: object = {}) => (await fleet.ok(DETAIL_DOCUMENTS['mismatches']!, { filter })).mismatches;
  const flagsOf = async (server: FleetServer) => (await fleet.ok(DETAIL_DOCUMENTS['session']!, { id: fleet.sessionId(server, 's1') })).session;

  it('finds one person in two places, names the person on the sessions and flags them; people ignore and resolve it', async () => {
    const accounts = [attic, cabin].map(({ id }) => ({ serverId: id, userVendorId: 'u1' }));
    const { linkUsers } = await fleet.ok('mutation ($input: LinkUsersInput!) { linkUsers(input: $input) { id } }', { input: { accounts, displayName: 'Ada L.' } });
    await fleet.show(attic, sessionOf('s1', { deviceId: 'd1' }));
    await fleet.show(cabin, sessionOf('s1', { deviceId: 'd2', address: '198.51.100.7' }));
    const found = await eventually(async () => {
      const { mismatches } = await list({ rules: ['TWO_PLACES'] });
      expect(mismatches).toHaveLength(1);
      return mismatches[0];
    });
    expect(found).toMatchObject({ severity: 'HIGH', state: 'OPEN', text: expect.stringContaining('Ada L. plays on Attic and Cabin'), evidence: [{ sessionId: expect.any(String) }, { sessionId: expect.any(String) }] });
    await eventually(async () => expect(await flagsOf(attic)).toMatchObject({ identityId: linkUsers.id, identityName: 'Ada L.', flags: [{ mismatchId: found.id, rule: 'TWO_PLACES', text: 'also on Cabin' }] }));
    expect(await list({ serverIds: [attic.id] })).toMatchObject({ open: 1, checkedAt: expect.any(String), rules: expect.arrayContaining([expect.objectContaining({ rule: 'GHOST', runs: true })]) });

    const client = await fleet.controller.socket().acknowledged();
    client.subscribe('1', 'subscription { mismatchesChanged { open mismatches { id } } }');
    const open = (count: number) => client.until(({ type, payload }) => type === 'next' && payload.data.mismatchesChanged.open === count);
    await open(1);
    const input = { id: found.id, idempotencyKey: 'once' };
    for (let turn = 0; turn < 2; turn++) {
      expect((await fleet.ok(DETAIL_DOCUMENTS['ignoreMismatch']!, { input })).ignoreMismatch).toMatchObject({ id: found.id, state: 'IGNORED', ignoredUntil: expect.any(String) });
    }
    await open(0);
    client.close();
    await eventually(async () => expect((await flagsOf(attic)).flags).toEqual([]));
    expect((await list()).mismatches).toEqual([]);
    expect((await list({ states: ['IGNORED'] })).mismatches).toMatchObject([{ id: found.id }]);

    expect((await fleet.ok(DETAIL_DOCUMENTS['resolveMismatch']!, { input: { id: found.id, resolution: 'Spoke to her.' } })).resolveMismatch).toMatchObject({ state: 'RESOLVED', resolution: 'Spoke to her.', resolvedBy: expect.stringContaining('operator') });
    expect(await fleet.refused(DETAIL_DOCUMENTS['ignoreMismatch']!, { input: { id: found.id } })).toMatchObject({ code: 'VALIDATION_FAILED', details: { reason: 'resolved' } });
    const { rows } = await fleet.controller.pool.query(`SELECT action FROM audit_event WHERE action LIKE 'mismatch.%' ORDER BY seq`);
    expect(rows.map(({ action }: { action: string }) => action)).toEqual(['mismatch.ignored', 'mismatch.resolved']);
  });
});

describe('rows of mismatches', () => {
  let database: TestDatabase;
  let pool: Pool;
  let repository: MismatchesRepository;

  beforeAll(async () => {
    database = await startPostgres();
    pool = createPool(database.url, { max: 2 });
    repository = new MismatchesRepository(pool);
  });
  beforeEach(() => pool.query('DELETE FROM mismatch'));
  afterAll(async () => {
    await pool?.end();
    await database?.close();
  });

  const at = (minutes: number) => new Date(Date.parse('2026-01-01T12:00:00.000Z') + minutes * 60_000);
  const finding = (more: Partial<Finding> = {}): Finding => ({ rule: 'ghost', subject: 's', severity: 'low', text: 'A ghost', why: 'Why.', evidence: [], flags: [{ sessionId: 'x:1', text: 'ghost' }], ...more });
  const keep = (minutes: number, findings: Finding[], mayEnd = true) => repository.keep(findings, [], at(minutes), mayEnd);
  const row = async () => (await repository.list({ states: ['open', 'ignored', 'resolved'], rules: null, serverIds: null }))[0]!;

  it('stay the same row while the same thing is found, and tell whether anything changed', async () => {
    const first = await keep(0, [finding()]);
    const { id } = await row();
    expect(await keep(1, [finding()])).toBe(first);
    expect(await row()).toMatchObject({ id, firstSeenAt: at(0), lastSeenAt: at(1) });
    expect(await keep(2, [finding({ text: 'Another word' })])).not.toBe(first);
    expect(await row()).toMatchObject({ id, text: 'Another word' });
  });

  it('lose their flags at once when it is gone, end after five minutes, and open again as the same row', async () => {
    await keep(0, [finding()]);
    const { id } = await row();
    expect(await repository.openFlags()).toHaveLength(1);
    await keep(1, []);
    expect(await repository.openFlags()).toEqual([]);
    await keep(5, []);
    expect((await row()).state).toBe('open');
    await keep(6, [], false);
    expect((await row()).state).toBe('open');
    await keep(6, []);
    expect(await row()).toMatchObject({ id, state: 'resolved', resolution: 'It ended by itself.', resolvedBy: null });
    await keep(20, [finding()]);
    expect(await row()).toMatchObject({ id, state: 'open', firstSeenAt: at(20), resolution: null });
  });

  it('stay resolved as long as it goes on, and ignored as long as was said', async () => {
    await keep(0, [finding()]);
    const { id } = await row();
    await repository.resolve(pool, id, { resolution: 'Fine.', name: 'sam', at: at(1) });
    for (const minute of [2, 4, 6, 8]) await keep(minute, [finding()]);
    expect(await row()).toMatchObject({ state: 'resolved', resolution: 'Fine.', resolvedBy: 'sam' });
    await keep(20, [finding()]);
    await repository.ignore(pool, id, { until: at(30), note: 'Later.', name: 'sam', at: at(20) });
    expect(await row()).toMatchObject({ state: 'ignored', resolution: 'Later.', resolvedBy: 'sam' });
    await keep(25, [finding()]);
    expect((await row()).state).toBe('ignored');
    await keep(30, [finding()]);
    expect(await row()).toMatchObject({ state: 'open', ignoredUntil: null, resolution: null, resolvedBy: null, firstSeenAt: at(20) });
  });

  it('keep an answer and their flags until they end, and then still the answer', async () => {
    await keep(0, [finding()]);
    const { id } = await row();
    await repository.resolve(pool, id, { resolution: 'Not her.', name: 'sam', at: at(1), keepsFlag: true });
    await keep(2, [finding()]);
    expect(await repository.openFlags()).toMatchObject([{ mismatchId: id }]);
    await keep(9, []);
    expect(await row()).toMatchObject({ state: 'resolved', resolution: 'Not her.', resolvedBy: 'sam' });
    await keep(20, [finding()]);
    expect(await row()).toMatchObject({ state: 'open', resolution: null, resolvedBy: null });
  });

  it('take names that no database takes', async () => {
    await keep(0, [finding({ text: 'A\u0000B \ud800' })]);
    expect((await row()).text).toBe('AB \ufffd');
  });
});
