import type { CatalogueItem, CatalogueLibrary, LibraryType, MediaFile, MediaKind } from './media.js';

export interface ItemSpec {
  readonly title: string;
  readonly year?: number;
  readonly durationMs?: number;
  readonly file?: Partial<MediaFile>;
  readonly providers?: Readonly<Record<string, string>>;
  readonly genres?: readonly string[];
  /** Labels of further files of a film: each has a state of its own (Jellyfin). */
  readonly versions?: readonly string[];
  /** Seasons of a series with the titles of their episodes, albums of an artist with their tracks. */
  readonly children?: readonly { readonly title: string; readonly leaves: readonly string[] }[];
  /** Own ids of an episode or a track, by season and number. */
  readonly leafProviders?: (season: number, number: number) => Readonly<Record<string, string>>;
}

export interface LibrarySpec {
  readonly name: string;
  readonly type: LibraryType;
  /** Below the server's media root. */
  readonly folder?: string;
  /** Whole paths instead, as an operator gives them. */
  readonly folders?: readonly string[];
  readonly items?: readonly ItemSpec[];
}

export const DEFAULT_FILE: MediaFile = {
  container: 'mkv',
  sizeBytes: 4_200_000_000,
  video: { codec: 'h264', width: 1920, height: 1080, range: 'sdr', frameRate: 23.976, bitRate: 8_000_000 },
  audio: [{ codec: 'ac3', channels: 6, language: 'eng', bitRate: 448_000 }],
  subtitles: [{ codec: 'subrip', language: 'eng', forced: false }],
};

const AUDIO_FILE: MediaFile = { container: 'flac', sizeBytes: 28_000_000, video: null, audio: [{ codec: 'flac', channels: 2, language: 'und', bitRate: 912_000 }], subtitles: [] };

type Parts = Pick<CatalogueItem, 'kind' | 'title' | 'path' | 'library'> & Partial<CatalogueItem>;

/** A collection of films; its members may change. */
export interface BoxSet {
  readonly number: number;
  readonly name: string;
  members: readonly CatalogueItem[];
}

/** What a simulated server holds. Items get rising numbers in the order in which they are added. */
export class Catalogue {
  readonly libraries: CatalogueLibrary[] = [];
  /** Collections of films by name; they belong to no library. */
  readonly boxSets: BoxSet[] = [];
  private readonly byNumber = new Map<number, CatalogueItem>();
  private readonly mainWithVersions = new Map<CatalogueItem, CatalogueItem[]>();
  private lastNumber = 0;

  constructor(
    private readonly root: string,
    private readonly nowMs: () => number,
  ) {}

  addLibrary({ name, type, folder, folders, items = [] }: LibrarySpec): CatalogueLibrary {
    const base = `${this.root}/${folder ?? name.toLowerCase().replaceAll(' ', '-')}`;
    const made: CatalogueItem[] = [];
    const library: CatalogueLibrary = { number: ++this.lastNumber, name, type, folders: folders ?? [base], items: made };
    this.libraries.push(library);
    for (const spec of items) this.addItem(library, spec);
    return library;
  }

  /** With its items, as nobody knows them any more. */
  removeLibrary(library: CatalogueLibrary): void {
    this.libraries.splice(this.libraries.indexOf(library), 1);
    for (const [number, item] of this.byNumber) if (item.library === library) this.byNumber.delete(number);
  }

  /** With its file, as nobody knows it any more. */
  removeItem(item: CatalogueItem): void {
    const items = item.library.items as CatalogueItem[];
    items.splice(items.indexOf(item), 1);
    this.byNumber.delete(item.number);
  }

  /** Adds a film, a whole series or an artist with albums, as the library says; a mixed one takes `children` for a series. */
  addItem(library: CatalogueLibrary, spec: ItemSpec): CatalogueItem {
    const folder = `${library.folders[0]}/${spec.title}${spec.year === undefined ? '' : ` (${spec.year})`}`;
    if (library.type === 'music') return this.addTree(library, spec, folder, ['artist', 'album', 'track']);
    if (library.type === 'shows' || spec.children !== undefined) return this.addTree(library, spec, folder, ['series', 'season', 'episode']);
    const file = { ...DEFAULT_FILE, ...spec.file };
    const parts = { kind: 'movie' as const, title: spec.title, library, file, durationMs: spec.durationMs ?? 6_000_000, ...extras(spec) };
    const film = this.make(library, { ...parts, path: `${folder}/${spec.title}.${file.container}` });
    for (const label of spec.versions ?? []) this.make(library, { ...parts, path: `${folder}/${spec.title} - ${label}.${file.container}`, versionOf: film });
    return film;
  }

  addBoxSet(name: string, titles: readonly string[]): void {
    this.makeBoxSet(name, titles.map((title) => this.byTitle(title)));
  }

  makeBoxSet(name: string, members: readonly CatalogueItem[]): BoxSet {
    const made = { number: this.takeNumber(), name, members };
    this.boxSets.push(made);
    return made;
  }

  /** For what is no item and has a number all the same. */
  takeNumber(): number {
    return ++this.lastNumber;
  }

  /** A television channel: it belongs to no library and has no end. */
  addChannel(title: string): CatalogueItem {
    const library: CatalogueLibrary = { number: 0, name: 'Live TV', type: 'mixed', folders: [], items: [] };
    return this.make(library, { kind: 'channel', title, path: `live/${title}`, library, file: { ...DEFAULT_FILE, container: 'ts', subtitles: [] } });
  }

  get(number: number): CatalogueItem | undefined {
    return this.byNumber.get(number);
  }

  all(): CatalogueItem[] {
    return [...this.byNumber.values()].filter((item) => item.versionOf === null);
  }

  /** Further files of titles too. */
  everything(): Iterable<CatalogueItem> {
    return this.byNumber.values();
  }

  /** How many there are with further files; changes with every one that is added. */
  get size(): number {
    return this.byNumber.size;
  }

  versionsOf(item: CatalogueItem): CatalogueItem[] {
    return this.mainWithVersions.get(item) ?? [];
  }

  /** What lies below an item, at any depth. */
  leavesBelow(parent: CatalogueItem): CatalogueItem[] {
    const isBelow = (item: CatalogueItem): boolean => item.parent !== null && (item.parent === parent || isBelow(item.parent));
    return parent.library.items.filter((item) => item.file !== null && isBelow(item));
  }

  ofKind(kind: MediaKind): CatalogueItem[] {
    return this.all().filter((item) => item.kind === kind);
  }

  count(kind: MediaKind): number {
    return this.ofKind(kind).length;
  }

  /** Items that can be played. */
  leaves(): CatalogueItem[] {
    return this.all().filter((item) => item.file !== null);
  }

  byTitle(title: string): CatalogueItem {
    const found = this.leaves().find((item) => item.title === title);
    if (found === undefined) throw new Error(`the catalogue has nothing playable called ${title}`);
    return found;
  }

  private addTree(library: CatalogueLibrary, spec: ItemSpec, folder: string, [top, middle, leaf]: readonly [MediaKind, MediaKind, MediaKind]): CatalogueItem {
    const root = this.make(library, { kind: top, title: spec.title, path: folder, library, ...extras(spec) });
    const file: MediaFile = { ...(leaf === 'track' ? AUDIO_FILE : DEFAULT_FILE), ...spec.file };
    for (const [position, child] of (spec.children ?? []).entries()) {
      const group = this.make(library, { kind: middle, title: child.title, path: `${folder}/${child.title}`, library, parent: root, index: position + 1, year: root.year });
      for (const [leafPosition, title] of child.leaves.entries()) {
        const number = String(leafPosition + 1).padStart(2, '0');
        const name = leaf === 'track' ? `${number} - ${title}` : `${spec.title} S${String(position + 1).padStart(2, '0')}E${number}`;
        const durationMs = spec.durationMs ?? (leaf === 'track' ? 240_000 : 2_700_000);
        const providers = spec.leafProviders?.(position + 1, leafPosition + 1) ?? {};
        this.make(library, { kind: leaf, title, path: `${group.path}/${name}.${file.container}`, library, parent: group, index: leafPosition + 1, year: root.year, file, durationMs, providers });
      }
    }
    return root;
  }

  private make(library: CatalogueLibrary, parts: Parts): CatalogueItem {
    const item: CatalogueItem = {
      number: ++this.lastNumber,
      year: null,
      durationMs: null,
      addedAtMs: this.nowMs(),
      providers: {},
      genres: [],
      index: null,
      parent: null,
      file: null,
      versionOf: null,
      ...parts,
    };
    this.byNumber.set(item.number, item);
    if (item.versionOf !== null) {
      this.mainWithVersions.set(item.versionOf, [...this.versionsOf(item.versionOf), item]);
      return item;
    }
    (library.items as CatalogueItem[]).push(item);
    return item;
  }
}

function extras(spec: ItemSpec): Partial<CatalogueItem> {
  return { year: spec.year ?? null, providers: spec.providers ?? {}, genres: spec.genres ?? [] };
}
