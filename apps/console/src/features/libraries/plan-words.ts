import type { ConsolePlanFieldsFragment } from '@usher/api-client';

export type Plan = ConsolePlanFieldsFragment;
export type PathRow = Plan['pathMap'][number];

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Bytes in the largest unit that leaves at least one: `2.61 TiB`, `512 B`. */
export function bytes(value: number): string {
  const power = value < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(value) / 10));
  const scaled = value / 1_024 ** power;
  return `${power === 0 ? Math.round(scaled) : scaled.toFixed(scaled < 100 ? 2 : 0)} ${UNITS[power]}`;
}

export const STEP_WORDS: Readonly<Record<NonNullable<Plan['progress']>['step'], string>> = {
  READ_SOURCE: 'Reading the titles of the source',
  READ_TARGET: 'Reading the titles of the target',
  MATCH: 'Matching titles',
  PATHS: 'Trying the mapped folders on the target',
  SPACE: 'Measuring free space',
  WATCHERS: 'Reading who watches what',
};

/** What a tier of a match rests on. */
export const TIER_WORDS: Readonly<Record<Plan['matchesToReview'][number]['tier'], string>> = {
  A: 'the same id on both',
  B: 'two or more ids',
  C: 'one id',
  D: 'path and length',
  E: 'title, year and length',
  X: 'contradicts itself',
};

const isAbsolute = (path: string): boolean => path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path) || path.startsWith('\\\\');
const tidy = (path: string): string => path.trim().replace(/(?<=.)[\\/]+$/, '');

/** Why a folder cannot stand in a path map; null when it can. The API checks the map as a whole again. */
export function pathProblem(path: string): string | null {
  const value = path.trim();
  if (value === '') return 'Write a folder.';
  if (!isAbsolute(value)) return 'Write the whole path from the root.';
  if (value.split(/[\\/]/).includes('..')) return 'A path may not contain “..”.';
  return null;
}

/** A row of the path map while it is edited. */
export interface EditedRow {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly libraryVendorId: string | null;
}

export const editedRows = (plan: Plan): EditedRow[] => plan.pathMap.map((row, index) => ({ key: `${plan.rev}-${index}`, from: row.from, to: row.to ?? '', libraryVendorId: row.libraryVendorId }));

/** What is wrong in the edited rows, by `<key>.from` and `<key>.to`; two rows may not begin at the same folder. */
export function mapProblems(rows: readonly EditedRow[]): Readonly<Record<string, string>> {
  const seen = new Set<string>();
  const found: Record<string, string> = {};
  for (const row of rows) {
    const from = tidy(row.from);
    const wrongFrom = pathProblem(row.from) ?? (seen.has(from) ? 'Another row begins at this folder.' : null);
    const wrongTo = pathProblem(row.to);
    seen.add(from);
    if (wrongFrom) found[`${row.key}.from`] = wrongFrom;
    if (wrongTo) found[`${row.key}.to`] = wrongTo;
  }
  return found;
}

/** Whether the rows say something else than the plan. */
export function isEdited(plan: Plan, rows: readonly EditedRow[]): boolean {
  const text = (list: readonly { from: string; to: string | null }[]) => JSON.stringify(list.map(({ from, to }) => [tidy(from), tidy(to ?? '')]));
  return text(plan.pathMap) !== text(rows);
}

/** Counts of the four parts, in their fixed order. */
export function overlapParts(overlap: Pick<NonNullable<Plan['overlap']>, 'sameFile' | 'otherVersion' | 'onlySource' | 'cannotMatch'>): readonly (readonly ['same' | 'other' | 'copy' | 'unmatched', number])[] {
  return [
    ['same', overlap.sameFile],
    ['other', overlap.otherVersion],
    ['copy', overlap.onlySource],
    ['unmatched', overlap.cannotMatch],
  ];
}
