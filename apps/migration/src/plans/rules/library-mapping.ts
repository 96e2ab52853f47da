import type { Library, PlanRequest } from '@usher/contracts';
import { PathMap, pathKey, type PathRow } from '@usher/matching';
import type { Findings } from './findings.js';
import { nameKey } from './user-names.js';

type LibraryPair = PlanRequest['libraries'][number];

const WATCHED: ReadonlySet<Library['type']> = new Set(['movies', 'shows', 'music', 'mixed', 'other']);

/** True of what holds films, episodes or tracks; the others are mapped for the right to see them. */
export function isWatched({ type }: Library): boolean {
  return WATCHED.has(type);
}

/** The counterpart of each library of the source: as given, else at the same mapped folder, else of the same type and name. */
export function mapLibraries(source: readonly Library[], target: readonly Library[], given: readonly LibraryPair[], paths: readonly PathRow[], findings: Findings): LibraryPair[] {
  const map = new PathMap(paths);
  return source.map((library) => {
    const chosen = given.find((pair) => pair.source === library.vendorId);
    const to = chosen ? chosenOf(library, chosen, target, findings) : suggestedOf(library, target, map);
    return { source: library.vendorId, target: to };
  });
}

function chosenOf(library: Library, { target: wanted }: LibraryPair, target: readonly Library[], findings: Findings): string | null {
  if (wanted === null) return null;
  const found = target.find(({ vendorId }) => vendorId === wanted);
  if (!found) {
    findings.add('LIBRARY_GONE', `The library chosen for ${library.name} is not at the target.`, null, library.vendorId);
    return null;
  }
  if (found.type !== library.type) findings.add('LIBRARY_TYPE_DIFFERS', `${library.name} holds ${library.type}, ${found.name} of the target ${found.type}.`, null, library.vendorId);
  return wanted;
}

function suggestedOf(library: Library, target: readonly Library[], map: PathMap): string | null {
  const same = target.filter(({ type }) => type === library.type);
  const roots = new Set(library.folders.map((folder) => pathKey(map.map(folder) ?? folder)));
  const byRoot = same.filter(({ folders }) => folders.some((folder) => roots.has(pathKey(folder))));
  if (byRoot.length === 1) return byRoot[0]!.vendorId;
  const byName = same.filter(({ name }) => nameKey(name) === nameKey(library.name));
  return byName.length === 1 ? byName[0]!.vendorId : null;
}

/** Libraries that no row of a plan names, told once. */
export function noteUnmapped(pairs: readonly LibraryPair[], source: readonly Library[], given: readonly LibraryPair[], findings: Findings): void {
  const names = pairs.filter((pair) => pair.target === null && !given.some((each) => each.source === pair.source)).flatMap((pair) => source.find(({ vendorId }) => vendorId === pair.source)?.name ?? []);
  if (names.length > 0) findings.add('LIBRARY_NOT_MAPPED', `No library of the target is like ${names.join(', ')}.`);
}
