import type { IndexedType } from '@usher/contracts';
import type { Matchable } from './compare.js';
import { areCopies } from './copies.js';
import { Group, STEP } from './group.js';

/** Finds the copies of each title among the rows of one server. */
export class Grouping {
  readonly #rows: Matchable[] = [];
  readonly #holders = new Map<IndexedType, Map<string, Matchable>>();
  readonly #shared = new Map<string, { readonly id: string; readonly rows: Matchable[] }>();

  *add(rows: Iterable<Matchable>): Generator<undefined, void> {
    for (const row of rows) {
      if (this.#rows.length % STEP === 0) yield;
      this.#rows.push(row);
      let holders = this.#holders.get(row.type);
      if (!holders) this.#holders.set(row.type, (holders = new Map()));
      for (const id of row.ids) {
        const first = holders.get(id);
        if (first === undefined) holders.set(id, row);
        else if (first !== row) this.#share(id, first, row);
      }
    }
    this.#holders.clear();
  }

  /** Rows that share an id are one group when they are copies of one title; else the id is junk and dropped from all of them. */
  *groups(): Generator<undefined, Group[]> {
    const junk = new Set<string>();
    const copies = new Copies();
    for (const [key, { rows: holders }] of this.#shared) {
      if (areCopies(holders)) for (const row of holders) copies.join(holders[0]!, row);
      else junk.add(key);
    }
    const groups: Group[] = [];
    const joined = new Map<Matchable, Matchable[]>();
    for (const [at, row] of this.#rows.entries()) {
      if (at % STEP === 0) yield;
      const root = copies.rootOf(row);
      if (root === null) groups.push(groupOf([row], junk));
      else if (joined.has(root)) joined.get(root)!.push(row);
      else joined.set(root, [row]);
    }
    for (const members of joined.values()) groups.push(groupOf(members.sort((a, b) => (a.id < b.id ? -1 : 1)), junk));
    return groups;
  }

  #share(id: string, first: Matchable, row: Matchable): void {
    const key = `${row.type}|${id}`;
    const known = this.#shared.get(key);
    if (known) known.rows.push(row);
    else this.#shared.set(key, { id, rows: [first, row] });
  }
}

function groupOf(rows: readonly Matchable[], junk: ReadonlySet<string>): Group {
  const first = rows[0]!;
  const isJunk = (id: string): boolean => junk.size > 0 && junk.has(`${first.type}|${id}`);
  if (rows.length === 1 && !first.ids.some(isJunk)) return new Group(first, null);
  const ids = [...new Set(rows.flatMap((row) => row.ids))].filter((id) => !isJunk(id)).sort();
  return new Group(withIds(first, ids), rows);
}

/** Field by field: a row may tell them from elsewhere. */
function withIds(row: Matchable, ids: readonly string[]): Matchable {
  const { id, type, title, parentId, seasonNumber, episodeNumber, episodeEndNumber, year, airDate, durationMs, path } = row;
  return { id, type, title, parentId, seasonNumber, episodeNumber, episodeEndNumber, year, airDate, durationMs, ids, path };
}

/** Sets of rows that belong together. */
class Copies {
  readonly #parents = new Map<Matchable, Matchable>();

  /** Null for a row that has no copy. */
  rootOf(row: Matchable): Matchable | null {
    let root = this.#parents.get(row);
    if (!root) return null;
    for (let parent = this.#parents.get(root)!; parent !== root; parent = this.#parents.get(root)!) root = parent;
    return root;
  }

  join(a: Matchable, b: Matchable): void {
    for (const row of [a, b]) if (!this.#parents.has(row)) this.#parents.set(row, row);
    const [one, other] = [this.rootOf(a)!, this.rootOf(b)!];
    if (one !== other) this.#parents.set(other, one);
  }
}
