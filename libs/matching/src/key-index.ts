import type { Group } from './group.js';

/**
 * Groups by long keys that they can tell themselves: only a number made of each key is kept, and whoever is found by it
 * is asked for its keys. Two large libraries have hundreds of thousands of them.
 */
export class KeyIndex {
  readonly #found = new Map<number, Group | Group[]>();
  readonly #keysOf: (group: Group) => readonly string[];

  constructor(keysOf: (group: Group) => readonly string[]) {
    this.#keysOf = keysOf;
  }

  add(keys: readonly string[], group: Group): void {
    for (const key of keys) {
      const hash = hashOf(key);
      const known = this.#found.get(hash);
      if (known === undefined) this.#found.set(hash, group);
      else if (!Array.isArray(known)) {
        if (known !== group) this.#found.set(hash, [known, group]);
      } else if (!known.includes(group)) known.push(group);
    }
  }

  /** Everyone with this key. */
  find(key: string): readonly Group[] {
    const found = this.#found.get(hashOf(key));
    if (found === undefined) return [];
    return (Array.isArray(found) ? found : [found]).filter((group) => this.#keysOf(group).includes(key));
  }
}

/** FNV-1a, cut to what the engine keeps without a box. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return hash & 0x3fffffff;
}
