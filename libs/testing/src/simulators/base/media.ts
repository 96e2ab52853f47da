/** What the simulated servers have in common, in neutral units: milliseconds and bit/s. Vendors translate. */
export type MediaKind = 'movie' | 'series' | 'season' | 'episode' | 'artist' | 'album' | 'track' | 'channel';
export type LibraryType = 'movies' | 'shows' | 'music' | 'mixed';

export interface VideoStream {
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  readonly range: 'sdr' | 'hdr10' | 'dolby-vision' | 'hlg';
  readonly frameRate: number;
  readonly bitRate: number;
}

export interface AudioStream {
  readonly codec: string;
  readonly channels: number;
  /** ISO 639-2, three letters. */
  readonly language: string;
  readonly bitRate: number;
}

export interface SubtitleStream {
  readonly codec: string;
  readonly language: string;
  readonly forced: boolean;
}

export interface MediaFile {
  readonly container: string;
  readonly sizeBytes: number;
  readonly video: VideoStream | null;
  readonly audio: readonly AudioStream[];
  readonly subtitles: readonly SubtitleStream[];
}

export interface CatalogueItem {
  /** Rising number inside its server: the id of vendors that count. */
  readonly number: number;
  readonly kind: MediaKind;
  readonly title: string;
  readonly year: number | null;
  readonly durationMs: number | null;
  readonly path: string;
  readonly addedAtMs: number;
  readonly providers: Readonly<Record<string, string>>;
  readonly genres: readonly string[];
  /** Episode in its season, season in its series, track on its album. */
  readonly index: number | null;
  readonly parent: CatalogueItem | null;
  readonly file: MediaFile | null;
  /** Of another file of a title: the title. Such a row stands in no list. */
  readonly versionOf: CatalogueItem | null;
  readonly library: CatalogueLibrary;
}

export interface CatalogueLibrary {
  readonly number: number;
  readonly name: string;
  readonly type: LibraryType;
  readonly folders: readonly string[];
  readonly items: readonly CatalogueItem[];
}

export interface SimulatedUser {
  /** Rising number inside its server: the id of vendors that count. */
  readonly number: number;
  name: string;
  password: string;
  isAdministrator: boolean;
  isDisabled: boolean;
  isHidden: boolean;
  /** Plex accounts have one. */
  email: string | null;
  /** Fields of the vendor's policy that are not as for everybody (Emby, Jellyfin). */
  policy: Readonly<Record<string, unknown>>;
  /** What Plex knows of an account besides the owner's. */
  plex: PlexAccount;
  lastSeenAtMs: number | null;
}

export interface PlexAccount {
  /** Member of the owner's home, with or without a PIN, or a friend; `gone`: the server is shared with them no more. */
  readonly kind: 'home' | 'pin' | 'friend' | 'gone';
  /** Names of libraries. */
  readonly libraries: 'all' | readonly string[];
}

export interface SimulatedDevice {
  readonly id: string;
  readonly name: string;
  readonly client: string;
  readonly version: string;
  readonly address: string;
  readonly platform: string;
  /** Follows remote commands: a client with an open socket. */
  readonly controllable: boolean;
}

/** The series of an episode, the artist of a track. */
export function topOf(item: CatalogueItem): CatalogueItem {
  return item.parent === null ? item : topOf(item.parent);
}

/** What nobody knows an id of has neither poster nor description. */
export const isMatched = (item: CatalogueItem): boolean => Object.keys(topOf(item).providers).length > 0;

export const bitRateOf = (file: MediaFile): number =>
  (file.video?.bitRate ?? 0) + file.audio.reduce((sum, audio) => sum + audio.bitRate, 0);

/** `YYYY-MM-DD`: films in March, episodes a week apart from the first of March on; null without a year. */
export function airDateOf(item: CatalogueItem): string | null {
  if (item.year === null) return null;
  const weeks = item.kind === 'episode' ? (item.parent?.index ?? 1) * 52 - 52 + (item.index ?? 1) - 1 : 0;
  return new Date(Date.UTC(item.year, 2, 1) + weeks * 7 * 86_400_000).toISOString().slice(0, 10);
}
