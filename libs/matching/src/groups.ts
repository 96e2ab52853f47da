import { namespaceOf } from './provider-ids.js';
import type { Matchable } from './compare.js';
import { pathKey, pathTail } from './paths.js';
import { normalizeTitle } from './titles.js';

/** The copies of one title on one server: usually one row. They share their watch state, so they are matched as one. */
export interface Group {
  readonly rows: Matchable[];
  /** The first row in the order of ids, with the ids of all rows. */
  lead: Matchable;
  readonly paths: Set<string>;
  readonly tails: Set<string>;
  readonly name: string | null;
}

/** Found more than once: no evidence. */
const SEVERAL = Symbol('several');
type Unique = Map<string, Group | typeof SEVERAL>;

/** Rows between two yields: some milliseconds. */
export const STEP = 1_000;

/** One server's rows, in groups, with an index for each kind of evidence. */
export class Side {
  readonly groups: readonly Group[];
  readonly #byRow = new Map<string, Group>();
  readonly #byId = new Map<string, Group>();
  readonly #byPath: Unique = new Map();
  readonly #byTail: Unique = new Map();
  readonly #byName: Unique = new Map();

  private constructor(groups: readonly Group[]) {
    this.groups = groups;
  }

  /** Yields now and then, so that a caller can do something else in between. */
  static *build(rows: Iterable<Matchable>): Generator<undefined, Side> {
    const side = new Side(yield* groupsOf([...rows]));
    for (const [at, group] of side.groups.entries()) {
      if (at % STEP === 0) yield;
      for (const row of group.rows) side.#byRow.set(row.id, group);
      for (const id of group.lead.ids) side.#byId.set(`${group.lead.type}|${id}`, group);
      for (const path of group.paths) note(side.#byPath, path, group);
      for (const tail of group.tails) note(side.#byTail, tail, group);
      if (group.name !== null) note(side.#byName, group.name, group);
    }
    return side;
  }

  ofRow(id: string): Group | null {
    return this.#byRow.get(id) ?? null;
  }

  byId(group: Group, id: string): Group | null {
    return this.#byId.get(`${group.lead.type}|${id}`) ?? null;
  }

  byPath(path: string): Group | null {
    return only(this.#byPath, path);
  }

  byTail(tail: string): Group | null {
    return only(this.#byTail, tail);
  }

  byName(name: string): Group | null {
    return only(this.#byName, name);
  }
}

function note(index: Unique, key: string, group: Group): void {
  const known = index.get(key);
  if (known === undefined) index.set(key, group);
  else if (known !== group) index.set(key, SEVERAL);
}

function only(index: Unique, key: string): Group | null {
  const found = index.get(key);
  return found === undefined || found === SEVERAL ? null : found;
}

/** Rows that share an id are one group when they are copies of one title; else the id is junk and dropped from all of them. */
function* groupsOf(rows: readonly Matchable[]): Generator<undefined, Group[]> {
  const holders = new Map<string, Matchable[]>();
  for (const [at, row] of rows.entries()) {
    if (at % STEP === 0) yield;
    for (const id of row.ids) {
      const key = `${row.type}|${id}`;
      const list = holders.get(key);
      if (list) list.push(row);
      else holders.set(key, [row]);
    }
  }
  const junk = new Set<string>();
  const copies = new Copies();
  for (const [key, list] of holders) {
    if (list.length < 2) continue;
    if (areCopies(list)) for (const row of list) copies.join(list[0]!, row);
    else junk.add(key);
  }
  const byRoot = new Map<Matchable, Matchable[]>();
  for (const row of rows) {
    const root = copies.rootOf(row);
    const list = byRoot.get(root);
    if (list) list.push(row);
    else byRoot.set(root, [row]);
  }
  const groups: Group[] = [];
  for (const members of byRoot.values()) {
    if (groups.length % STEP === 0) yield;
    groups.push(groupOf(members, junk));
  }
  return groups;
}

function groupOf(members: Matchable[], junk: ReadonlySet<string>): Group {
  const rows = members.length > 1 ? members.sort((a, b) => (a.id < b.id ? -1 : 1)) : members;
  const first = rows[0]!;
  const isPlain = rows.length === 1 && (junk.size === 0 || !first.ids.some((id) => junk.has(`${first.type}|${id}`)));
  const ids = isPlain ? first.ids : [...new Set(rows.flatMap((row) => row.ids))].filter((id) => !junk.has(`${first.type}|${id}`)).sort();
  const group: Group = { rows, lead: isPlain ? first : { ...first, ids }, paths: new Set(), tails: new Set(), name: nameOf(first, ids) };
  for (const row of rows) {
    if (row.path === null) continue;
    // Several episodes may share one file: then the number tells them apart.
    const keys = row.type === 'episode' ? ['', `#${row.seasonNumber},${row.episodeNumber}`] : [''];
    const [path, tail] = [pathKey(row.path), pathTail(row.path)];
    for (const key of keys) {
      group.paths.add(`${row.type}|${path}${key}`);
      if (tail !== null) group.tails.add(`${row.type}|${tail}${key}`);
    }
  }
  return group;
}

/** Only films are found by name: an episode's or a track's title says nothing without what it belongs to. */
function nameOf(row: Matchable, ids: readonly string[]): string | null {
  if (row.type !== 'movie' || row.year === null || ids.length > 0) return null;
  const title = normalizeTitle(row.title);
  return title === '' ? null : `${title}|${row.year}`;
}

/**
 * Copies of one title agree in every namespace that they have in common, and in their name or in a second id. Asked of
 * all holders of an id at once, so the order of rows does not matter.
 */
function areCopies(rows: readonly Matchable[]): boolean {
  const common = new Map<string, { values: Set<string>; rows: number }>();
  for (const row of rows) {
    const own = new Map<string, string[]>();
    for (const id of row.ids) {
      const namespace = namespaceOf(id);
      const list = own.get(namespace);
      if (list) list.push(id);
      else own.set(namespace, [id]);
    }
    for (const [namespace, values] of own) {
      const known = common.get(namespace);
      if (!known) common.set(namespace, { values: new Set(values), rows: 1 });
      else {
        known.rows += 1;
        known.values = new Set(values.filter((value) => known.values.has(value)));
      }
    }
  }
  if ([...common.values()].some(({ values }) => values.size === 0)) return false;
  if ([...common.values()].filter((entry) => entry.rows === rows.length).length > 1) return true;
  const name = normalizeTitle(rows[0]!.title);
  return name !== '' && rows.every((row) => normalizeTitle(row.title) === name && row.year === rows[0]!.year);
}

/** Sets of rows that belong together. */
class Copies {
  readonly #parents = new Map<Matchable, Matchable>();

  rootOf(row: Matchable): Matchable {
    let root = row;
    for (let parent = this.#parents.get(root); parent; parent = this.#parents.get(root)) root = parent;
    return root;
  }

  join(a: Matchable, b: Matchable): void {
    const [one, other] = [this.rootOf(a), this.rootOf(b)];
    if (one !== other) this.#parents.set(other, one);
  }
}
