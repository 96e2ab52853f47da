import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { uuidv7 } from '@usher/contracts';
import { makeEnrollmentToken, type AgentKeys } from '@usher/security';
import { LiveFleet, type TestController } from './live-harness.js';

describe('enrollment', () => {
  let fleet: LiveFleet;
  let controller: TestController;
  let serverId: string;
  let keys: AgentKeys;

  beforeAll(async () => {
    fleet = await LiveFleet.start();
    controller = await fleet.addController();
    serverId = await fleet.addServer();
    keys = await fleet.newKeys();
  });
  afterAll(() => fleet?.close());

  const enroll = (body: unknown) => controller.post('/agents/enroll', body);
  const good = async (ttlMs?: number) => fleet.enrollment(controller, await fleet.addToken(serverId, ttlMs), keys);

  it('gives an agent its account, the fleet terms, settings and the credential sealed to its key', async () => {
    const agent = await fleet.addAgent(serverId);
    expect(agent.config).toMatchObject({ rev: 1, readOnly: false, poll: { sessionsS: 10 } });
    expect(await agent.keys.open(agent.credential!)).toMatchObject({ token: 'media-server-key', kind: 'jellyfin', rev: 1 });
    await expect(agent.hello()).resolves.toMatchObject({ protocol: 1, fleetEpoch: 1 });
  });

  it('revokes the agent that spoke for the server before', async () => {
    const first = await fleet.addAgent(serverId);
    const second = await fleet.addAgent(serverId);
    const { rows } = await fleet.pool.query('SELECT id, status FROM agent WHERE server_id = $1 AND id = ANY($2) ORDER BY created_at', [serverId, [first.agentId, second.agentId]]);
    expect(rows).toEqual([{ id: first.agentId, status: 'REVOKED' }, { id: second.agentId, status: 'ACTIVE' }]);
    await expect(second.hello()).resolves.toMatchObject({ protocol: 1 });
  });

  it.each([
    ['a wrong secret', async () => ({ ...(await good()), secret: 'A'.repeat(43) }), 'token'],
    ['an unknown token', () => fleet.enrollment(controller, makeEnrollmentToken({ controllerUrl: 'http://127.0.0.1:8747' }).token, keys), 'token'],
    ['a nonce of another token', async () => ({ ...(await good()), nonce: (await good())['nonce'] }), 'nonce'],
    ['an expired token', () => good(-1_000), 'token'],
    ['a proof by another key', async () => ({ ...(await good()), nkeyPub: (await fleet.newKeys()).nkeyPub }), 'proof'],
    ['a box key that was swapped', async () => ({ ...(await good()), boxPub: (await fleet.newKeys()).boxPub }), 'proof'],
    ['a nonce that nobody issued', async () => ({ ...(await good()), nonce: 'A'.repeat(43) }), 'nonce'],
  ])('refuses %s', async (_name, makeBody, reason) => {
    const { status, body } = await enroll(await makeBody());
    expect(status).toBe(403);
    expect(body).toMatchObject({ code: 'ENROLLMENT_REFUSED', details: { reason } });
  });

  it('refuses a token that was used, and a nonce that was used', async () => {
    const body = await good();
    expect((await enroll(body)).status).toBe(200);
    expect((await enroll(body)).body).toMatchObject({ code: 'ENROLLMENT_REFUSED', details: { reason: 'nonce' } });
    const token = await fleet.addToken(serverId);
    expect((await enroll(await fleet.enrollment(controller, token, keys))).status).toBe(200);
    expect((await enroll(await fleet.enrollment(controller, token, keys))).body).toMatchObject({ code: 'ENROLLMENT_REFUSED', details: { reason: 'token' } });
  });

  it('takes one of many that redeem one token at once', async () => {
    const token = await fleet.addToken(serverId);
    const bodies = await Promise.all([1, 2, 3].map(() => fleet.enrollment(controller, token, keys)));
    const answers = await Promise.all(bodies.map(enroll));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 403, 403]);
    const { rows } = await fleet.pool.query(`SELECT count(*)::int AS n FROM agent WHERE server_id = $1 AND status = 'ACTIVE'`, [serverId]);
    expect(rows).toEqual([{ n: 1 }]);
  });

  it('refuses a server that was removed', async () => {
    const removed = await fleet.addServer();
    const body = await fleet.enrollment(controller, await fleet.addToken(removed), keys);
    await fleet.pool.query(`UPDATE server SET state = 'historical' WHERE id = $1`, [removed]);
    expect((await enroll(body)).body).toMatchObject({ code: 'ENROLLMENT_REFUSED' });
  });

  it.each([
    ['no body', undefined, 400],
    ['a missing field', { tokenId: uuidv7() }, 400],
    ['a wrong type', { tokenId: 7, secret: [] }, 400],
    ['an unknown field', { tokenId: uuidv7(), more: true }, 400],
    ['an oversized body', { tokenId: 'x'.repeat(300_000) }, 413],
  ])('refuses %s', async (_name, body, status) => {
    expect((await enroll(body)).status).toBe(status);
    expect((await controller.post('/agents/enroll/challenge', status === 413 ? body : { tokenId: 'x' })).status).toBe(status);
  });

  it('answers INTERNAL without a word of the cause, and leaves the token usable, when the broker is away', async () => {
    const token = await fleet.addToken(serverId);
    const body = await fleet.enrollment(controller, token, keys);
    await fleet.stopBroker();
    const answer = await enroll(body);
    expect(answer.status).toBe(500);
    expect(answer.body).toEqual({ code: 'INTERNAL', message: 'Something went wrong inside Usher.', details: {}, next: expect.any(String) });
    await fleet.restartBroker();
    const { rows } = await fleet.pool.query('SELECT used_at FROM enrollment_token WHERE id = $1', [body['tokenId']]);
    expect(rows).toEqual([{ used_at: null }]);
  });
});
