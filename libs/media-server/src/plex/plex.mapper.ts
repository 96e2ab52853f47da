import type { ItemType, Library, MediaUser, NowPlaying, VendorSession } from '@usher/contracts';
import { answerInvalid } from '../http/vendor-errors.js';
import { booleanOf, countOf, fieldsOf, integerOf, listOf, textOf, type Fields } from '../media-browser/fields.js';
import { clientAddress, networkOf } from '../media-browser/network.js';
import { mapPlexStream } from './plex.stream.mapper.js';

/** What `GET /` and `GET /identity` tell. */
export interface PlexInfo {
  readonly id: string;
  readonly version: string;
  readonly name: string;
  readonly platform: string | null;
  /** Ending another viewer's stream needs the owner's subscription. */
  readonly hasPass: boolean;
}

/** @throws AppError VENDOR_ANSWER_INVALID when id or version are missing */
export function mapPlexInfo(container: Fields): PlexInfo {
  const id = textOf(container['machineIdentifier'], 200);
  const version = textOf(container['version'], 100);
  if (id === null || version === null) throw answerInvalid('The media server did not say who it is.', { reason: 'shape' });
  return {
    id,
    version,
    name: textOf(container['friendlyName'], 200) ?? 'Plex',
    platform: textOf(container['platform'], 200),
    hasPass: booleanOf(container['myPlexSubscription']) === true,
  };
}

/**
 * `GET /status/sessions`. An idle server leaves `Metadata` out.
 * @throws AppError VENDOR_ANSWER_INVALID when the rows are none of sessions
 */
export function mapPlexSessions(container: Fields): VendorSession[] {
  const rows = listOf(container['Metadata']).map(fieldsOf);
  const sessions = rows.flatMap((row) => mapSession(row) ?? []);
  if (sessions.length === 0 && (rows.length > 0 || (countOf(container['size']) ?? 0) > 0)) {
    throw answerInvalid('The media server listed its sessions in a form that is not known.', { reason: 'shape' });
  }
  return sessions;
}

/** `Session.id` is what a stop needs; players without one (music apps, old servers) go by their key and cannot be stopped. */
function mapSession(row: Fields): VendorSession | null {
  const session = fieldsOf(row['Session']);
  const player = fieldsOf(row['Player']);
  const user = fieldsOf(row['User']);
  const sessionId = textOf(session['id'], 300);
  const sessionKey = textOf(row['sessionKey'], 100);
  if (sessionId === null && sessionKey === null) return null;
  const address = clientAddress(textOf(player['address'], 100));
  return {
    vendorId: sessionId ?? `key:${sessionKey}`,
    userId: textOf(user['id'], 200) ?? textOf(player['userID'], 200),
    userName: textOf(user['title'], 500),
    deviceId: textOf(player['machineIdentifier'], 300),
    deviceName: textOf(player['title'], 500) ?? textOf(player['device'], 500),
    client: textOf(player['product'], 500),
    clientVersion: textOf(player['version'], 100),
    address,
    network: networkOfPlayer(player, session, address),
    lastSeenAt: null,
    controls: { stop: sessionId !== null, pause: false, seek: false, message: false, limitBitRate: false, play: false },
    item: mapItem(row),
    stream: mapPlexStream(row, player),
  };
}

function networkOfPlayer(player: Fields, session: Fields, address: string | null): VendorSession['network'] {
  if (booleanOf(player['relayed']) === true) return 'relay';
  const location = textOf(session['location'], 20);
  if (location === 'lan' || location === 'wan') return location;
  const local = booleanOf(player['local']);
  return local === null ? networkOf(address) : local ? 'lan' : 'wan';
}

const ITEM_TYPES: Readonly<Record<string, ItemType>> = { movie: 'movie', episode: 'episode', track: 'track', clip: 'clip', photo: 'photo', trailer: 'trailer' };

export const isKnownItemType = (word: string): boolean => Object.hasOwn(ITEM_TYPES, word);

function mapItem(row: Fields): NowPlaying {
  const vendorType = textOf(row['type'], 50) ?? '';
  const type = booleanOf(row['live']) === true ? 'live' : Object.hasOwn(ITEM_TYPES, vendorType) ? ITEM_TYPES[vendorType]! : 'other';
  const isEpisode = vendorType === 'episode';
  return {
    itemId: textOf(row['ratingKey'], 200) ?? textOf(row['key'], 200) ?? 'unknown',
    type,
    title: textOf(row['title'], 1000) ?? 'Unknown title',
    seriesTitle: isEpisode ? textOf(row['grandparentTitle'], 1000) : null,
    seasonNumber: isEpisode ? integerOf(row['parentIndex']) : null,
    episodeNumber: isEpisode ? integerOf(row['index']) : null,
    year: integerOf(row['year']) ?? integerOf(row['parentYear']),
    durationMs: type === 'live' ? null : countOf(row['duration']) || null,
  };
}

/** Type numbers of `/library/sections/{k}/all`: what stands on top of a section, and what is below it. */
export interface SectionCounts {
  readonly top: number;
  readonly children: number | null;
}

export interface PlexSection {
  readonly library: Library;
  /** Changes whenever the content does; a counter, not a time. */
  readonly contentChangedAt: string | null;
  readonly counts: SectionCounts | null;
}

const SECTION_TYPES: Readonly<Record<string, { type: Library['type']; counts: SectionCounts }>> = {
  movie: { type: 'movies', counts: { top: 1, children: null } },
  show: { type: 'shows', counts: { top: 2, children: 4 } },
  artist: { type: 'music', counts: { top: 8, children: 10 } },
  photo: { type: 'photos', counts: { top: 14, children: 13 } },
};

/** `GET /library/sections`. @throws AppError VENDOR_ANSWER_INVALID when the rows are none of sections */
export function mapPlexSections(container: Fields): PlexSection[] {
  const rows = listOf(container['Directory']).map(fieldsOf);
  const sections = rows.flatMap((row) => mapSection(row) ?? []);
  if (rows.length > 0 && sections.length === 0) {
    throw answerInvalid('The media server listed its libraries in a form that is not known.', { reason: 'shape' });
  }
  return sections;
}

function mapSection(row: Fields): PlexSection | null {
  const vendorId = textOf(row['key'], 200);
  const name = textOf(row['title'], 500);
  if (vendorId === null || name === null) return null;
  const vendorType = textOf(row['type'], 50) ?? '';
  const known = Object.hasOwn(SECTION_TYPES, vendorType) ? SECTION_TYPES[vendorType]! : null;
  const folders = listOf(row['Location']).flatMap((location) => textOf(fieldsOf(location)['path'], 2000) ?? []);
  return {
    library: { vendorId, name, type: known?.type ?? 'other', itemCount: null, childCount: null, folders },
    contentChangedAt: textOf(row['contentChangedAt'], 100),
    counts: known?.counts ?? null,
  };
}

/** `totalSize` of a page of size 0. */
export function mapPlexTotal(container: Fields): number | null {
  return countOf(container['totalSize']) ?? countOf(container['size']);
}

/** Id 0 stands for plays without an account and is no user; id 1 is the owner. Their state is a matter of plex.tv. */
export function mapPlexUsers(container: Fields): MediaUser[] {
  const rows = listOf(container['Account']).map(fieldsOf);
  return rows.flatMap((row) => {
    const vendorId = textOf(row['id'], 200);
    if (vendorId === null || vendorId === '0') return [];
    return [{ vendorId, name: textOf(row['name'], 500) ?? `Account ${vendorId}`, email: null, isAdministrator: vendorId === '1', enabled: true, lastSeenAt: null }];
  });
}
