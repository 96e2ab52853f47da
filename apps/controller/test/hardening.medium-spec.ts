import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { uuidv7, type HardeningEntry } from '@usher/contracts';
import { FleetHarness, type FleetServer } from './fleet-harness.js';

const LOCK_OUT: HardeningEntry = { code: 'no-lock-out', state: 'found', evidence: 'Accounts: Ana.', advice: 'Lock them.' };
const HIDDEN: HardeningEntry = { code: 'empty-passwords', state: 'cannot-be-seen', evidence: 'It says a password for everybody.', advice: 'Look yourself.' };
const FIELDS = 'id hardening { code state accepted acceptance { reason acceptedBy acceptedAt until evidence lapsed } }';
const ACCEPT = `mutation ($input: AcceptHardeningInput!) { acceptHardening(input: $input) { ${FIELDS} } }`;
const REVOKE = `mutation ($input: RevokeHardeningInput!) { revokeHardening(input: $input) { ${FIELDS} } }`;

describe('what a server leaves open', () => {
  let fleet: FleetHarness;
  let attic: FleetServer;
  let cabin: FleetServer;

  beforeAll(async () => {
    fleet = await FleetHarness.start();
    [attic, cabin] = [await fleet.addServer('Attic', { withAgent: false }), await fleet.addServer('Cabin', { withAgent: false })];
  });
  beforeEach(async () => {
    await fleet.controller.pool.query('DELETE FROM hardening_acceptance');
    for (const server of [attic, cabin]) await probed(server, [LOCK_OUT, HIDDEN]);
  });
  afterAll(() => fleet?.close());

  const probed = (server: FleetServer, hardening: HardeningEntry[]) =>
    fleet.controller.pool.query(`UPDATE server SET profile = jsonb_set(profile, '{hardening}', $2) WHERE id = $1`, [server.id, JSON.stringify(hardening)]);
  const entryOf = async (server: FleetServer, role: 'viewer' | 'operator' = 'operator') =>
    (await fleet.ok(`query ($ids: [ID!]) { servers(filter: { ids: $ids }) { ${FIELDS} } }`, { ids: [server.id] }, role))['servers'][0].hardening[0];
  const accept = async (more: object = {}) => (await fleet.ok(ACCEPT, { input: { serverId: attic.id, code: 'no-lock-out', reason: 'Only at home.', ...more } }))['acceptHardening'];
  const audited = async () => {
    const { rows } = await fleet.controller.pool.query(`SELECT action, actor, server_id, payload FROM audit_event WHERE action LIKE 'hardening.%' AND server_id = $1 ORDER BY seq`, [attic.id]);
    return rows;
  };

  it('is accepted by an operator with a reason, on that server only, and on record', async () => {
    const before = (await audited()).length;
    const server = await accept({ reason: '  Only at home. ', evidence: LOCK_OUT.evidence });
    expect(server.hardening).toMatchObject([
      { code: 'no-lock-out', accepted: true, acceptance: { reason: 'Only at home.', acceptedBy: expect.stringContaining('operator'), acceptedAt: expect.any(String), until: null, evidence: 'Accounts: Ana.', lapsed: null } },
      { code: 'empty-passwords', accepted: false, acceptance: null },
    ]);
    expect(await entryOf(cabin)).toMatchObject({ accepted: false, acceptance: null });
    expect((await audited()).slice(before)).toMatchObject([
      { action: 'hardening.accepted', actor: expect.stringContaining('operator'), server_id: attic.id, payload: { entry: 'no-lock-out', reason: 'Only at home.', state: 'found', evidence: 'Accounts: Ana.', until: null } },
    ]);
  });

  it('is shown to nobody below role operator', async () => {
    await accept();
    expect(await entryOf(attic, 'viewer')).toBeUndefined();
    for (const query of [ACCEPT, REVOKE]) {
      const reason = query === ACCEPT ? { reason: 'Only at home.' } : {};
      expect(await fleet.refused(query, { input: { serverId: attic.id, code: 'no-lock-out', ...reason } }, 'viewer')).toMatchObject({ code: 'FORBIDDEN' });
    }
  });

  it('is open again when it changes, says what had been accepted, and can be accepted anew', async () => {
    await accept();
    await probed(attic, [{ ...LOCK_OUT, evidence: 'Accounts: Ana, Ben.' }]);
    expect(await entryOf(attic)).toMatchObject({ accepted: false, acceptance: { lapsed: 'CHANGED', evidence: 'Accounts: Ana.' } });
    expect(await fleet.refused(ACCEPT, { input: { serverId: attic.id, code: 'no-lock-out', reason: 'As before.', evidence: LOCK_OUT.evidence } })).toMatchObject({ code: 'VALIDATION_FAILED', details: { field: 'evidence', reason: 'changed' } });
    expect((await accept({ reason: 'Ben too.' })).hardening[0]).toMatchObject({ accepted: true, acceptance: { reason: 'Ben too.', evidence: 'Accounts: Ana, Ben.', lapsed: null } });
  });

  it('is open again after the end that was said', async () => {
    await accept({ until: '2099-01-01T00:00:00+01:00' });
    expect(await entryOf(attic)).toMatchObject({ accepted: true, acceptance: { until: '2098-12-31T23:00:00.000Z', lapsed: null } });
    await fleet.controller.pool.query(`UPDATE hardening_acceptance SET until = '2020-01-01'`);
    expect(await entryOf(attic)).toMatchObject({ accepted: false, acceptance: { lapsed: 'ENDED' } });
  });

  it('is revoked with or without a reason; the entry is open again', async () => {
    await accept();
    const before = (await audited()).length;
    const { revokeHardening } = await fleet.ok(REVOKE, { input: { serverId: attic.id, code: 'no-lock-out', reason: 'Ana moved out.' } });
    expect(revokeHardening.hardening[0]).toMatchObject({ accepted: false, acceptance: null });
    expect((await audited()).slice(before)).toMatchObject([{ action: 'hardening.revoked', payload: { entry: 'no-lock-out', reason: 'Ana moved out.' } }]);
    expect(await fleet.refused(REVOKE, { input: { serverId: attic.id, code: 'no-lock-out' } })).toMatchObject({ code: 'NOT_FOUND', details: { field: 'code' } });
    await accept();
    await fleet.ok(REVOKE, { input: { serverId: attic.id, code: 'no-lock-out' } });
    expect((await audited()).at(-1)).toMatchObject({ action: 'hardening.revoked', payload: { reason: null } });
  });

  it('cannot be accepted where it cannot be seen', async () => {
    expect(await fleet.refused(ACCEPT, { input: { serverId: attic.id, code: 'empty-passwords', reason: 'Only at home.' } })).toMatchObject({ code: 'VALIDATION_FAILED', details: { field: 'code', reason: 'cannot-be-seen' } });
  });

  it('is accepted once for one idempotency key, and everybody who looks hears of it', async () => {
    const client = await fleet.controller.socket().acknowledged();
    client.subscribe('1', `subscription { serversChanged { ${FIELDS} } }`);
    const idempotencyKey = uuidv7();
    const before = (await audited()).length;
    for (let turn = 0; turn < 2; turn++) await accept({ idempotencyKey });
    await client.until(({ type, payload }) => type === 'next' && payload.data.serversChanged.id === attic.id && payload.data.serversChanged.hardening[0]?.accepted === true);
    client.close();
    expect((await audited()).length).toBe(before + 1);
  });

  it('stays accepted while it is not there, as when the list could not be read', async () => {
    await accept();
    await probed(attic, []);
    expect(await entryOf(attic)).toBeUndefined();
    await probed(attic, [LOCK_OUT]);
    expect(await entryOf(attic)).toMatchObject({ accepted: true });
  });
});
