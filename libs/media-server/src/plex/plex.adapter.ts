import { AppError, type Capability, type HardeningEntry, type Library, type ServerLoad, type ServerProfile, type VendorSession } from '@usher/contracts';
import type { Clock } from '@usher/resilience';
import { CapabilitySet, PARALLEL_WRITES, STARTING_CAPABILITIES } from '../capabilities.js';
import type { AdapterOptions } from '../create-media-server.js';
import { connectionError } from '../http/vendor-errors.js';
import { VendorHttp, type VendorRequest } from '../http/vendor-http.js';
import type { VendorResponse } from '../http/vendor-response.js';
import { LiveSessions } from '../live-sessions.js';
import { knock } from '../liveness.js';
import { fieldsOf, listOf, textOf, type Fields } from '../media-browser/fields.js';
import { plainHttp } from '../media-browser/hardening.js';
import { StartUp } from '../media-browser/start-up.js';
import type { AdapterUsage, MediaServer, PageRequest } from '../media-server.js';
import { NOT_THERE } from '../not-there.js';
import { usageOf } from '../usage.js';
import { isTestedVersion } from '../tested-versions.js';
import { VendorStatusTracker } from '../vendor-status.js';
import { browsed, checkByBrowsing } from './plex.browse.js';
import { plexActions } from './plex.actions.js';
import { plexHeaders, readContainer } from './plex.http.js';
import { mapPlexInfo, mapPlexSections, mapPlexSessions, mapPlexTotal, mapPlexUsers, type PlexInfo, type PlexSection } from './plex.mapper.js';
import { plexAccounts } from './plex.accounts.js';
import { plexPlayback } from './plex.playback.js';
import { mapPlexItems, PlexItems } from './plex.items.js';
import { plexPush } from './plex.socket.js';
import { plexStates } from './plex.states.js';
import { PlexTokens } from './plex.tokens.js';
import { PlexTv } from './plex.tv.js';

/** The owner's settings are read once a day, and again when another version or server answers. */
const PREFERENCES_MS = 24 * 3_600_000;
const TERMINATE = '/status/sessions/terminate';

/** A Plex Media Server, by its owner's token. */
class PlexServer implements MediaServer {
  readonly kind = 'plex';
  readonly #url: URL;
  readonly #http: VendorHttp;
  readonly #clock: Clock;
  readonly #live: LiveSessions;
  readonly #plexTv: PlexTv;
  readonly #items = new PlexItems({
    typeOf: async (key) => mapPlexSections(await this.#get('/library/sections')).find(({ library }) => library.vendorId === key)?.library.type ?? null,
    total: (key, type) => this.#total(key, type),
    page: (key, type, page) => this.#page(key, type, page),
  });
  /** Counts of a section are read again only when its content changed. */
  readonly #counted = new Map<string, { readonly changedAt: string; readonly library: Library }>();
  #machineId: string | null = null;
  #capabilities = new CapabilitySet(STARTING_CAPABILITIES.plex);
  #owned: { readonly of: string; readonly atMs: number; readonly preferences: readonly Fields[] } | null = null;

  constructor(options: AdapterOptions) {
    this.#clock = options.clock;
    this.#url = options.egress.checkUrl(options.origin);
    const startUp = new StartUp(options.clock);
    const status = new VendorStatusTracker(options.clock, options.onStatus);
    this.#http = new VendorHttp({
      url: this.#url,
      tls: options.tls,
      egress: options.egress,
      clock: options.clock,
      authHeaders: () => plexHeaders(options),
      classify: (request, response) => refusedToken(request, response) ?? refusedStop(request, response),
      readFailure: (error) => startUp.read(error),
      onOutcome: (error, ms) => (error ? status.failed(error, ms) : status.answered(ms)),
      ...(options.onCall ? { onCall: options.onCall } : {}),
    });
    this.actions = plexActions(this.#http);
    this.#plexTv = new PlexTv(options);
    const inNameOf = (token: string | null) => (token === null ? {} : { headers: { 'x-plex-token': token } });
    const tokens = new PlexTokens({
      plexTv: this.#plexTv,
      clock: options.clock,
      ownToken: options.token,
      machineId: () => this.#knownMachineId(),
      actsAsOwner: (token) => answersTo(() => this.#http.send({ method: 'GET', path: '/status/sessions', endpoint: 'GET /status/sessions (rights)', ...inNameOf(token) })),
    });
    this.users = plexAccounts({
      tokens,
      accounts: async () => mapPlexUsers(await this.#get('/accounts')),
      sections: async (_id, { token }) => {
        const answer = await this.#http.send({ method: 'GET', path: '/library/sections', endpoint: 'GET /library/sections', ...inNameOf(token) });
        return mapPlexSections(readContainer(answer)).map(({ library }) => library.vendorId);
      },
    });
    this.watchStates = plexStates({ http: this.#http, tokens, clock: options.clock });
    this.#live = new LiveSessions({
      clock: options.clock,
      list: () => this.#listSessions(),
      push: plexPush({ url: this.#url, tls: options.tls, egress: options.egress, clock: options.clock, identity: options }),
      onLibrariesChanged: () => options.onLibrariesChanged?.(),
      isWatched: () => options.isWatched?.() ?? false,
      pollS: () => options.sessionsPollS?.() ?? 10,
      untilReady: (error, signal) => startUp.untilReady(error, signal, () => this.#get('/identity')),
      knock: () => knock(this.#url, options.egress),
      onGone: (error) => status.failed(startUp.read(error), 0),
    });
  }

  get capabilities(): CapabilitySet {
    return this.#capabilities;
  }

  get limits(): MediaServer['limits'] {
    return { parallelWrites: PARALLEL_WRITES[this.kind] };
  }

  async probe(): Promise<ServerProfile> {
    const info = mapPlexInfo(await this.#get('/'));
    this.#machineId = info.id;
    const preferences = await this.#knownPreferences(info);
    this.#capabilities = new CapabilitySet(this.#capabilitiesOf(info));
    return {
      kind: 'plex',
      machineId: info.id,
      name: info.name,
      version: info.version,
      versionTested: isTestedVersion('plex', info.version),
      platform: info.platform,
      updateAvailable: null,
      capabilities: this.#capabilities.list(),
      hardening: [...plainHttp(this.#url), ...openNetworks(preferences)],
    };
  }

  readonly sessions: MediaServer['sessions'] = {
    list: () => this.#live.list(),
    watch: (signal, hooks) => this.#live.watch(signal, hooks),
    stop: async (id, reason) => {
      this.#capabilities.require('sessions.stop');
      await this.#live.controllable(id, 'stop');
      const query = { sessionId: id, reason: reason ?? 'Stopped by the operator of this server.' };
      await this.#http.send({ method: 'POST', path: TERMINATE, query, endpoint: `POST ${TERMINATE}` }).catch((error: unknown) => {
        throw stopError(connectionError(error));
      });
    },
    message: () => Promise.reject(missing('sessions.message', 'Plex cannot show messages.')),
    control: () => Promise.reject(missing('sessions.control', 'Plex lets nobody but the viewer pause or seek.')),
  };

  readonly libraries: MediaServer['libraries'] = {
    /** One call at a time: listings slow playback down on this vendor. */
    list: async () => {
      const libraries: Library[] = [];
      for (const section of mapPlexSections(await this.#get('/library/sections'))) libraries.push(await this.#countedSection(section));
      return libraries;
    },
    items: (libraryId, page) => this.#items.page(libraryId, page),
    itemsById: async (ids) => {
      const path = `/library/metadata/${ids.map(encodeURIComponent).join(',')}`;
      return mapPlexItems(readContainer(await this.#http.send({ method: 'GET', path, query: { includeGuids: 1 }, endpoint: 'GET /library/metadata/{ids}' })));
    },
    checkPaths: (paths) => checkByBrowsing((folder) => browsed(() => this.#browse(folder)), paths),
    space: () => Promise.reject(missing('libraries.space', 'Plex does not tell how much room its disks have.')),
    find: NOT_THERE.find,
    recentlyAdded: NOT_THERE.recentlyAdded,
    health: NOT_THERE.health,
    create: NOT_THERE.create,
    remove: NOT_THERE.remove,
  };

  readonly users: MediaServer['users'];
  readonly watchStates: MediaServer['watchStates'];

  readonly actions: MediaServer['actions'];

  readonly playback: MediaServer['playback'] = plexPlayback({
    get: async (path) => readContainer(await this.#http.send({ method: 'GET', path, endpoint: 'GET /library/metadata/{id}' })),
    machineId: () => this.#knownMachineId(),
  });

  readonly tasks = NOT_THERE.tasks;
  readonly devices = NOT_THERE.devices;
  readonly playlists = NOT_THERE.playlists;
  readonly collections = NOT_THERE.collections;
  readonly history = NOT_THERE.history;
  readonly subtitles = NOT_THERE.subtitles;
  readonly backup = NOT_THERE.backup;

  usage(): AdapterUsage {
    return usageOf(this.#http, this.#live);
  }

  load(): Promise<ServerLoad> {
    return this.#live.load();
  }

  async close(): Promise<void> {
    this.#live.close();
    await this.#http.close();
    await this.#plexTv.close();
  }

  async #knownMachineId(): Promise<string> {
    return this.#machineId ?? (await this.probe()).machineId;
  }

  #capabilitiesOf(info: PlexInfo): Capability[] {
    return STARTING_CAPABILITIES.plex.filter((name) => name !== 'sessions.stop' || info.hasPass);
  }

  async #listSessions(): Promise<VendorSession[]> {
    const answer = await this.#http.send({ method: 'GET', path: '/status/sessions', endpoint: 'GET /status/sessions', kind: 'session', retry: false });
    const sessions = mapPlexSessions(readContainer(answer));
    if (this.#capabilities.has('sessions.stop')) return sessions;
    return sessions.map((session) => ({ ...session, controls: { ...session.controls, stop: false } }));
  }

  async #knownPreferences({ id, version }: PlexInfo): Promise<readonly Fields[]> {
    const of = `${id} ${version}`;
    const nowMs = this.#clock.monotonicMs();
    if (this.#owned?.of !== of || nowMs - this.#owned.atMs >= PREFERENCES_MS) {
      this.#owned = { of, atMs: nowMs, preferences: await this.#preferences() };
    }
    return this.#owned.preferences;
  }

  /** Only the owner may read these: somebody with whom the server is shared gets 401 or 403, although the token is good. */
  async #preferences(): Promise<Fields[]> {
    try {
      return listOf((await this.#get('/:/prefs'))['Setting']).map(fieldsOf);
    } catch (error) {
      const failure = connectionError(error);
      if (failure.code !== 'SERVER_REJECTED_KEY') throw failure;
      throw new AppError('SERVER_REJECTED_KEY', "This is not the owner's token: it may not read what an administrator reads.", { ...failure.details, reason: 'not-administrator' });
    }
  }

  async #countedSection(section: PlexSection): Promise<Library> {
    const { library, counts, contentChangedAt } = section;
    if (!counts) return library;
    const known = this.#counted.get(library.vendorId);
    if (known && contentChangedAt !== null && known.changedAt === contentChangedAt) return { ...known.library, name: library.name, folders: library.folders };
    const itemCount = await this.#total(library.vendorId, counts.top);
    const childCount = counts.children === null ? null : await this.#total(library.vendorId, counts.children);
    const counted = { ...library, itemCount, childCount };
    if (contentChangedAt !== null) this.#counted.set(library.vendorId, { changedAt: contentChangedAt, library: counted });
    return counted;
  }

  async #total(sectionKey: string, type: number): Promise<number | null> {
    const query = { type, 'X-Plex-Container-Start': 0, 'X-Plex-Container-Size': 0 };
    const request = { method: 'GET', path: `/library/sections/${encodeURIComponent(sectionKey)}/all`, query, endpoint: 'GET /library/sections/{k}/all (total)' } as const;
    return mapPlexTotal(readContainer(await this.#http.send(request)));
  }

  async #page(sectionKey: string, type: number, { start, limit }: PageRequest): Promise<Fields> {
    const query = { type, includeGuids: 1, sort: 'addedAt', 'X-Plex-Container-Start': start, 'X-Plex-Container-Size': limit };
    const path = `/library/sections/${encodeURIComponent(sectionKey)}/all`;
    return readContainer(await this.#http.send({ method: 'GET', path, query, endpoint: 'GET /library/sections/{k}/all (page)' }));
  }

  async #browse(folder: string): Promise<Fields> {
    const path = `/services/browse/${encodeURIComponent(Buffer.from(folder).toString('base64'))}`;
    return readContainer(await this.#http.send({ method: 'GET', path, query: { includeFiles: 1 }, endpoint: 'GET /services/browse/{path}' }));
  }

  async #get(path: string): Promise<Fields> {
    return readContainer(await this.#http.send({ method: 'GET', path, endpoint: `GET ${path}` }));
  }
}

export function createPlex(options: AdapterOptions): MediaServer {
  return new PlexServer(options);
}

/** Whoever calls from these addresses needs no token at all (preference "allowedNetworks"). */
function openNetworks(preferences: readonly Fields[]): HardeningEntry[] {
  const networks = textOf(preferences.find((setting) => setting['id'] === 'allowedNetworks')?.['value'], 200);
  if (networks === null) return [];
  const evidence = `These networks are let in without signing in: ${networks}.`;
  return [{ code: 'networks-without-auth', state: 'found', evidence, advice: 'Empty "List of IP addresses and networks that are allowed without auth".' }];
}

function missing(capability: Capability, message: string): AppError {
  return new AppError('CAPABILITY_MISSING', message, { capability });
}

/** True when a call is answered, false when it is refused in the name in which it is made. */
async function answersTo(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'USER_TOKEN_MISSING') return false;
    throw error;
  }
}

/** A refusal in somebody else's name says nothing of the owner's key. */
function refusedToken(request: VendorRequest, response: VendorResponse): AppError | null {
  const isRefused = response.status === 401 || response.status === 403;
  if (!isRefused || request.headers?.['x-plex-token'] === undefined) return null;
  return new AppError('USER_TOKEN_MISSING', 'The media server does not take the token of this account.', { httpStatus: response.status });
}

function stopError(error: AppError): AppError {
  return error.code === 'NOT_FOUND' ? new AppError('NOT_FOUND', 'This session is gone.', error.details) : error;
}

/** A stop that is refused speaks of the owner's subscription, not of the key. */
function refusedStop(request: VendorRequest, response: VendorResponse): AppError | null {
  const refused = response.status === 401 || response.status === 403;
  if (!refused || request.path !== TERMINATE) return null;
  return missing('sessions.stop', 'Plex lets only an owner with Plex Pass end a stream.');
}
