import { describe, expect, it } from '@jest/globals';
import { HardeningEntry } from '@usher/contracts';
import { mapEmbyHardening } from '../emby/emby.mapper.js';
import { mapJellyfinHardening } from '../jellyfin/jellyfin.mapper.js';
import { mapUsers } from './user.mapper.js';
import type { Openings } from './vendor.js';

const user = (Name: string, more: object = {}, policy: object = {}) => ({ Id: Name, Name, ...more, Policy: { IsDisabled: false, EnableRemoteAccess: true, LoginAttemptsBeforeLockout: 5, ...policy } });
const openings = (more: Partial<Openings> = {}): Openings => ({
  url: new URL('https://media.example'),
  version: '12.0.0',
  configuration: { EnableLegacyAuthorization: false },
  network: { KnownProxies: ['10.0.0.1'], EnableRemoteAccess: true, RequireHttps: true },
  users: mapUsers([user('Marlow')]),
  publicUsers: [],
  ...more,
});
const codes = (entries: HardeningEntry[]): string[] => entries.map((entry) => `${entry.code} ${entry.state}`).sort();

describe('the hardening list', () => {
  it('of a careful Jellyfin 12 holds what the version leaves open', () => {
    const entries = mapJellyfinHardening(openings());
    expect(codes(entries)).toEqual(['empty-passwords cannot-be-seen', 'media-without-token by-version', 'restart-open-to-lan by-version', 'users-over-users by-version']);
    for (const entry of entries) expect(HardeningEntry.parse(entry)).toEqual(entry);
  });

  it('of a careless Jellyfin 10.11 names what was read', () => {
    const users = mapUsers([user('Nell', { HasPassword: false }, { LoginAttemptsBeforeLockout: -1 }), user('Pip', { HasPassword: false }, { IsDisabled: true })]);
    const entries = mapJellyfinHardening(openings({ version: '10.11.11', url: new URL('http://media.example'), configuration: { EnableLegacyAuthorization: true }, users, publicUsers: [{ Name: 'Nell' }] }));
    expect(codes(entries)).toEqual(['empty-passwords found', 'legacy-authorization found', 'media-without-token by-version', 'names-public found', 'no-lock-out found', 'plain-http found', 'users-over-users by-version']);
    expect(entries.find((entry) => entry.code === 'empty-passwords')?.evidence).toBe('Accounts without a password: Nell.');
  });

  it('says that no proxy is known, and that https is not required', () => {
    const entries = mapJellyfinHardening(openings({ network: { KnownProxies: [], EnableRemoteAccess: true, RequireHttps: false } }));
    expect(entries.find((entry) => entry.code === 'restart-open-to-lan')?.evidence).toContain('No proxy is known');
    expect(codes(entries)).toContain('plain-http found');
  });

  it('survives answers that could not be read', () => {
    expect(mapJellyfinHardening(openings({ configuration: null, network: null, users: null, publicUsers: null })).length).toBeGreaterThan(0);
    expect(mapEmbyHardening(openings({ configuration: null, network: null, users: null, publicUsers: 'x' }))).toEqual([]);
  });

  it('of an Emby names accounts without password and public names', () => {
    const users = mapUsers({ Items: [user('Nell', { HasConfiguredPassword: false, HasPassword: true })] });
    expect(codes(mapEmbyHardening(openings({ users, publicUsers: [{ Name: 'Nell' }], url: new URL('http://192.168.1.2:8096') })))).toEqual(['empty-passwords found', 'names-public found']);
  });
});

describe('mapUsers', () => {
  it('reads rights, state and times', () => {
    const rows = mapUsers([
      user('Marlow', { LastActivityDate: '2026-11-21T12:24:05.6316683Z' }, { IsAdministrator: true }),
      user('Pip', { LastLoginDate: '0001-01-01T00:00:00.0000000Z', ConnectUserName: 'pip@mail.example' }, { IsDisabled: true }),
    ])!.map((row) => row.user);
    expect(rows).toEqual([
      { vendorId: 'Marlow', name: 'Marlow', email: null, isAdministrator: true, enabled: true, lastSeenAt: '2026-11-21T12:24:05.631Z' },
      { vendorId: 'Pip', name: 'Pip', email: 'pip@mail.example', isAdministrator: false, enabled: false, lastSeenAt: null },
    ]);
  });

  it('never makes an empty list of rows that are no users', () => {
    expect(mapUsers([{ foo: 1 }])).toBeNull();
    expect(mapUsers('x')).toBeNull();
    expect(mapUsers([])).toEqual([]);
  });
});
