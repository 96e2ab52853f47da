import type { Grant, SimulatorCore } from '../base/core.js';
import type { CatalogueItem, CatalogueLibrary, SimulatedUser } from '../base/media.js';
import { reply, type Reply, type SimulatedRequest } from '../base/message.js';
import { route, type Route } from '../base/router.js';
import type { Call } from './plex-face.js';
import { container, htmlReply, page } from './replies.js';
import { listRow } from './rows.js';

interface StoredList {
  readonly number: number;
  readonly title: string;
  readonly madeAtS: number;
  entries: { readonly id: number; readonly item: CatalogueItem }[];
}

interface StoredPlaylist extends StoredList {
  readonly owner: SimulatedUser;
  readonly type: string;
  readonly smart: boolean;
}

interface StoredCollection extends StoredList {
  readonly library: CatalogueLibrary;
}

interface Lists {
  readonly machineId: () => string;
  readonly userOf: (grant: Grant | null) => SimulatedUser | undefined;
  readonly sees: (user: SimulatedUser, item: CatalogueItem) => boolean;
}

/** Playlists of accounts and collections of libraries. Their numbers lie above those of titles. */
export class PlexListStore {
  private readonly playlists: StoredPlaylist[] = [];
  private readonly collections: StoredCollection[] = [];
  private lastNumber = 50_000;
  private lastEntry = 0;

  constructor(
    private readonly core: SimulatorCore,
    private readonly lists: Lists,
  ) {}

  routes(): Route<Call>[] {
    return [
      route('GET', '/playlists', 'user', ({ request, grant }) => page(request, this.playlists.filter(({ owner }) => owner === this.lists.userOf(grant)), playlistRow)),
      route('POST', '/playlists', 'user', (call) => this.makePlaylist(call)),
      route('DELETE', '/playlists/{id}', 'user', (call) => this.onPlaylist(call, (found) => (this.playlists.splice(this.playlists.indexOf(found), 1), reply(204)))),
      route('GET', '/playlists/{id}/items', 'user', (call) => this.onPlaylist(call, ({ entries }) => page(call.request, entries, ({ id, item }) => ({ ...listRow(item, false), playlistItemID: id })))),
      route('PUT', '/playlists/{id}/items', 'user', (call) => this.onPlaylist(call, (found) => this.add(found, call) ?? container({ leafCountAdded: 1 }, { name: 'Metadata', rows: [playlistRow(found)] }))),
      route('DELETE', '/playlists/{id}/items', 'user', (call) => this.onPlaylist(call, (found) => ((found.entries = []), container({}, { name: 'Metadata', rows: [playlistRow(found)] })))),
      route('DELETE', '/playlists/{id}/items/{entry}', 'user', (call) => this.onPlaylist(call, (found) => takeOut(found, ({ id }) => String(id) === call.params['entry']) ?? container({}, { name: 'Metadata', rows: [playlistRow(found)] }))),
      route('PUT', '/playlists/{id}/items/{entry}/move', 'user', (call) => this.onPlaylist(call, (found) => move(found, call))),
      route('GET', '/library/sections/{key}/collections', 'user', ({ request, params }) => page(request, this.collections.filter(({ library }) => String(library.number) === params['key']), collectionRow)),
      route('POST', '/library/collections', 'admin', (call) => this.makeCollection(call)),
      route('GET', '/library/collections/{id}/items', 'user', (call) => this.onCollection(call, ({ entries }) => page(call.request, [...entries].sort((one, other) => one.item.title.localeCompare(other.item.title)), ({ item }) => listRow(item, false)))),
      route('PUT', '/library/collections/{id}/items', 'admin', (call) => this.onCollection(call, (found) => this.add(found, call) ?? container({}, { name: 'Metadata', rows: [collectionRow(found)] }))),
      route('DELETE', '/library/collections/{id}/items/{item}', 'admin', (call) => this.onCollection(call, (found) => takeOut(found, ({ item }) => String(item.number) === call.params['item']) ?? this.keep(found))),
      route('DELETE', '/library/sections/{key}/collection/{id}', 'admin', (call) => this.onCollection(call, (found) => this.drop(found))),
      route('DELETE', '/library/collections/{id}', 'admin', (call) => this.onCollection(call, (found) => this.drop(found))),
    ];
  }

  private onPlaylist({ params, grant }: Call, act: (found: StoredPlaylist) => Reply): Reply {
    const found = this.playlists.find(({ number, owner }) => String(number) === params['id'] && owner === this.lists.userOf(grant));
    return found === undefined ? htmlReply(404) : act(found);
  }

  private onCollection({ params }: Call, act: (found: StoredCollection) => Reply): Reply {
    const found = this.collections.find(({ number }) => String(number) === params['id']);
    return found === undefined ? htmlReply(404) : act(found);
  }

  private makePlaylist(call: Call): Reply {
    const owner = this.lists.userOf(call.grant);
    const [type, title, smart] = ['type', 'title', 'smart'].map((name) => call.request.query.get(name));
    if (owner === undefined || !title || !['video', 'audio', 'photo'].includes(type ?? '')) return htmlReply(400);
    const made: StoredPlaylist = { ...this.blank(title), owner, type: type!, smart: smart === '1' };
    const refused = this.add(made, call);
    if (refused) return refused;
    this.playlists.push(made);
    return container({}, { name: 'Metadata', rows: [playlistRow(made)] });
  }

  private makeCollection(call: Call): Reply {
    const library = this.core.catalogue.libraries.find(({ number }) => String(number) === call.request.query.get('sectionid'));
    const title = call.request.query.get('title');
    if (library === undefined || !title || !call.request.query.has('type')) return htmlReply(400);
    const made: StoredCollection = { ...this.blank(title), library };
    const refused = this.add(made, call);
    if (refused) return refused;
    this.collections.push(made);
    return container({}, { name: 'Metadata', rows: [collectionRow(made)] });
  }

  private blank(title: string): StoredList {
    return { number: ++this.lastNumber, title, madeAtS: Math.floor(this.core.clock.now() / 1_000), entries: [] };
  }

  /** What the address in `uri` names; in a collection each title stands once. */
  private add(list: StoredList, { request, grant }: Call): Reply | null {
    const items = this.named(request, this.lists.userOf(grant));
    if (items === null) return htmlReply(400);
    const fresh = 'library' in list ? items.filter((item) => !list.entries.some((entry) => entry.item === item)) : items;
    list.entries = [...list.entries, ...fresh.map((item) => ({ id: ++this.lastEntry, item }))];
    return null;
  }

  private named(request: SimulatedRequest, user: SimulatedUser | undefined): CatalogueItem[] | null {
    const match = /^server:\/\/([^/]+)\/com\.plexapp\.plugins\.library\/library\/metadata\/([\d,]+)$/.exec(request.query.get('uri') ?? '');
    if (match === null || match[1] !== this.lists.machineId()) return null;
    const items = match[2]!.split(',').map((id) => this.core.catalogue.get(Number(id)));
    return items.every((item) => item !== undefined && (user === undefined || this.lists.sees(user, item))) ? (items as CatalogueItem[]) : null;
  }

  /** An empty collection is gone. */
  private keep(found: StoredCollection): Reply {
    if (found.entries.length === 0) this.drop(found);
    return reply(200);
  }

  private drop(found: StoredCollection): Reply {
    this.collections.splice(this.collections.indexOf(found), 1);
    return reply(200);
  }
}

function takeOut(list: StoredList, fits: (entry: StoredList['entries'][number]) => boolean): Reply | null {
  const at = list.entries.findIndex(fits);
  if (at === -1) return htmlReply(404);
  list.entries = list.entries.filter((_, each) => each !== at);
  return null;
}

/** Without `after` it comes to the front. */
function move(list: StoredPlaylist, { request, params }: Call): Reply {
  const entry = list.entries.find(({ id }) => String(id) === params['entry']);
  const after = request.query.get('after');
  const others = list.entries.filter((each) => each !== entry);
  const at = after === undefined ? 0 : others.findIndex(({ id }) => String(id) === after) + 1;
  if (entry === undefined || (after !== undefined && at === 0)) return htmlReply(400);
  list.entries = [...others.slice(0, at), entry, ...others.slice(at)];
  return container({}, { name: 'Metadata', rows: [playlistRow(list)] });
}

/** Numbers come as text now and then. */
function playlistRow({ number, title, type, smart, entries, madeAtS }: StoredPlaylist): object {
  const durationMs = entries.reduce((sum, { item }) => sum + (item.durationMs ?? 0), 0);
  return { ratingKey: String(number), key: `/playlists/${number}/items`, guid: `com.plexapp.agents.none://${number}`, type: 'playlist', title, summary: '', smart, playlistType: type, duration: durationMs, leafCount: number % 2 === 0 ? String(entries.length) : entries.length, addedAt: madeAtS, updatedAt: madeAtS };
}

function collectionRow({ number, title, library, entries, madeAtS }: StoredCollection): object {
  return { ratingKey: String(number), key: `/library/collections/${number}/children`, guid: `collection://${number}`, type: 'collection', title, subtype: 'movie', summary: '', smart: '0', librarySectionID: library.number, childCount: String(entries.length), addedAt: madeAtS, updatedAt: madeAtS };
}
