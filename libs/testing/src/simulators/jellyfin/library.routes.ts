import type { CatalogueItem, CatalogueLibrary, SimulatedUser } from '../base/media.js';
import type { Reply } from '../base/message.js';
import { route, type Route } from '../base/router.js';
import { passes, sorted } from '../mediabrowser/item-filters.js';
import { startRefresh } from '../mediabrowser/task-rows.js';
import { boxSetId, findItem, findUser, libraryId, parseGuid } from './ids.js';
import { COLLECTION_TYPES, itemRow, mediaSource, TYPE_NAMES } from './items.js';
import { boxSetOf, boxSetRow, boxSetRows, playlistRows } from './list.routes.js';
import { bare, invalid, noContent, ok, problem, refused } from './replies.js';
import type { JellyfinContext } from './server.js';
import { folderDataRow, userDataRow } from './user-data.js';
import { sees } from './users.js';

function virtualFolder(library: CatalogueLibrary) {
  const type = COLLECTION_TYPES[library.type];
  return {
    Name: library.name,
    Locations: library.folders,
    ...(type === undefined ? {} : { CollectionType: type }),
    LibraryOptions: { Enabled: true, EnablePhotos: true, EnableRealtimeMonitor: true, PathInfos: library.folders.map((Path) => ({ Path })), SaveLocalMetadata: false, TypeOptions: [] },
    ItemId: libraryId(library),
    RefreshStatus: 'Idle',
  };
}

function counts({ server }: JellyfinContext) {
  const { catalogue } = server.core;
  return ok({
    MovieCount: catalogue.count('movie'),
    SeriesCount: catalogue.count('series'),
    EpisodeCount: catalogue.count('episode'),
    ArtistCount: catalogue.count('artist'),
    ProgramCount: 0,
    TrailerCount: 0,
    SongCount: catalogue.count('track'),
    AlbumCount: catalogue.count('album'),
    MusicVideoCount: 0,
    BoxSetCount: catalogue.boxSets.length,
    BookCount: 0,
    ItemCount: catalogue.all().length + catalogue.libraries.length,
  });
}

/** The user whom a request speaks for; a reply when it may not. */
export function speaksFor({ server, request, grant }: JellyfinContext): { user: SimulatedUser | null } | Reply {
  const asked = request.query.get('userid');
  if (asked === undefined) return { user: grant?.user ?? null };
  const user = findUser(server.core, asked);
  if (user === undefined) return refused(404);
  if (grant?.user != null && grant.user !== user && !grant.user.isAdministrator) return refused(403);
  return { user };
}

const number = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));

function scope(context: JellyfinContext, parentId: string | undefined): CatalogueItem[] | Reply {
  const { catalogue } = context.server.core;
  if (parentId === undefined) return catalogue.all();
  const plain = parseGuid(parentId);
  if (plain === null) return invalid('parentId', parentId);
  const library = catalogue.libraries.find((entry) => libraryId(entry) === plain);
  if (library !== undefined) return [...library.items];
  const parent = findItem(context.server.core, plain);
  if (parent === undefined) return refused(400);
  const below = (item: CatalogueItem): boolean => item.parent !== null && (item.parent === parent || below(item.parent));
  return parent.library.items.filter(below);
}

function items(context: JellyfinContext): Reply {
  const { server, request } = context;
  const { core } = server;
  const query = (name: string) => request.query.get(name);
  for (const name of ['limit', 'startIndex']) if (Number.isNaN(number(query(name.toLowerCase())))) return invalid(name, query(name.toLowerCase())!);
  const caller = speaksFor(context);
  if ('status' in caller) return caller;
  const fields = new Set((query('fields') ?? '').toLowerCase().split(',').filter(Boolean));
  const ids = query('ids');
  if (ids !== undefined) {
    // Ids that cannot be parsed are dropped, and without any left the root folders are the answer.
    // the request line has its limit
    if (ids.length > 8_000) return bare(414);
    const wanted = ids.split(',').flatMap((id) => parseGuid(id) ?? []);
    if (wanted.length === 0) return ok(page(rootFolders(context, null), 0, undefined));
    // which libraries a user sees is not looked at; further files of a title have no row
    const asked = wanted.flatMap((id) => findItem(core, id) ?? []).filter((item) => item.versionOf === null);
    return ok(page(asked.map((item) => rowFor(context, caller.user, item, fields)), 0, undefined));
  }
  const types = new Set((query('includeitemtypes') ?? '').split(','));
  const lists = types.has('Playlist') ? playlistRows(context, caller.user, fields) : types.has('BoxSet') ? boxSetRows(context, caller.user, fields) : null;
  if (lists !== null) return ok(page(lists, number(query('startindex')) ?? 0, number(query('limit'))));
  const set = query('parentid') === undefined ? undefined : boxSetOf(context, query('parentid')!);
  // without a user nobody is a member
  if (set !== undefined) return ok(page(caller.user === null ? [] : set.members.filter((item) => sees(caller.user!, item)).map((item) => rowFor(context, caller.user, item, fields)), number(query('startindex')) ?? 0, number(query('limit'))));
  const since = savedSince(context);
  if (typeof since === 'object' && since !== null) return since;
  const found = scope(context, query('parentid'));
  if (!Array.isArray(found)) return found;
  const recursive = query('recursive')?.toLowerCase() === 'true';
  if (!recursive && query('parentid') === undefined) return ok(page(rootFolders(context, caller.user), number(query('startindex')) ?? 0, number(query('limit'))));
  const asked = (query('includeitemtypes') ?? '').split(',').filter((type) => (Object.values(TYPE_NAMES) as string[]).includes(type));
  const playedAt = (item: CatalogueItem): string | null => (caller.user === null || item.file === null ? null : server.userData.listed(caller.user, item).lastPlayed);
  const typed = sorted(request, asked.length === 0 ? found : found.filter((item) => asked.includes(TYPE_NAMES[item.kind])), playedAt).filter((item) => passes(request, item, since));
  const played = query('isplayed')?.toLowerCase();
  if (played !== undefined && played !== 'true' && played !== 'false') return invalid('isPlayed', query('isplayed')!);
  const seen = caller.user === null ? typed : typed.filter((item) => sees(caller.user!, item) && fits(context, caller.user!, item));
  const rows = recursive ? seen : seen.filter((item) => item.parent === null);
  // Films of a collection hide behind it for a key without a user, unless told otherwise.
  const collapse = query('collapseboxsetitems') === undefined ? caller.user === null : query('collapseboxsetitems') === 'true';
  const sets = collapse ? core.catalogue.boxSets.filter((set) => set.members.some((member) => rows.includes(member))) : [];
  const hidden = new Set(sets.flatMap((set) => set.members));
  const visible = [...sets.map((set) => () => boxSetRow(core.serverId, set)), ...rows.filter((item) => !hidden.has(item)).map((item) => () => rowFor(context, caller.user, item, fields))];
  const part = page(visible, number(query('startindex')) ?? 0, number(query('limit')), query('enabletotalrecordcount') !== 'false');
  return ok({ ...part, Items: part.Items.map((make) => make()) });
}

/** A time without a zone is the server's own. @returns null without one */
function savedSince({ server, request }: JellyfinContext): number | null | Reply {
  const asked = request.query.get('mindatelastsaved');
  if (asked === undefined) return null;
  const zoned = /[zZ]$|[+-]\d\d:?\d\d$/.test(asked);
  const ms = Date.parse(zoned ? asked : `${asked}Z`);
  if (Number.isNaN(ms)) return invalid('minDateLastSaved', asked);
  return zoned ? ms : ms - server.zoneMinutes * 60_000;
}

/** Filters of states go by the row of the title's own file, and are joined by "and". Words that are not known are ignored. */
function fits({ server, request }: JellyfinContext, user: SimulatedUser, item: CatalogueItem): boolean {
  const played = request.query.get('isplayed')?.toLowerCase();
  const filters = (request.query.get('filters') ?? '').split(',');
  if (played === undefined && filters[0] === '') return true;
  const state = server.core.states.get(user, item);
  if (played !== undefined && state.played !== (played === 'true')) return false;
  if (filters.includes('IsResumable') && state.ticks <= 0) return false;
  return !filters.includes('IsFavorite') || state.favorite;
}

/** With what the user has done with it, where there is one. */
export function rowFor({ server, request }: JellyfinContext, user: SimulatedUser | null, item: CatalogueItem, fields: ReadonlySet<string>): Record<string, unknown> {
  const { core } = server;
  const versions = core.catalogue.versionsOf(item);
  const row = { ...itemRow(core, item, fields), ...(request.query.get('enableimages')?.toLowerCase() === 'false' ? { ImageTags: {} } : {}) };
  const sources = fields.has('mediasources') && versions.length > 0 ? { MediaSources: [item, ...versions].map((version) => mediaSource(version, version.file!)) } : {};
  const counted = fields.has('mediasourcecount') && versions.length > 0 ? { MediaSourceCount: versions.length + 1 } : {};
  if (user === null || request.query.get('enableuserdata')?.toLowerCase() === 'false') return { ...row, ...sources, ...counted };
  const data = item.file === null ? folderDataRow(core, user, item) : userDataRow(item, server.userData.listed(user, item), 'list');
  return { ...row, ...sources, ...counted, UserData: data };
}

/** The top of everything: plain folders for a key, libraries for a person, and the playlists' folder for both. */
function rootFolders({ server }: JellyfinContext, user: SimulatedUser | null): object[] {
  const { core } = server;
  const row = (Name: string, Id: string, Type: string, type?: string) => ({ Name, ServerId: core.serverId, Id, ChannelId: null, IsFolder: true, Type, ...(type === undefined ? {} : { CollectionType: type }), ImageTags: {}, BackdropImageTags: [], ImageBlurHashes: {}, LocationType: 'FileSystem', MediaType: 'Unknown' });
  const libraries = core.catalogue.libraries.map((library) =>
    user === null ? row(library.name.toLowerCase(), boxSetId(`folder ${library.name}`), 'Folder') : row(library.name, libraryId(library), 'CollectionFolder', COLLECTION_TYPES[library.type]),
  );
  return [...libraries, row('Playlists', boxSetId('folder playlists'), 'ManualPlaylistsFolder', 'playlists')];
}

/** `limit=0`: no rows and the right total; a negative one: no limit. */
function page<Row>(rows: readonly Row[], start: number, limit: number | undefined, total = true): { Items: Row[]; TotalRecordCount: number; StartIndex: number } {
  const end = limit === undefined || limit < 0 ? undefined : Math.max(0, start) + limit;
  const Items = rows.slice(Math.max(0, start), end);
  return { Items, TotalRecordCount: total ? rows.length : Items.length, StartIndex: start };
}

function item(context: JellyfinContext): Reply {
  const { server, request, params, grant } = context;
  if (parseGuid(params['itemId']!) === null) return invalid('itemId', params['itemId']!);
  if (server.major >= 12 && grant?.user == null && request.query.get('userid') === undefined) return refused(400);
  const found = findItem(server.core, params['itemId']!);
  const all = new Set(['datecreated', 'sortname', 'mediasources', 'path', 'overview', 'genres', 'providerids', 'parentid', 'mediastreams', 'width']);
  const asked = request.query.get('userid');
  const user = asked === undefined ? (grant?.user ?? null) : (findUser(server.core, asked) ?? null);
  if (found === undefined || (user !== null && !sees(user, found))) return problem(404);
  const data = user === null || found.file === null ? {} : { UserData: userDataRow(found, server.userData.single(user, found), 'single') };
  return ok({ ...itemRow(server.core, found, all), ...data });
}

function views(context: JellyfinContext): Reply {
  const caller = speaksFor(context);
  if ('status' in caller) return caller;
  if (caller.user === null) return refused(400);
  const { core } = context.server;
  const Items = [...core.catalogue.libraries, ...context.server.ghostViews].map((library) => ({
    Name: library.name,
    ServerId: core.serverId,
    Id: libraryId(library),
    ChannelId: null,
    IsFolder: true,
    ParentId: libraryId({ name: 'root' }),
    Type: 'CollectionFolder',
    ChildCount: library.items.filter((entry) => entry.parent === null).length,
    ...(COLLECTION_TYPES[library.type] === undefined ? {} : { CollectionType: COLLECTION_TYPES[library.type] }),
    LocationType: 'FileSystem',
    MediaType: 'Unknown',
  }));
  return ok({ Items, TotalRecordCount: Items.length, StartIndex: 0 });
}

/** Seen by the server itself. A path that is none of a file where a file is meant is not found. */
function validatePath({ server, request }: JellyfinContext): Reply {
  const { Path: path, IsFile: isFile } = request.fields();
  if (typeof path !== 'string') return problem(400, { Path: ['The Path field is required.'] });
  const { disk } = server.core;
  const isThere = isFile === true ? disk.isFile(path) : isFile === false ? disk.isFolder(path) : disk.isFile(path) || disk.isFolder(path);
  return isThere ? noContent() : problem(404);
}

function storage({ server }: JellyfinContext): Reply {
  const { catalogue, disk } = server.core;
  const folder = (Path: string) => ({ Path, FreeSpace: disk.freeBytes, UsedSpace: disk.usedBytes, StorageType: 'ext4', DeviceId: '/data' });
  const Libraries = catalogue.libraries.map((library) => ({ Id: libraryId(library), Name: library.name, Folders: library.folders.map(folder) }));
  return ok({ ProgramDataFolder: folder('/config/data'), CacheFolder: { Path: '/cache', FreeSpace: -1, UsedSpace: -1 }, Libraries });
}

function refresh({ server, request, params }: JellyfinContext): Reply {
  const plain = parseGuid(params['itemId']!);
  if (plain === null) return invalid('itemId', params['itemId']!);
  const library = server.core.catalogue.libraries.find((entry) => libraryId(entry) === plain);
  const item = findItem(server.core, plain);
  if (library === undefined && item === undefined) return problem(404);
  startRefresh(server.core, request, library ? { library } : { item: item! });
  return noContent();
}

export const libraryRoutes: readonly Route<JellyfinContext>[] = [
  route('GET', '/Library/VirtualFolders', 'admin', ({ server }) => ok(server.core.catalogue.libraries.map(virtualFolder))),
  route('GET', '/Library/PhysicalPaths', 'admin', ({ server }) => ok(server.core.catalogue.libraries.flatMap((library) => library.folders))),
  route('POST', '/Library/Refresh', 'admin', ({ server }) => {
    server.core.tasks.start('scan', {});
    return noContent();
  }),
  route('POST', '/Items/{itemId}/Refresh', 'admin', refresh),
  route('GET', '/Items/Counts', 'user', counts),
  route('GET', '/Items', 'user', items),
  route('GET', '/Users/{userId}/Items', 'user', items),
  route('GET', '/UserViews', 'user', views),
  route('GET', '/Items/{itemId}', 'user', item),
  route('POST', '/Environment/ValidatePath', 'admin', validatePath),
  route('GET', '/System/Info/Storage', 'admin', (context) => (context.server.hasStorage ? storage(context) : bare(404))),
];

