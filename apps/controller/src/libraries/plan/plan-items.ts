import type { IndexedType } from '@usher/contracts';
import type { Matchable, PathMap } from '@usher/matching';
import { NumberColumn, TextColumn, WordColumn } from './columns.js';

/** A row of the index, as it is read for a check. */
export interface PlanItemRow extends Matchable {
  readonly libraryVendorId: string;
  readonly videoHeight: number | null;
  readonly sizeBytes: number | null;
}

const NUMBERS = ['seasonNumber', 'episodeNumber', 'episodeEndNumber', 'year', 'durationMs', 'videoHeight', 'sizeBytes'] as const;
const WORDS = ['type', 'libraryVendorId', 'parentId', 'airDate'] as const;
const TEXTS = ['id', 'title', 'path'] as const;

/**
 * The rows of some libraries in columns: a fifth of what as many objects take, and most of it outside of the heap that
 * has to be searched for garbage.
 */
export class PlanItems implements Iterable<PlanItem> {
  readonly numbers = columns(NUMBERS, () => new NumberColumn());
  readonly words = columns(WORDS, () => new WordColumn());
  readonly texts = columns(TEXTS, () => new TextColumn());
  readonly ids = new WordLists();
  #count = 0;

  /** `map`: paths are told as this map leads them; those that it does not know stay. */
  constructor(readonly map: PathMap | null = null) {}

  get count(): number {
    return this.#count;
  }

  add(row: PlanItemRow): void {
    for (const name of NUMBERS) this.numbers[name].push(row[name]);
    for (const name of WORDS) this.words[name].push(row[name]);
    for (const name of TEXTS) this.texts[name].push(row[name]);
    this.ids.push(row.ids);
    this.#count += 1;
  }

  at(index: number): PlanItem {
    return new PlanItem(this, index);
  }

  *[Symbol.iterator](): Iterator<PlanItem> {
    for (let at = 0; at < this.#count; at++) yield this.at(at);
  }
}

/** One row of it. */
export class PlanItem implements PlanItemRow {
  constructor(
    private readonly items: PlanItems,
    readonly index: number,
  ) {}

  get id(): string {
    return this.items.texts.id.at(this.index)!;
  }

  get type(): IndexedType {
    return this.items.words.type.at(this.index) as IndexedType;
  }

  get title(): string {
    return this.items.texts.title.at(this.index)!;
  }

  get libraryVendorId(): string {
    return this.items.words.libraryVendorId.at(this.index)!;
  }

  get parentId(): string | null {
    return this.items.words.parentId.at(this.index);
  }

  get seasonNumber(): number | null {
    return this.items.numbers.seasonNumber.at(this.index);
  }

  get episodeNumber(): number | null {
    return this.items.numbers.episodeNumber.at(this.index);
  }

  get episodeEndNumber(): number | null {
    return this.items.numbers.episodeEndNumber.at(this.index);
  }

  get year(): number | null {
    return this.items.numbers.year.at(this.index);
  }

  get airDate(): string | null {
    return this.items.words.airDate.at(this.index);
  }

  get durationMs(): number | null {
    return this.items.numbers.durationMs.at(this.index);
  }

  get videoHeight(): number | null {
    return this.items.numbers.videoHeight.at(this.index);
  }

  get sizeBytes(): number | null {
    return this.items.numbers.sizeBytes.at(this.index);
  }

  get ids(): readonly string[] {
    return this.items.ids.at(this.index);
  }

  /** In the target's terms. */
  get path(): string | null {
    const path = this.ownPath;
    return path === null ? null : (this.items.map?.map(path) ?? path);
  }

  /** As its own server tells it. */
  get ownPath(): string | null {
    return this.items.texts.path.at(this.index);
  }
}

/** Lists of short words without blanks. */
class WordLists {
  readonly #joined = new TextColumn();

  push(words: readonly string[]): void {
    this.#joined.push(words.join(' '));
  }

  at(index: number): readonly string[] {
    const joined = this.#joined.at(index)!;
    return joined === '' ? [] : joined.split(' ');
  }
}

function columns<K extends string, C>(names: readonly K[], make: () => C): Readonly<Record<K, C>> {
  return Object.fromEntries(names.map((name) => [name, make()])) as Record<K, C>;
}
