import { isWithin, normalizePath, segmentsOf, type NormalPath } from './paths.js';

/** One title on both servers, with the place of its file on each. */
export interface PathPair {
  readonly source: string;
  readonly target: string;
}

export interface SuggestedRow {
  readonly from: string;
  /** Null when no folder of the target is like it. */
  readonly to: string | null;
  /** `files`: titles that both have lie below these folders under equal ends; `name`: only the folders' own names are equal. */
  readonly by: 'files' | 'name' | 'nothing';
  /** How many pairs speak for the row. */
  readonly votes: number;
}

/**
 * Finds for each folder of the source the folder of the target that holds the same titles. Pairs of the same title vote:
 * what is left of both paths without their equal end is a proposal.
 */
export class PathVotes {
  readonly #sourceFolders: readonly string[];
  readonly #folders: readonly NormalPath[];
  readonly #votes: readonly Map<string, number>[];

  constructor(sourceFolders: readonly string[]) {
    this.#sourceFolders = sourceFolders;
    this.#folders = sourceFolders.map(normalizePath);
    this.#votes = sourceFolders.map(() => new Map());
  }

  add(pair: PathPair): void {
    const index = longestFolder(this.#folders, normalizePath(pair.source));
    const root = index < 0 ? null : rootOfTarget(this.#sourceFolders[index]!, pair);
    if (root !== null) this.#votes[index]!.set(root, (this.#votes[index]!.get(root) ?? 0) + 1);
  }

  /** One row for each folder of the source. Without a vote a folder of the target with the same last name is taken, if there is one only. */
  rows(targetFolders: readonly string[]): SuggestedRow[] {
    return this.#sourceFolders.map((from, index) => {
      const best = [...this.#votes[index]!].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))[0];
      if (best) return { from, to: best[0], by: 'files', votes: best[1] };
      const named = targetFolders.filter((folder) => lastName(folder) === lastName(from));
      return named.length === 1 ? { from, to: named[0]!, by: 'name', votes: 0 } : { from, to: null, by: 'nothing', votes: 0 };
    });
  }
}

/** All votes at once. */
export function suggestPathMap(sourceFolders: readonly string[], targetFolders: readonly string[], pairs: Iterable<PathPair>): SuggestedRow[] {
  const votes = new PathVotes(sourceFolders);
  for (const pair of pairs) votes.add(pair);
  return votes.rows(targetFolders);
}

function longestFolder(folders: readonly NormalPath[], path: NormalPath): number {
  let best = -1;
  folders.forEach((folder, index) => {
    if (isWithin(path, folder) && (best < 0 || folder.text.length > folders[best]!.text.length)) best = index;
  });
  return best;
}

/** The target's path without what the source has below its folder; null when the two do not end alike. */
function rootOfTarget(folder: string, { source, target }: PathPair): string | null {
  const below = segmentsOf(source).slice(segmentsOf(folder).length);
  const parts = segmentsOf(target);
  if (below.length === 0 || parts.length <= below.length) return null;
  const end = parts.slice(-below.length);
  const isEqual = end.every((part, index) => part.toLowerCase() === below[index]!.toLowerCase());
  if (!isEqual) return null;
  const { text } = normalizePath(target);
  const root = text.slice(0, text.length - end.join('/').length - 1);
  return target.includes('\\') ? root.replaceAll('/', '\\') : root;
}

function lastName(folder: string): string {
  return segmentsOf(folder).at(-1)?.toLowerCase() ?? '';
}
