import { describe, expect, it } from '@jest/globals';
import { isExposed } from './banners.js';

describe('the warning of plain http', () => {
  it('is for pages that leave this machine', () => {
    expect(['usher.lan', '192.168.1.5', 'localhost.example.com'].map((host) => isExposed(true, host))).toEqual([true, true, true]);
    expect(['localhost', '127.0.0.1', '127.8.0.3', '[::1]'].map((host) => isExposed(true, host))).toEqual([false, false, false, false]);
    expect(isExposed(false, 'usher.lan')).toBe(false);
  });
});
