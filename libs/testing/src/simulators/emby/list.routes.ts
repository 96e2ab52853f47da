import type { BoxSet } from '../base/catalogue.js';
import type { CatalogueItem, SimulatedUser } from '../base/media.js';
import type { Reply } from '../base/message.js';
import { route, type Route } from '../base/router.js';
import type { SimulatedPlaylist } from '../mediabrowser/playlists.js';
import { toTicks } from '../mediabrowser/ticks.js';
import { findItem, findUser } from './ids.js';
import { itemRow } from './items.js';
import { envelope, missing, noContent, ok, text } from './replies.js';
import type { EmbyContext } from './server.js';

const idsOf = (words: string | undefined): string[] => (words ?? '').split(',').filter(Boolean);
const itemsOf = ({ server }: EmbyContext, ids: readonly string[]): CatalogueItem[] => ids.flatMap((id) => findItem(server.core, id) ?? []);

export function playlistRows({ server }: EmbyContext, user: SimulatedUser | null, fields: ReadonlySet<string>): object[] {
  return server.playlists.visibleTo(user).map((list) => ({
    Name: list.name,
    ServerId: server.core.serverId,
    Id: String(list.number),
    RunTimeTicks: toTicks(list.entries.reduce((sum, { item }) => sum + (item.durationMs ?? 0), 0)),
    IsFolder: true,
    Type: 'Playlist',
    ...(fields.has('childcount') ? { ChildCount: list.entries.length } : {}),
    ...(fields.has('canedititems') && user !== null ? { CanEditItems: list.owner === user || user.isAdministrator } : {}),
    MediaType: list.mediaType,
    ImageTags: {},
    BackdropImageTags: [],
  }));
}

export function boxSetRows({ server }: EmbyContext, fields: ReadonlySet<string>): object[] {
  return server.core.catalogue.boxSets.map((set) => ({ Name: set.name, ServerId: server.core.serverId, Id: String(set.number), IsFolder: true, Type: 'BoxSet', ...(fields.has('childcount') ? { ChildCount: set.members.length } : {}), ImageTags: {}, BackdropImageTags: [] }));
}

export const boxSetOf = ({ server }: EmbyContext, id: string | undefined): BoxSet | undefined => server.core.catalogue.boxSets.find((set) => String(set.number) === id);
const playlistOf = ({ server, params }: EmbyContext): SimulatedPlaylist | undefined => server.playlists.all.find((list) => String(list.number) === params['listId']);

/** A key belongs to nobody: without a user the list is everybody's. */
function createPlaylist(context: EmbyContext): Reply {
  const { server, request, grant } = context;
  const name = request.query.get('name');
  if (!name) return missing('name');
  const owner = findUser(server.core, request.query.get('userid') ?? '') ?? grant?.user ?? null;
  const items = itemsOf(context, idsOf(request.query.get('ids')));
  const made = server.playlists.make({ name, owner, isPublic: owner === null, mediaType: request.query.get('mediatype') ?? 'Video' }, items);
  return ok({ Id: String(made.number), Name: name, ItemAddedCount: made.entries.length });
}

/** Entries have numbers of their own. */
function entries(context: EmbyContext): Reply {
  const list = playlistOf(context);
  if (list === undefined) return text(404, 'Playlist not found');
  const { request, server } = context;
  const start = Number(request.query.get('startindex') ?? 0);
  const limit = request.query.get('limit');
  const rows = list.entries.map(({ id, item }) => ({ ...itemRow(server.core, item), PlaylistItemId: String(id) }));
  return envelope(rows.slice(start, limit === undefined ? undefined : start + Number(limit)), rows.length);
}

function addEntries(context: EmbyContext): Reply {
  const list = playlistOf(context);
  if (list === undefined) return text(404, 'Playlist not found');
  const items = itemsOf(context, idsOf(context.request.query.get('ids')));
  context.server.playlists.add(list, items);
  return ok({ Id: String(list.number), ItemAddedCount: items.length });
}

function removeEntries(context: EmbyContext): Reply {
  const list = playlistOf(context);
  if (list === undefined) return text(404, 'Playlist not found');
  const going = new Set(idsOf(context.request.query.get('entryids')));
  list.entries = list.entries.filter(({ id }) => !going.has(String(id)));
  return noContent();
}

/** One without titles cannot be. */
function createCollection(context: EmbyContext): Reply {
  const { catalogue } = context.server.core;
  const name = context.request.query.get('name');
  const items = itemsOf(context, idsOf(context.request.query.get('ids')));
  if (!name) return missing('name');
  if (items.length === 0) return text(500, 'Object reference not set to an instance of an object.');
  const set = catalogue.boxSets.find((each) => each.name === name) ?? catalogue.makeBoxSet(name, items);
  return ok({ Id: String(set.number), Name: name });
}

function addMembers(context: EmbyContext): Reply {
  const set = boxSetOf(context, context.params['collectionId']);
  if (set === undefined) return text(404, 'Collection not found');
  set.members = [...new Set([...set.members, ...itemsOf(context, idsOf(context.request.query.get('ids')))])];
  return noContent();
}

/** With its last title it is gone. */
function removeMembers(context: EmbyContext): Reply {
  const set = boxSetOf(context, context.params['collectionId']);
  if (set === undefined) return text(404, 'Collection not found');
  const going = itemsOf(context, idsOf(context.request.query.get('ids')));
  set.members = set.members.filter((item) => !going.includes(item));
  const { boxSets } = context.server.core.catalogue;
  if (set.members.length === 0) boxSets.splice(boxSets.indexOf(set), 1);
  return noContent();
}

/** Lists, collections, and titles with their files. */
function remove(context: EmbyContext): Reply {
  const { server, params } = context;
  const { catalogue } = server.core;
  const list = server.playlists.all.find((each) => String(each.number) === params['itemId']);
  const set = boxSetOf(context, params['itemId']);
  const item = findItem(server.core, params['itemId']!);
  if (list === undefined && set === undefined && item === undefined) return text(404, `Item ${params['itemId']} was not found.`);
  if (list !== undefined) server.playlists.remove(list);
  if (set !== undefined) catalogue.boxSets.splice(catalogue.boxSets.indexOf(set), 1);
  if (item !== undefined) catalogue.removeItem(item);
  return noContent();
}

export const listRoutes: readonly Route<EmbyContext>[] = [
  route('POST', '/Playlists', 'user', createPlaylist),
  route('GET', '/Playlists/{listId}/Items', 'user', entries),
  route('POST', '/Playlists/{listId}/Items', 'user', addEntries),
  route('POST', '/Playlists/{listId}/Items/Delete', 'user', removeEntries),
  route('POST', '/Collections', 'user', createCollection),
  route('POST', '/Collections/{collectionId}/Items', 'user', addMembers),
  route('POST', '/Collections/{collectionId}/Items/Delete', 'user', removeMembers),
  route('DELETE', '/Items/{itemId}', 'user', remove),
  route('POST', '/Items/{itemId}/Delete', 'user', remove),
];
