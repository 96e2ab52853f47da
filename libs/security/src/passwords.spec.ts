import { describe, expect, it } from '@jest/globals';
import { randomToken, sha256 } from './hashes.js';
import { makeOneTimeCode, normalizeOneTimeCode } from './one-time-code.js';
import { hashPassword, verifyPassword } from './passwords.js';
import { Secret } from './secret.js';

describe('passwords', () => {
  it('are hashed with the agreed cost, and known again', async () => {
    const hash = await hashPassword(Secret.of('correct horse'));
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$/);
    await expect(verifyPassword(Secret.of('correct horse'), hash)).resolves.toBe(true);
    await expect(verifyPassword(Secret.of('wrong horse'), hash)).resolves.toBe(false);
  });

  it('never match nobody, nor a damaged hash', async () => {
    await expect(verifyPassword(Secret.of('x'), null)).resolves.toBe(false);
    await expect(verifyPassword(Secret.of('x'), 'damaged')).resolves.toBe(false);
  });

  it('all come through when many are checked at once', async () => {
    const hash = await hashPassword(Secret.of('p'));
    const answers = await Promise.all(Array.from({ length: 9 }, (_, i) => verifyPassword(Secret.of(i % 2 ? 'p' : 'q'), hash)));
    expect(answers.filter(Boolean)).toHaveLength(4);
  });
});

describe('a one-time code', () => {
  it('is ten letters that nobody mistakes, known however it is typed', () => {
    const { code, sha256: kept } = makeOneTimeCode();
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
    for (const typed of [code, code.toLowerCase(), code.replace('-', ''), ` ${code} `, code.replace(/0/g, 'o').replace(/1/g, 'l')]) {
      expect(sha256(normalizeOneTimeCode(typed))).toEqual(kept);
    }
    expect(new Set(Array.from({ length: 100 }, () => makeOneTimeCode().code)).size).toBe(100);
  });

  it('stands beside tokens of any length', () => {
    expect(randomToken()).toHaveLength(43);
    expect(randomToken(16)).toHaveLength(22);
  });
});
