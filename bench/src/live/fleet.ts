import { seededRandom, startEmby, startJellyfin, startPlex, type PlaybackHandle, type RecordedRequest, type Simulator } from '@usher/testing';

/** Servers that are told apart in the result. `emby-silent`: its socket opens and says nothing, as seen on 4.9.5. */
export type Lane = 'jellyfin' | 'plex' | 'emby' | 'emby-silent';

const ITEM = 'Measured Film';
export const ITEM_DURATION_MS = 3 * 3_600_000;
const DELIVERIES = ['direct-play', 'direct-play', 'direct-stream', 'transcode'] as const;

/** One viewer at one device of one server. The device's name finds the session again in what Usher tells. */
export class BenchStream {
  handle: PlaybackHandle | null = null;
  state: 'playing' | 'paused' | 'stopped' = 'stopped';

  constructor(
    readonly server: BenchServer,
    readonly deviceName: string,
    private readonly number: number,
  ) {}

  start(positionMs: number): void {
    const { control } = this.server.simulator;
    this.handle = control.startPlayback({
      user: `Viewer ${this.number}`,
      item: ITEM,
      device: { id: this.deviceName, name: this.deviceName },
      delivery: DELIVERIES[this.number % DELIVERIES.length],
      positionMs,
    });
    this.state = 'playing';
  }

  stop(): void {
    this.handle?.stop();
    this.state = 'stopped';
  }

  get positionMs(): number {
    return this.handle?.session.playback?.positionMs ?? 0;
  }
}

export class BenchServer {
  readonly streams: BenchStream[];
  /** Usher's id, once it is registered. */
  id = '';

  constructor(
    readonly lane: Lane,
    readonly alias: string,
    readonly simulator: Simulator,
    streams: number,
  ) {
    simulator.control.addItem('Movies', { title: ITEM, durationMs: ITEM_DURATION_MS });
    this.streams = Array.from({ length: streams }, (_, i) => new BenchStream(this, `${alias} screen ${i + 1}`, i + 1));
  }
}

/** 35 % Jellyfin, 35 % Plex, the rest Emby, half of them with each habit. */
function laneOf(index: number, count: number): Lane {
  const share = index / count;
  if (share < 0.35) return 'jellyfin';
  if (share < 0.7) return 'plex';
  return share < 0.85 ? 'emby' : 'emby-silent';
}

/** Starts the servers; nothing plays yet. */
export function startServers(count: number, streamsEach: number): Promise<BenchServer[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const lane = laneOf(index, count);
      const alias = `Bench ${String(index + 1).padStart(2, '0')}`;
      const simulator = await (lane === 'jellyfin' ? startJellyfin({ name: alias }) : lane === 'plex' ? startPlex({ name: alias }) : startEmby({ name: alias, pushesSessions: lane === 'emby' }));
      return new BenchServer(lane, alias, simulator, streamsEach);
    }),
  );
}

export function startStreams(servers: readonly BenchServer[], seed: number): void {
  const random = seededRandom(seed);
  for (const stream of servers.flatMap((server) => server.streams)) stream.start(Math.round(random() * 3_600_000));
}

export interface CallCounts {
  readonly session: number;
  readonly other: number;
  readonly sockets: number;
}

const SESSION_PATH = /^(\/emby)?\/sessions\/?$|^\/status\/sessions\/?$/i;

const isSessionCall = ({ method, path }: RecordedRequest): boolean => method === 'GET' && SESSION_PATH.test(path);

/** Requests since the mark `from`, an index of the log. */
export function countCalls(server: BenchServer, from: number): CallCounts {
  const calls = server.simulator.requests.slice(from);
  const session = calls.filter((call) => !call.socket && isSessionCall(call)).length;
  const sockets = calls.filter((call) => call.socket).length;
  return { session, sockets, other: calls.length - session - sockets };
}

/** What the calls beside the lists of sessions ask for: `GET /library/sections 12, …`, ids left out. */
export function otherCalls(logs: readonly (readonly RecordedRequest[])[]): string {
  const counts = new Map<string, number>();
  for (const call of logs.flat()) {
    if (call.socket || isSessionCall(call)) continue;
    const what = `${call.method} ${call.path.replaceAll(/[0-9a-f-]{8,}|\d+/g, '*')}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  return `other calls: ${sorted.map(([what, count]) => `${what} ${count}`).join(', ') || 'none'}`;
}
