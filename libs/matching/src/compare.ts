import type { IndexedType } from '@usher/contracts';
import { namespaceOf } from './provider-ids.js';
import type { MatchTier } from './tiers.js';

/** An item of one server, as far as matching looks at it. */
export interface Matchable {
  readonly id: string;
  readonly type: IndexedType;
  readonly title: string;
  /** Series of an episode, album of a track: the `id` of another row of the same server. */
  readonly parentId: string | null;
  readonly seasonNumber: number | null;
  readonly episodeNumber: number | null;
  readonly episodeEndNumber: number | null;
  readonly year: number | null;
  /** `YYYY-MM-DD` */
  readonly airDate: string | null;
  readonly durationMs: number | null;
  /** Own ids as `readIds` makes them. */
  readonly ids: readonly string[];
  /** In the target's terms: the paths of a source are mapped before. */
  readonly path: string | null;
}

/** What is known about a pair besides its rows. */
export interface Circumstances {
  readonly samePath: boolean;
  readonly sameTail: boolean;
  /** Title and year agree and are unique on both sides. */
  readonly sameName: boolean;
  /** Equal numbers under the same parent: in a series whose order is proven, in one whose order is not, or by an order that a person gave. */
  readonly number: 'trusted' | 'untrusted' | 'given' | null;
}

export interface Judgement {
  /** Null: nothing speaks for the pair. */
  readonly tier: MatchTier | null;
  readonly evidence: string[];
}

const DAY_MS = 86_400_000;

/** Lengths within one per cent; unknown lengths are not equal. */
export function isCloseDuration(a: number | null, b: number | null): boolean {
  if (!a || !b) return false;
  return Math.abs(a - b) <= 0.01 * Math.max(a, b);
}

export function isCloseDate(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return false;
  return Math.abs(Date.parse(a) - Date.parse(b)) <= DAY_MS;
}

/** Namespaces that both sides have: with a common value, and without one. */
export function compareIds(a: readonly string[], b: readonly string[]): { agree: string[]; dissent: string[] } {
  const agree: string[] = [];
  const dissent: string[] = [];
  let seen = '';
  for (const id of a) {
    const namespace = namespaceOf(id);
    // Ids are sorted: those of one namespace stand together.
    if (namespace === seen) continue;
    seen = namespace;
    const theirs = b.filter((other) => namespaceOf(other) === namespace);
    if (theirs.length === 0) continue;
    (theirs.some((other) => a.includes(other)) ? agree : dissent).push(namespace);
  }
  return { agree, dissent };
}

/** The tier of one pair, rivals aside (`item-matcher.ts` looks for them). Both rows have the same type. Symmetric. */
export function judgePair(a: Matchable, b: Matchable, { samePath, sameTail, sameName, number: given }: Circumstances): Judgement {
  const { agree, dissent } = compareIds(a.ids, b.ids);
  // Nobody numbers specials alike.
  const number = given === 'trusted' && a.type === 'episode' && a.seasonNumber === 0 ? 'untrusted' : given;
  const sameAirDate = number === 'trusted' && a.airDate !== null && a.airDate === b.airDate;
  const closeDuration = isCloseDuration(a.durationMs, b.durationMs);
  const sameYear = a.year !== null && a.year === b.year;
  const tier = tierOf({
    agreed: agree.length + (number === 'given' ? 1 : number === 'trusted' ? (sameAirDate ? 2 : 1) : 0),
    dissented: dissent.length,
    samePath,
    sameFile: sameTail && closeDuration,
    sameNumber: number === 'untrusted',
    sameName: sameName && closeDuration && a.ids.length === 0 && b.ids.length === 0,
    witness: sameTail || (closeDuration && (sameYear || isCloseDate(a.airDate, b.airDate))),
  });
  const evidence = [...agree.map((namespace) => `${namespace} equal`), ...dissent.map((namespace) => `${namespace} differs`)];
  if (number) evidence.push(NUMBER_WORDS[number]);
  if (sameAirDate) evidence.push('same air date');
  if (samePath) evidence.push('same path');
  else if (sameTail) evidence.push('same end of the path');
  if (sameName) evidence.push('same title and year');
  if (closeDuration && tier !== 'A' && (agree.length === 0 || dissent.length > 0)) evidence.push('same length');
  return { tier, evidence };
}

const NUMBER_WORDS = { given: 'same number by the given order', trusted: 'same number', untrusted: 'same number, order not proven' } as const;

interface Signs {
  readonly agreed: number;
  readonly dissented: number;
  readonly samePath: boolean;
  readonly sameFile: boolean;
  readonly sameNumber: boolean;
  readonly sameName: boolean;
  readonly witness: boolean;
}

function tierOf({ agreed, dissented, samePath, sameFile, sameNumber, sameName, witness }: Signs): MatchTier | null {
  if (samePath) return dissented > 0 && agreed === 0 ? 'X' : 'A';
  if (agreed > 0) {
    if (dissented === 0) return agreed > 1 ? 'B' : 'C';
    if (dissented > 1 || !witness) return 'X';
    return agreed > 1 ? 'B' : 'D';
  }
  if (dissented > 0) return sameFile ? 'X' : null;
  if (sameNumber || sameFile) return 'D';
  return sameName ? 'E' : null;
}
