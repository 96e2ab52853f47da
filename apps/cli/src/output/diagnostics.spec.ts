import { describe, expect, it } from '@jest/globals';
import { sanitized } from './diagnostics.js';

describe('sanitized diagnostics', () => {
  it.each([
    ['connect ECONNREFUSED 192.168.1.20:8096', 'connect ECONNREFUSED [address]'],
    ['GET https://attic.lan:8920/emby/Users?api_key=abc failed', 'GET [address] failed'],
    ['socket to [fd00:0:0:0::1]:8096 closed', 'socket to [address] closed'],
    ['Attic does not answer', '[name] does not answer'],
    ['atticus stays', 'atticus stays'],
    ['attic.lan is gone', '[name] is gone'],
    ['certificate in /config/certs/ca.pem expired', 'certificate in [path] expired'],
    ['C:\\Media\\Ana is full', '[path] is full'],
  ])('%s', (text, expected) => {
    expect(sanitized(text, ['Attic', 'attic', 'attic.lan'])).toBe(expected);
  });

  it('leave times, versions, codes, endpoints and numbers', () => {
    const kept = { at: '2026-11-21T22:00:00.000Z', version: '4.9.1.80', code: 'SERVER_UNREACHABLE', endpoint: 'GET /library/sections/all', calls: [{ p95Ms: 12.5, errors: null, isOpen: true }] };
    expect(sanitized(kept, ['Attic'])).toEqual(kept);
  });

  it('leave evidence out: it names accounts', () => {
    const hardening = [{ code: 'no-lock-out', state: 'found', evidence: 'Accounts that are never locked: Ana, Ben.', advice: 'Lock accounts.' }];
    expect(sanitized({ hardening }, [])).toEqual({ hardening: [{ code: 'no-lock-out', state: 'found', advice: 'Lock accounts.' }] });
  });

  it('go through lists and objects, and leave the original alone', () => {
    const original = { host: { disks: [{ path: '/mnt/ana/my films', freeBytes: 3 }] } };
    expect(sanitized(original, [])).toEqual({ host: { disks: [{ path: '[path]', freeBytes: 3 }] } });
    expect(original.host.disks[0]!.path).toBe('/mnt/ana/my films');
  });
});
