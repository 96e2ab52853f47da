import { uuidv7 } from '@usher/contracts';
import { compareIds, isCloseDuration, judgePair, normalizeTitle, pathTail, type Matchable, type MatchTier } from '@usher/matching';
import type { ItemRow } from './item-row.js';

/** A row of the index that may be the same title as one that is being read. */
export interface Placed extends Matchable {
  readonly serverId: string;
  readonly itemId: string;
  readonly pathKey: string | null;
}

export interface Placing {
  readonly row: ItemRow;
  readonly itemId: string;
  /** True when no title of the index is it: `itemId` is a new one, or the one it had alone. */
  readonly isLead: boolean;
  readonly tier: 'A' | 'B' | 'C' | null;
  readonly evidence: string[];
}

/** Titles that turned out to be one: all of `from` are `into`. */
export interface Joining {
  readonly from: string;
  readonly into: string;
}

export interface Grouping {
  readonly placings: Placing[];
  readonly joinings: Joining[];
}

interface Found {
  readonly itemId: string;
  readonly tier: 'A' | 'B' | 'C';
  readonly evidence: string[];
  readonly placed: Placed;
}

/**
 * Finds the title of each row among `candidates`: rows of the index that share an id or a path with one of them.
 * `ownItems`: titles that a row had before and shares with nobody; it keeps them unless it joins another.
 */
export function groupRows(serverId: string, rows: readonly ItemRow[], candidates: readonly Placed[], ownItems: ReadonlyMap<string, string>): Grouping {
  const index = new PlacedIndex(candidates);
  const placings: Placing[] = [];
  const joinings: Joining[] = [];
  for (const row of rows) {
    const found = index.find(serverId, row);
    const own = ownItems.get(row.id);
    const items = [...new Set([...found.map(({ itemId }) => itemId), ...(own === undefined ? [] : [own])])].sort();
    const best = found[0];
    const [into, ...others] = items;
    let placing: Placing;
    if (!best || !into || !areOne(found)) {
      const evidence = best ? ['one of several titles'] : [];
      placing = { row, itemId: own ?? uuidv7(), isLead: true, tier: null, evidence };
    } else {
      // The older id stays: links hold it.
      for (const from of others) joinings.push({ from, into });
      index.join(others, into);
      placing = { row, itemId: into, isLead: false, tier: best.tier, evidence: best.evidence };
    }
    placings.push(placing);
    index.add({ ...row, serverId, itemId: placing.itemId });
  }
  return { placings, joinings };
}

/** Several titles are one only when nothing speaks against it and no server holds two of them. */
function areOne(found: readonly Found[]): boolean {
  const servers = new Map<string, string>();
  for (const { itemId, placed } of found) {
    const known = servers.get(placed.serverId);
    if (known !== undefined && known !== itemId) return false;
    servers.set(placed.serverId, itemId);
  }
  return found.every((one, at) => found.slice(at + 1).every((other) => one.itemId === other.itemId || compareIds(one.placed.ids, other.placed.ids).dissent.length === 0));
}

/** Candidates by id and by path; what is placed joins them, so that a page may hold copies. */
class PlacedIndex {
  readonly #byId = new Map<string, Set<Placed>>();
  readonly #byPath = new Map<string, Set<Placed>>();
  readonly #joined = new Map<string, string>();

  constructor(candidates: readonly Placed[]) {
    for (const placed of candidates) this.add(placed);
  }

  add(placed: Placed): void {
    for (const id of placed.ids) note(this.#byId, `${placed.type}|${id}`, placed);
    if (placed.pathKey !== null) note(this.#byPath, `${placed.type}|${placed.pathKey}`, placed);
  }

  join(from: readonly string[], into: string): void {
    for (const itemId of from) this.#joined.set(itemId, into);
  }

  /** Of tiers A to C, the strongest first. */
  find(serverId: string, row: ItemRow): Found[] {
    const junk = row.ids.filter((id) => this.#isJunk(serverId, row, id));
    const near = new Set<Placed>();
    for (const id of row.ids) if (!junk.includes(id)) for (const placed of this.#byId.get(`${row.type}|${id}`) ?? []) near.add(placed);
    if (row.pathKey !== null) for (const placed of this.#byPath.get(`${row.type}|${row.pathKey}`) ?? []) near.add(placed);
    const own = without(row, junk);
    return [...near]
      .flatMap((placed) => this.#judge(serverId, own, without(placed, junk)) ?? [])
      .sort((a, b) => (a.tier === b.tier ? (a.itemId < b.itemId ? -1 : 1) : a.tier < b.tier ? -1 : 1));
  }

  #judge(serverId: string, row: ItemRow, placed: Placed): Found | null {
    if (placed.serverId === serverId && (placed.id === row.id || !areCopies(row, placed))) return null;
    const { tier, evidence } = judgePair(row, placed, {
      // Without a map of paths an equal path proves the same file only when its length is the same too.
      samePath: placed.serverId !== serverId && row.pathKey === placed.pathKey && row.pathKey !== null && isCloseDuration(row.durationMs, placed.durationMs) && isSameNumber(row, placed),
      sameTail: row.path !== null && placed.path !== null && pathTail(row.path) !== null && pathTail(row.path) === pathTail(placed.path),
      sameName: false,
      number: null,
    });
    return isAutomatic(tier) ? { itemId: this.#titleOf(placed), tier, evidence, placed } : null;
  }

  /** On one server an id names one title. One that stands on several, or on another than this row, proves nothing. */
  #isJunk(serverId: string, row: ItemRow, id: string): boolean {
    const titles = new Map<string, string>();
    for (const placed of this.#byId.get(`${row.type}|${id}`) ?? []) {
      if (placed.serverId === serverId && placed.id === row.id) continue;
      if (placed.serverId === serverId && !areCopies(row, placed)) return true;
      const title = this.#titleOf(placed);
      if ((titles.get(placed.serverId) ?? title) !== title) return true;
      titles.set(placed.serverId, title);
    }
    return false;
  }

  #titleOf({ itemId }: Placed): string {
    let title = itemId;
    for (let into = this.#joined.get(title); into !== undefined; into = this.#joined.get(title)) title = into;
    return title;
  }
}

function note(index: Map<string, Set<Placed>>, key: string, placed: Placed): void {
  const list = index.get(key);
  if (list) list.add(placed);
  else index.set(key, new Set([placed]));
}

function without<T extends Matchable>(row: T, junk: readonly string[]): T {
  return junk.length === 0 ? row : { ...row, ids: row.ids.filter((id) => !junk.includes(id)) };
}

/** Two rows of one server are copies of a title when no id differs and the name, or a second id, agrees. */
function areCopies(a: Matchable, b: Matchable): boolean {
  const { agree, dissent } = compareIds(a.ids, b.ids);
  if (dissent.length > 0 || agree.length === 0) return false;
  return agree.length > 1 || (normalizeTitle(a.title) === normalizeTitle(b.title) && a.year === b.year);
}

function isSameNumber(a: Matchable, b: Matchable): boolean {
  return a.type !== 'episode' || (a.seasonNumber === b.seasonNumber && a.episodeNumber === b.episodeNumber);
}

function isAutomatic(tier: MatchTier | null): tier is 'A' | 'B' | 'C' {
  return tier === 'A' || tier === 'B' || tier === 'C';
}
