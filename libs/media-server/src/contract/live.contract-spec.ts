import { describe, expect, it } from '@jest/globals';
import { startEmby, startJellyfin, startPlex, type Simulator } from '@usher/testing';
import { liveConfig } from '../config.js';
import { live } from '../live/live.js';

const NAMES = ['Marlow', 'Nell', 'Otis', 'Nosferatu'];
const USERS = [{ name: 'Marlow', isAdministrator: true }, { name: 'Nell' }, { name: 'Otis' }];

describe.each<[string, () => Promise<Simulator>]>([
  ['jellyfin', () => startJellyfin({ users: USERS })],
  ['emby', () => startEmby({ users: USERS })],
  ['plex', () => startPlex({ users: USERS })],
])('the live suite at a simulated %s', (kind, start) => {
  const configOf = (simulator: Simulator, args: readonly string[], key = simulator.adminKey) => {
    const prefix = `USHER_LIVE_${kind.toUpperCase()}`;
    const config = liveConfig([kind, ...args], { [`${prefix}_URL`]: simulator.url, [`${prefix}_KEY`]: key, USHER_LIVE_PLEX_TV_URL: simulator.url });
    if (typeof config === 'string') throw new Error(config);
    return config;
  };

  it('only reads, and its report names no people, titles, keys or addresses', async () => {
    const simulator = await start();
    const { report, passed } = await live(configOf(simulator, []));
    expect(report).toContain(' 0 failed');
    expect(passed).toBe(true);
    for (const secret of [...NAMES, simulator.adminKey, simulator.url]) expect(report).not.toContain(secret);
    const changes = simulator.requests.filter(({ method, path }) => method !== 'GET' && !/\/switch$/.test(path));
    expect(changes.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
    await simulator.close();
  });

  it('takes away what it made', async () => {
    const simulator = await start();
    const { report, passed } = await live(configOf(simulator, ['--write']));
    expect(report).toContain('write: playlist');
    expect([report, passed]).toEqual([expect.any(String), true]);
    expect(simulator.control.state.users.map(({ name }) => name)).toEqual(['Marlow', 'Nell', 'Otis']);
    await simulator.close();
  });

  it('fails with the code of what went wrong when the key is not known', async () => {
    const simulator = await start();
    const { report, passed } = await live(configOf(simulator, [], 'nobody'));
    expect(passed).toBe(false);
    expect(report).toMatch(/failed +probe .*SERVER_REJECTED_KEY/);
    await simulator.close();
  });
});

describe('liveConfig', () => {
  it('says in a sentence what is missing', () => {
    expect(liveConfig([], {})).toMatch(/^usage: /);
    expect(liveConfig(['kodi'], {})).toMatch(/^usage: /);
    expect(liveConfig(['plex', '--write'], { USHER_LIVE_PLEX_URL: 'http://127.0.0.1' })).toMatch(/^Set USHER_LIVE_PLEX_KEY: /);
  });
});
