import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** Every regular file below a folder. A file that vanishes while it is looked at is left out. */
export async function* filesBelow(folder: string): AsyncIterable<{ readonly file: string; readonly content: Buffer }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const content = await readFile(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (content !== null) yield { file, content };
  }
}
