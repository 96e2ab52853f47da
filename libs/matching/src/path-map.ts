import { isWithin, normalizePath, type NormalPath } from './paths.js';

/** A folder as the source sees it, and the same folder as the target sees it. */
export interface PathRow {
  readonly from: string;
  readonly to: string;
}

export interface PathRowProblem {
  /** Index of the row. */
  readonly row: number;
  readonly field: 'from' | 'to';
  readonly reason: 'empty' | 'relative' | 'parent' | 'double' | 'inside-source';
}

interface ReadyRow {
  readonly from: NormalPath;
  readonly to: NormalPath;
  /** The separator that the target's own paths use. */
  readonly slash: '/' | '\\';
}

/**
 * Maps paths of the source to paths of the target: the longest prefix wins, whole segments only.
 * Rows that `pathRowProblems` names must not be given.
 */
export class PathMap {
  readonly #rows: readonly ReadyRow[];

  constructor(rows: readonly PathRow[]) {
    this.#rows = rows
      .map(({ from, to }) => ({ from: normalizePath(from), to: normalizePath(to), slash: slashOf(to) }))
      .sort((a, b) => b.from.text.length - a.from.text.length);
  }

  /** Null when no row covers it. */
  map(path: string): string | null {
    const given = normalizePath(path);
    const row = this.#rows.find(({ from }) => isWithin(given, from));
    if (!row) return null;
    const rest = given.text.slice(row.from.text.length).replace(/^\//, '');
    const joined = rest === '' ? row.to.text : `${row.to.text.replace(/\/$/, '')}/${rest}`;
    return row.slash === '\\' ? joined.replaceAll('/', '\\') : joined;
  }

  /** The row's `from` that covers a path; null when none does. */
  prefixOf(path: string): string | null {
    const given = normalizePath(path);
    return this.#rows.find(({ from }) => isWithin(given, from))?.from.text ?? null;
  }
}

/** What is wrong with a map that a person typed: `..`, relative or empty folders, one folder twice, a row that leads into another row's source. */
export function pathRowProblems(rows: readonly PathRow[]): PathRowProblem[] {
  const problems: PathRowProblem[] = [];
  const sources = rows.map(({ from }) => normalizePath(from));
  rows.forEach((row, index) => {
    for (const field of ['from', 'to'] as const) {
      const reason = folderProblem(row[field]);
      if (reason) problems.push({ row: index, field, reason });
    }
    const from = sources[index]!;
    if (sources.findIndex((other) => isWithin(from, other) && isWithin(other, from)) < index) problems.push({ row: index, field: 'from', reason: 'double' });
    const to = normalizePath(row.to);
    // A folder that both see at the same place leads nowhere else.
    const leadsInside = sources.some((other, at) => at !== index && isWithin(to, other) && !isWithin(to, from));
    if (leadsInside) problems.push({ row: index, field: 'to', reason: 'inside-source' });
  });
  return problems;
}

function folderProblem(folder: string): PathRowProblem['reason'] | null {
  if (folder.trim() === '') return 'empty';
  const { text } = normalizePath(folder);
  if (!/^(?:\/|[A-Z]:(?:\/|$))/.test(text)) return 'relative';
  return text.split('/').includes('..') ? 'parent' : null;
}

function slashOf(folder: string): '/' | '\\' {
  return folder.includes('\\') ? '\\' : '/';
}
