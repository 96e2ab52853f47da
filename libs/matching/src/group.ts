import type { IndexedType } from '@usher/contracts';
import type { Matchable } from './compare.js';
import { pathNames } from './paths.js';
import { normalizeTitle } from './titles.js';

/**
 * The copies of one title on one server: usually one row. They share their watch state, so they are matched as one.
 * Two libraries are held at once, so a group keeps nothing that its rows can tell again.
 */
export class Group {
  readonly #copies: readonly Matchable[] | null;

  constructor(
    /** The first row in the order of ids, with the ids of all rows. */
    readonly lead: Matchable,
    /** Null when `lead` is the only row, as it is. */
    copies: readonly Matchable[] | null,
  ) {
    this.#copies = copies;
  }

  get rows(): readonly Matchable[] {
    return this.#copies ?? [this.lead];
  }

  get isParent(): boolean {
    return PARENTS.has(this.lead.type);
  }

  /** Title and year of a film without ids. Only films are found by name: an episode's or a track's title says nothing without what it belongs to. */
  get name(): string | null {
    const { type, year, ids, title } = this.lead;
    if (type !== 'movie' || year === null || ids.length > 0) return null;
    const name = normalizeTitle(title);
    return name === '' ? null : `${name}|${year}`;
  }

  /** Where its files lie. */
  places(): Places {
    const paths: string[] = [];
    const tails: string[] = [];
    for (const { path } of this.rows) {
      if (path === null) continue;
      const { key, tail } = pathNames(path);
      paths.push(key);
      if (tail !== null) tails.push(tail);
    }
    return { paths, tails };
  }
}

export interface Places {
  readonly paths: readonly string[];
  readonly tails: readonly string[];
}

const PARENTS: ReadonlySet<IndexedType> = new Set(['series', 'album', 'movie']);

/** Rows between two yields: some milliseconds. */
export const STEP = 500;
