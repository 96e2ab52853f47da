import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Uuid7 } from '@usher/contracts';
import { syncFolder } from '../storage/state-file.js';

/** One folder per server, `<dataDir>/agents/<serverId>`. Whole folders appear and disappear at once. */
export class AgentFolders {
  private constructor(private readonly root: string) {}

  /** Removes what an interrupted adoption or retirement left behind. */
  static async open(dataDir: string): Promise<AgentFolders> {
    const root = path.join(dataDir, 'agents');
    await mkdir(root, { recursive: true, mode: 0o700 });
    for (const name of await readdir(root)) {
      if (/^\.(new|retired)-/.test(name)) await rm(path.join(root, name), { recursive: true, force: true });
    }
    return new AgentFolders(root);
  }

  async serverIds(): Promise<string[]> {
    return (await readdir(this.root)).filter((name) => Uuid7.safeParse(name).success).sort();
  }

  of(serverId: string): string {
    return path.join(this.root, serverId);
  }

  /** Fills a folder aside and puts it in place when all of it is written. */
  async create<T>(serverId: string, fill: (folder: string) => Promise<T>): Promise<T> {
    const aside = path.join(this.root, `.new-${serverId}`);
    await rm(aside, { recursive: true, force: true });
    await mkdir(aside, { mode: 0o700 });
    try {
      const result = await fill(aside);
      await this.remove(serverId);
      await rename(aside, this.of(serverId));
      await syncFolder(this.root);
      return result;
    } catch (error) {
      await rm(aside, { recursive: true, force: true });
      throw error;
    }
  }

  async remove(serverId: string): Promise<boolean> {
    const aside = path.join(this.root, `.retired-${serverId}`);
    try {
      await rename(this.of(serverId), aside);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
    await syncFolder(this.root);
    await rm(aside, { recursive: true, force: true });
    return true;
  }
}
