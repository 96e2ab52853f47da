import type { IndexedType } from '@usher/contracts';
import type { Matchable } from './compare.js';
import { STEP, type Group } from './group.js';
import { Grouping } from './grouping.js';
import { KeyIndex } from './key-index.js';

/** One server's rows, in groups, with an index for each kind of evidence. Types never meet, so each has its own. */
export class Side {
  readonly groups: Group[] = [];
  readonly #parents = new Map<string, Group>();
  readonly #byId = new Map<IndexedType, Map<string, Group>>();
  readonly #byPath = new Map<IndexedType, KeyIndex>();
  readonly #byTail = new Map<IndexedType, KeyIndex>();
  readonly #byName = new KeyIndex((group) => (group.name === null ? [] : [group.name]));

  /** Yields now and then, so that a caller can do something else in between. */
  static *build(rows: Iterable<Matchable>): Generator<undefined, Side> {
    const side = new Side();
    const grouping = new Grouping();
    yield* grouping.add(rows);
    for (const group of yield* grouping.groups()) {
      if (side.groups.length % STEP === 0) yield;
      side.#add(group);
    }
    return side;
  }

  /** The title above others that a row of this server is. */
  parent(id: string): Group | null {
    return this.#parents.get(id) ?? null;
  }

  byId({ lead }: Group, id: string): Group | null {
    return this.#byId.get(lead.type)?.get(id) ?? null;
  }

  /** Null also when several lie there that their numbers do not tell apart. */
  byPath(group: Group, path: string): Group | null {
    return only(this.#byPath.get(group.lead.type)?.find(path), group);
  }

  byTail(group: Group, tail: string): Group | null {
    return only(this.#byTail.get(group.lead.type)?.find(tail), group);
  }

  byName(group: Group, name: string): Group | null {
    return only(this.#byName.find(name), group);
  }

  #add(group: Group): void {
    this.groups.push(group);
    const { type, ids } = group.lead;
    if (group.isParent) for (const row of group.rows) this.#parents.set(row.id, group);
    const byId = ofType(this.#byId, type, () => new Map<string, Group>());
    for (const id of ids) byId.set(id, group);
    const { paths, tails } = group.places();
    if (paths.length > 0) ofType(this.#byPath, type, () => new KeyIndex((other) => other.places().paths)).add(paths, group);
    if (tails.length > 0) ofType(this.#byTail, type, () => new KeyIndex((other) => other.places().tails)).add(tails, group);
    const { name } = group;
    if (name !== null) this.#byName.add([name], group);
  }
}

function ofType<V>(indexes: Map<IndexedType, V>, type: IndexedType, make: () => V): V {
  let index = indexes.get(type);
  if (index === undefined) indexes.set(type, (index = make()));
  return index;
}

/** Several episodes may share one file: then the number tells them apart. More than a few are no evidence of anything. */
function only(found: readonly Group[] | undefined, asked: Group): Group | null {
  if (found === undefined || found.length < 2) return found?.[0] ?? null;
  if (asked.lead.type !== 'episode' || found.length > MAX_IN_A_FILE) return null;
  const same = found.filter(({ lead }) => lead.seasonNumber === asked.lead.seasonNumber && lead.episodeNumber === asked.lead.episodeNumber);
  return same.length === 1 ? same[0]! : null;
}

const MAX_IN_A_FILE = 20;
