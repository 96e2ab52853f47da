import { Controller, Inject } from '@nestjs/common';
import { HandleCommand, type CommandContext } from '@usher/bus';
import {
  cancelActivity,
  createLibrary,
  enableUser,
  ensureCollection,
  ensurePlaylist,
  fetchSubtitle,
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
  readCurves,
  readDiscovery,
  readEfficiency,
  readHost,
  readMetadataHealth,
  removeCollection,
  removeLibrary,
  removePlaylist,
  revokeDevice,
  setUserPassword,
  startTask,
  triggerBackup,
  type CommandContract,
} from '@usher/contracts';
import type { z } from 'zod';
import type { CurveRecorder } from '../efficiency/curve-recorder.js';
import type { EfficiencyReport } from '../efficiency/efficiency-report.js';
import type { HostReports } from '../host-metrics/host-reports.js';
import type { PerServer } from '../server/per-server.js';
import type { ServerDetails } from './server-details.service.js';

export const SERVER_DETAILS = Symbol('SERVER_DETAILS');
export const EFFICIENCY_REPORTS = Symbol('EFFICIENCY_REPORTS');
export const CURVES = Symbol('CURVES');
export const HOST_REPORTS = Symbol('HOST_REPORTS');

type Request<C extends CommandContract> = z.infer<C['request']>;
type Reply<C extends CommandContract> = z.infer<C['reply']>;

@Controller()
export class DetailsListener {
  constructor(
    @Inject(SERVER_DETAILS) private readonly details: PerServer<ServerDetails>,
    @Inject(EFFICIENCY_REPORTS) private readonly efficiencies: PerServer<EfficiencyReport>,
    @Inject(CURVES) private readonly recorders: PerServer<CurveRecorder>,
    @Inject(HOST_REPORTS) private readonly hosts: PerServer<HostReports>,
  ) {}

  @HandleCommand(readEfficiency)
  async efficiency(_request: Request<typeof readEfficiency>, { serverId }: CommandContext): Promise<Reply<typeof readEfficiency>> {
    return this.efficiencies.of(serverId).now();
  }

  @HandleCommand(readCurves)
  async curves({ range }: Request<typeof readCurves>, { serverId }: CommandContext): Promise<Reply<typeof readCurves>> {
    return this.recorders.of(serverId).read(range);
  }

  @HandleCommand(readHost)
  async host(_request: Request<typeof readHost>, { serverId }: CommandContext): Promise<Reply<typeof readHost>> {
    return await this.hosts.of(serverId).read();
  }

  @HandleCommand(listTasks)
  async *tasks(_request: Request<typeof listTasks>, { serverId }: CommandContext): AsyncGenerator<Reply<typeof listTasks>> {
    for (const tasks of await this.details.of(serverId).tasks()) yield { tasks };
  }

  @HandleCommand(listDevices)
  async *devices(_request: Request<typeof listDevices>, { serverId }: CommandContext): AsyncGenerator<Reply<typeof listDevices>> {
    for (const devices of await this.details.of(serverId).devices()) yield { devices };
  }

  @HandleCommand(listLog)
  async *log({ limit, before }: Request<typeof listLog>, { serverId }: CommandContext): AsyncGenerator<Reply<typeof listLog>> {
    for (const entries of await this.details.of(serverId).log(limit, before)) yield { entries };
  }

  @HandleCommand(listVendorHistory)
  async *history({ limit, since }: Request<typeof listVendorHistory>, { serverId }: CommandContext): AsyncGenerator<Reply<typeof listVendorHistory>> {
    for (const entries of await this.details.of(serverId).playbacks(limit, since)) yield { entries };
  }

  @HandleCommand(listRecentlyAdded)
  async *recentlyAdded({ limit }: Request<typeof listRecentlyAdded>, { serverId }: CommandContext): AsyncGenerator<Reply<typeof listRecentlyAdded>> {
    for (const items of await this.details.of(serverId).recentlyAdded(limit)) yield { items };
  }

  @HandleCommand(findItems)
  async *find(request: Request<typeof findItems>, { serverId }: CommandContext): AsyncGenerator<Reply<typeof findItems>> {
    for (const items of await this.details.of(serverId).find(request)) yield { items };
  }

  @HandleCommand(listPlaylists)
  async *playlists({ userId }: Request<typeof listPlaylists>, { serverId }: CommandContext): AsyncGenerator<Reply<typeof listPlaylists>> {
    for (const playlists of await this.details.of(serverId).playlists(userId)) yield { playlists };
  }

  @HandleCommand(listCollections)
  async *collections(_request: Request<typeof listCollections>, { serverId }: CommandContext): AsyncGenerator<Reply<typeof listCollections>> {
    for (const collections of await this.details.of(serverId).collections()) yield { collections };
  }

  @HandleCommand(findSubtitles)
  async *findSubtitles({ itemVendorId, language }: Request<typeof findSubtitles>, { serverId }: CommandContext): AsyncGenerator<Reply<typeof findSubtitles>> {
    for (const subtitles of await this.details.of(serverId).findSubtitles(itemVendorId, language)) yield { subtitles };
  }

  @HandleCommand(listBackups)
  async *backups(_request: Request<typeof listBackups>, { serverId }: CommandContext): AsyncGenerator<Reply<typeof listBackups>> {
    for (const backups of await this.details.of(serverId).backups()) yield { backups };
  }

  @HandleCommand(readDiscovery)
  async discovery({ userId }: Request<typeof readDiscovery>, { serverId }: CommandContext): Promise<Reply<typeof readDiscovery>> {
    return await this.details.of(serverId).discovery(userId);
  }

  @HandleCommand(readMetadataHealth)
  async health({ libraryVendorId }: Request<typeof readMetadataHealth>, { serverId }: CommandContext): Promise<Reply<typeof readMetadataHealth>> {
    return await this.details.of(serverId).health(libraryVendorId);
  }

  @HandleCommand(ensurePlaylist)
  async ensurePlaylist({ userId, spec }: Request<typeof ensurePlaylist>, { serverId }: CommandContext): Promise<Reply<typeof ensurePlaylist>> {
    return await this.details.of(serverId).ensurePlaylist(userId, spec);
  }

  @HandleCommand(ensureCollection)
  async ensureCollection({ libraryVendorId, spec }: Request<typeof ensureCollection>, { serverId }: CommandContext): Promise<Reply<typeof ensureCollection>> {
    return await this.details.of(serverId).ensureCollection(libraryVendorId, spec);
  }

  @HandleCommand(createLibrary)
  async createLibrary(spec: Request<typeof createLibrary>, { serverId }: CommandContext): Promise<Reply<typeof createLibrary>> {
    return await this.details.of(serverId).createLibrary(spec);
  }

  @HandleCommand(startTask)
  async startTask({ taskVendorId }: Request<typeof startTask>, { serverId }: CommandContext): Promise<Reply<typeof startTask>> {
    await this.details.of(serverId).startTask(taskVendorId);
    return {};
  }

  @HandleCommand(cancelActivity)
  async cancelActivity({ activityVendorId }: Request<typeof cancelActivity>, { serverId }: CommandContext): Promise<Reply<typeof cancelActivity>> {
    await this.details.of(serverId).cancelActivity(activityVendorId);
    return {};
  }

  @HandleCommand(revokeDevice)
  async revokeDevice({ deviceVendorId }: Request<typeof revokeDevice>, { serverId }: CommandContext): Promise<Reply<typeof revokeDevice>> {
    await this.details.of(serverId).revokeDevice(deviceVendorId);
    return {};
  }

  @HandleCommand(removePlaylist)
  async removePlaylist({ userId, playlistVendorId }: Request<typeof removePlaylist>, { serverId }: CommandContext): Promise<Reply<typeof removePlaylist>> {
    await this.details.of(serverId).removePlaylist(userId, playlistVendorId);
    return {};
  }

  @HandleCommand(removeCollection)
  async removeCollection({ collectionVendorId }: Request<typeof removeCollection>, { serverId }: CommandContext): Promise<Reply<typeof removeCollection>> {
    await this.details.of(serverId).removeCollection(collectionVendorId);
    return {};
  }

  @HandleCommand(fetchSubtitle)
  async fetchSubtitle({ itemVendorId, subtitleVendorId }: Request<typeof fetchSubtitle>, { serverId }: CommandContext): Promise<Reply<typeof fetchSubtitle>> {
    await this.details.of(serverId).fetchSubtitle(itemVendorId, subtitleVendorId);
    return {};
  }

  @HandleCommand(triggerBackup)
  async triggerBackup(_request: Request<typeof triggerBackup>, { serverId }: CommandContext): Promise<Reply<typeof triggerBackup>> {
    await this.details.of(serverId).triggerBackup();
    return {};
  }

  @HandleCommand(removeLibrary)
  async removeLibrary({ libraryVendorId }: Request<typeof removeLibrary>, { serverId }: CommandContext): Promise<Reply<typeof removeLibrary>> {
    await this.details.of(serverId).removeLibrary(libraryVendorId);
    return {};
  }

  @HandleCommand(enableUser)
  async setUserEnabled({ userId, enabled }: Request<typeof enableUser>, { serverId }: CommandContext): Promise<Reply<typeof enableUser>> {
    await this.details.of(serverId).setUserEnabled(userId, enabled);
    return {};
  }

  @HandleCommand(setUserPassword)
  async setUserPassword({ userId, sealed }: Request<typeof setUserPassword>, { serverId }: CommandContext): Promise<Reply<typeof setUserPassword>> {
    await this.details.of(serverId).setUserPassword(userId, sealed);
    return {};
  }
}
