import type { CatalogueItem, CatalogueLibrary, SimulatedUser } from '../base/media.js';
import type { Reply, SimulatedRequest } from '../base/message.js';
import { route, type Route } from '../base/router.js';
import { passes, sorted } from '../mediabrowser/item-filters.js';
import { startRefresh } from '../mediabrowser/task-rows.js';
import { findItem, findUser, itemId, libraryGuid } from './ids.js';
import { itemRow, mediaSource, TYPE_NAMES } from './items.js';
import { boxSetOf, boxSetRows, playlistRows } from './list.routes.js';
import { badNumber, envelope, missing, noContent, ok, text } from './replies.js';
import type { EmbyContext, EmbyServer } from './server.js';
import { userDataRow } from './user-data.js';
import { sees } from './users.js';

const COLLECTION_TYPES = { movies: 'movies', shows: 'tvshows', music: 'music', mixed: undefined } as const;

function virtualFolder(server: EmbyServer, library: CatalogueLibrary) {
  const type = COLLECTION_TYPES[library.type];
  return {
    Name: library.name,
    Locations: library.folders,
    ...(type === undefined ? {} : { CollectionType: type }),
    LibraryOptions: { EnableRealtimeMonitor: true, PathInfos: library.folders.map((Path) => ({ Path })), ContentType: type ?? '', MinResumePct: 2, MaxResumePct: 90, MinResumeDurationSeconds: 120 },
    ItemId: itemId(library),
    Id: itemId(library),
    Guid: libraryGuid(server.core, library),
  };
}

function counts({ server }: EmbyContext): Reply {
  const { catalogue } = server.core;
  return ok({
    MovieCount: catalogue.count('movie'),
    SeriesCount: catalogue.count('series'),
    EpisodeCount: catalogue.count('episode'),
    GameCount: 0,
    ArtistCount: catalogue.count('artist'),
    ProgramCount: 0,
    GameSystemCount: 0,
    TrailerCount: 0,
    SongCount: catalogue.count('track'),
    AlbumCount: catalogue.count('album'),
    MusicVideoCount: 0,
    BoxSetCount: catalogue.boxSets.length,
    BookCount: 0,
    ItemCount: catalogue.all().length,
  });
}

const below = (item: CatalogueItem, parent: CatalogueItem): boolean => item.parent !== null && (item.parent === parent || below(item.parent, parent));

function scope({ server, request }: EmbyContext): CatalogueItem[] {
  const { catalogue } = server.core;
  // Ids that nobody knows count for nothing, and the whole library is the answer.
  const wanted = (request.query.get('ids') ?? '').split(',').flatMap((id) => findItem(server.core, id) ?? []);
  if (wanted.length > 0) return wanted;
  const parentId = request.query.get('parentid');
  const set = boxSetOf({ server, request, params: {}, grant: null }, parentId);
  if (set !== undefined) return [...set.members];
  if (parentId === undefined) return catalogue.all();
  const library = catalogue.libraries.find((entry) => itemId(entry) === parentId);
  if (library !== undefined) return [...library.items];
  const parent = findItem(server.core, parentId);
  return parent === undefined ? [] : catalogue.all().filter((item) => below(item, parent));
}

function items(context: EmbyContext): Reply {
  const { server, request } = context;
  const query = (name: string) => request.query.get(name);
  for (const name of ['startindex', 'limit']) if (Number.isNaN(Number(query(name) ?? 0))) return badNumber(query(name)!);
  const fields = new Set((query('fields') ?? '').toLowerCase().split(',').filter(Boolean));
  const types = (query('includeitemtypes') ?? '').split(',').filter(Boolean);
  const recursive = query('recursive')?.toLowerCase() === 'true' || query('ids') !== undefined;
  const { userId } = context.params;
  const user = userId === undefined ? null : findUser(server.core, userId);
  if (user === undefined) return text(404, 'User not found');
  const start = Number(query('startindex') ?? 0);
  const end = query('limit') === undefined ? undefined : start + Number(query('limit'));
  const lists = types.includes('Playlist') ? playlistRows(context, user, fields) : types.includes('BoxSet') ? boxSetRows(context, fields) : null;
  if (lists !== null) return envelope(lists.slice(start, end), lists.length);
  const saved = Date.parse(query('mindatelastsaved') ?? '');
  const since = Number.isNaN(saved) ? null : saved;
  const listed = sorted(request, scope(context), (item) => (user === null ? null : server.userData.get(user, item).lastPlayed)).filter((item) => (types.length === 0 || types.includes(TYPE_NAMES[item.kind])) && (recursive || item.parent === null) && passes(request, item, since) && holdsId(request, item));
  const rows = user === null ? listed : listed.filter((item) => sees(server.core, user, item) && fits(context, user, item));
  return envelope(rows.slice(start, end).map((item) => rowFor(context, user, item, fields)), rows.length);
}

/** `imdb.tt1,tmdb.2`: any of them; names in any case. What cannot be read is dropped. */
function holdsId(request: SimulatedRequest, item: CatalogueItem): boolean {
  const wanted = (request.query.get('anyprovideridequals') ?? '').split(',').flatMap((pair) => (/^\w+\.\S+$/.test(pair) ? [pair.toLowerCase()] : []));
  return wanted.length === 0 || Object.entries(item.providers).some(([name, id]) => wanted.includes(`${name}.${id}`.toLowerCase()));
}

function fits({ server, request }: EmbyContext, user: SimulatedUser, item: CatalogueItem): boolean {
  const filters = (request.query.get('filters') ?? '').split(',');
  const flag = (name: string, value: boolean): boolean => {
    const asked = request.query.get(name)?.toLowerCase();
    return asked === undefined || (asked === 'true') === value;
  };
  const state = server.userData.get(user, item);
  if (!flag('isplayed', state.played) || !flag('isfavorite', state.favorite)) return false;
  return (!filters.includes('IsResumable') || state.ticks > 0) && (!filters.includes('IsFavorite') || state.favorite) && (!filters.includes('IsPlayed') || state.played);
}

/** Counts and times come when both fields are asked for, in versions that know them. */
export function rowFor({ server, request }: EmbyContext, user: SimulatedUser | null, item: CatalogueItem, fields: ReadonlySet<string>): Record<string, unknown> {
  const row = { ...itemRow(server.core, item, fields), ...(request.query.get('enableimages')?.toLowerCase() === 'false' ? { ImageTags: {} } : {}) };
  if (user === null || request.query.get('enableuserdata')?.toLowerCase() === 'false') return row;
  const isWhole = server.userData.hasFullLists && fields.has('userdataplaycount') && fields.has('userdatalastplayeddate');
  return { ...row, UserData: userDataRow(item, server.userData.get(user, item), !isWhole) };
}

function item({ server, params }: EmbyContext): Reply {
  const found = findItem(server.core, params['itemId']!);
  const user = findUser(server.core, params['userId']!);
  if (user === undefined) return text(404, 'User not found');
  if (found === undefined || !sees(server.core, user, found)) return text(404, `Item ${params['itemId']} was not found.`);
  const all = new Set(['datecreated', 'presentationuniquekey', 'container', 'premieredate', 'path', 'productionyear', 'providerids', 'parentid', 'mediastreams', 'width']);
  return ok({ ...itemRow(server.core, found, all), ...(found.file === null ? {} : { MediaSources: [mediaSource(server.core, found, found.file)] }), UserData: userDataRow(found, server.userData.get(user, found)) });
}

function views({ server, params }: EmbyContext): Reply {
  const { core } = server;
  if (findUser(core, params['userId']!) === undefined) return text(404, 'User not found');
  return envelope(
    core.catalogue.libraries.map((library) => ({
      Name: library.name,
      ServerId: core.serverId,
      Id: itemId(library),
      Guid: libraryGuid(core, library),
      IsFolder: true,
      Type: 'CollectionFolder',
      ...(COLLECTION_TYPES[library.type] === undefined ? {} : { CollectionType: COLLECTION_TYPES[library.type] }),
    })),
  );
}

/** The path comes in the address, what it should be in the body. */
function validatePath({ server, request }: EmbyContext): Reply {
  const path = request.query.get('path');
  if (path === undefined) return missing('Path');
  const { IsFile: isFile } = request.fields();
  const { disk } = server.core;
  const isThere = isFile === true ? disk.isFile(path) : disk.isFolder(path);
  return isThere ? noContent() : text(404, `Could not find ${isFile === true ? 'file' : 'a part of the path'} '${path}'.`);
}

function refresh({ server, request, params }: EmbyContext): Reply {
  const library = server.core.catalogue.libraries.find((entry) => itemId(entry) === params['itemId']);
  const item = findItem(server.core, params['itemId']!);
  if (library === undefined && item === undefined) return text(404, `Item ${params['itemId']} was not found.`);
  startRefresh(server.core, request, library ? { library } : { item: item! });
  return noContent();
}

export const libraryRoutes: readonly Route<EmbyContext>[] = [
  route('GET', '/Library/VirtualFolders/Query', 'admin', ({ server }) => envelope(server.core.catalogue.libraries.map((library) => virtualFolder(server, library)))),
  route('GET', '/Library/SelectableMediaFolders', 'admin', ({ server }) =>
    ok(server.core.catalogue.libraries.map((library) => ({ Name: library.name, Id: itemId(library), Guid: libraryGuid(server.core, library), SubFolders: library.folders.map((Path, position) => ({ Name: Path, Id: String(position + 1), Path })) }))),
  ),
  route('POST', '/Library/Refresh', 'admin', ({ server }) => {
    server.core.tasks.start('scan', {});
    return noContent();
  }),
  route('POST', '/Items/{itemId}/Refresh', 'admin', refresh),
  route('GET', '/Items/Counts', 'user', counts),
  route('GET', '/Items', 'user', items),
  route('GET', '/Users/{userId}/Items', 'user', items),
  route('GET', '/Users/{userId}/Items/{itemId}', 'user', item),
  route('GET', '/Users/{userId}/Views', 'user', views),
  route('POST', '/Environment/ValidatePath', 'admin', validatePath),
];
