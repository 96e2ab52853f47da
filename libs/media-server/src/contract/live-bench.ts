import { systemClock } from '@usher/resilience';
import { startEmby, startJellyfin, startPlex, type Simulator } from '@usher/testing';
import { liveConfig, type LiveConfig } from '../config.js';
import { EgressGuard, createMediaServer } from '../index.js';
import { live, type LiveHooks } from '../live/live.js';
import type { LiveReport } from '../live/report.js';
import type { MediaServer } from '../media-server.js';

export const USERS = [{ name: 'Marlow', isAdministrator: true }, { name: 'Nell' }, { name: 'Otis' }];

/** What must never stand in a report. */
export const PRIVATE_WORDS = ['Marlow', 'Nell', 'Otis', 'Nosferatu', '127.0.0.1', '/media', 'usher-live-'];

/** Every version that the suite is tried on. */
export const VERSIONS: readonly (readonly [string, () => Promise<Simulator>])[] = [
  ['Jellyfin 12', () => startJellyfin({ users: USERS })],
  ['Jellyfin 10.11', () => startJellyfin({ users: USERS, version: '10.11.11' })],
  ['Jellyfin 10.10', () => startJellyfin({ users: USERS, version: '10.10.7' })],
  ['Emby 4.9', () => startEmby({ users: USERS })],
  ['Emby 4.8', () => startEmby({ users: USERS, version: '4.8.11.0' })],
  ['Emby 4.10', () => startEmby({ users: USERS, version: '4.10.0.1' })],
  ['Plex 1.42', () => startPlex({ users: USERS })],
  ['Plex that knows no filters', () => startPlex({ users: USERS, version: '1.41.6.9685-d301f511a', knowsFilters: false })],
];

export function environmentOf({ kind, url, adminKey }: Simulator, key = adminKey): Record<string, string> {
  const prefix = `USHER_LIVE_${kind.toUpperCase()}`;
  return { [`${prefix}_URL`]: url, [`${prefix}_KEY`]: key, USHER_LIVE_PLEX_TV_URL: url };
}

export function configOf(simulator: Simulator, args: readonly string[] = [], env = environmentOf(simulator)): LiveConfig {
  const config = liveConfig([simulator.kind, ...args], env);
  if ('problem' in config) throw new Error(config.problem);
  return config;
}

export function runLive(config: LiveConfig, hooks: Partial<LiveHooks> = {}): Promise<LiveReport> {
  return live(config, { signal: new AbortController().signal, onProgress: () => undefined, note: () => undefined, ...hooks });
}

/** Somebody who looks at the server apart from the run. */
export async function lookAt(simulator: Simulator): Promise<MediaServer> {
  const key = simulator.adminKey;
  const server = createMediaServer({
    kind: simulator.kind,
    origin: simulator.url,
    token: () => key,
    tls: { verify: true },
    clock: systemClock,
    clientName: 'Usher',
    clientVersion: '0.1.0',
    deviceId: 'usher-looks',
    plexTvUrl: simulator.url,
    egress: new EgressGuard({ profile: 'home' }),
  });
  await server.probe();
  return server;
}

/** Names of everything that a run could have made. */
export async function namesOn(simulator: Simulator): Promise<string[]> {
  const server = await lookAt(simulator);
  try {
    const users = await server.users.list();
    const playlists = (await Promise.all(users.map(({ vendorId }) => server.playlists.list(vendorId)))).flat();
    return [...users, ...playlists, ...(await server.collections.list()), ...(await server.libraries.list())].map(({ name }) => name).sort();
  } finally {
    await server.close();
  }
}
