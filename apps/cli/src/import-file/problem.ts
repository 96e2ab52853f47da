/** A mistake in a file: where it is and what to do. All of a file are reported at once. */
export interface FileProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** `servers[2].url` */
  readonly path: string;
  readonly message: string;
  /** The row it spoils; null when the file as a whole cannot be read. */
  readonly row: number | null;
}

/** A row as the file gives it, before it is checked. */
export interface RawRow {
  readonly value: unknown;
  readonly line: number;
  /** Position of a field inside the row. */
  readonly at: (path: readonly PropertyKey[]) => { line: number; column: number };
  readonly label: string;
}

export interface ParsedFile {
  readonly rows: RawRow[];
  readonly defaults: unknown;
  readonly problems: FileProblem[];
}

/** The known word nearest to a misspelled one; null when none is near. */
export function nearest(word: string, known: readonly string[]): string | null {
  const ranked = known.map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) })).sort((a, b) => a.distance - b.distance);
  return ranked[0] && ranked[0].distance <= Math.max(2, word.length / 3) ? ranked[0].candidate : null;
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      current[j] = Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}
