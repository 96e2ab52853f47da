import type { MediaItem } from '@usher/contracts';
import { normalizePath, PathMap, segmentsOf, type PathRow } from '@usher/matching';

const MAX_NAME_BYTES = 255;
const WINDOWS_RESERVED = /[<>:"|?*]|[. ]$|^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
const EXAMPLES = 10;

export interface FileTrouble {
  count: number;
  readonly examples: string[];
}

/** Adds up what would be copied and finds names that the target cannot hold. One file at a time: nothing but names is kept. */
export class CopyTally {
  readonly byLibrary = new Map<string, { files: number; bytes: number; filesOfUnknownSize: number }>();
  readonly byFolder = new Map<string, number>();
  readonly unmapped: FileTrouble = { count: 0, examples: [] };
  readonly doubled: FileTrouble = { count: 0, examples: [] };
  readonly caseClashes: FileTrouble = { count: 0, examples: [] };
  readonly badNames: FileTrouble = { count: 0, examples: [] };
  readonly #map: PathMap;
  readonly #sources = new Set<string>();
  readonly #targets = new Map<string, string>();

  constructor(rows: readonly PathRow[]) {
    this.#map = new PathMap(rows);
  }

  add(libraryVendorId: string, { files }: Pick<MediaItem, 'files'>): void {
    const tally = this.byLibrary.get(libraryVendorId) ?? { files: 0, bytes: 0, filesOfUnknownSize: 0 };
    this.byLibrary.set(libraryVendorId, tally);
    for (const { path, sizeBytes } of files) {
      // Several episodes may share a file.
      if (this.#sources.has(path)) continue;
      this.#sources.add(path);
      tally.files += 1;
      tally.bytes += sizeBytes ?? 0;
      if (sizeBytes === null) tally.filesOfUnknownSize += 1;
      this.#addTarget(path, sizeBytes ?? 0);
    }
  }

  get files(): number {
    return [...this.byLibrary.values()].reduce((sum, { files }) => sum + files, 0);
  }

  get bytes(): number {
    return [...this.byLibrary.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  #addTarget(path: string, bytes: number): void {
    const target = this.#map.map(path);
    if (target === null) return note(this.unmapped, path);
    const prefix = this.#map.prefixOf(path)!;
    const folder = this.#map.map(prefix)!;
    this.byFolder.set(folder, (this.byFolder.get(folder) ?? 0) + bytes);
    const { text, foldsCase } = normalizePath(target);
    const key = text.toLowerCase();
    const other = this.#targets.get(key);
    if (other === undefined) this.#targets.set(key, text);
    else if (other === text || foldsCase) note(this.doubled, path);
    else note(this.caseClashes, path);
    if (segmentsOf(path).some((name) => Buffer.byteLength(name) > MAX_NAME_BYTES || (foldsCase && WINDOWS_RESERVED.test(name)))) note(this.badNames, path);
  }
}

function note(trouble: FileTrouble, path: string): void {
  trouble.count += 1;
  if (trouble.examples.length < EXAMPLES) trouble.examples.push(path);
}
