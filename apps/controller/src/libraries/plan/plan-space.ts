import type { FolderSpace } from '@usher/contracts';
import { isWithin, normalizePath } from '@usher/matching';
import type { PlanSpace } from './plan-result.js';

const GIB = 2 ** 30;
const RESERVE_BYTES = 5 * GIB;

/** Copy × 1.10 + 5 GiB; nothing is needed for no copy. A tenth is divided: times 1.1 is a byte too many for some. */
export function neededFor(copyBytes: number): number {
  return copyBytes === 0 ? 0 : copyBytes + Math.ceil(copyBytes / 10) + RESERVE_BYTES;
}

/** Each disk of the target with what would be copied to it. Folders with the same room are taken to lie on one disk. */
export function spaceOf(copies: ReadonlyMap<string, number>, told: readonly FolderSpace[] | null): PlanSpace[] {
  const disks = new Map<string, { path: string; space: FolderSpace | null; bytes: number }>();
  for (const [folder, bytes] of copies) {
    const space = diskOf(folder, told ?? []);
    const key = space ? `${space.freeBytes}|${space.usedBytes}` : 'unknown';
    const disk = disks.get(key);
    if (disk) disk.bytes += bytes;
    else disks.set(key, { path: folder, space, bytes });
  }
  return [...disks.values()].map(({ path, space, bytes }) => ({
    path,
    freeBytes: space?.freeBytes ?? null,
    usedBytes: space?.usedBytes ?? null,
    copyBytes: bytes,
    neededBytes: neededFor(bytes),
    freeAfterBytes: space ? space.freeBytes - bytes : null,
  }));
}

/** The told folder that holds this one; the nearest, where they lie in one another. */
function diskOf(folder: string, told: readonly FolderSpace[]): FolderSpace | null {
  const wanted = normalizePath(folder);
  const holding = told.filter(({ path }) => isWithin(wanted, normalizePath(path)));
  return holding.sort((a, b) => b.path.length - a.path.length)[0] ?? null;
}
