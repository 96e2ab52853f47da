import type { ServerKind } from '@usher/contracts';
import { systemClock, type Clock } from '@usher/resilience';
import { seededRandom } from './base/random.js';
import type { Simulator } from './base/simulator.js';
import { fleetLibraries, fleetServers, type FleetServerSpec } from './fleet-servers.js';
import { giveHistory } from './fleet-history.js';
import { Flapper, Viewer } from './fleet-life.js';
import { Downloads } from './fleet-work.js';
import { PEOPLE, seatsOf } from './fleet-people.js';
import { startPlexTv, type PlexTv } from './plex-tv.js';
import { VENDORS } from './vendors.js';

export interface FleetOptions {
  /** Default 6. */
  readonly servers?: number;
  readonly clock?: Clock;
  /** The same seed tells the same story. */
  readonly seed?: number;
  /** Wanted port per `externalKey`; a taken one is replaced. */
  readonly ports?: Readonly<Record<string, number>>;
}

/** What an importer needs to register a server. */
export interface FleetRow {
  readonly externalKey: string;
  readonly url: string;
  readonly token: string;
  readonly alias: string;
  readonly kind: ServerKind;
  readonly role?: 'primary' | 'linked';
  readonly tags: readonly string[];
  readonly region: string;
  readonly location: FleetServerSpec['location'];
}

export interface Fleet {
  readonly rows: readonly FleetRow[];
  /** By `externalKey`. */
  readonly servers: ReadonlyMap<string, Simulator>;
  readonly ports: Readonly<Record<string, number>>;
  /** Stands for plex.tv in front of the Plex servers of the fleet. */
  readonly plexTvUrl: string;
  close(): Promise<void>;
}

/** Its port is kept like those of the servers. */
const PLEX_TV = 'plex.tv';

/** Starts on the wanted port, or on any when somebody else has it. */
async function startOne(spec: FleetServerSpec, clock: Clock, port: number | undefined): Promise<Simulator> {
  const start = VENDORS[spec.kind];
  const options = {
    name: spec.alias,
    version: spec.version,
    clock,
    mediaRoot: `/media/${spec.alias.toLowerCase().replace(' ', '-')}`,
    libraries: fleetLibraries(spec),
    users: PEOPLE.map((name, position) => ({ name, isAdministrator: position === 0, email: `${name.toLowerCase()}@example.org`, isDisabled: name === 'Lark' })),
  };
  if (port === undefined) return start(options);
  return start({ ...options, port }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    return start(options);
  });
}

/** A fleet of simulated servers with people in front of them. */
export async function startFleet({ servers: count = 6, clock = systemClock, seed = 7, ports = {} }: FleetOptions = {}): Promise<Fleet> {
  const specs = fleetServers(count);
  const servers = new Map<string, Simulator>();
  const lives: { stop(): void }[] = [];
  let plexTv: PlexTv | undefined;
  const close = async () => {
    for (const life of lives) life.stop();
    await plexTv?.close();
    await Promise.all([...servers.values()].map((server) => server.close()));
  };
  try {
    for (const [position, spec] of specs.entries()) {
      const server = await startOne(spec, clock, ports[spec.externalKey]);
      servers.set(spec.externalKey, server);
      giveHistory(server, seededRandom(seed * 1_000 + 500 + position));
      const random = seededRandom(seed * 1_000 + position);
      const seats = seatsOf(spec.kind, spec.alias, spec.viewers, position * 3);
      for (const [number, seat] of seats.entries()) {
        const viewer = new Viewer(server, seat, random);
        viewer.begin(number % 4 !== 3);
        lives.push(viewer);
      }
      if (spec.kind === 'emby') {
        const downloads = new Downloads(server, seededRandom(seed * 1_000 + 700 + position));
        downloads.begin();
        lives.push(downloads);
      }
      if (spec.flaps) {
        const flapper = new Flapper(server, random, (error) => process.emitWarning(error instanceof Error ? error : String(error)));
        flapper.begin();
        lives.push(flapper);
      }
    }
    const all = [...servers.values()];
    plexTv = await startPlexTv(all, ports[PLEX_TV]).catch(() => startPlexTv(all));
  } catch (error) {
    await close();
    throw error;
  }
  const rows = specs.map(({ externalKey, alias, kind, role, tags, region, location }): FleetRow => {
    const server = servers.get(externalKey)!;
    return { externalKey, url: server.url, token: server.adminKey, alias, kind, ...(role === undefined ? {} : { role }), tags, region, location };
  });
  const used = [...rows.map((row) => [row.externalKey, row.url] as const), [PLEX_TV, plexTv.url] as const];
  return { rows, servers, ports: Object.fromEntries(used.map(([name, url]) => [name, Number(new URL(url).port)])), plexTvUrl: plexTv.url, close };
}
