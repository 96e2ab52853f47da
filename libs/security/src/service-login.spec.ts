import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KeyRing } from './key-ring.js';
import { readServiceLogin, renderServiceLogin } from './service-login.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'usher-login-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the login of a service', () => {
  it('holds what that service signs with, and not the key of another', async () => {
    const ring = await KeyRing.loadOrCreate(path.join(folder, 'keyring.json'));
    const file = path.join(folder, 'router.json');
    await writeFile(file, await renderServiceLogin(ring, 'router'));
    const login = await readServiceLogin(file);
    expect(login.signer.trusted).toEqual(ring.commandKey('router').trusted);
    expect(login.creds).toContain('BEGIN NATS USER JWT');
    expect(inspect(login.signer)).not.toContain(ring.commandKeyData('router').jwk.d);
  });

  it('tells migration its fleet and its own key, and is refused in the place of another', async () => {
    const ring = await KeyRing.loadOrCreate(path.join(folder, 'keyring.json'));
    const file = path.join(folder, 'migration.json');
    await writeFile(file, await renderServiceLogin(ring, 'migration'));
    const login = await readServiceLogin(file, 'migration');
    expect(login).toMatchObject({ service: 'migration', fleetId: ring.fleetId });
    expect(login.signer).toMatchObject({ kid: 'migration-1', issuer: 'migration', trusted: ring.commandKey('migration').trusted });
    await expect(readServiceLogin(file, 'router')).rejects.toMatchObject({ code: 'KEYRING_MISMATCH' });
  });

  it.each([
    ['missing', null, 'KEYRING_MISSING'],
    ['no JSON', '{"creds": "hush', 'KEYRING_MISMATCH'],
    ['of another make', '{"version": 2}', 'KEYRING_MISMATCH'],
  ])('is refused when it is %s', async (name, text, code) => {
    const file = path.join(folder, `${name}.json`);
    if (text !== null) await writeFile(file, text);
    const error = await readServiceLogin(file).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code });
    expect(inspect(error)).not.toContain('hush');
  });
});
