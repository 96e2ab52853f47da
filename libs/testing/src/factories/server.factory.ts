import type { Library, MediaUser, ServerProfile } from '@usher/contracts';

let made = 0;

/** What `probe()` finds out about a healthy Jellyfin. */
export function makeServerProfile(given: Partial<ServerProfile> = {}): ServerProfile {
  made += 1;
  return {
    kind: 'jellyfin',
    machineId: `machine-${made}`,
    name: `Attic ${made}`,
    version: '12.0.0',
    versionTested: true,
    platform: null,
    updateAvailable: false,
    capabilities: ['sessions.push', 'sessions.stop', 'sessions.control', 'sessions.message', 'libraries.list', 'users.list'],
    hardening: [],
    ...given,
  };
}

export function makeLibrary(given: Partial<Library> = {}): Library {
  return { vendorId: 'library-1', name: 'Movies', type: 'movies', itemCount: 120, childCount: null, folders: ['/media/movies'], ...given };
}

export function makeMediaUser(given: Partial<MediaUser> = {}): MediaUser {
  return { vendorId: 'user-1', name: 'Nell', email: null, isAdministrator: false, enabled: true, lastSeenAt: '2026-01-01T00:00:00.000Z', ...given };
}
