import { describe, expect, it } from '@jest/globals';
import { redact } from './audit.js';

describe('redact', () => {
  it('keeps names and drops values that may be secret, at any depth', () => {
    expect(redact({ alias: 'a', token: 't', nested: [{ newPassword: 'p', rev: 2 }], apiKey: 'k', externalKey: 'mine', caPem: 'pem', at: null })).toEqual({
      alias: 'a',
      token: '[secret]',
      nested: [{ newPassword: '[secret]', rev: 2 }],
      apiKey: '[secret]',
      externalKey: 'mine',
      caPem: '[secret]',
      at: null,
    });
  });
});
