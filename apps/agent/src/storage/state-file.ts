import { open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '@usher/contracts';
import type { z } from 'zod';

/**
 * One small JSON file that is replaced as a whole: a process that is killed at any line leaves the old content or
 * the new one, never a mix.
 */
export class StateFile<S extends z.ZodType> {
  private running: Promise<void> = Promise.resolve();

  constructor(
    readonly path: string,
    private readonly schema: S,
  ) {}

  /**
   * The content; null when there is no such file.
   * @throws AppError INTERNAL with `file` and `reason: 'corrupt'` when it is not what was written
   */
  async read(): Promise<z.output<S> | null> {
    const text = await readOrNull(this.path);
    if (text === null) return null;
    const parsed = this.schema.safeParse(parseJson(text));
    if (!parsed.success) throw new AppError('INTERNAL', 'A file of this agent is damaged.', { file: path.basename(this.path), reason: 'corrupt' });
    return parsed.data;
  }

  /** Replaces the content and returns when it is on the disk. Calls are carried out one after another. */
  write(value: z.input<S>): Promise<void> {
    const text = JSON.stringify(value);
    const next = this.running.then(() => replaceFile(this.path, text));
    this.running = next.catch(() => undefined);
    return next;
  }
}

/** Writes beside the file, syncs, renames over it and syncs the folder, so that a power cut keeps one of the two. */
export async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  const beside = `${file}.tmp`;
  const handle = await open(beside, 'w', 0o600);
  try {
    await handle.writeFile(content);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(beside, file);
  await syncFolder(path.dirname(file));
}

/** Makes new and renamed entries of a folder survive a power cut. Windows has no such call and needs none. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The text of a file; null when there is none. */
export async function readOrNull(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** The parsed text; undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
