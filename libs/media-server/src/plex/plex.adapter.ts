import { AppError, type Capability, type ServerLoad, type ServerProfile, type VendorSession } from '@usher/contracts';
import { CapabilitySet, PARALLEL_WRITES, STARTING_CAPABILITIES } from '../capabilities.js';
import type { AdapterOptions } from '../create-media-server.js';
import { connectionError } from '../http/vendor-errors.js';
import { VendorHttp, type VendorRequest } from '../http/vendor-http.js';
import type { VendorResponse } from '../http/vendor-response.js';
import { LiveSessions } from '../live-sessions.js';
import { knock } from '../liveness.js';
import { plainHttp } from '../media-browser/hardening.js';
import { StartUp } from '../media-browser/start-up.js';
import type { AdapterUsage, MediaServer } from '../media-server.js';
import { usageOf } from '../usage.js';
import { isTestedVersion } from '../tested-versions.js';
import { VendorStatusTracker } from '../vendor-status.js';
import { plexAccounts } from './plex.accounts.js';
import { plexActions } from './plex.actions.js';
import { plexCalls, type PlexCalls } from './plex.calls.js';
import { plexCollections } from './plex.collections.js';
import { plexDevices } from './plex.devices.js';
import { plexHistory } from './plex.history.js';
import { PlexHost } from './plex.host.js';
import { plexHeaders, readContainer } from './plex.http.js';
import { PlexLibraries } from './plex.libraries.js';
import { mapPlexInfo, mapPlexSections, mapPlexSessions, mapPlexUsers, type PlexInfo } from './plex.mapper.js';
import { PlexOwner, type Owned } from './plex.owner.js';
import { plexPlayback } from './plex.playback.js';
import { plexPlaylists } from './plex.playlists.js';
import { plexDiscovery } from './plex.shelves.js';
import { plexPush } from './plex.socket.js';
import { plexStates } from './plex.states.js';
import { plexSubtitles } from './plex.subtitles.js';
import { plexTasks } from './plex.tasks.js';
import { PlexTokens } from './plex.tokens.js';
import { PlexTv } from './plex.tv.js';

const TERMINATE = '/status/sessions/terminate';

/** A Plex Media Server, by its owner's token. */
class PlexServer implements MediaServer {
  readonly kind = 'plex';
  readonly #url: URL;
  readonly #http: VendorHttp;
  readonly #calls: PlexCalls;
  readonly #host: PlexHost;
  readonly #owner: PlexOwner;
  readonly #live: LiveSessions;
  readonly #plexTv: PlexTv;
  #machineId: string | null = null;
  #capabilities = new CapabilitySet(STARTING_CAPABILITIES.plex);

  readonly libraries: MediaServer['libraries'];
  readonly users: MediaServer['users'];
  readonly watchStates: MediaServer['watchStates'];
  readonly actions: MediaServer['actions'];
  readonly playback: MediaServer['playback'];
  readonly tasks: MediaServer['tasks'];
  readonly devices: MediaServer['devices'];
  readonly playlists: MediaServer['playlists'];
  readonly collections: MediaServer['collections'];
  readonly history: MediaServer['history'];
  readonly subtitles: MediaServer['subtitles'];
  readonly backup: MediaServer['backup'];

  constructor(options: AdapterOptions) {
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
    this.#plexTv = new PlexTv(options);
    const inNameOf = (token: string | null) => (token === null ? {} : { headers: { 'x-plex-token': token } });
    const tokens = new PlexTokens({
      plexTv: this.#plexTv,
      clock: options.clock,
      ownToken: options.token,
      machineId: () => this.#knownMachineId(),
      actsAsOwner: (token) => answersTo(() => this.#http.send({ method: 'GET', path: '/status/sessions', endpoint: 'GET /status/sessions (rights)', ...inNameOf(token) })),
    });
    this.#calls = plexCalls(this.#http, tokens, () => this.#knownMachineId());
    this.#host = new PlexHost(this.#calls.read, options.clock, () => options.isWatched?.() ?? false);
    this.#owner = new PlexOwner(this.#calls.read, this.#host, options.clock);
    const accounts = async () => mapPlexUsers(await this.#calls.read({ path: '/accounts', endpoint: 'GET /accounts' }));
    this.libraries = new PlexLibraries(this.#calls).libraries;
    this.users = plexAccounts({
      tokens,
      accounts,
      discovery: (id) => plexDiscovery(this.#calls, id),
      sections: async (_id, { token }) => {
        const answer = await this.#http.send({ method: 'GET', path: '/library/sections', endpoint: 'GET /library/sections', ...inNameOf(token) });
        return mapPlexSections(readContainer(answer)).map(({ library }) => library.vendorId);
      },
    });
    this.actions = plexActions(this.#calls);
    ({ tasks: this.tasks, backup: this.backup } = plexTasks(this.#http, this.#calls));
    this.devices = plexDevices(this.#calls);
    this.playlists = plexPlaylists(this.#calls);
    this.collections = plexCollections(this.#calls);
    this.history = plexHistory(this.#calls, accounts);
    this.subtitles = plexSubtitles(this.#calls);
    this.playback = plexPlayback({
      get: (path) => this.#calls.read({ path, endpoint: 'GET /library/metadata/{id}' }),
      machineId: () => this.#knownMachineId(),
    });
    this.watchStates = plexStates({ http: this.#http, tokens, clock: options.clock });
    this.#live = new LiveSessions({
      clock: options.clock,
      list: () => this.#listSessions(),
      push: plexPush({ url: this.#url, tls: options.tls, egress: options.egress, clock: options.clock, identity: options }),
      onLibrariesChanged: () => options.onLibrariesChanged?.(),
      isWatched: () => options.isWatched?.() ?? false,
      pollS: () => options.sessionsPollS?.() ?? 10,
      untilReady: (error, signal) => startUp.untilReady(error, signal, () => this.#calls.read({ path: '/identity', endpoint: 'GET /identity' })),
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
    const info = mapPlexInfo(await this.#calls.read({ path: '/', endpoint: 'GET /' }));
    this.#machineId = info.id;
    const owned = await this.#owner.owned(info);
    this.#capabilities = new CapabilitySet(capabilitiesOf(info, owned));
    return {
      kind: 'plex',
      machineId: info.id,
      name: info.name,
      version: info.version,
      versionTested: isTestedVersion('plex', info.version),
      platform: info.platform,
      updateAvailable: owned.updateAvailable,
      capabilities: this.#capabilities.list(),
      hardening: [...plainHttp(this.#url), ...owned.hardening],
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

  usage(): AdapterUsage {
    return usageOf(this.#http, this.#live);
  }

  async load(): Promise<ServerLoad> {
    return this.#capabilities.has('load.host') ? await this.#live.load(await this.#host.load()) : await this.#live.load();
  }

  async close(): Promise<void> {
    this.#live.close();
    await this.#http.close();
    await this.#plexTv.close();
  }

  async #knownMachineId(): Promise<string> {
    return this.#machineId ?? (await this.probe()).machineId;
  }

  async #listSessions(): Promise<VendorSession[]> {
    const answer = await this.#http.send({ method: 'GET', path: '/status/sessions', endpoint: 'GET /status/sessions', kind: 'session', retry: false });
    const sessions = mapPlexSessions(readContainer(answer));
    if (this.#capabilities.has('sessions.stop')) return sessions;
    return sessions.map((session) => ({ ...session, controls: { ...session.controls, stop: false } }));
  }
}

export function createPlex(options: AdapterOptions): MediaServer {
  return new PlexServer(options);
}

/** Ending a stream needs the owner's subscription; so do, on some servers, the figures of the machine. */
function capabilitiesOf({ hasPass }: PlexInfo, { tellsHost }: Owned): Capability[] {
  return STARTING_CAPABILITIES.plex.filter((name) => (name !== 'sessions.stop' || hasPass) && (name !== 'load.host' || tellsHost));
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
