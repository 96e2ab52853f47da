import { beforeAll, describe, expect, it } from '@jest/globals';
import { uuidv7 } from '@usher/contracts';
import { AgentKeys, makeEnrollmentToken, Secret, verifyEnrollmentProof, type EnrollmentClaim } from '@usher/security';
import { tempFolder } from '../../test/support.js';
import { EnrollService } from './enroll.service.js';

const nonce = 'n'.repeat(43);
let keys: AgentKeys;

beforeAll(async () => {
  keys = await AgentKeys.loadOrCreate(await tempFolder());
});

function answerFor(serverId: string) {
  return {
    agentId: uuidv7(),
    serverId,
    userJwt: 'jwt',
    brokerUrls: ['nats://127.0.0.1:4222'],
    keys: [{ kid: 'controller-1', issuer: 'controller', jwk: { kty: 'OKP' } }],
    fleetEpoch: 1,
    generation: 1,
    config: { rev: 1, readOnly: false, poll: {}, ignoredDevices: [] },
    credential: 'sealed',
  };
}

/** A controller that answers each path with what is given. */
function setUp(answers: { challenge?: Response | Error; enroll?: Response | Error } = {}) {
  const serverId = uuidv7();
  const sent: { url: string; body: Record<string, unknown>; init: RequestInit }[] = [];
  const send = (async (url: string, init: RequestInit) => {
    sent.push({ url, body: JSON.parse(init.body as string) as Record<string, unknown>, init });
    const answer = url.endsWith('/challenge') ? (answers.challenge ?? Response.json({ nonce })) : (answers.enroll ?? Response.json(answerFor(serverId)));
    if (answer instanceof Error) throw answer;
    return answer;
  }) as unknown as typeof fetch;
  const token = Secret.of(makeEnrollmentToken({ controllerUrl: 'http://controller.example/base/' }).token);
  return { serverId, sent, token, service: new EnrollService(null, send), other: new EnrollService('http://127.0.0.1:9', send) };
}

describe('EnrollService', () => {
  it('answers the challenge with a proof by the login key, at the address of the token', async () => {
    const { serverId, sent, token, service } = setUp();
    expect(await service.enroll(token, serverId, keys)).toMatchObject({ serverId, userJwt: 'jwt', config: { poll: { sessionsS: 10 } } });
    expect(sent.map(({ url }) => url)).toEqual(['http://controller.example/base/agents/enroll/challenge', 'http://controller.example/base/agents/enroll']);
    const claim = sent[1]!.body as unknown as EnrollmentClaim & { sig: string };
    expect(() => verifyEnrollmentProof(claim, claim.sig)).not.toThrow();
    for (const { init } of sent) expect(init).toMatchObject({ redirect: 'manual', signal: expect.any(AbortSignal) });
  });

  it('goes where the process was told instead', async () => {
    const { serverId, sent, token, other } = setUp();
    await other.enroll(token, serverId, keys);
    expect(sent[0]!.url).toBe('http://127.0.0.1:9/agents/enroll/challenge');
  });

  it('passes the refusal of the controller on', async () => {
    const { serverId, token, service } = setUp({ enroll: Response.json({ code: 'ENROLLMENT_REFUSED', message: 'no', details: { reason: 'token' }, next: 'x' }, { status: 403 }) });
    await expect(service.enroll(token, serverId, keys)).rejects.toMatchObject({ code: 'ENROLLMENT_REFUSED', details: { reason: 'token' } });
  });

  it.each([
    ['a page of a proxy', { challenge: new Response('<html>', { status: 502 }) }, 'ENROLLMENT_REFUSED'],
    ['a redirect', { challenge: new Response(null, { status: 302 }) }, 'ENROLLMENT_REFUSED'],
    ['no JSON', { challenge: new Response('hello') }, 'MESSAGE_INVALID'],
    ['another shape', { enroll: Response.json({}) }, 'MESSAGE_INVALID'],
    ['nobody there', { challenge: new TypeError('fetch failed') }, 'AGENT_TIMEOUT'],
    ['another server', { enroll: Response.json(answerFor(uuidv7())) }, 'ENROLLMENT_REFUSED'],
  ])('fails with a code for %s', async (_name, answers, code) => {
    const { serverId, token, service } = setUp(answers as Parameters<typeof setUp>[0]);
    await expect(service.enroll(token, serverId, keys)).rejects.toMatchObject({ code });
  });

  it('refuses what is no token, and one that demands a pinned certificate, without a call', async () => {
    const { serverId, sent, service } = setUp();
    const pinned = Secret.of(makeEnrollmentToken({ controllerUrl: 'https://controller.example', pins: ['abc'] }).token);
    await expect(service.enroll(Secret.of('nonsense'), serverId, keys)).rejects.toMatchObject({ code: 'ENROLLMENT_REFUSED' });
    await expect(service.enroll(pinned, serverId, keys)).rejects.toMatchObject({ code: 'ENROLLMENT_REFUSED', details: { reason: 'pins' } });
    expect(sent).toEqual([]);
  });
});
