import { randomBytes } from 'node:crypto';
import { link, mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}

export function isMissing(error: unknown): boolean {
  return hasCode(error, 'ENOENT');
}

/**
 * Writes a new file in one step: whole and on disk, or not at all. An existing file is left as it is.
 * Two processes may try at once; exactly one of them gets `true`.
 */
export async function createPrivateFile(file: string, text: string, mode: 0o400 | 0o600): Promise<boolean> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  try {
    await throughTemporary(file, text, mode, (temporary) => link(temporary, file));
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Puts a new content in the place of a file, whole and on disk, or leaves the old one. */
export function replacePrivateFile(file: string, text: string, mode: 0o400 | 0o600): Promise<void> {
  return throughTemporary(file, text, mode, (temporary) => rename(temporary, file));
}

async function throughTemporary(file: string, text: string, mode: number, publish: (temporary: string) => Promise<void>): Promise<void> {
  const folder = path.dirname(file);
  const temporary = path.join(folder, `.${path.basename(file)}.${randomBytes(6).toString('hex')}`);
  try {
    const handle = await open(temporary, 'wx', mode);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await publish(temporary);
  } finally {
    await rm(temporary, { force: true });
  }
  const directory = await open(folder, 'r');
  await directory.sync().finally(() => directory.close());
}
