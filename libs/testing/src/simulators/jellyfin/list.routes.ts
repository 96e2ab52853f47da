import type { BoxSet } from '../base/catalogue.js';
import type { CatalogueItem, SimulatedUser } from '../base/media.js';
import type { Reply } from '../base/message.js';
import { route, type Route } from '../base/router.js';
import { stableHex } from '../base/random.js';
import type { SimulatedPlaylist } from '../mediabrowser/playlists.js';
import { toTicks } from '../mediabrowser/ticks.js';
import { boxSetId, findItem, findUser, itemId, parseGuid } from './ids.js';
import { itemRow } from './items.js';
import { bare, invalid, noContent, ok, problem, refused, worded } from './replies.js';
import type { JellyfinContext } from './server.js';

const COMMON = { ChannelId: null, IsFolder: true, ImageTags: {}, BackdropImageTags: [], ImageBlurHashes: {}, LocationType: 'FileSystem' } as const;

export const playlistId = ({ core }: JellyfinContext['server'], list: SimulatedPlaylist): string => stableHex(`playlist|${core.serverId}|${list.number}`);

/** Sorted by name, as the server lists them without another wish. */
export function playlistRows({ server }: JellyfinContext, user: SimulatedUser | null, fields: ReadonlySet<string>): object[] {
  const lists = server.playlists.visibleTo(user).toSorted((a, b) => a.name.localeCompare(b.name));
  return lists.map((list) => ({
    Name: list.name,
    ServerId: server.core.serverId,
    Id: playlistId(server, list),
    ...COMMON,
    RunTimeTicks: toTicks(list.entries.reduce((sum, { item }) => sum + (item.durationMs ?? 0), 0)),
    Type: 'Playlist',
    // counted only in the name of somebody
    ...(user !== null && fields.has('childcount') ? { ChildCount: list.entries.length } : {}),
    MediaType: list.mediaType,
  }));
}

export const boxSetRow = (serverId: string, set: BoxSet, more: object = {}) => ({ Name: set.name, ServerId: serverId, Id: boxSetId(set.name), ...COMMON, Type: 'BoxSet', MediaType: 'Unknown', ...more });

export function boxSetRows({ server }: JellyfinContext, user: SimulatedUser | null, fields: ReadonlySet<string>): object[] {
  const counted = (set: BoxSet) => (user !== null && fields.has('childcount') ? { ChildCount: set.members.length } : {});
  return server.core.catalogue.boxSets.map((set) => boxSetRow(server.core.serverId, set, counted(set)));
}

export const boxSetOf = ({ server }: JellyfinContext, id: string): BoxSet | undefined => server.core.catalogue.boxSets.find((set) => boxSetId(set.name) === parseGuid(id));
const playlistOf = ({ server, params }: JellyfinContext): SimulatedPlaylist | undefined => server.playlists.all.find((list) => playlistId(server, list) === parseGuid(params['playlistId']!));
const idsOf = (text: string | undefined): string[] => (text ?? '').split(',').filter(Boolean);
const itemsOf = ({ server }: JellyfinContext, ids: readonly string[]): CatalogueItem[] => ids.flatMap((id) => findItem(server.core, id) ?? []);

/** Keys must name a user, in every call but the removal of entries. */
function userNamed({ server, request, grant }: JellyfinContext): SimulatedUser | Reply {
  const asked = request.query.get('userid');
  if (asked === undefined) return grant?.user ?? refused(400);
  return findUser(server.core, asked) ?? refused(404);
}

/** The same name twice makes two; without a word about it a list is public. */
function createPlaylist(context: JellyfinContext): Reply {
  const { server, request, grant } = context;
  const body = request.fields();
  const name = body['Name'];
  if (typeof name !== 'string' || name === '') return server.major >= 12 ? problem(400, { $: ['JSON deserialization was missing required properties including: \'Name\'.'] }) : refused(500);
  const asked = body['UserId'];
  const owner = typeof asked === 'string' ? findUser(server.core, asked) : (grant?.user ?? undefined);
  if (owner === undefined) return refused(400);
  const ids = Array.isArray(body['Ids']) ? body['Ids'].map(String) : [];
  const items = itemsOf(context, ids);
  if (items.length < ids.length) return refused(400);
  const made = server.playlists.make({ name, owner, isPublic: body['IsPublic'] !== false, mediaType: String(body['MediaType'] ?? 'Unknown') }, items);
  return ok({ Id: playlistId(server, made) });
}

function entries(context: JellyfinContext): Reply {
  const list = playlistOf(context);
  if (list === undefined) return worded(404, 'Playlist not found');
  const user = userNamed(context);
  if ('status' in user) return user;
  const { request, server } = context;
  const start = Number(request.query.get('startindex') ?? 0);
  const limit = request.query.get('limit');
  const rows = list.entries.map(({ item }) => ({ ...itemRow(server.core, item), PlaylistItemId: itemId(item) }));
  return ok({ Items: rows.slice(start, limit === undefined ? undefined : start + Number(limit)), TotalRecordCount: rows.length, StartIndex: start });
}

/** What nobody knows is ignored. Somebody else's list is refused; 10.x keeps no second copy that is added later. */
function addEntries(context: JellyfinContext): Reply {
  const { request, server } = context;
  const list = playlistOf(context);
  if (list === undefined) return worded(404, 'Playlist not found');
  const user = userNamed(context);
  if ('status' in user) return user;
  if (list.owner !== user) return bare(403);
  const position = request.query.get('position');
  const items = itemsOf(context, idsOf(request.query.get('ids')));
  const kept = server.major >= 12 ? items : items.filter((item) => !list.entries.some((entry) => entry.item === item));
  server.playlists.add(list, kept, position === undefined ? undefined : Number(position));
  return noContent();
}

/** Entries are named by the id of their item: all copies go. */
function removeEntries(context: JellyfinContext): Reply {
  const list = playlistOf(context);
  if (list === undefined) return worded(404, 'Playlist not found');
  const going = new Set(idsOf(context.request.query.get('entryids')).map((id) => parseGuid(id)));
  list.entries = list.entries.filter(({ item }) => !going.has(itemId(item)));
  return noContent();
}

/** A name that exists answers its id, and its titles stay as they are. */
function createCollection(context: JellyfinContext): Reply {
  const { catalogue } = context.server.core;
  const name = context.request.query.get('name');
  if (!name) return refused(500);
  const known = catalogue.boxSets.find((set) => set.name === name);
  if (known === undefined) catalogue.makeBoxSet(name, itemsOf(context, idsOf(context.request.query.get('ids'))));
  return ok({ Id: boxSetId(name) });
}

function addMembers(context: JellyfinContext): Reply {
  const set = boxSetOf(context, context.params['collectionId']!);
  if (set === undefined) return problem(404);
  const ids = idsOf(context.request.query.get('ids'));
  const items = itemsOf(context, ids);
  if (items.length < ids.length) return refused(400);
  set.members = [...new Set([...set.members, ...items])];
  return noContent();
}

function removeMembers(context: JellyfinContext): Reply {
  const set = boxSetOf(context, context.params['collectionId']!);
  if (set === undefined) return problem(404);
  const going = itemsOf(context, idsOf(context.request.query.get('ids')));
  set.members = set.members.filter((item) => !going.includes(item));
  return noContent();
}

/** Lists and collections only: the files of everything else would be gone. */
function remove(context: JellyfinContext): Reply {
  const { server, params } = context;
  const id = params['itemId']!;
  if (parseGuid(id) === null) return invalid('itemId', id);
  const list = server.playlists.all.find((each) => playlistId(server, each) === parseGuid(id));
  const set = boxSetOf(context, id);
  const item = findItem(server.core, id);
  if (list === undefined && set === undefined && item === undefined) return problem(404);
  if (list !== undefined) server.playlists.remove(list);
  if (set !== undefined) server.core.catalogue.boxSets.splice(server.core.catalogue.boxSets.indexOf(set), 1);
  if (item !== undefined) server.core.catalogue.removeItem(item);
  return noContent();
}

export const listRoutes: readonly Route<JellyfinContext>[] = [
  route('POST', '/Playlists', 'user', createPlaylist),
  // a key may not read, move, rename or share
  route('GET', '/Playlists/{playlistId}', 'user', (context) => (context.grant?.user == null ? refused(400) : playlistOf(context) === undefined ? worded(404, 'Playlist not found') : ok({ OpenAccess: playlistOf(context)!.isPublic, Shares: [], ItemIds: playlistOf(context)!.entries.map(({ item }) => itemId(item)) }))),
  route('GET', '/Playlists/{playlistId}/Items', 'user', entries),
  route('POST', '/Playlists/{playlistId}/Items', 'user', addEntries),
  route('DELETE', '/Playlists/{playlistId}/Items', 'user', removeEntries),
  route('POST', '/Collections', 'admin', createCollection),
  route('POST', '/Collections/{collectionId}/Items', 'admin', addMembers),
  route('DELETE', '/Collections/{collectionId}/Items', 'admin', removeMembers),
  route('DELETE', '/Items/{itemId}', 'user', remove),
];
