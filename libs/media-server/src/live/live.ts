import { randomUUID } from 'node:crypto';
import { AppError, ERROR_CODES, type ConnectionTestResult } from '@usher/contracts';
import { systemClock } from '@usher/resilience';
import { BEHAVIORS } from '../behaviors/suite.js';
import type { LiveConfig } from '../config.js';
import { testConnection } from '../connection-test.js';
import { createMediaServer } from '../create-media-server.js';
import { EgressGuard } from '../egress/egress-guard.js';
import type { MediaServer } from '../media-server.js';
import { detailOf } from './detail-of.js';
import { LiveSubject } from './live-subject.js';
import { countOf, findOwn, leftOf, removeOwn, wordsOf, type OwnThings } from './own-things.js';
import { countsOf, safeVersion, type LiveReport } from './report.js';
import { runBehaviors, type LiveResult, type RunHooks } from './run-behaviors.js';

const VERSION = '0.1.0';
const CLEAN_UP = 'everything that was made is removed';

/** The suite cannot be run at all; both are sentences for the operator. */
export class NotUsable extends Error {
  override readonly name = 'NotUsable';

  constructor(
    message: string,
    readonly next: string,
  ) {
    super(message);
  }
}

export interface LiveHooks extends RunHooks {
  /** A line about what goes on beside the behaviors. */
  note(line: string): void;
}

/** Tries every behavior on one server, and leaves it as it was. @throws NotUsable */
export async function live(config: LiveConfig, hooks: LiveHooks): Promise<LiveReport> {
  await requireUsable(config);
  const connections = new Connections(config);
  try {
    return await run(config, connections, hooks);
  } finally {
    await connections.close();
  }
}

/** Every connection of a run, and the requests that went over them. */
class Connections {
  readonly #open: MediaServer[] = [];
  readonly #name = `usher-live-${randomUUID()}`;
  sent = 0;

  constructor(private readonly config: LiveConfig) {}

  /** One that knows nothing of what others have read. */
  open(): MediaServer {
    const server = createMediaServer({
      ...reach(this.config),
      kind: this.config.kind,
      origin: this.config.url,
      deviceId: `${this.#name}-${this.#open.length}`,
      onCall: () => (this.sent += 1),
    });
    this.#open.push(server);
    return server;
  }

  async close(): Promise<void> {
    for (const server of this.#open) await server.close();
  }
}

const reach = ({ key, plexTvUrl }: LiveConfig) => ({
  token: () => key,
  tls: { verify: true },
  clock: systemClock,
  clientName: 'Usher',
  clientVersion: VERSION,
  plexTvUrl,
  egress: new EgressGuard({ profile: 'home' }),
});

async function requireUsable(config: LiveConfig): Promise<void> {
  const prefix = `USHER_LIVE_${config.kind.toUpperCase()}`;
  const result = await testConnection({ ...reach(config), url: config.url, vendor: config.kind, deviceId: 'usher-live' }).catch((error: unknown) => {
    if (error instanceof AppError) throw new NotUsable(error.message, `correct ${prefix}_URL`);
    throw error;
  });
  if (!result.ok) throw new NotUsable(result.message, nextOf(result, config, prefix));
}

function nextOf({ code, kind }: Extract<ConnectionTestResult, { ok: false }>, config: LiveConfig, prefix: string): string {
  if (kind !== null && kind !== config.kind) return `npm run test:live -- ${kind}, with the variables of that vendor; or correct ${prefix}_URL`;
  if (code === 'SERVER_REJECTED_KEY') return `put a key of an administrator (for Plex: the owner's token) into ${prefix}_KEY`;
  if (code === 'SERVER_UNREACHABLE') return `see that the server runs and that ${prefix}_URL is right from this machine`;
  return ERROR_CODES[code].next;
}

async function run(config: LiveConfig, connections: Connections, hooks: LiveHooks): Promise<LiveReport> {
  const [startedAt, startedMs] = [new Date().toISOString(), performance.now()];
  const server = connections.open();
  const profile = await server.probe();
  await requireFolder(config, server);
  const subject = new LiveSubject({ ...config, server, another: () => connections.open(), sent: () => connections.sent });
  const results: LiveResult[] = [];
  let removedBefore: OwnThings | null = null;
  let removedAfter: OwnThings | null = null;
  let left: OwnThings;
  try {
    if (config.write) {
      removedBefore = await freshly(connections, removeOwn);
      if (countOf(removedBefore) > 0) hooks.note(`removed what an earlier run left: ${wordsOf(removedBefore)}`);
      if (!hooks.signal.aborted) results.push(...(await prepared(subject)));
    }
    results.push(...(await runBehaviors(BEHAVIORS, subject, hooks)));
  } finally {
    if (config.write) {
      hooks.note('removing what was made');
      removedAfter = await freshly(connections, removeOwn);
    }
    left = await freshly(connections, findOwn);
  }
  if (config.write) results.push(cleanUpOf(removedAfter, left));
  return {
    format: 1,
    vendor: config.kind,
    version: safeVersion(profile.version),
    versionTested: profile.versionTested,
    usher: VERSION,
    node: process.version,
    write: config.write,
    interrupted: hooks.signal.aborted,
    startedAt,
    ms: Math.round(performance.now() - startedMs),
    requests: connections.sent,
    capabilities: profile.capabilities,
    counts: countsOf(results),
    results,
    removedBefore,
    removedAfter,
    left,
  };
}

/** Over a connection of its own: what stands there is read, not remembered. A server that went away is a problem, not the end. */
async function freshly(connections: Connections, look: (server: MediaServer) => Promise<OwnThings>): Promise<OwnThings> {
  const server = connections.open();
  try {
    await server.probe();
    return await look(server);
  } catch (error) {
    return { accounts: 0, playlists: 0, collections: 0, libraries: 0, problems: [`connection: ${detailOf(error)}`] };
  }
}

async function requireFolder({ libraryPath }: LiveConfig, server: MediaServer): Promise<void> {
  if (libraryPath === null) return;
  const [check] = await server.libraries.checkPaths({ folders: [libraryPath], files: [] });
  if (check?.state !== 'found') throw new NotUsable('The media server does not see the folder of --library-path.', 'make an empty folder where the server runs, and name it as the server sees it');
}

/** What needs the account is not tried when there is none: why stands here. */
async function prepared(subject: LiveSubject): Promise<LiveResult[]> {
  const startedMs = performance.now();
  try {
    await subject.prepare();
    return [];
  } catch (error) {
    return [{ name: 'an account for this run is made', outcome: 'failed', detail: detailOf(error), ms: Math.round(performance.now() - startedMs), requests: 0 }];
  }
}

function cleanUpOf(removed: OwnThings | null, left: OwnThings): LiveResult {
  const problems = [...(removed?.problems ?? []), ...left.problems];
  const isClean = countOf(left) === 0 && problems.length === 0;
  return { name: CLEAN_UP, outcome: isClean ? 'passed' : 'failed', detail: isClean ? '' : [`left: ${leftOf(left)}`, ...problems].join(', '), ms: 0, requests: 0 };
}
