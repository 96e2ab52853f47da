import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { checkReport, readReportFile, type ReportFile } from './report-file.js';

const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function signed(text: string, key: { publicKey: KeyObject; privateKey: KeyObject }, claimed = text): ReportFile {
  const { kty, crv, x } = key.publicKey.export({ format: 'jwk' });
  const head = base64({ alg: 'EdDSA', typ: 'usher-report+jws', kid: 'migration-1', jwk: { kty, crv, x } });
  const body = base64({ v: 1, sha256: createHash('sha256').update(claimed).digest('hex') });
  return { apiVersion: 'usher/v1', kind: 'MigrationReport', text, jws: `${head}.${body}.${sign(null, Buffer.from(`${head}.${body}`), key.privateKey).toString('base64url')}` };
}

describe('a saved report', () => {
  const key = generateKeyPairSync('ed25519');
  const other = generateKeyPairSync('ed25519');

  it('is valid as it was signed, and names its key', () => {
    expect(checkReport(signed('{"a":1}', key))).toEqual({ valid: true, reason: null, thumbprint: expect.stringMatching(/^([0-9A-F]{4} ){15}[0-9A-F]{4}$/) });
  });

  it('is not valid with another text, signature or key', () => {
    const good = signed('{"a":1}', key);
    const [head, body] = good.jws.split('.');
    const [, , theirs] = signed('{"a":1}', other).jws.split('.');
    expect(checkReport({ ...good, text: '{"a":2}' })).toMatchObject({ valid: false, reason: 'the text is not the one that was signed' });
    expect(checkReport({ ...good, jws: `${head}.${body}.${theirs}` })).toMatchObject({ valid: false, reason: 'the signature does not fit' });
    for (const jws of ['', 'a.b.c', `${head}.${body}`, `${good.jws}.x`, `${base64({ alg: 'none' })}.${body}.${theirs}`]) expect(checkReport({ ...good, jws })).toMatchObject({ valid: false, reason: 'it has no signature of a report' });
  });

  it('is refused when it is another file', () => {
    for (const text of ['', 'hello', '{}', '[]']) expect(() => readReportFile('r.json', text)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }));
    expect(readReportFile('r.json', JSON.stringify(signed('x', key)))).toMatchObject({ text: 'x' });
  });
});
