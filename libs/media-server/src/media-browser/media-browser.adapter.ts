import { AppError, type ServerLoad, type ServerProfile, type SessionCommand, type SessionControls, type VendorSession } from '@usher/contracts';
import { CapabilitySet, PARALLEL_WRITES, STARTING_CAPABILITIES } from '../capabilities.js';
import type { AdapterOptions } from '../create-media-server.js';
import { answerInvalid, connectionError } from '../http/vendor-errors.js';
import { VendorHttp } from '../http/vendor-http.js';
import { LiveSessions } from '../live-sessions.js';
import { knock } from '../liveness.js';
import type { AdapterUsage, MediaServer } from '../media-server.js';
import { UnknownWords } from '../unknown-words.js';
import { usageOf } from '../usage.js';
import { isTestedVersion } from '../tested-versions.js';
import { VendorStatusTracker } from '../vendor-status.js';
import { mediaBrowserAccounts } from './accounts.js';
import { checkPaths, readSpace } from './disk.js';
import { itemsById, pageOfItems } from './items.js';
import { mediaBrowserActions } from './actions.js';
import { detailsOf, type Details } from './details.js';
import { listLibraries, readLibraries } from './libraries.js';
import { playbackOf } from './playback.js';
import { unknownSessionWords } from './session-words.js';
import { StartUp } from './start-up.js';
import { mapUsers, type UserRow } from './user.mapper.js';
import type { CommandRequest, MediaBrowserVendor, VendorInfo } from './vendor.js';

const HARDENING_MS = 24 * 3_600_000;
const CONTROLS: Readonly<Record<SessionCommand['type'], keyof SessionControls>> = { pause: 'pause', resume: 'pause', seek: 'seek', play: 'play', 'limit-bit-rate': 'limitBitRate' };

/** An Emby or a Jellyfin, by an API key of its own or an administrator's token. */
export class MediaBrowserServer implements MediaServer {
  readonly kind: MediaServer['kind'];
  #capabilities: CapabilitySet;
  readonly #options: AdapterOptions;
  readonly #vendor: MediaBrowserVendor;
  readonly #url: URL;
  /** Nothing when the registered address ends with it already. */
  readonly #prefix: string;
  readonly #http: VendorHttp;
  readonly #startUp: StartUp;
  readonly #live: LiveSessions;
  readonly #details: Details;
  readonly #unknown = new UnknownWords();
  /** The last full probe: hardening is read once a day, and again when another version or server answers. */
  #full: { readonly profile: ServerProfile; readonly atMs: number } | null = null;

  /** @throws AppError VALIDATION_FAILED, EGRESS_BLOCKED */
  constructor(options: AdapterOptions, vendor: MediaBrowserVendor) {
    const { clock, egress, tls } = options;
    this.kind = vendor.kind;
    this.#capabilities = new CapabilitySet(STARTING_CAPABILITIES[vendor.kind]);
    this.#options = options;
    this.#vendor = vendor;
    this.#url = egress.checkUrl(options.origin);
    this.#prefix = this.#url.pathname.toLowerCase().endsWith(vendor.prefix) ? '' : vendor.prefix;
    this.#startUp = new StartUp(clock);
    const status = new VendorStatusTracker(clock, options.onStatus);
    this.#http = new VendorHttp({
      url: this.#url,
      tls,
      egress,
      clock,
      authHeaders: () => vendor.authHeaders(options),
      classify: (request, response) => vendor.classify(request, response, clock.now()),
      readFailure: (error) => this.#startUp.read(error),
      onOutcome: (error, ms) => (error ? status.failed(error, ms) : status.answered(ms)),
      ...(options.onCall ? { onCall: options.onCall } : {}),
    });
    const list = async () => (await this.#userRows()).map((row) => row.user);
    this.#details = detailsOf({
      kind: vendor.kind,
      http: this.#http,
      prefix: this.#prefix,
      words: vendor.details,
      ownDeviceId: options.deviceId,
      users: list,
      libraries: async () => (await readLibraries(this.#libraryCalls())).map((row) => row.library),
      require: (capability) => this.#capabilities.require(capability),
    });
    const { tasks, devices, playlists, collections, history, subtitles, backup, discovery } = this.#details;
    this.tasks = tasks;
    this.devices = devices;
    this.playlists = playlists;
    this.collections = collections;
    this.history = history;
    this.subtitles = subtitles;
    this.backup = backup;
    this.actions = mediaBrowserActions({
      http: this.#http,
      prefix: this.#prefix,
      requireRestart: () => this.#capabilities.require('server.restart'),
      beforeRestart: () => this.#live.leavePush(),
      onRestart: () => this.#startUp.announced(),
      tasks: this.#details.taskCalls,
      jobs: this.#details.jobs,
    });
    const accounts = { http: this.#http, prefix: this.#prefix, librariesPath: vendor.librariesPath, words: vendor.accounts, list };
    const users = mediaBrowserAccounts(accounts);
    this.users = {
      list,
      discovery,
      ...users,
      setPassword: async (id, password) => {
        this.#capabilities.require('users.password');
        await users.setPassword(id, password);
      },
    };
    this.watchStates = vendor.states({ http: this.#http, prefix: this.#prefix });
    this.#live = new LiveSessions({
      clock,
      list: () => this.#listSessions(),
      push: vendor.push({ url: this.#url, tls, egress, clock, identity: options }),
      onLibrariesChanged: () => options.onLibrariesChanged?.(),
      isWatched: () => options.isWatched?.() ?? false,
      pollS: () => options.sessionsPollS?.() ?? 10,
      untilReady: (error, signal) => this.#startUp.untilReady(error, signal, () => this.#public('/System/Info/Public')),
      onRestarting: () => this.#startUp.announced(),
      knock: () => knock(this.#url, egress),
      onGone: (error) => status.failed(this.#startUp.read(error), 0),
    });
  }

  get capabilities(): CapabilitySet {
    return this.#capabilities;
  }

  get limits(): MediaServer['limits'] {
    return { parallelWrites: PARALLEL_WRITES[this.kind] };
  }

  async probe(): Promise<ServerProfile> {
    const info = this.#vendor.mapInfo(await this.#get('/System/Info'));
    const known = this.#full;
    const isSame = known?.profile.machineId === info.id && known.profile.version === info.version;
    if (known && isSame && this.#options.clock.monotonicMs() - known.atMs < HARDENING_MS) {
      return { ...known.profile, name: info.name, platform: info.platform, updateAvailable: info.updateAvailable };
    }
    // only an administrator may read this; /System/Info and /Users answer everybody who is signed in
    await this.#get(this.#vendor.librariesPath);
    const lacking = this.#vendor.lacks(info.version);
    const always = STARTING_CAPABILITIES[this.kind].filter((name) => !lacking.includes(name));
    const installed = (await this.#optional(() => this.#details.installed())) ?? [];
    this.#capabilities = new CapabilitySet([...always, ...installed, ...this.#vendor.moreCapabilities(info.version), ...(info.canRestart ? (['server.restart'] as const) : [])]);
    const profile = await this.#profile(info);
    this.#full = { profile, atMs: this.#options.clock.monotonicMs() };
    return profile;
  }

  readonly sessions: MediaServer['sessions'] = {
    list: () => this.#live.list(),
    watch: (signal, hooks) => this.#live.watch(signal, hooks),
    stop: async (id, reason) => {
      const session = await this.#live.controllable(id, 'stop');
      if (reason && session.controls.message) await this.#message(session, reason);
      await this.#command('stop', this.#vendor.stop(session));
    },
    message: async (id, text) => this.#message(await this.#live.controllable(id, 'message'), text),
    control: async (id, command) => {
      const session = await this.#live.controllable(id, CONTROLS[command.type]);
      // a title that its viewer may not see is sent on as nothing, and answered with success
      if (command.type === 'play' && session.userId !== null) await this.playback.check(command.itemId, session.userId);
      const request = this.#vendor.control(session, command);
      if (request) await this.#command(command.type, request);
    },
  };

  readonly libraries: MediaServer['libraries'] = {
    list: () => listLibraries(this.#libraryCalls()),
    items: (libraryId, page, options) => pageOfItems({ http: this.#http, prefix: this.#prefix }, libraryId, page, options),
    // ids that cannot be read count for nothing, and without any left the answer is something else
    itemsById: (ids, options) => itemsById({ http: this.#http, prefix: this.#prefix }, ids.filter((id) => this.#vendor.details.isItemId(id)), options),
    checkPaths: (paths) => checkPaths(this.#http, (path, isFile) => this.#vendor.validatePath(path, isFile), this.#prefix, paths),
    space: async () => {
      this.#capabilities.require('libraries.space');
      return await readSpace(this.#http, this.#prefix);
    },
    find: (ids) => this.#details.libraries.find(ids),
    recentlyAdded: (limit) => this.#details.libraries.recentlyAdded(limit),
    health: (libraryId) => this.#details.libraries.health(libraryId),
    create: (spec) => this.#details.libraries.create(spec),
    remove: (libraryId) => this.#details.libraries.remove(libraryId),
  };

  readonly users: MediaServer['users'];

  readonly watchStates: MediaServer['watchStates'];

  readonly actions: MediaServer['actions'];

  readonly playback: MediaServer['playback'] = playbackOf({
    get: (path, query) => this.#http.json({ method: 'GET', path: `${this.#prefix}${path}`, query, endpoint: 'GET /Items/{id}' }),
    itemOf: (itemId, userId) => this.#vendor.itemOf(itemId, userId),
    page: (itemId, machineId) => this.#vendor.itemPage(itemId, machineId),
    machineId: async () => (this.#full?.profile ?? (await this.probe())).machineId,
  });

  readonly tasks: MediaServer['tasks'];
  readonly devices: MediaServer['devices'];
  readonly playlists: MediaServer['playlists'];
  readonly collections: MediaServer['collections'];
  readonly history: MediaServer['history'];
  readonly subtitles: MediaServer['subtitles'];
  readonly backup: MediaServer['backup'];

  usage(): AdapterUsage {
    return usageOf(this.#http, this.#live, this.#unknown.list());
  }

  load(): Promise<ServerLoad> {
    return this.#live.load();
  }

  async close(): Promise<void> {
    this.#live.close();
    await this.#http.close();
  }

  #libraryCalls() {
    return { http: this.#http, path: this.#vendor.librariesPath, prefix: this.#prefix, idOf: this.#vendor.libraryIdOf };
  }

  async #listSessions(): Promise<VendorSession[]> {
    const path = `${this.#prefix}/Sessions`;
    const answer = await this.#http.json({ method: 'GET', path, endpoint: 'GET /Sessions', kind: 'session', retry: false });
    this.#unknown.take(unknownSessionWords(answer));
    return this.#vendor.mapSessions(answer, { nowMs: this.#options.clock.now(), ownDeviceId: this.#options.deviceId });
  }

  #message(session: VendorSession, text: string): Promise<void> {
    return this.#command('message', this.#vendor.message(session, this.#options.clientName, text));
  }

  async #command(name: string, request: CommandRequest): Promise<void> {
    try {
      await this.#http.send({ ...request, method: 'POST', path: `${this.#prefix}${request.path}`, endpoint: `POST /Sessions/{id} (${name})` });
    } catch (error) {
      const failure = connectionError(error);
      throw failure.code === 'NOT_FOUND' ? new AppError('NOT_FOUND', 'This session is gone.', failure.details) : failure;
    }
  }

  async #profile(info: VendorInfo): Promise<ServerProfile> {
    const paths = this.#vendor.configurationPaths;
    const [configuration, network, users, publicUsers] = await Promise.all([
      paths && this.#optional(() => this.#get(paths.main)),
      paths && this.#optional(() => this.#get(paths.network)),
      this.#optional(() => this.#userRows()),
      this.#optional(() => this.#public('/Users/Public')),
    ]);
    return {
      kind: this.#vendor.kind,
      machineId: info.id,
      name: info.name,
      version: info.version,
      versionTested: isTestedVersion(this.#vendor.kind, info.version),
      platform: info.platform,
      updateAvailable: info.updateAvailable,
      capabilities: this.capabilities.list(),
      hardening: this.#vendor.mapHardening({ url: this.#url, version: info.version, configuration, network, users, publicUsers }),
    };
  }

  /** A part of the hardening list that cannot be read leaves the probe whole; a server that went away does not. */
  async #optional<T>(read: () => Promise<T>): Promise<T | null> {
    try {
      return await read();
    } catch (error) {
      const failure = connectionError(error);
      if (failure.code === 'SERVER_UNREACHABLE' || failure.code === 'SERVER_RATE_LIMITED') throw failure;
      return null;
    }
  }

  async #userRows(): Promise<UserRow[]> {
    const rows = mapUsers(await this.#getFirst(this.#vendor.usersPaths));
    if (!rows) throw answerInvalid('The media server listed its users in a form that is not known.', { reason: 'shape' });
    return rows;
  }

  async #getFirst(paths: readonly string[]): Promise<unknown> {
    const [path, ...others] = paths as [string, ...string[]];
    try {
      return await this.#get(path);
    } catch (error) {
      if (others.length > 0 && error instanceof AppError && error.code === 'NOT_FOUND') return await this.#getFirst(others);
      throw error;
    }
  }

  #public(path: string): Promise<unknown> {
    return this.#http.json({ method: 'GET', path: `${this.#prefix}${path}`, endpoint: `GET ${path}`, authorize: false, retry: false });
  }

  #get(path: string): Promise<unknown> {
    return this.#http.json({ method: 'GET', path: `${this.#prefix}${path}`, endpoint: `GET ${path}` });
  }
}
