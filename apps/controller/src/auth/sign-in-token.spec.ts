import { describe, expect, it } from '@jest/globals';
import { Secret } from '@usher/security';
import { clearedCookie, signInCookie, tokenOf } from './sign-in-token.js';

const TOKEN = 'A'.repeat(43);

describe('tokenOf', () => {
  it('takes the bearer header before the cookie', () => {
    expect(tokenOf({ authorization: `Bearer ${TOKEN}`, cookie: 'usher_sid=other' }, false)?.reveal()).toBe(TOKEN);
    expect(tokenOf({ cookie: `a=b; usher_sid=${TOKEN}` }, false)?.reveal()).toBe(TOKEN);
    expect(tokenOf({}, false)).toBeNull();
  });

  it('takes only the cookie that a browser guards on https', () => {
    expect(tokenOf({ cookie: `usher_sid=${TOKEN}` }, true)).toBeNull();
    expect(tokenOf({ cookie: `__Host-usher_sid=${TOKEN}` }, true)?.reveal()).toBe(TOKEN);
  });

  it.each(['Basic abc', 'Bearer short', 'Bearer a b'])('does not take %j', (authorization) => expect(tokenOf({ authorization }, false)).toBeNull());
});

describe('the cookie', () => {
  it('has every flag on https', () => {
    const cookie = signInCookie(Secret.of(TOKEN), new Date('2030-01-01T00:00:00Z'), true);
    for (const flag of ['__Host-usher_sid=', 'HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/', 'Expires=Tue, 01 Jan 2030']) expect(cookie).toContain(flag);
  });

  it('is cleared by age', () => expect(clearedCookie(false)).toContain('Max-Age=0'));
});
