import { startEmby, startJellyfin, type RecordedRequest, type Simulator } from '@usher/testing';
import type { MigrationOptions } from './options.js';

const LIBRARY = 'Movies';
const FIRST_PLAY_MS = Date.UTC(2016, 0, 1);
const TICKS_PER_MS = 10_000;

export interface Pair {
  readonly source: Simulator;
  readonly target: Simulator;
}

/** Two servers with the same films; at the source everybody has watched their share of them, at the target nobody anything. */
export async function startPair({ users, items, share, vendor }: MigrationOptions): Promise<Pair> {
  const start = vendor === 'emby' ? startEmby : startJellyfin;
  const [source, target] = await Promise.all([start({ name: 'Bench Source' }), start({ name: 'Bench Target' })]);
  for (const { control } of [source, target]) {
    for (let n = 0; n < items; n++) control.addItem(LIBRARY, { title: `Measured Film ${n}`, year: 1950 + (n % 70), durationMs: 5_400_000 + n, providers: { Imdb: `tt${String(1_000_000 + n)}` } });
    for (let u = 0; u < users; u++) control.addUser({ name: userName(u) });
  }
  const { catalogue, users: people, states } = source.control.state;
  const films = catalogue.leaves().filter(({ title }) => title.startsWith('Measured Film'));
  const watched = Math.round((films.length * share) / 100);
  for (let u = 0; u < users; u++) {
    const person = people.find(({ name }) => name === userName(u))!;
    for (let at = 0; at < watched; at++) {
      const film = films[(at + u * 7) % films.length]!;
      const lastPlayed = new Date(FIRST_PLAY_MS + (u * watched + at) * 60_000).toISOString().replace('Z', '0000Z');
      states.set(person, film, { played: at % 9 !== 0, playCount: at % 9 !== 0 ? 1 + (at % 4) : 0, ticks: at % 9 === 0 ? 1_800_000 * TICKS_PER_MS : 0, lastPlayed, favorite: false, rating: null });
    }
  }
  return { source, target };
}

export function userName(u: number): string {
  return `Measured Viewer ${String(u).padStart(2, '0')}`;
}

export interface Requests {
  readonly reads: number;
  readonly writes: number;
}

/** What a server was asked since a mark, sockets and the watching of its sessions aside. */
export function countRequests(server: Simulator, from: number): Requests {
  const calls = server.requests.slice(from).filter((call) => !call.socket && !isWatching(call));
  const writes = calls.filter(({ method }) => method !== 'GET' && method !== 'HEAD').length;
  return { reads: calls.length - writes, writes };
}

const WATCHING = /\/(sessions|system\/info|scheduledtasks|users\/public|health|startup)/i;

function isWatching({ method, path }: RecordedRequest): boolean {
  return method === 'GET' && WATCHING.test(path);
}
