import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { uuidv7 } from '@usher/contracts';
import { tempFolder } from '../../test/support.js';
import { AgentFolders } from './agent-folders.js';

describe('AgentFolders', () => {
  it('lists the folders of servers only and clears what was interrupted', async () => {
    const dataDir = await tempFolder();
    const serverId = uuidv7();
    for (const name of [serverId, `.new-${serverId}`, `.retired-${uuidv7()}`, 'something']) await mkdir(path.join(dataDir, 'agents', name), { recursive: true });
    const folders = await AgentFolders.open(dataDir);
    expect(await folders.serverIds()).toEqual([serverId]);
    expect((await readdir(path.join(dataDir, 'agents'))).sort()).toEqual([serverId, 'something'].sort());
  });

  it('shows a new folder only when all of it is written, in the place of the old one', async () => {
    const folders = await AgentFolders.open(await tempFolder());
    const serverId = uuidv7();
    await folders.create(serverId, async (folder) => {
      expect(await folders.serverIds()).toEqual([]);
      await writeFile(path.join(folder, 'a'), '');
    });
    await folders.create(serverId, (folder) => writeFile(path.join(folder, 'b'), ''));
    expect(await readdir(folders.of(serverId))).toEqual(['b']);
  });

  it('keeps the old folder when the new one cannot be filled', async () => {
    const folders = await AgentFolders.open(await tempFolder());
    const serverId = uuidv7();
    await folders.create(serverId, (folder) => writeFile(path.join(folder, 'a'), ''));
    const failing = folders.create(serverId, async () => {
      throw new Error('refused');
    });
    await expect(failing).rejects.toThrow('refused');
    expect(await readdir(folders.of(serverId))).toEqual(['a']);
  });

  it('removes a folder once', async () => {
    const folders = await AgentFolders.open(await tempFolder());
    const serverId = uuidv7();
    await folders.create(serverId, async () => undefined);
    expect([await folders.remove(serverId), await folders.remove(serverId)]).toEqual([true, false]);
  });
});
