import { z } from 'zod';
import { CurveRange, Curves } from '../model/curves.js';
import { Efficiency } from '../model/efficiency.js';
import { MediaItem } from '../model/item.js';
import { Library } from '../model/server.js';
import { Backup, Collection, Device, Discovery, HistoryEntry, HostReport, ItemListSpec, ListedItem, LogEntry, MetadataHealth, NewLibrary, Playlist, ServerTask, SubtitleCandidate } from '../model/server-detail.js';
import { defineCommand } from './define.js';

const Id = z.string().min(1).max(300);
const Limit = z.number().int().min(1).max(500);

/** A question that a person asked of one media server: read through, nothing is stored. */
function read<Req extends z.ZodType, Rep extends z.ZodType>(name: string, request: Req, reply: Rep, timeoutMs = 20_000) {
  return defineCommand({ name, version: 1, issuers: ['controller'], timeoutMs, effect: 'read', onCrash: 'redo', request, reply });
}

/** An order that a person gave to one media server. */
function change<Req extends z.ZodType, Rep extends z.ZodType>(name: string, request: Req, reply: Rep, onCrash: 'redo' | 'unknown' = 'redo') {
  return defineCommand({ name, version: 1, issuers: ['controller'], timeoutMs: 20_000, effect: 'change', onCrash, request, reply });
}

const Nothing = z.strictObject({});

/** What this server's picture costs; asks the media server nothing. */
export const readEfficiency = read('server.efficiency', Nothing, Efficiency, 5_000);
/** What its calls and its machine did, of what the agent keeps; asks the media server nothing. */
export const readCurves = read('server.curves', z.strictObject({ range: CurveRange }), Curves, 5_000);
/** The machine it runs on, where the agent stands beside it. */
export const readHost = read('server.host', Nothing, HostReport, 10_000);

export const listTasks = read('task.list', Nothing, z.strictObject({ tasks: z.array(ServerTask).max(500) }));
/** Resolves when the server took the order. */
export const startTask = change('task.start', z.strictObject({ taskVendorId: Id }), Nothing);
/** Ends a running task, scan, download or conversion. */
export const cancelActivity = change('activity.cancel', z.strictObject({ activityVendorId: Id }), Nothing);

export const listDevices = read('device.list', Nothing, z.strictObject({ devices: z.array(Device).max(2_000) }));
/** Ends the device's sign-in; it has to sign in anew. */
export const revokeDevice = change('device.revoke', z.strictObject({ deviceVendorId: Id }), Nothing);

/** Newest first. */
export const listLog = read('log.list', z.strictObject({ limit: Limit, before: z.iso.datetime().nullable() }), z.strictObject({ entries: z.array(LogEntry).max(500) }));
/** Newest first. */
export const listVendorHistory = read('history.list', z.strictObject({ limit: Limit, since: z.iso.datetime().nullable() }), z.strictObject({ entries: z.array(HistoryEntry).max(500) }));

export const listRecentlyAdded = read('item.recently-added', z.strictObject({ limit: z.number().int().min(1).max(100) }), z.strictObject({ items: z.array(ListedItem).max(100) }));
export const findItems = read('item.find', z.strictObject({ imdb: z.string().max(50).optional(), tmdb: z.string().max(50).optional(), tvdb: z.string().max(50).optional() }), z.strictObject({ items: z.array(MediaItem).max(100) }), 60_000);
export const readDiscovery = read('user.discovery', z.strictObject({ userId: Id }), Discovery);
export const readMetadataHealth = read('library.health', z.strictObject({ libraryVendorId: Id }), MetadataHealth, 60_000);

export const listPlaylists = read('playlist.list', z.strictObject({ userId: Id }), z.strictObject({ playlists: z.array(Playlist).max(1_000) }));
export const listCollections = read('collection.list', Nothing, z.strictObject({ collections: z.array(Collection).max(2_000) }));
/** Makes it, or brings the one of this name to exactly these items. */
export const ensurePlaylist = change('playlist.ensure', z.strictObject({ userId: Id, spec: ItemListSpec }), Playlist);
export const ensureCollection = change('collection.ensure', z.strictObject({ libraryVendorId: Id, spec: ItemListSpec }), Collection);
export const removePlaylist = change('playlist.remove', z.strictObject({ userId: Id, playlistVendorId: Id }), Nothing);
export const removeCollection = change('collection.remove', z.strictObject({ collectionVendorId: Id }), Nothing);

/** `language` is ISO 639-2/B or -1 as the vendor takes it: `en`, `eng`. */
export const findSubtitles = read('subtitle.find', z.strictObject({ itemVendorId: Id, language: z.string().min(2).max(10) }), z.strictObject({ subtitles: z.array(SubtitleCandidate).max(200) }), 60_000);
export const fetchSubtitle = change('subtitle.fetch', z.strictObject({ itemVendorId: Id, subtitleVendorId: z.string().min(1).max(2000) }), Nothing, 'unknown');

export const listBackups = read('backup.list', Nothing, z.strictObject({ backups: z.array(Backup).max(500) }));
/** The order only: a backup shows as an activity and then in the list. */
export const triggerBackup = change('backup.trigger', Nothing, Nothing, 'unknown');

export const createLibrary = change('library.create', NewLibrary, Library, 'unknown');
export const removeLibrary = change('library.remove', z.strictObject({ libraryVendorId: Id }), Nothing);
export const enableUser = change('user.enable', z.strictObject({ userId: Id, enabled: z.boolean() }), Nothing);
/** `sealed` = JWE to the agent's box key holding `{"password": "…"}`: it never travels or rests in clear. */
export const setUserPassword = change('user.password', z.strictObject({ userId: Id, sealed: z.string().max(8_000) }), Nothing);
