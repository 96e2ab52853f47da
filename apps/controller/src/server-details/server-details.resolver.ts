import { Args, ID, Int, Query, Resolver } from '@nestjs/graphql';
import type { Backup, Collection, Device, Discovery, HistoryEntry, HostReport, ListedItem, LogEntry, MediaItem, MetadataHealth, Playlist, ServerTask, SubtitleCandidate } from '@usher/contracts';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../graphql/context.js';
import { Takes } from '../graphql/deadline.interceptor.js';
import { DateTime } from '../graphql/scalars.js';
import { BackupObject, DeviceObject, HistoryEntryObject, HostReportObject, LogEntryObject, ServerTaskObject } from './details.graphql.js';
import { CollectionObject, DiscoveryObject, FoundItemObject, ListedItemObject, MetadataHealthObject, PlaylistObject, SubtitleCandidateObject } from './item-details.graphql.js';
import { ServerDetailsService } from './server-details.service.js';

/** The longest time of the questions, and what stands around it. */
const SHORT_MS = 30_000;
/** Of those that let the media server search or count. */
const LONG_MS = 70_000;

const SERVER_ID = { type: () => ID } as const;
const WORD = { type: () => String, nullable: true } as const;

/** What one media server is asked for when a person looks at it; nothing of it is stored. */
@Resolver()
export class ServerDetailsResolver {
  constructor(private readonly service: ServerDetailsService) {}

  @Query(() => HostReportObject, { description: 'The machine that a media server runs on.' })
  @Takes(SHORT_MS)
  serverHost(@CurrentActor() actor: Actor, @Args('serverId', SERVER_ID) serverId: string): Promise<HostReport> {
    return this.service.host(actor, serverId);
  }

  @Query(() => [ServerTaskObject])
  @Takes(SHORT_MS)
  serverTasks(@CurrentActor() actor: Actor, @Args('serverId', SERVER_ID) serverId: string): Promise<ServerTask[]> {
    return this.service.tasks(actor, serverId);
  }

  @Query(() => [DeviceObject])
  @Takes(SHORT_MS)
  serverDevices(@CurrentActor() actor: Actor, @Args('serverId', SERVER_ID) serverId: string): Promise<Device[]> {
    return this.service.devices(actor, serverId);
  }

  @Query(() => [LogEntryObject], { description: 'The newest first.' })
  @Takes(SHORT_MS)
  serverLog(
    @CurrentActor() actor: Actor,
    @Args('serverId', SERVER_ID) serverId: string,
    @Args('limit', { type: () => Int, defaultValue: 100 }) limit: number,
    @Args('before', { type: () => DateTime, nullable: true }) before?: Date | null,
  ): Promise<LogEntry[]> {
    return this.service.log(actor, serverId, limit, before ?? null);
  }

  @Query(() => [HistoryEntryObject], { description: "The media server's own history, the newest first." })
  @Takes(SHORT_MS)
  serverHistory(
    @CurrentActor() actor: Actor,
    @Args('serverId', SERVER_ID) serverId: string,
    @Args('limit', { type: () => Int, defaultValue: 100 }) limit: number,
    @Args('since', { type: () => DateTime, nullable: true }) since?: Date | null,
  ): Promise<HistoryEntry[]> {
    return this.service.history(actor, serverId, limit, since ?? null);
  }

  @Query(() => [BackupObject])
  @Takes(SHORT_MS)
  serverBackups(@CurrentActor() actor: Actor, @Args('serverId', SERVER_ID) serverId: string): Promise<Backup[]> {
    return this.service.backups(actor, serverId);
  }

  @Query(() => [ListedItemObject], { description: 'The newest first.' })
  @Takes(SHORT_MS)
  recentlyAdded(@CurrentActor() actor: Actor, @Args('serverId', SERVER_ID) serverId: string, @Args('limit', { type: () => Int, defaultValue: 20 }) limit: number): Promise<ListedItem[]> {
    return this.service.recentlyAdded(actor, serverId, limit);
  }

  @Query(() => [FoundItemObject], { description: 'What the media server itself holds under one of these ids.' })
  @Takes(LONG_MS)
  findOnServer(
    @CurrentActor() actor: Actor,
    @Args('serverId', SERVER_ID) serverId: string,
    @Args('imdb', WORD) imdb?: string | null,
    @Args('tmdb', WORD) tmdb?: string | null,
    @Args('tvdb', WORD) tvdb?: string | null,
  ): Promise<MediaItem[]> {
    return this.service.find(actor, serverId, { imdb, tmdb, tvdb });
  }

  @Query(() => MetadataHealthObject)
  @Takes(LONG_MS)
  libraryHealth(@CurrentActor() actor: Actor, @Args('serverId', SERVER_ID) serverId: string, @Args('libraryId', { type: () => ID }) libraryId: string): Promise<MetadataHealth> {
    return this.service.libraryHealth(actor, serverId, libraryId);
  }

  @Query(() => DiscoveryObject)
  @Takes(SHORT_MS)
  userDiscovery(@CurrentActor() actor: Actor, @Args('serverId', SERVER_ID) serverId: string, @Args('userId', { type: () => ID }) userId: string): Promise<Discovery> {
    return this.service.discovery(actor, serverId, userId);
  }

  @Query(() => [PlaylistObject])
  @Takes(SHORT_MS)
  playlists(@CurrentActor() actor: Actor, @Args('serverId', SERVER_ID) serverId: string, @Args('userId', { type: () => ID }) userId: string): Promise<Playlist[]> {
    return this.service.playlists(actor, serverId, userId);
  }

  @Query(() => [CollectionObject])
  @Takes(SHORT_MS)
  collections(@CurrentActor() actor: Actor, @Args('serverId', SERVER_ID) serverId: string): Promise<Collection[]> {
    return this.service.collections(actor, serverId);
  }

  @Query(() => [SubtitleCandidateObject], { description: '`language` is ISO 639: `en`, `eng`.' })
  @Takes(LONG_MS)
  findSubtitles(
    @CurrentActor() actor: Actor,
    @Args('serverId', SERVER_ID) serverId: string,
    @Args('itemId', { type: () => ID }) itemId: string,
    @Args('language') language: string,
  ): Promise<SubtitleCandidate[]> {
    return this.service.subtitles(actor, serverId, itemId, language);
  }
}
