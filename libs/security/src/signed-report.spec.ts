import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { CompactSign, type JWK } from 'jose';
import { KeyRing } from './key-ring.js';
import { sha256Hex } from './plan-hash.js';
import { reportThumbprint, signReport, verifyReport } from './signed-report.js';

let folder: string;
let ring: KeyRing;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'usher-report-'));
  ring = await KeyRing.loadOrCreate(path.join(folder, 'keyring.json'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const text = '{"rows":1204,"same":1204}\n';
const sign = (given = text) => signReport(ring.commandKey('migration'), given);
const jwk = () => ring.commandKey('migration').trusted.jwk as JWK;
const raw = (claims: object, header: object, signer = ring.commandKey('migration')) =>
  new CompactSign(Buffer.from(JSON.stringify(claims))).setProtectedHeader({ alg: 'EdDSA', typ: 'usher-report+jws', kid: 'migration-1', jwk: jwk(), ...header }).sign(signer.key);

describe('a signed report', () => {
  it('is checked with nothing but itself, and says by whose key', async () => {
    const { kid, thumbprint } = await verifyReport(text, `${await sign()}\n`);
    expect(kid).toBe('migration-1');
    expect(thumbprint).toBe(await reportThumbprint(jwk()));
    expect(thumbprint).toMatch(/^([0-9A-F]{4} ){15}[0-9A-F]{4}$/);
    expect(await sign()).toBe(await sign());
  });

  it('is refused when a character of the text differs', async () => {
    await expect(verifyReport(text.replace('1204', '1205'), await sign())).rejects.toMatchObject({ code: 'VALIDATION_FAILED', details: { reason: 'changed' } });
    await expect(verifyReport(`${text} `, await sign())).rejects.toMatchObject({ details: { reason: 'changed' } });
  });

  it('is refused when its signature is another', async () => {
    const claims = { v: 1, sha256: sha256Hex(text) };
    const [head, body, signature] = (await sign()).split('.') as [string, string, string];
    const { x, ...noKey } = jwk();
    const bad = [
      '',
      'garbage',
      'x'.repeat(5_000),
      `${head}.${body}.`,
      `${head}.${body}.${Buffer.alloc(64).toString('base64url')}`,
      `${head}.${Buffer.from(JSON.stringify({ ...claims, v: 2 })).toString('base64url')}.${signature}`,
      await raw(claims, {}, ring.commandKey('controller')),
      await raw(claims, { typ: 'usher-ticket+jwt' }),
      await raw(claims, { jwk: undefined }),
      await raw(claims, { jwk: noKey }),
      await raw(claims, { jwk: { ...noKey, x: x!.slice(1) } }),
      await raw({ ...claims, more: 1 }, {}),
    ];
    for (const jws of bad) await expect(verifyReport(text, jws)).rejects.toMatchObject({ code: 'VALIDATION_FAILED', details: { reason: 'signature' } });
  });

  it('of somebody else shows another thumbprint', async () => {
    const other = await KeyRing.loadOrCreate(path.join(folder, 'other.json'));
    const theirs = await verifyReport(text, await signReport(other.commandKey('migration'), text));
    expect(theirs.thumbprint).not.toBe(await reportThumbprint(jwk()));
  });
});
