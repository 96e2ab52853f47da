import type { PathCheck } from '@usher/contracts';
import { isWithin, normalizePath, PathMap, pathKey, PathVotes, type PathPair } from '@usher/matching';
import type { PlanLibraryRow } from './library-plans.repository.js';
import type { PathMapRow } from './plan-request.js';
import type { PathOrigin, PlanPathRow } from './plan-result.js';

const SAMPLES = 12;
/** Pairs between two looks at the clock. */
const STEP = 200;

/** A row of the map before the target was asked about it. */
export interface DraftRow {
  readonly libraryVendorId: string | null;
  readonly libraryName: string | null;
  readonly from: string;
  readonly to: string | null;
  readonly origin: PathOrigin;
  readonly note: string;
}

export interface SampledRow extends DraftRow {
  /** Files at the mapped place. */
  readonly samples: string[];
}

/** One row for each folder of the chosen libraries, proposed by titles that both have. */
export function* suggestRows(libraries: readonly PlanLibraryRow[], targetFolders: readonly string[], pairs: Iterable<PathPair>): Generator<undefined, DraftRow[]> {
  const votes = libraries.map(({ folders }) => new PathVotes(folders));
  let at = 0;
  for (const pair of pairs) {
    if (at++ % STEP === 0) yield;
    for (const each of votes) each.add(pair);
  }
  return libraries.flatMap(({ vendorId, name }, index) =>
    votes[index]!.rows(targetFolders).map(({ from, to, by, votes: count }) => ({
      libraryVendorId: vendorId,
      libraryName: name,
      from,
      to,
      origin: to === null ? ('missing' as const) : ('suggested' as const),
      note: by === 'files' ? count === 1 ? '1 title that both have ends alike' : `${count} titles that both have end alike` : by === 'name' ? 'same folder name' : 'no folder of the target is like it',
    })),
  );
}

/** The map that a person gave, with a row to fill in for each folder that it leaves out. */
export function givenRows(libraries: readonly PlanLibraryRow[], given: readonly PathMapRow[]): DraftRow[] {
  const folders = libraries.flatMap(({ vendorId, name, folders: own }) => own.map((from) => ({ vendorId, name, from })));
  const rows = given.map(({ libraryVendorId, from, to }): DraftRow => {
    const owner = folders.find((folder) => folder.vendorId === libraryVendorId) ?? folders.find((folder) => meets(from, folder.from));
    return { libraryVendorId: owner?.vendorId ?? null, libraryName: owner?.name ?? null, from, to, origin: 'given', note: 'as given' };
  });
  const left = folders.filter(({ from }) => !given.some((row) => meets(row.from, from)));
  return [...rows, ...left.map(({ vendorId, name, from }): DraftRow => ({ libraryVendorId: vendorId, libraryName: name, from, to: null, origin: 'missing', note: 'not in the map' }))];
}

/** One of the two folders lies in the other. */
function meets(a: string, b: string): boolean {
  const [one, other] = [normalizePath(a), normalizePath(b)];
  return isWithin(one, other) || isWithin(other, one);
}

/** Rows that can be used. */
export function mapOf(rows: readonly DraftRow[]): { from: string; to: string }[] {
  return rows.flatMap(({ from, to }) => (to === null ? [] : [{ from, to }]));
}

/** Spread evenly over the titles that both have: their files must be at the mapped place already. Looked through twice, so that not all of them are held. */
export function* withSamples(rows: readonly DraftRow[], pairs: Iterable<PathPair>): Generator<undefined, SampledRow[]> {
  const map = new PathMap(mapOf(rows));
  const counts = new Map<string, number>();
  yield* eachMapped(map, pairs, (prefix) => counts.set(prefix, (counts.get(prefix) ?? 0) + 1));
  const samples = new Map<string, string[]>();
  const passed = new Map<string, number>();
  yield* eachMapped(map, pairs, (prefix, source) => {
    const at = passed.get(prefix) ?? 0;
    passed.set(prefix, at + 1);
    const taken = samples.get(prefix) ?? [];
    samples.set(prefix, taken);
    if (at === Math.floor((taken.length * counts.get(prefix)!) / Math.min(SAMPLES, counts.get(prefix)!))) taken.push(map.map(source)!);
  });
  return rows.map((row) => ({ ...row, samples: row.to === null ? [] : (samples.get(normalizePath(row.from).text) ?? []) }));
}

function* eachMapped(map: PathMap, pairs: Iterable<PathPair>, look: (prefix: string, source: string) => void): Generator<undefined, void> {
  let at = 0;
  for (const { source } of pairs) {
    if (at++ % STEP === 0) yield;
    const prefix = map.prefixOf(source);
    if (prefix !== null) look(prefix, source);
  }
}

/** What the target answered; null when it could not be asked. */
export function judgeRows(rows: readonly SampledRow[], checks: readonly PathCheck[] | null): PlanPathRow[] {
  const states = new Map(checks?.map(({ path, state }) => [pathKey(path), state]));
  const stateOf = (path: string): PathCheck['state'] => states.get(pathKey(path)) ?? 'unknown';
  return rows.map(({ samples, ...row }) => {
    const folder = row.to === null ? 'unknown' : stateOf(row.to);
    const tried = samples.filter((path) => stateOf(path) !== 'unknown');
    return {
      ...row,
      verdict: folder === 'found' ? 'readable' : folder === 'missing' ? 'unreadable' : 'unknown',
      samplesTried: tried.length,
      samplesFound: tried.filter((path) => stateOf(path) === 'found').length,
      samplesMissing: tried.filter((path) => stateOf(path) === 'missing'),
    };
  });
}
