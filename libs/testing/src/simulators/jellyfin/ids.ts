import { createHash } from 'node:crypto';
import type { SimulatorCore } from '../base/core.js';
import type { CatalogueItem, CatalogueLibrary, MediaKind, SimulatedUser } from '../base/media.js';
import { stableHex } from '../base/random.js';

const ENTITY = 'MediaBrowser.Controller.Entities.';
const TYPES: Readonly<Record<MediaKind, string>> = {
  movie: 'Movies.Movie',
  series: 'TV.Series',
  season: 'TV.Season',
  episode: 'TV.Episode',
  artist: 'Audio.MusicArtist',
  album: 'Audio.MusicAlbum',
  track: 'Audio.Audio',
  channel: 'LiveTv.LiveTvChannel',
};

/** The GUID of the little-endian bytes of MD5 over UTF-16: how Jellyfin names everything that has a path. */
function guidOf(text: string): string {
  const hash = createHash('md5').update(Buffer.from(text, 'utf16le')).digest();
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  return Buffer.from(order.map((index) => hash[index]!)).toString('hex');
}

const itemIds = new WeakMap<CatalogueItem, string>();

export function itemId(item: CatalogueItem): string {
  let id = itemIds.get(item);
  if (id === undefined) itemIds.set(item, (id = guidOf(`${ENTITY}${TYPES[item.kind]}${item.path}`)));
  return id;
}

/** Depends on the library's name alone: equal on every server. */
export const libraryId = (library: Pick<CatalogueLibrary, 'name'>): string => guidOf(`${ENTITY}CollectionFolderroot\\default\\${library.name}`);

export const boxSetId = (name: string): string => guidOf(`${ENTITY}Movies.BoxSetdata\\collections\\${name} [boxset]`);

export const userId = (core: SimulatorCore, user: SimulatedUser): string => stableHex(`user|${core.serverId}|${user.number}`);

/** Accepts dashes and upper case; `null` when it is no GUID. */
export function parseGuid(text: string): string | null {
  const plain = text.replaceAll('-', '').toLowerCase();
  return /^[0-9a-f]{32}$/.test(plain) ? plain : null;
}

export function findItem(core: SimulatorCore, id: string): CatalogueItem | undefined {
  const plain = parseGuid(id);
  return plain === null ? undefined : indexOf(core).get(plain);
}

const indexes = new WeakMap<SimulatorCore, Map<string, CatalogueItem>>();

/** Made anew when the catalogue grew. */
function indexOf(core: SimulatorCore): Map<string, CatalogueItem> {
  const known = indexes.get(core);
  if (known?.size === core.catalogue.size) return known;
  const made = new Map([...core.catalogue.everything()].map((item) => [itemId(item), item] as const));
  indexes.set(core, made);
  return made;
}

export function findUser(core: SimulatorCore, id: string): SimulatedUser | undefined {
  const plain = parseGuid(id);
  return plain === null ? undefined : core.users.find((user) => userId(core, user) === plain);
}
