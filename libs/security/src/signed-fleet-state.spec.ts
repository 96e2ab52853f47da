import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { maintenanceState, uuidv7, type TrustedKey } from '@usher/contracts';
import { signJson } from './jws.js';
import { KeyRing } from './key-ring.js';
import { signCommand } from './signed-command.js';
import { fleetStateContracts, signFleetState, verifyFleetState, type FleetStateClaims } from './signed-fleet-state.js';

let folder: string;
let ring: KeyRing;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'usher-state-'));
  ring = await KeyRing.loadOrCreate(path.join(folder, 'keyring.json'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const now = 1_800_000_000_000;
const claims = (change: Partial<FleetStateClaims> = {}): FleetStateClaims => ({
  v: 1, iss: 'controller', iat: now / 1000, exp: now / 1000 + 300, name: 'maintenance@1', epoch: 3, seq: 17, body: { completeUntil: '2027-01-15T08:00:00.000Z', occurrences: [] }, ...change,
});
const sign = (change: Partial<FleetStateClaims> = {}) => signFleetState(ring.commandKey('controller'), claims(change));
const verify = (text: string, keys: readonly TrustedKey[] = ring.trustedKeys(), at = now) => verifyFleetState(text, keys, { contract: maintenanceState, now: at });

describe('a state of the fleet', () => {
  it('comes back as it was signed', async () => {
    await expect(verify(await sign())).resolves.toEqual(claims());
    expect(fleetStateContracts()).toContain(maintenanceState);
  });

  it.each([
    ['expired', async (): Promise<string> => sign(), ring300],
    ['too long a life', async (): Promise<string> => sign({ exp: now / 1000 + 301 }), (): number => now],
    ['an end before its beginning', async (): Promise<string> => sign({ exp: now / 1000 - 1 }), (): number => now],
  ] as const)('is refused with %s', async (_, make, at) => {
    await expect(verify(await make(), ring.trustedKeys(), at())).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
  });

  it('from the future is a clock that is off', async () => {
    await expect(verify(await sign({ iat: now / 1000 + 61, exp: now / 1000 + 200 }))).rejects.toMatchObject({ code: 'CLOCK_SKEW' });
  });

  it('is refused with a changed body, an unknown key, or without a signature', async () => {
    const [head, , signature] = (await sign()).split('.');
    const forged = [head, Buffer.from(JSON.stringify(claims({ epoch: 9 }))).toString('base64url'), signature].join('.');
    await expect(verify(forged)).rejects.toMatchObject({ details: { reason: 'signature' } });
    await expect(verify(await sign(), [])).rejects.toMatchObject({ details: { reason: 'key' } });
    await expect(verify('nonsense')).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
    await expect(verify('x'.repeat(300_000))).rejects.toMatchObject({ details: { reason: 'size' } });
  });

  it('is no command, and a command is no state', async () => {
    const signer = ring.commandKey('controller');
    const command = await signCommand(signer, {
      v: 1, id: uuidv7(), iss: 'controller', aud: uuidv7(), sid: uuidv7(), iat: now / 1000, exp: now / 1000 + 60, op: 'server.restart@1', args: {}, fence: { n: 'fleet', e: 1 }, to: { service: 'controller', process: 'p' },
    });
    await expect(verify(command)).rejects.toMatchObject({ details: { reason: 'signature' } });
    await expect(verify(await signJson(signer, 'usher-state+jws', { ...claims(), extra: 1 }))).rejects.toMatchObject({ details: { reason: 'schema' } });
    await expect(verify(await sign({ name: 'somewhere@1' }))).rejects.toMatchObject({ details: { reason: 'name' } });
  });

  it('may be signed by the controller only', async () => {
    const router = { ...ring.commandKey('controller').trusted, issuer: 'router' as const };
    await expect(verify(await sign(), [router])).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});

function ring300(): number {
  return now + 300_000;
}
