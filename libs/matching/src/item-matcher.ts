import { judgePair, type Circumstances, type Matchable } from './compare.js';
import { judgeOrder, type EpisodeOrder } from './episode-order.js';
import { STEP, type Group } from './group.js';
import { Side } from './side.js';
import { MATCH_TIERS, type MatchTier } from './tiers.js';

/** An episode order that a person supplied, for a series of the source. */
export interface OrderRow {
  readonly seriesId: string;
  readonly from: { readonly season: number; readonly episode: number };
  readonly to: { readonly season: number; readonly episode: number };
}

/** The same title on both servers; several ids of one side are copies of it there. */
export interface Match {
  readonly tier: MatchTier;
  readonly source: string[];
  readonly target: string[];
  readonly evidence: string[];
}

export interface SeriesOrder {
  readonly source: string;
  readonly target: string;
  readonly order: EpisodeOrder;
}

export interface MatchResult {
  /** Tiers A to E. No id stands in two of them. */
  readonly matches: Match[];
  /** Tier X: what contradicts itself, and what could be one or another. Never acted upon. */
  readonly undecided: Match[];
  readonly onlySource: string[];
  readonly onlyTarget: string[];
  readonly orders: SeriesOrder[];
}

export interface MatchOptions {
  readonly orders?: readonly OrderRow[];
}

interface Pair {
  readonly a: Group;
  readonly b: Group;
  readonly tier: MatchTier;
  readonly evidence: string[];
}

const AUTOMATIC: ReadonlySet<MatchTier> = new Set(['A', 'B', 'C']);

/**
 * Finds the same titles on two servers by hash indexes: its time grows with the number of rows. The result does not
 * depend on the order of rows, and is the same with both sides exchanged.
 */
export function matchItems(source: Iterable<Matchable>, target: Iterable<Matchable>, options: MatchOptions = {}): MatchResult {
  const steps = matchInSteps(source, target, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** As `matchItems`, yielding every few milliseconds for callers that must not stand still meanwhile. */
export function* matchInSteps(source: Iterable<Matchable>, target: Iterable<Matchable>, options: MatchOptions = {}): Generator<undefined, MatchResult> {
  return yield* new Matching(yield* Side.build(source), yield* Side.build(target), options.orders ?? []).run();
}

class Matching {
  readonly #accepted = new Map<Group, Pair>();
  readonly #taken = new Set<Group>();
  readonly #undecided: Pair[] = [];
  readonly #orders: SeriesOrder[] = [];
  readonly #given: ReadonlyMap<string, string>;

  constructor(
    private readonly source: Side,
    private readonly target: Side,
    orders: readonly OrderRow[],
  ) {
    this.#given = new Map(orders.map(({ seriesId, from, to }) => [`${seriesId}|${numberKey(from.season, from.episode)}`, numberKey(to.season, to.episode)]));
  }

  *run(): Generator<undefined, MatchResult> {
    const pairs: Pair[] = [];
    for (const [at, a] of this.source.groups.entries()) {
      if (at % STEP === 0) yield;
      if (a.isParent) pairs.push(...this.#pairsOf(a));
    }
    yield* this.#choose(pairs);
    yield* this.#choose(yield* this.#childPairs());
    return yield* this.#result();
  }

  /** Every target that an index names for `a`, judged once. */
  #pairsOf(a: Group, numbered: ReadonlyMap<Group, Circumstances['number']> = new Map()): Pair[] {
    const candidates = new Set<Group>(numbered.keys());
    const add = (b: Group | null): void => {
      if (b) candidates.add(b);
    };
    for (const id of a.lead.ids) add(this.target.byId(a, id));
    const { paths, tails } = a.places();
    const { name } = a;
    const addOnly = (b: Group | null, ours: () => Group | null): void => {
      if (b && ours() === a) candidates.add(b);
    };
    for (const path of paths) addOnly(this.target.byPath(a, path), () => this.source.byPath(a, path));
    for (const tail of tails) addOnly(this.target.byTail(a, tail), () => this.source.byTail(a, tail));
    if (name !== null) addOnly(this.target.byName(a, name), () => this.source.byName(a, name));
    const pairs: Pair[] = [];
    for (const b of candidates) {
      const theirs = b.places();
      const judged = judgePair(a.lead, b.lead, {
        samePath: meets(paths, theirs.paths),
        sameTail: meets(tails, theirs.tails),
        sameName: name !== null && name === b.name,
        number: numbered.get(b) ?? null,
      });
      if (judged.tier) pairs.push({ a, b, tier: judged.tier, evidence: judged.evidence });
    }
    return pairs;
  }

  *#childPairs(): Generator<undefined, Pair[]> {
    const theirs = yield* childrenByParent(this.target);
    const pairs: Pair[] = [];
    for (const [parent, children] of yield* childrenByParent(this.source)) {
      const matched = parent && this.#accepted.get(parent);
      const others = matched && AUTOMATIC.has(matched.tier) ? (theirs.get(matched.b) ?? []) : [];
      const numbers = matched ? this.#numbersOf(matched, children, others) : null;
      for (const [at, child] of children.entries()) {
        if (at % STEP === 0) yield;
        pairs.push(...this.#pairsOf(child, numbers?.(child)));
      }
    }
    return pairs;
  }

  /** For a child, the one with the same number under the other parent, and what that number is worth. */
  #numbersOf({ a, b }: Pair, ours: readonly Group[], theirs: readonly Group[]): (child: Group) => Map<Group, Circumstances['number']> {
    const isSeries = a.lead.type === 'series';
    const order: EpisodeOrder = isSeries ? judgeOrder(this.#idPairs(ours, new Set(theirs)), leads(ours), leads(theirs)) : 'trusted';
    if (isSeries && theirs.length > 0) this.#orders.push({ source: a.lead.id, target: b.lead.id, order });
    const [ourNumbers, theirNumbers] = [byNumber(ours), byNumber(theirs)];
    return (child) => {
      const found = new Map<Group, Circumstances['number']>();
      const key = numberOf(child.lead);
      if (key === null) return found;
      const given = a.rows.map((row) => this.#given.get(`${row.id}|${key}`)).find((to) => to !== undefined);
      const other = theirNumbers.get(given ?? key);
      const isOnly = ourNumbers.get(key) === child;
      if (other && isOnly && (given !== undefined || order !== 'differs')) found.set(other, given !== undefined ? 'given' : order === 'trusted' ? 'trusted' : 'untrusted');
      return found;
    };
  }

  *#idPairs(ours: readonly Group[], theirs: ReadonlySet<Group>): Generator<[Matchable, Matchable]> {
    for (const child of ours) {
      const found = new Set(child.lead.ids.map((id) => this.target.byId(child, id)));
      for (const other of found) if (other && theirs.has(other)) yield [child.lead, other.lead];
    }
  }

  /** Strongest tier first; of several candidates of one tier none is taken. */
  *#choose(pairs: readonly Pair[]): Generator<undefined, void> {
    for (const tier of MATCH_TIERS) {
      const open: Pair[] = [];
      const rivals = new Map<Group, number>();
      for (const [at, pair] of pairs.entries()) {
        if (at % STEP === 0) yield;
        if (pair.tier !== tier || this.#taken.has(pair.a) || this.#taken.has(pair.b)) continue;
        open.push(pair);
        for (const group of [pair.a, pair.b]) rivals.set(group, (rivals.get(group) ?? 0) + 1);
      }
      for (const [at, pair] of open.entries()) {
        if (at % STEP === 0) yield;
        if (tier === 'X') this.#undecided.push(pair);
        else if (rivals.get(pair.a) === 1 && rivals.get(pair.b) === 1) this.#accepted.set(pair.a, pair);
        else this.#undecided.push({ ...pair, tier: 'X', evidence: [...pair.evidence, `one of several with tier ${tier}`] });
        if (tier !== 'X') this.#taken.add(pair.a).add(pair.b);
      }
    }
  }

  *#result(): Generator<undefined, MatchResult> {
    const matches: Match[] = [];
    for (const pair of this.#accepted.values()) {
      if (matches.length % STEP === 0) yield;
      matches.push(asMatch(pair));
    }
    // Whoever is taken is accepted or undecided; what contradicts itself is undecided and was never taken.
    for (const { a, b } of this.#undecided) this.#taken.add(a).add(b);
    const undecided = this.#undecided.map(asMatch);
    return { matches, undecided, onlySource: yield* this.#rest(this.source), onlyTarget: yield* this.#rest(this.target), orders: this.#orders };
  }

  *#rest(side: Side): Generator<undefined, string[]> {
    const ids: string[] = [];
    for (const [at, group] of side.groups.entries()) {
      if (at % STEP === 0) yield;
      if (!this.#taken.has(group)) for (const row of group.rows) ids.push(row.id);
    }
    return ids;
  }
}

function asMatch({ a, b, tier, evidence }: Pair): Match {
  return { tier, source: a.rows.map((row) => row.id), target: b.rows.map((row) => row.id), evidence };
}

function leads(groups: readonly Group[]): Matchable[] {
  return groups.map((group) => group.lead);
}

/** Children without a parent stand under null. */
function* childrenByParent(side: Side): Generator<undefined, Map<Group | null, Group[]>> {
  const children = new Map<Group | null, Group[]>();
  for (const [at, group] of side.groups.entries()) {
    if (at % STEP === 0) yield;
    if (group.isParent) continue;
    const { parentId } = group.lead;
    const parent = parentId === null ? null : side.parent(parentId);
    const list = children.get(parent);
    if (list) list.push(group);
    else children.set(parent, [group]);
  }
  return children;
}

/** Numbers that stand once under their parent. */
function byNumber(groups: readonly Group[]): Map<string, Group | null> {
  const found = new Map<string, Group | null>();
  for (const group of groups) {
    const key = numberOf(group.lead);
    if (key !== null) found.set(key, found.has(key) ? null : group);
  }
  return found;
}

/** A file of several episodes has another number than its first one. Albums of one disc often do not number it. */
function numberOf(row: Matchable): string | null {
  const season = row.seasonNumber ?? (row.type === 'track' ? 1 : null);
  if (row.episodeNumber === null || season === null) return null;
  const end = row.episodeEndNumber === null || row.episodeEndNumber === row.episodeNumber ? '' : `-${row.episodeEndNumber}`;
  return `${numberKey(season, row.episodeNumber)}${end}`;
}

function numberKey(season: number, episode: number): string {
  return `${season},${episode}`;
}

function meets(a: readonly string[], b: readonly string[]): boolean {
  return a.some((one) => b.includes(one));
}
