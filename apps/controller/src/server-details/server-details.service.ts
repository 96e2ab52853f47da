import { Injectable } from '@nestjs/common';
import { HubBus, type CommandCall } from '@usher/bus';
import {
  AppError,
  findItems,
  findSubtitles,
  listBackups,
  listCollections,
  listDevices,
  listLog,
  listPlaylists,
  listRecentlyAdded,
  listTasks,
  listVendorHistory,
  readDiscovery,
  readHost,
  readMetadataHealth,
  type Backup,
  type Capability,
  type Collection,
  type CommandContract,
  type Device,
  type Discovery,
  type HistoryEntry,
  type HostReport,
  type ListedItem,
  type LogEntry,
  type MediaItem,
  type MetadataHealth,
  type Playlist,
  type ServerTask,
  type SubtitleCandidate,
} from '@usher/contracts';
import { z } from 'zod';
import type { Actor, OperatorRole } from '../auth/actor.js';
import { parseInput } from '../graphql/parse-input.js';
import { requireServerId } from '../servers/server-ids.js';
import { ServersService } from '../servers/servers.service.js';
import { limitOf, vendorIdOf } from './detail-request.js';

const MAX_ENTRIES = 500;
const MAX_ITEMS = 100;
/** Of 120 KiB each. */
const MAX_PARTS = 100;

const Language = z.string().trim().min(2, 'must have at least 2 characters').max(10, 'must have at most 10 characters');
const Ids = z.object({ imdb: z.string().trim().max(50), tmdb: z.string().trim().max(50), tvdb: z.string().trim().max(50) }).partial();

interface Question<Req extends z.ZodType, Rep extends z.ZodType> {
  readonly role: Extract<OperatorRole, 'viewer' | 'operator'>;
  /** Null for what every agent can answer. */
  readonly capability: Capability | null;
  readonly contract: CommandContract<Req, Rep>;
  readonly request: z.input<Req>;
}

/**
 * Questions to one media server, asked through its agent when a person looks; nothing is stored. What the agent or the
 * media server answers comes back as it is.
 * @throws NOT_FOUND, CAPABILITY_MISSING, AGENT_OFFLINE, AGENT_TIMEOUT and those of the media server
 */
@Injectable()
export class ServerDetailsService {
  constructor(
    private readonly servers: ServersService,
    private readonly bus: HubBus,
  ) {}

  host(actor: Actor, serverId: string): Promise<HostReport> {
    return this.ask(actor, serverId, { role: 'viewer', capability: null, contract: readHost, request: {} });
  }

  async tasks(actor: Actor, serverId: string): Promise<ServerTask[]> {
    return (await this.askList(actor, serverId, { role: 'viewer', capability: 'tasks.list', contract: listTasks, request: {} })).flatMap((part) => part.tasks);
  }

  async devices(actor: Actor, serverId: string): Promise<Device[]> {
    return (await this.askList(actor, serverId, { role: 'operator', capability: 'devices.list', contract: listDevices, request: {} })).flatMap((part) => part.devices);
  }

  async log(actor: Actor, serverId: string, limit: number, before: Date | null): Promise<LogEntry[]> {
    actor.require('operator');
    const request = { limit: limitOf(limit, MAX_ENTRIES), before: before?.toISOString() ?? null };
    return (await this.askList(actor, serverId, { role: 'operator', capability: 'log.read', contract: listLog, request })).flatMap((part) => part.entries);
  }

  async history(actor: Actor, serverId: string, limit: number, since: Date | null): Promise<HistoryEntry[]> {
    actor.require('operator');
    const request = { limit: limitOf(limit, MAX_ENTRIES), since: since?.toISOString() ?? null };
    return (await this.askList(actor, serverId, { role: 'operator', capability: 'history.read', contract: listVendorHistory, request })).flatMap((part) => part.entries);
  }

  async backups(actor: Actor, serverId: string): Promise<Backup[]> {
    return (await this.askList(actor, serverId, { role: 'viewer', capability: 'backup.list', contract: listBackups, request: {} })).flatMap((part) => part.backups);
  }

  async recentlyAdded(actor: Actor, serverId: string, limit: number): Promise<ListedItem[]> {
    actor.require('viewer');
    const request = { limit: limitOf(limit, MAX_ITEMS) };
    const items = (await this.askList(actor, serverId, { role: 'viewer', capability: 'items.recentlyAdded', contract: listRecentlyAdded, request })).flatMap((part) => part.items);
    return items.map((listed) => shownListed(actor, listed));
  }

  async find(actor: Actor, serverId: string, given: Readonly<Record<'imdb' | 'tmdb' | 'tvdb', string | null | undefined>>): Promise<MediaItem[]> {
    actor.require('viewer');
    const request = parseInput(Ids, Object.fromEntries(Object.entries(given).filter(([, value]) => value?.trim())));
    if (Object.keys(request).length === 0) throw new AppError('VALIDATION_FAILED', 'Give at least one of imdb, tmdb and tvdb.', { field: 'imdb' });
    const items = (await this.askList(actor, serverId, { role: 'viewer', capability: 'items.byProviderId', contract: findItems, request })).flatMap((part) => part.items);
    return items.map((item) => shownItem(actor, item));
  }

  async libraryHealth(actor: Actor, serverId: string, libraryId: string): Promise<MetadataHealth> {
    actor.require('viewer');
    const request = { libraryVendorId: vendorIdOf(libraryId, 'libraryId') };
    return this.ask(actor, serverId, { role: 'viewer', capability: 'metadata.health', contract: readMetadataHealth, request });
  }

  async discovery(actor: Actor, serverId: string, userId: string): Promise<Discovery> {
    actor.require('viewer');
    const request = { userId: vendorIdOf(userId, 'userId') };
    const { latest, resume, nextUp, favorites } = await this.ask(actor, serverId, { role: 'viewer', capability: 'users.discovery', contract: readDiscovery, request });
    const shown = (list: readonly ListedItem[]) => list.map((listed) => shownListed(actor, listed));
    return { latest: shown(latest), resume: shown(resume), nextUp: shown(nextUp), favorites };
  }

  async playlists(actor: Actor, serverId: string, userId: string): Promise<Playlist[]> {
    actor.require('viewer');
    const request = { userId: vendorIdOf(userId, 'userId') };
    return (await this.askList(actor, serverId, { role: 'viewer', capability: 'playlists.read', contract: listPlaylists, request })).flatMap((part) => part.playlists);
  }

  async collections(actor: Actor, serverId: string): Promise<Collection[]> {
    return (await this.askList(actor, serverId, { role: 'viewer', capability: 'collections.read', contract: listCollections, request: {} })).flatMap((part) => part.collections);
  }

  async subtitles(actor: Actor, serverId: string, itemId: string, language: string): Promise<SubtitleCandidate[]> {
    actor.require('viewer');
    const request = { itemVendorId: vendorIdOf(itemId, 'itemId'), language: parseInput(Language, language, 'language') };
    return (await this.askList(actor, serverId, { role: 'viewer', capability: 'subtitles.search', contract: findSubtitles, request })).flatMap((part) => part.subtitles);
  }

  private async ask<Req extends z.ZodType, Rep extends z.ZodType>(actor: Actor, serverId: string, question: Question<Req, Rep>): Promise<z.output<Rep>> {
    return (await this.begin(actor, serverId, question)).call;
  }

  /** A long list comes in several parts, an empty one in none. */
  private async askList<Req extends z.ZodType, Rep extends z.ZodType>(actor: Actor, serverId: string, question: Question<Req, Rep>): Promise<z.output<Rep>[]> {
    const { call } = await this.begin(actor, serverId, question);
    const parts: z.output<Rep>[] = [];
    for await (const part of call) {
      parts.push(part);
      if (parts.length > MAX_PARTS) throw new AppError('VENDOR_ANSWER_INVALID', 'The media server tells more than can be shown.', { serverId });
    }
    return parts;
  }

  /** The call stands in an object: by itself it would be awaited here. */
  private async begin<Req extends z.ZodType, Rep extends z.ZodType>(actor: Actor, serverId: string, { role, capability, contract, request }: Question<Req, Rep>): Promise<{ call: CommandCall<z.output<Rep>> }> {
    actor.require(role);
    const { id, profile } = await this.servers.living(requireServerId(serverId));
    if (capability && profile?.capabilities.includes(capability) === false) {
      throw new AppError('CAPABILITY_MISSING', 'This media server cannot tell that.', { capability, serverId: id, reason: 'server' });
    }
    return { call: this.bus.command(contract, { serverId: id }, request) };
  }
}

/** Paths say how a machine is arranged: for role operator and above, as in the item index. */
function shownItem(actor: Actor, item: MediaItem): MediaItem {
  if (actor.has('operator')) return item;
  return { ...item, files: item.files.map((file) => ({ ...file, path: null as unknown as string })) };
}

function shownListed(actor: Actor, listed: ListedItem): ListedItem {
  return { ...listed, item: shownItem(actor, listed.item) };
}
