import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { AgentKeys } from './agent-keys.js';
import { enrollmentProof, makeEnrollmentToken, parseEnrollmentToken, verifyEnrollmentProof, type EnrollmentClaim } from './enrollment-token.js';
import { randomToken, sha256 } from './hashes.js';
import { sealTo } from './sealed-box.js';

let folder: string;
let keys: AgentKeys;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'usher-keys-'));
  keys = await AgentKeys.loadOrCreate(path.join(folder, 'a'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const refused = expect.objectContaining({ code: 'ENROLLMENT_REFUSED' });

describe('an enrollment token', () => {
  it('comes back as it was made, and only its hash is for keeping', () => {
    const made = makeEnrollmentToken({ controllerUrl: 'https://usher.example/base' });
    const read = parseEnrollmentToken(` ${made.token}\n`);
    expect(read).toMatchObject({ u: 'https://usher.example/base', p: [], i: made.tokenId });
    expect(sha256(read.secret)).toEqual(made.secretSha256);
    expect(made.token.startsWith('ushe1_')).toBe(true);
  });

  it('is refused when it is anything else', () => {
    const { token } = makeEnrollmentToken({ controllerUrl: 'http://127.0.0.1:8747' });
    const [head, secret] = token.slice(6).split('.') as [string, string];
    const headOf = (value: object) => `ushe1_${Buffer.from(JSON.stringify(value)).toString('base64url')}.${secret}`;
    const bad = ['', 'ushe1_', `ushe2_${head}.${secret}`, `ushe1_${head}`, `${token}.x`, `ushe1_${head}.short`, headOf({}), headOf({ v: 1, u: 'file:///etc', p: [], i: '*' }), 'ushe1_%%%.x', token + 'x'.repeat(2000)];
    for (const text of bad) expect(() => parseEnrollmentToken(text)).toThrow(refused);
  });
});

/** The text with other characters at its end, whatever they were. */
const withOtherEnd = (text: string, length = 1) => text.slice(0, -length) + (text.endsWith('A'.repeat(length)) ? 'B' : 'A').repeat(length);

describe('an enrollment proof', () => {
  const challenge = { tokenId: makeEnrollmentToken({ controllerUrl: 'https://u.example' }).tokenId, nonce: randomToken(24) };
  const claim = (): EnrollmentClaim => ({ ...challenge, nkeyPub: keys.nkeyPub, sigPub: keys.sigPub, boxPub: keys.boxPub });

  it('holds for the keys that made it', () => {
    expect(() => verifyEnrollmentProof(claim(), enrollmentProof(keys, challenge))).not.toThrow();
  });

  it('fails for another nonce, token, key or signature', async () => {
    const proof = enrollmentProof(keys, challenge);
    const other = await AgentKeys.loadOrCreate(path.join(folder, 'b'));
    const changes: Partial<EnrollmentClaim>[] = [
      { nonce: randomToken(24) },
      { tokenId: makeEnrollmentToken({ controllerUrl: 'https://u.example' }).tokenId },
      { nkeyPub: other.nkeyPub },
      { sigPub: other.sigPub },
      { boxPub: other.boxPub },
      { nkeyPub: withOtherEnd(keys.nkeyPub) },
      { nkeyPub: 'U*' },
      { nonce: 'a|b' },
      { boxPub: keys.sigPub },
    ];
    for (const change of changes) expect(() => verifyEnrollmentProof({ ...claim(), ...change }, proof)).toThrow(refused);
    for (const sig of ['', 'AAAA', enrollmentProof(other, challenge)]) expect(() => verifyEnrollmentProof(claim(), sig)).toThrow(refused);
  });
});

describe('AgentKeys', () => {
  it('stay the same on disk, for their owner alone', async () => {
    const again = await AgentKeys.loadOrCreate(path.join(folder, 'a'));
    expect(again).toMatchObject({ nkeyPub: keys.nkeyPub, sigPub: keys.sigPub, boxPub: keys.boxPub });
    expect((await stat(path.join(folder, 'a', 'keys.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(path.join(folder, 'a'))).mode & 0o777).toBe(0o700);
    const { nkeySeed } = JSON.parse(await readFile(path.join(folder, 'a', 'keys.json'), 'utf8')) as { nkeySeed: string };
    expect(inspect(keys, { depth: 9, showHidden: true })).not.toContain(nkeySeed);
  });

  it('open what was sealed to them and nothing else', async () => {
    const other = await AgentKeys.loadOrCreate(path.join(folder, 'b'));
    const sealed = await sealTo(keys.boxPub, { token: 't' });
    await expect(keys.open(sealed)).resolves.toEqual({ token: 't' });
    await expect(other.open(sealed)).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
    await expect(keys.open(withOtherEnd(sealed, 2))).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
    await expect(keys.open('nonsense')).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
    await expect(sealTo(keys.sigPub, {})).rejects.toThrow();
  });

  it('are refused when others can read them, or when they are damaged', async () => {
    const file = path.join(folder, 'b', 'keys.json');
    await chmod(file, 0o644);
    await expect(AgentKeys.loadOrCreate(path.join(folder, 'b'))).rejects.toThrow('0600');
    await writeFile(file, '{"nkeySeed":"SUhush"}', { mode: 0o600 });
    await chmod(file, 0o600);
    await expect(AgentKeys.loadOrCreate(path.join(folder, 'b'))).rejects.toThrow('damaged');
  });
});
