import type { AdapterUsage } from './media-server.js';

/** A word of a vendor that this version does not know, and where it stood. */
export interface UnknownWord {
  /** What carried it, so that the next list does not count it again. */
  readonly of: string;
  /** The vendor's name of the field. */
  readonly field: string;
  readonly word: string;
}

const MAX_FIELDS = 100;

/** Counts what adapters could only show as unknown: each word once for as long as it stands in the lists. */
export class UnknownWords {
  readonly #counts = new Map<string, number>();
  #standing = new Set<string>();

  /** All that one list held. */
  take(words: readonly UnknownWord[]): void {
    const standing = new Set<string>();
    for (const { of, field, word } of words) {
      // anything but a plain word stays out of what people get to see
      const name = /^[\w.-]{1,60}$/.test(word) ? `${field}: ${word}` : field;
      const key = `${of}|${name}`;
      if (!this.#standing.has(key) && !standing.has(key) && (this.#counts.has(name) || this.#counts.size < MAX_FIELDS)) this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
      standing.add(key);
    }
    this.#standing = standing;
  }

  list(): AdapterUsage['unknownValues'] {
    return [...this.#counts].map(([field, count]) => ({ field, count }));
  }
}
