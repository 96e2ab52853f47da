import { AppError } from '@usher/contracts';
import { pathRowProblems, type PathRow, type PathRowProblem } from '@usher/matching';
import { z } from 'zod';
import { parseInput } from '../../graphql/parse-input.js';
import type { PathMapRowInput, PlanLibraryInput } from './library-plan.graphql.js';

const MAX_LIBRARIES = 50;
const MAX_ROWS = 200;
const Folder = z.string().max(4000).refine((text) => !text.includes('\0'), 'must not hold a null character');
const VendorId = z.string().min(1).max(200);

export const PathMapRow = z.object({
  libraryVendorId: VendorId.nullish().transform((id) => id ?? null),
  from: Folder,
  to: Folder,
});
export type PathMapRow = z.infer<typeof PathMapRow>;

const Rows = z.array(PathMapRow).max(MAX_ROWS, `must have at most ${MAX_ROWS} rows`);

export const PlanRequest = z.object({
  libraries: z
    .array(z.object({ sourceVendorId: VendorId, targetVendorId: VendorId.nullish().transform((id) => id ?? null) }))
    .min(1, 'must name a library')
    .max(MAX_LIBRARIES, `must have at most ${MAX_LIBRARIES} libraries`)
    .refine((list) => new Set(list.map(({ sourceVendorId }) => sourceVendorId)).size === list.length, 'must name each library once'),
  /** Null: suggested by the check. */
  pathMap: Rows.nullable(),
});
export type PlanRequest = z.infer<typeof PlanRequest>;

const WORDS: Readonly<Record<PathRowProblem['reason'], string>> = {
  empty: 'must name a folder',
  relative: 'must be a whole path, such as /data/movies or Z:\\Movies',
  parent: 'must not hold ".."',
  double: 'stands in another row too',
  'inside-source': 'lies inside the source folder of another row',
};

/** @throws AppError VALIDATION_FAILED with the field */
export function requestOf({ libraries, pathMap }: PlanLibraryInput): PlanRequest {
  return { ...parseInput(PlanRequest, { libraries, pathMap: null }, 'input'), pathMap: pathMap ? rowsOf(pathMap, 'input.pathMap') : null };
}

/** @throws AppError VALIDATION_FAILED with the field */
export function rowsOf(given: readonly PathMapRowInput[], name: string): PathMapRow[] {
  const rows = parseInput(Rows, given, name);
  const problem = pathRowProblems(rows satisfies readonly PathRow[])[0];
  if (problem) {
    const field = `${name}.${problem.row}.${problem.field}`;
    throw new AppError('VALIDATION_FAILED', `${field} ${WORDS[problem.reason]}`, { field, reason: problem.reason });
  }
  return rows;
}
