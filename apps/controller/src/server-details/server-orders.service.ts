import { Inject, Injectable } from '@nestjs/common';
import {
  createLibrary,
  enableUser,
  ensureCollection,
  ensurePlaylist,
  fetchSubtitle,
  ItemListSpec,
  NewLibrary,
  removeCollection,
  removeLibrary,
  removePlaylist,
  revokeDevice,
  setUserPassword,
  startTask,
  triggerBackup,
  type Collection,
  type Playlist,
} from '@usher/contracts';
import { Logger } from '@usher/platform';
import type { Clock } from '@usher/resilience';
import { Secret } from '@usher/security';
import { z } from 'zod';
import { AgentSettingsService } from '../agents/agent-settings.service.js';
import type { Actor } from '../auth/actor.js';
import { parseInput } from '../graphql/parse-input.js';
import { CLOCK } from '../infrastructure.js';
import { LibrariesService } from '../libraries/libraries.service.js';
import type { LibraryObject } from '../libraries/library.graphql.js';
import { UsersService } from '../users/users.service.js';
import type {
  CreateLibraryInput,
  EnsureCollectionInput,
  EnsurePlaylistInput,
  FetchSubtitleInput,
  RemoveCollectionInput,
  RemoveLibraryInput,
  RemovePlaylistInput,
  RevokeDeviceInput,
  SetUserEnabledInput,
  SetUserPasswordInput,
  StartServerTaskInput,
  TriggerBackupInput,
} from './detail-inputs.graphql.js';
import { vendorIdOf } from './detail-request.js';
import { ServerOrders } from './server-orders.js';

const MAX_SUBTITLE_ID = 2_000;
const Password = z.string().min(1, 'must not be empty').max(200, 'must have at most 200 characters');
const done = () => true;

/** Orders to one media server, each with what it needs. For role operator, a password for superadmin; see `ServerOrders`. */
@Injectable()
export class ServerOrdersService {
  constructor(
    private readonly orders: ServerOrders,
    private readonly agents: AgentSettingsService,
    private readonly libraries: LibrariesService,
    private readonly users: UsersService,
    private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async startTask(actor: Actor, input: StartServerTaskInput): Promise<boolean> {
    actor.require('operator');
    const taskVendorId = vendorIdOf(input.taskId, 'taskId');
    return this.orders.send(actor, input, { op: 'startServerTask', noun: 'task.start', capability: 'tasks.start', contract: startTask, request: { taskVendorId }, payload: { task: taskVendorId }, answer: done });
  }

  async revokeDevice(actor: Actor, input: RevokeDeviceInput): Promise<boolean> {
    actor.require('operator');
    const deviceVendorId = vendorIdOf(input.deviceId, 'deviceId');
    return this.orders.send(actor, input, { op: 'revokeDevice', noun: 'device.revoke', capability: 'devices.revoke', contract: revokeDevice, request: { deviceVendorId }, payload: { device: deviceVendorId }, answer: done });
  }

  async triggerBackup(actor: Actor, input: TriggerBackupInput): Promise<boolean> {
    return this.orders.send(actor, input, { op: 'triggerBackup', noun: 'backup.trigger', capability: 'backup.trigger', contract: triggerBackup, request: {}, payload: {}, answer: done });
  }

  async fetchSubtitle(actor: Actor, input: FetchSubtitleInput): Promise<boolean> {
    actor.require('operator');
    const request = { itemVendorId: vendorIdOf(input.itemId, 'itemId'), subtitleVendorId: vendorIdOf(input.subtitleId, 'subtitleId', MAX_SUBTITLE_ID) };
    const payload = { item: request.itemVendorId, subtitle: request.subtitleVendorId };
    return this.orders.send(actor, input, { op: 'fetchSubtitle', noun: 'subtitle.fetch', capability: 'subtitles.search', contract: fetchSubtitle, request, payload, answer: done });
  }

  async createLibrary(actor: Actor, input: CreateLibraryInput): Promise<LibraryObject> {
    actor.require('operator');
    const { serverId, name, type, folders } = input;
    const request = parseInput(NewLibrary, { name, type, folders });
    const made = await this.orders.send(actor, input, {
      op: 'createLibrary',
      noun: 'library.create',
      capability: 'libraries.create',
      contract: createLibrary,
      request,
      payload: { ...request },
      answer: ({ folders: _, ...library }, id): LibraryObject => ({ ...library, serverId: id, readAt: new Date(this.clock.now()) }),
    });
    this.readAgain(serverId, () => this.libraries.read(serverId));
    return made;
  }

  async removeLibrary(actor: Actor, input: RemoveLibraryInput): Promise<boolean> {
    actor.require('operator');
    const { serverId } = input;
    const libraryVendorId = vendorIdOf(input.libraryId, 'libraryId');
    const removed = await this.orders.send(actor, input, { op: 'removeLibrary', noun: 'library.remove', capability: 'libraries.create', contract: removeLibrary, request: { libraryVendorId }, payload: { library: libraryVendorId }, answer: done });
    this.readAgain(serverId, () => this.libraries.read(serverId));
    return removed;
  }

  async ensurePlaylist(actor: Actor, input: EnsurePlaylistInput): Promise<Playlist> {
    actor.require('operator');
    const spec = parseInput(ItemListSpec, { name: input.name, itemIds: input.itemIds });
    const userId = vendorIdOf(input.userId, 'userId');
    return this.orders.send(actor, input, { op: 'ensurePlaylist', noun: 'playlist.ensure', capability: 'playlists.write', contract: ensurePlaylist, request: { userId, spec }, payload: { user: userId, ...spec }, answer: (playlist) => playlist });
  }

  async ensureCollection(actor: Actor, input: EnsureCollectionInput): Promise<Collection> {
    actor.require('operator');
    const spec = parseInput(ItemListSpec, { name: input.name, itemIds: input.itemIds });
    const libraryVendorId = vendorIdOf(input.libraryId, 'libraryId');
    return this.orders.send(actor, input, { op: 'ensureCollection', noun: 'collection.ensure', capability: 'collections.write', contract: ensureCollection, request: { libraryVendorId, spec }, payload: { library: libraryVendorId, ...spec }, answer: (collection) => collection });
  }

  async removePlaylist(actor: Actor, input: RemovePlaylistInput): Promise<boolean> {
    actor.require('operator');
    const request = { userId: vendorIdOf(input.userId, 'userId'), playlistVendorId: vendorIdOf(input.playlistId, 'playlistId') };
    const payload = { user: request.userId, playlist: request.playlistVendorId };
    return this.orders.send(actor, input, { op: 'removePlaylist', noun: 'playlist.remove', capability: 'playlists.write', contract: removePlaylist, request, payload, answer: done });
  }

  async removeCollection(actor: Actor, input: RemoveCollectionInput): Promise<boolean> {
    actor.require('operator');
    const collectionVendorId = vendorIdOf(input.collectionId, 'collectionId');
    return this.orders.send(actor, input, { op: 'removeCollection', noun: 'collection.remove', capability: 'collections.write', contract: removeCollection, request: { collectionVendorId }, payload: { collection: collectionVendorId }, answer: done });
  }

  async setUserEnabled(actor: Actor, input: SetUserEnabledInput): Promise<boolean> {
    actor.require('operator');
    const { serverId, enabled } = input;
    const userId = vendorIdOf(input.userId, 'userId');
    const set = await this.orders.send(actor, input, { op: 'setUserEnabled', noun: 'user.enable', capability: 'users.policy', contract: enableUser, request: { userId, enabled }, payload: { user: userId, enabled }, answer: done });
    this.readAgain(serverId, () => this.users.read(serverId));
    return set;
  }

  /** The password goes to the agent sealed to its box key, and nowhere else: not to the broker in clear, not to the audit log. @throws STEP_UP_REQUIRED */
  async setUserPassword(actor: Actor, input: SetUserPasswordInput): Promise<boolean> {
    actor.require('superadmin');
    actor.requireProof(this.clock.now());
    const userId = vendorIdOf(input.userId, 'userId');
    const password = Secret.of(parseInput(Password, input.password, 'password'));
    const request = async (serverId: string) => ({ userId, sealed: await this.agents.sealFor(serverId, { password: password.reveal() }) });
    return this.orders.send(actor, input, { op: 'setUserPassword', noun: 'user.password', capability: 'users.password', contract: setUserPassword, request, payload: { user: userId }, answer: done });
  }

  /** The kept list follows at once; what fails here is read at its next turn. */
  private readAgain(serverId: string, read: () => Promise<void>): void {
    read().catch((error: unknown) => this.logger.info('server.not_read_again', 'The lists of a server were not read after a change; they are read at their next turn.', { serverId, error }));
  }
}
