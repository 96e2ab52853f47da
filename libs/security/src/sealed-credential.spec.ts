import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { uuidv7, type CredentialPlain } from '@usher/contracts';
import { lengthPrefixed, openBlob, sealBlob } from './envelope.js';
import { KeyRing } from './key-ring.js';
import { credentialFingerprint, openCredential, rewrapCredential, sealCredential, type CredentialSlot, type SealedCredential } from './sealed-credential.js';
import { Secret } from './secret.js';

let folder: string;
let ring: KeyRing;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'usher-seal-'));
  ring = await KeyRing.loadOrCreate(path.join(folder, 'keyring.json'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const plain = (token: string): CredentialPlain => ({ origin: 'https://media.example', token, kind: 'jellyfin', tls: { verify: true }, rev: 1 });
const slotOf = (): CredentialSlot => ({ serverId: uuidv7(), kind: 'media-server' });
const mismatch = expect.objectContaining({ code: 'KEYRING_MISMATCH' });

describe('a sealed credential', () => {
  it('opens in its own row', () => {
    const slot = slotOf();
    const row = sealCredential(ring, slot, plain('token-one'));
    expect(openCredential(ring, slot, row)).toEqual(plain('token-one'));
    expect(row.dekVersion).toBe(1);
    expect(Buffer.concat([row.ciphertext, row.wrappedDek]).includes('token-one')).toBe(false);
  });

  it('is different each time, and so is its key', () => {
    const slot = slotOf();
    const [one, two] = [sealCredential(ring, slot, plain('t')), sealCredential(ring, { ...slot, dekVersion: 2 }, plain('t'))];
    expect(one.ciphertext.equals(two.ciphertext)).toBe(false);
    expect(one.wrappedDek.equals(two.wrappedDek)).toBe(false);
    expect(one.fingerprint).toEqual(two.fingerprint);
  });

  it('cannot be opened with any column of another row', () => {
    const [slotA, slotB] = [slotOf(), slotOf()];
    const a = sealCredential(ring, slotA, plain('a'));
    const b = sealCredential(ring, { ...slotB, dekVersion: 2 }, plain('b'));
    const swaps: Partial<SealedCredential>[] = [{ ciphertext: b.ciphertext }, { wrappedDek: b.wrappedDek }, { dekVersion: b.dekVersion }, { kekId: 'kek-other' }, b];
    for (const swap of swaps) expect(() => openCredential(ring, slotA, { ...a, ...swap })).toThrow(mismatch);
    expect(() => openCredential(ring, slotB, a)).toThrow(mismatch);
    expect(() => openCredential(ring, { ...slotA, kind: 'other' as 'media-server' }, a)).toThrow(mismatch);
  });

  it('cannot be opened after any bit was turned, nor with a shorter tag', () => {
    const slot = slotOf();
    const row = sealCredential(ring, slot, plain('bits'));
    for (let bit = 0; bit < row.ciphertext.length * 8; bit++) {
      const ciphertext = Buffer.from(row.ciphertext);
      ciphertext[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => openCredential(ring, slot, { ...row, ciphertext })).toThrow(mismatch);
    }
    for (const cut of [1, 8, 12, 15, 16]) expect(() => openCredential(ring, slot, { ...row, ciphertext: row.ciphertext.subarray(0, -cut) })).toThrow(mismatch);
  });

  it('cannot be opened by the key ring of another fleet', async () => {
    const other = await KeyRing.loadOrCreate(path.join(folder, 'other', 'keyring.json'));
    const slot = slotOf();
    expect(() => openCredential(other, slot, sealCredential(ring, slot, plain('x')))).toThrow(mismatch);
  });

  it('is wrapped anew under a new master key without being sealed anew', async () => {
    const file = JSON.parse(await readFile(path.join(folder, 'keyring.json'), 'utf8')) as { primary: string; keys: object[] };
    file.keys.push({ id: 'kek-next', material: Buffer.alloc(32, 7).toString('base64url'), created: new Date().toISOString(), state: 'active' });
    file.primary = 'kek-next';
    await writeFile(path.join(folder, 'rotated.json'), JSON.stringify(file), { mode: 0o400 });
    const rotated = await KeyRing.load(path.join(folder, 'rotated.json'));
    const slot = slotOf();
    const before = sealCredential(ring, slot, plain('kept'));
    const after = rewrapCredential(rotated, slot, before);
    expect(after.kekId).toBe('kek-next');
    expect(after.ciphertext).toBe(before.ciphertext);
    expect(openCredential(rotated, slot, after)).toEqual(plain('kept'));
    expect(openCredential(rotated, slot, before)).toEqual(plain('kept'));
    expect(() => openCredential(ring, slot, after)).toThrow(expect.objectContaining({ code: 'KEYRING_MISMATCH', details: expect.objectContaining({ reason: 'unknown-key' }) }));
    expect(() => rewrapCredential(rotated, slotOf(), before)).toThrow(mismatch);
  });

  it('has a fingerprint of eight bytes by which one token is known', () => {
    const row = sealCredential(ring, slotOf(), plain('same-token'));
    expect(row.fingerprint).toHaveLength(8);
    expect(credentialFingerprint(ring, Secret.of('same-token'))).toEqual(row.fingerprint);
    expect(credentialFingerprint(ring, Secret.of('other-token'))).not.toEqual(row.fingerprint);
  });
});

describe('the envelope', () => {
  it('keeps parts of the associated data apart', () => {
    expect(lengthPrefixed('ab', 'c').equals(lengthPrefixed('a', 'bc'))).toBe(false);
    expect(lengthPrefixed('é', 1).toString('hex')).toBe('00000002c3a90000000131');
  });

  it('refuses another version and what is too short', () => {
    const key = Buffer.alloc(32, 1);
    const blob = sealBlob(key, Buffer.from('x'), Buffer.alloc(0));
    blob[0] = 2;
    expect(() => openBlob(key, blob, Buffer.alloc(0))).toThrow('not a sealed blob');
    expect(() => openBlob(key, Buffer.alloc(28), Buffer.alloc(0))).toThrow('not a sealed blob');
  });
});
