import type { IndexedType } from '@usher/contracts';
import { areCopies } from './copies.js';
import type { Matchable } from './compare.js';
import { pathNames } from './paths.js';
import { normalizeTitle } from './titles.js';

/** The copies of one title on one server: usually one row. They share their watch state, so they are matched as one. */
export interface Group {
  readonly rows: readonly Matchable[];
  /** The first row in the order of ids, with the ids of all rows. */
  readonly lead: Matchable;
  readonly paths: readonly string[];
  readonly tails: readonly string[];
  /** Title and year of a film without ids. */
  readonly name: string | null;
}

type Index = Map<string, Group | Group[]>;

/** Rows between two yields: some milliseconds. */
export const STEP = 1_000;

/** One server's rows, in groups, with an index for each kind of evidence. Types never meet, so each has its own. */
export class Side {
  readonly groups: Group[] = [];
  readonly #byRow = new Map<string, Group>();
  readonly #holders = new Map<IndexedType, Map<string, Matchable>>();
  readonly #byPath = new Map<IndexedType, Index>();
  readonly #byTail = new Map<IndexedType, Index>();
  readonly #byName: Index = new Map();

  /** Yields now and then, so that a caller can do something else in between. */
  static *build(rows: Iterable<Matchable>): Generator<undefined, Side> {
    const side = new Side();
    for (const group of yield* side.#group([...rows])) {
      if (side.groups.length % STEP === 0) yield;
      side.#add(group);
    }
    return side;
  }

  ofRow(id: string): Group | null {
    return this.#byRow.get(id) ?? null;
  }

  byId({ lead }: Group, id: string): Group | null {
    const holder = this.#holders.get(lead.type)?.get(id);
    return holder ? this.#byRow.get(holder.id)! : null;
  }

  /** Null also when several lie there that their numbers do not tell apart. */
  byPath(group: Group, path: string): Group | null {
    return only(this.#byPath.get(group.lead.type)?.get(path), group);
  }

  byTail(group: Group, tail: string): Group | null {
    return only(this.#byTail.get(group.lead.type)?.get(tail), group);
  }

  byName(group: Group, name: string): Group | null {
    return only(this.#byName.get(name), group);
  }

  #add(group: Group): void {
    this.groups.push(group);
    for (const row of group.rows) this.#byRow.set(row.id, group);
    const { type } = group.lead;
    if (group.paths.length > 0) noteAll(ofType(this.#byPath, type), group.paths, group);
    if (group.tails.length > 0) noteAll(ofType(this.#byTail, type), group.tails, group);
    if (group.name !== null) noteAll(this.#byName, [group.name], group);
  }

  /** Rows that share an id are one group when they are copies of one title; else the id is junk and dropped from all of them. */
  *#group(rows: readonly Matchable[]): Generator<undefined, Group[]> {
    const shared = new Map<string, { id: string; rows: Matchable[] }>();
    for (const [at, row] of rows.entries()) {
      if (at % STEP === 0) yield;
      const holders = ofType(this.#holders, row.type);
      for (const id of row.ids) {
        const first = holders.get(id);
        if (first === undefined) holders.set(id, row);
        else if (first !== row) {
          const key = `${row.type}|${id}`;
          const known = shared.get(key);
          if (known) known.rows.push(row);
          else shared.set(key, { id, rows: [first, row] });
        }
      }
    }
    const junk = new Set<string>();
    const copies = new Copies();
    for (const [key, { id, rows: holders }] of shared) {
      if (areCopies(holders)) for (const row of holders) copies.join(holders[0]!, row);
      else {
        junk.add(key);
        this.#holders.get(holders[0]!.type)!.delete(id);
      }
    }
    return yield* groupsOf(rows, copies, junk);
  }
}

function ofType<V>(indexes: Map<IndexedType, Map<string, V>>, type: IndexedType): Map<string, V> {
  let index = indexes.get(type);
  if (!index) indexes.set(type, (index = new Map()));
  return index;
}

function noteAll(index: Index, keys: readonly string[], group: Group): void {
  for (const key of keys) {
    const known = index.get(key);
    if (known === undefined) index.set(key, group);
    else if (Array.isArray(known)) known.push(group);
    else if (known !== group) index.set(key, [known, group]);
  }
}

/** Several episodes may share one file: then the number tells them apart. More than a few are no evidence of anything. */
function only(found: Group | Group[] | undefined, asked: Group): Group | null {
  if (!Array.isArray(found)) return found ?? null;
  if (asked.lead.type !== 'episode' || found.length > MAX_IN_A_FILE) return null;
  const same = found.filter(({ lead }) => lead.seasonNumber === asked.lead.seasonNumber && lead.episodeNumber === asked.lead.episodeNumber);
  return same.length === 1 ? same[0]! : null;
}

const MAX_IN_A_FILE = 20;

function* groupsOf(rows: readonly Matchable[], copies: Copies, junk: ReadonlySet<string>): Generator<undefined, Group[]> {
  const groups: Group[] = [];
  const joined = new Map<Matchable, Matchable[]>();
  for (const [at, row] of rows.entries()) {
    if (at % STEP === 0) yield;
    const root = copies.rootOf(row);
    if (root === null) groups.push(groupOf([row], junk));
    else if (joined.has(root)) joined.get(root)!.push(row);
    else joined.set(root, [row]);
  }
  for (const members of joined.values()) groups.push(groupOf(members.sort((a, b) => (a.id < b.id ? -1 : 1)), junk));
  return groups;
}

function groupOf(rows: readonly Matchable[], junk: ReadonlySet<string>): Group {
  const first = rows[0]!;
  const isJunk = (id: string): boolean => junk.size > 0 && junk.has(`${first.type}|${id}`);
  const isPlain = rows.length === 1 && !first.ids.some(isJunk);
  const ids = isPlain ? first.ids : [...new Set(rows.flatMap((row) => row.ids))].filter((id) => !isJunk(id)).sort();
  const paths: string[] = [];
  const tails: string[] = [];
  for (const row of rows) {
    if (row.path === null) continue;
    const { key, tail } = pathNames(row.path);
    paths.push(key);
    if (tail !== null) tails.push(tail);
  }
  return { rows, lead: isPlain ? first : { ...first, ids }, paths, tails, name: nameOf(first, ids) };
}

/** Only films are found by name: an episode's or a track's title says nothing without what it belongs to. */
function nameOf(row: Matchable, ids: readonly string[]): string | null {
  if (row.type !== 'movie' || row.year === null || ids.length > 0) return null;
  const title = normalizeTitle(row.title);
  return title === '' ? null : `${title}|${row.year}`;
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
