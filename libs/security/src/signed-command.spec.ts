import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { uuidv7, type TrustedKey } from '@usher/contracts';
import { CompactSign } from 'jose';
import { KeyRing } from './key-ring.js';
import { signCommand, verifyCommand, type CommandClaims } from './signed-command.js';

let folder: string;
let ring: KeyRing;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'usher-cmd-'));
  ring = await KeyRing.loadOrCreate(path.join(folder, 'keyring.json'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const agentId = uuidv7();
const serverId = uuidv7();
const now = 1_800_000_000_000;
const claims = (change: Partial<CommandClaims> = {}): CommandClaims => ({
  v: 1,
  id: uuidv7(),
  iss: 'controller',
  aud: agentId,
  sid: serverId,
  iat: now / 1000,
  exp: now / 1000 + 60,
  op: 'session.stop@1',
  args: { sessionVendorId: 's', reason: null },
  fence: { n: 'fleet', e: 1 },
  to: { service: 'controller', process: 'p1' },
  ...change,
});
const verify = (text: string, keys: readonly TrustedKey[] = ring.trustedKeys(), at = now) => verifyCommand(text, keys, { agentId, serverId, now: at });
/** Signs whatever is given, also what `signCommand` would refuse. */
const signRaw = (payload: unknown, header: object = {}) =>
  new CompactSign(Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'EdDSA', typ: 'usher-cmd+jws', kid: 'controller-1', ...header })
    .sign(ring.commandKey('controller').key);
const reason = (text: string) => expect.objectContaining({ code: 'MESSAGE_INVALID', details: expect.objectContaining({ reason: text }) }) as unknown as Error;

describe('a signed command', () => {
  it('is read by the agent that it is for', async () => {
    const given = claims();
    await expect(signCommand(ring.commandKey('controller'), given).then(verify)).resolves.toEqual(given);
  });

  it('is refused for another agent, another server, and an audience of two', async () => {
    for (const change of [{ aud: uuidv7() }, { sid: uuidv7() }]) await expect(verify(await signRaw(claims(change)))).rejects.toEqual(reason('audience'));
    await expect(verify(await signRaw({ ...claims(), aud: [agentId, uuidv7()] }))).rejects.toEqual(reason('schema'));
  });

  it('is refused outside its time', async () => {
    const text = await signRaw(claims());
    await expect(verify(text, undefined, now + 59_000)).resolves.toBeDefined();
    await expect(verify(text, undefined, now + 60_000)).rejects.toEqual(reason('expired'));
    await expect(verify(text, undefined, now - 59_000)).resolves.toBeDefined();
    await expect(verify(text, undefined, now - 61_000)).rejects.toMatchObject({ code: 'CLOCK_SKEW' });
    for (const exp of [now / 1000 + 601, now / 1000]) await expect(verify(await signRaw(claims({ exp })))).rejects.toEqual(reason('lifetime'));
    await expect(verify(await signRaw(claims({ exp: now / 1000 + 600 })))).resolves.toBeDefined();
  });

  it('is refused by an unknown key and by a key that may not issue it', async () => {
    await expect(verify(await signRaw(claims(), { kid: 'controller-2' }))).rejects.toEqual(reason('key'));
    await expect(verify(await signRaw(claims(), { kid: undefined }))).rejects.toEqual(reason('key'));
    const asRouter = [{ ...ring.trustedKeys()[0]!, issuer: 'router' as const }];
    await expect(verify(await signRaw(claims()), asRouter)).rejects.toMatchObject({ code: 'FORBIDDEN', details: { reason: 'issuer' } });
    await expect(verify(await signRaw(claims({ iss: 'router' })), asRouter)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('is refused when it was signed by other means or for another purpose', async () => {
    const [head, body] = (await signRaw(claims())).split('.') as [string, string];
    await expect(verify(`${head}.${body}.${Buffer.alloc(64).toString('base64url')}`)).rejects.toEqual(reason('signature'));
    await expect(verify(`${head}.${body}.`)).rejects.toEqual(reason('signature'));
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const none = `${encode({ alg: 'none', typ: 'usher-cmd+jws', kid: 'controller-1' })}.${body}.`;
    await expect(verify(none)).rejects.toEqual(reason('signature'));
    const hmacInput = `${encode({ alg: 'HS256', typ: 'usher-cmd+jws', kid: 'controller-1' })}.${body}`;
    const publicBytes = Buffer.from(ring.trustedKeys()[0]!.jwk['x']!, 'base64url');
    await expect(verify(`${hmacInput}.${createHmac('sha256', publicBytes).update(hmacInput).digest('base64url')}`)).rejects.toEqual(reason('signature'));
    await expect(verify(await signRaw(claims(), { typ: 'usher-ticket+jwt' }))).rejects.toEqual(reason('signature'));
  });

  it('is refused when it is too large, too deep, no JSON, or has more in it than agreed', async () => {
    await expect(verify('x'.repeat(300_000))).rejects.toEqual(reason('size'));
    await expect(verify(await signRaw(`${'['.repeat(33)}${']'.repeat(33)}`))).rejects.toEqual(reason('nesting'));
    await expect(verify('garbage')).rejects.toEqual(reason('encoding'));
    await expect(verify('')).rejects.toEqual(reason('encoding'));
    await expect(verify(`.${Buffer.from('{}').toString('base64url')}.x`)).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
    for (const bad of [{ ...claims(), more: 1 }, { ...claims(), id: '*' }, { ...claims(), op: 'session.>' }, { ...claims(), to: { service: 'controller', process: 'a.b' } }, { ...claims(), v: 2 }]) {
      await expect(verify(await signRaw(bad))).rejects.toEqual(reason('schema'));
    }
  });
});
