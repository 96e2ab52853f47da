import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** A private folder of this process. Removes what processes left behind that were killed before they could. */
export async function temporaryFolder(kind: string): Promise<string> {
  const names = await readdir(os.tmpdir());
  for (const name of names) {
    const owner = new RegExp(`^usher-${kind}-(\\d+)-`).exec(name)?.[1];
    if (owner !== undefined && !isAlive(Number(owner))) await rm(path.join(os.tmpdir(), name), { recursive: true, force: true });
  }
  return mkdtemp(path.join(os.tmpdir(), `usher-${kind}-${process.pid}-`));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // A process of somebody else is alive too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
