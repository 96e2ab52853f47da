import type { IndexedType } from '@usher/contracts';

/**
 * Reads the ids that a vendor wrote down for an item, `name://value`, into `namespace:value`, for example
 * `imdb:tt0078748` or `tmdb:movie:348`. Only ids of the item itself: an album's id on a track, a collection's on a film
 * or a series' id with season and episode behind it (Plex's legacy agents) would make different titles equal.
 * Junk (`0`, `tt0000000`, another form than the provider's) is left out. Sorted, each once.
 */
export function readIds(type: IndexedType, guids: readonly string[]): string[] {
  const ids = new Set<string>();
  for (const guid of guids) {
    const id = readId(type, guid);
    if (id !== null) ids.add(id);
  }
  return [...ids].sort();
}

/** `tmdb:movie` of `tmdb:movie:348`. Values hold no colon. */
export function namespaceOf(id: string): string {
  return id.slice(0, id.lastIndexOf(':'));
}

const LEGACY_PLEX = 'com.plexapp.agents.';
const NFO_PLEX = 'tv.plex.agents.nfo';

/** Other agents' names for a provider. */
const PROVIDERS: Readonly<Record<string, string>> = {
  imdb: 'imdb',
  tmdb: 'tmdb',
  themoviedb: 'tmdb',
  moviedb: 'tmdb',
  tvdb: 'tvdb',
  thetvdb: 'tvdb',
  anidb: 'anidb',
  plex: 'plex',
  mbid: 'plex-mbid',
  musicbrainztrack: 'mb:track',
  musicbrainzrecording: 'mb:recording',
  musicbrainzalbum: 'mb:release',
};

const TMDB_KIND: Partial<Record<IndexedType, string>> = { movie: 'tmdb:movie', series: 'tmdb:tv', episode: 'tmdb:episode' };
const TVDB_KIND: Partial<Record<IndexedType, string>> = { movie: 'tvdb:movie', series: 'tvdb:series', episode: 'tvdb:episode' };
const MUSIC_KIND: Readonly<Record<string, IndexedType>> = { 'mb:track': 'track', 'mb:recording': 'track', 'mb:release': 'album' };

/** Of something that many titles share, or of no title at all. */
const NOT_OWN = /collection|artist|group|slug|site|^(?:facebook|instagram|twitter|youtube|local|none)$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function readId(type: IndexedType, guid: string): string | null {
  const cut = guid.indexOf('://');
  if (cut < 1) return null;
  let name = guid.slice(0, cut).toLowerCase();
  let value = guid.slice(cut + 3).split('?', 1)[0]!.trim().toLowerCase();
  if (name.endsWith('.none') || name === 'local') return null;
  if (name.startsWith(LEGACY_PLEX)) {
    name = name.slice(LEGACY_PLEX.length);
    if (name === 'hama') [name, value] = splitPrefixed(value);
    // season and episode stand behind the id of the series
    if (value.includes('/')) return null;
  } else if (name.startsWith(NFO_PLEX)) {
    [name, value] = splitPrefixed(value);
  } else if (name === 'plex') {
    value = value.slice(value.lastIndexOf('/') + 1);
  }
  return idOf(type, PROVIDERS[name] ?? name, value);
}

/** `tvdb-81189` or `imdb:tt0111161`; the digit of `tvdb2-…` names an order of episodes, not another provider. */
function splitPrefixed(value: string): [name: string, value: string] {
  const found = /^([a-z]+)\d?[-:](.+)$/.exec(value);
  return found ? [found[1]!, found[2]!] : ['none', ''];
}

function idOf(type: IndexedType, provider: string, value: string): string | null {
  switch (provider) {
    case 'imdb':
      return /^tt\d{7,10}$/.test(value) && !/^tt0+$/.test(value) ? `imdb:${value}` : null;
    case 'tmdb':
      return numbered(TMDB_KIND[type], value);
    case 'tvdb':
      return numbered(TVDB_KIND[type], value);
    case 'anidb':
      return numbered('anidb', value);
    case 'plex':
      return /^[0-9a-f]{10,40}$/.test(value) ? `plex:${value}` : null;
    case 'mb:track':
    case 'mb:recording':
    case 'mb:release':
      return MUSIC_KIND[provider] === type && UUID.test(value) ? `${provider}:${value}` : null;
    case 'plex-mbid':
      return UUID.test(value) ? `plex-mbid:${value}` : null;
    default:
      if (NOT_OWN.test(provider) || provider.startsWith('musicbrainz') || !/^[a-z0-9.-]{2,40}$/.test(provider)) return null;
      return /^[^\s:]{1,100}$/.test(value) && !/^0*$/.test(value) ? `${provider}:${value}` : null;
  }
}

function numbered(namespace: string | undefined, value: string): string | null {
  return namespace !== undefined && /^[1-9]\d{0,11}$/.test(value) ? `${namespace}:${value}` : null;
}
