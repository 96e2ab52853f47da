import { AppError, type Capability, type CommandContract } from '@usher/contracts';
import * as contracts from '@usher/contracts';
import type { MediaServer } from '@usher/media-server';
import { withTimeout, type Clock } from '@usher/resilience';
import { Secret, type AgentKeys } from '@usher/security';
import { z } from 'zod';
import type { ServerProvider } from '../server/server.provider.js';
import { splitBySize } from '../storage/split-by-size.js';

/** So much before the command's own time is over, so that the reason travels back. */
const ANSWER_MS = 1_500;
/** A result part is at most 128 KiB, with its frame. */
const MAX_PART_BYTES = 120 * 1024;
const SealedPassword = z.strictObject({ password: z.string().min(1).max(1_000) });

export interface ServerDetailsOptions {
  readonly provider: Pick<ServerProvider, 'current'>;
  readonly keys: Pick<AgentKeys, 'open'>;
  /** The server took an order: what it makes of it is worth following. */
  readonly ordered: () => void;
  readonly clock: Clock;
}

/**
 * What a person asks one media server for, and what they order there. Lists come in parts that fit a message; together
 * they are all of it. All throw CAPABILITY_MISSING, NOT_FOUND, and the errors of the adapter.
 */
export class ServerDetails {
  constructor(private readonly options: ServerDetailsOptions) {}

  readonly tasks = () => this.list(contracts.listTasks, 'tasks.list', (server) => server.tasks.list());
  readonly startTask = (id: string) => this.order(contracts.startTask, 'tasks.start', (server) => server.tasks.start(id));
  readonly cancelActivity = (id: string) => this.order(contracts.cancelActivity, 'activities.cancel', (server) => server.actions.cancel(id));

  readonly devices = () => this.list(contracts.listDevices, 'devices.list', (server) => server.devices.list());
  readonly revokeDevice = (id: string) => this.ask(contracts.revokeDevice, 'devices.revoke', (server) => server.devices.revoke(id));

  readonly log = (limit: number, before: string | null) => this.list(contracts.listLog, 'log.read', (server) => server.history.log(limit, before));
  readonly playbacks = (limit: number, since: string | null) => this.list(contracts.listVendorHistory, 'history.read', (server) => server.history.playbacks(limit, since));

  readonly recentlyAdded = (limit: number) => this.list(contracts.listRecentlyAdded, 'items.recentlyAdded', (server) => server.libraries.recentlyAdded(limit));
  readonly find = (ids: z.infer<typeof contracts.findItems.request>) => this.list(contracts.findItems, 'items.byProviderId', (server) => server.libraries.find(ids));
  readonly discovery = (userId: string) => this.ask(contracts.readDiscovery, 'users.discovery', (server) => server.users.discovery(userId));
  readonly health = (libraryId: string) => this.ask(contracts.readMetadataHealth, 'metadata.health', (server) => server.libraries.health(libraryId));

  readonly playlists = (userId: string) => this.list(contracts.listPlaylists, 'playlists.read', (server) => server.playlists.list(userId));
  readonly ensurePlaylist = (userId: string, spec: contracts.ItemListSpec) => this.ask(contracts.ensurePlaylist, 'playlists.write', (server) => server.playlists.ensure(userId, spec));
  readonly removePlaylist = (userId: string, id: string) => this.ask(contracts.removePlaylist, 'playlists.write', (server) => server.playlists.remove(userId, id));
  readonly collections = () => this.list(contracts.listCollections, 'collections.read', (server) => server.collections.list());
  readonly ensureCollection = (libraryId: string, spec: contracts.ItemListSpec) => this.ask(contracts.ensureCollection, 'collections.write', (server) => server.collections.ensure(libraryId, spec));
  readonly removeCollection = (id: string) => this.ask(contracts.removeCollection, 'collections.write', (server) => server.collections.remove(id));

  readonly findSubtitles = (itemId: string, language: string) => this.list(contracts.findSubtitles, 'subtitles.search', (server) => server.subtitles.find(itemId, language));
  readonly fetchSubtitle = (itemId: string, id: string) => this.order(contracts.fetchSubtitle, 'subtitles.search', (server) => server.subtitles.fetch(itemId, id));

  readonly backups = () => this.list(contracts.listBackups, 'backup.list', (server) => server.backup.list());
  readonly triggerBackup = () => this.order(contracts.triggerBackup, 'backup.trigger', (server) => server.backup.trigger());

  readonly createLibrary = (spec: contracts.NewLibrary) => this.ask(contracts.createLibrary, 'libraries.create', (server) => server.libraries.create(spec));
  readonly removeLibrary = (id: string) => this.ask(contracts.removeLibrary, 'libraries.create', (server) => server.libraries.remove(id));

  readonly setUserEnabled = (userId: string, enabled: boolean) => this.ask(contracts.enableUser, 'users.policy', (server) => server.users.setEnabled(userId, enabled));

  /** `sealed` is opened here and nowhere else; what it holds is in no log line, no journal and no error. @throws AppError also MESSAGE_INVALID */
  async setUserPassword(userId: string, sealed: string): Promise<void> {
    const parsed = SealedPassword.safeParse(await this.options.keys.open(sealed));
    if (!parsed.success) throw new AppError('MESSAGE_INVALID', 'What was sealed is no password.', { reason: 'password' });
    const password = Secret.of(parsed.data.password);
    await this.ask(contracts.setUserPassword, 'users.password', (server) => server.users.setPassword(userId, password.reveal()));
  }

  private async ask<T>({ timeoutMs }: CommandContract, capability: Capability, call: (server: MediaServer) => Promise<T>): Promise<T> {
    const server = this.options.provider.current();
    server.capabilities.require(capability);
    const onTimeout = () => new AppError('SERVER_UNREACHABLE', 'The media server did not answer in time.', { reason: 'timeout' });
    return await withTimeout(() => call(server), timeoutMs - ANSWER_MS, onTimeout, this.options.clock);
  }

  private async list<T>(contract: CommandContract, capability: Capability, call: (server: MediaServer) => Promise<T[]>): Promise<T[][]> {
    return splitBySize(await this.ask(contract, capability, call), MAX_PART_BYTES);
  }

  private async order(contract: CommandContract, capability: Capability, call: (server: MediaServer) => Promise<void>): Promise<void> {
    await this.ask(contract, capability, call);
    this.options.ordered();
  }
}
