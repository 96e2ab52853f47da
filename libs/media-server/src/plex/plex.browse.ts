import { AppError, type PathCheck } from '@usher/contracts';
import { fieldsOf, listOf, textOf, type Fields } from '../media-browser/fields.js';
import type { CheckedPaths } from '../media-server.js';

/** What lies directly in a folder; null when there is no such folder. */
export type Browse = (folder: string) => Promise<Fields | null>;

/** Looks for each path in the folder that contains it: one request per such folder, and an empty folder is no puzzle. */
export async function checkByBrowsing(browse: Browse, { folders, files }: CheckedPaths): Promise<PathCheck[]> {
  const listings = new Map<string, { folders: Set<string>; files: Set<string> } | null>();
  const checks: PathCheck[] = [];
  for (const [path, kind] of [...folders.map((path) => [path, 'folders'] as const), ...files.map((path) => [path, 'files'] as const)]) {
    const parent = parentOf(path);
    if (parent === null) {
      checks.push({ path, state: (await browse(path)) ? 'found' : 'missing' });
      continue;
    }
    if (!listings.has(parent)) {
      const container = await browse(parent);
      listings.set(parent, container && { folders: pathsOf(container['Path']), files: pathsOf(container['File']) });
    }
    checks.push({ path, state: listings.get(parent)?.[kind].has(plain(path)) ? 'found' : 'missing' });
  }
  return checks;
}

/** A folder that is not there is refused; how differs between versions. */
export async function browsed(read: () => Promise<Fields>): Promise<Fields | null> {
  try {
    return await read();
  } catch (error) {
    const status = error instanceof AppError ? Number(error.details['httpStatus'] ?? 0) : 0;
    if (error instanceof AppError && (error.code === 'NOT_FOUND' || status === 400)) return null;
    throw error;
  }
}

/** Null for a root, of which nothing is the parent. */
function parentOf(path: string): string | null {
  const text = plain(path);
  const cut = Math.max(text.lastIndexOf('/'), text.lastIndexOf('\\'));
  if (cut < 0 || cut === text.length - 1) return null;
  // `/media` lies in `/`, `Z:\Media` in `Z:\`
  return cut === 0 || text[cut - 1] === ':' ? text.slice(0, cut + 1) : text.slice(0, cut);
}

function plain(path: string): string {
  return path.length > 1 ? path.replace(/(?<=[^:/\\])[/\\]+$/, '').normalize('NFC') : path;
}

function pathsOf(rows: unknown): Set<string> {
  return new Set(listOf(rows).flatMap((row) => textOf(fieldsOf(row)['path'], 4000) ?? []).map(plain));
}
