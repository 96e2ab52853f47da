import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { temporaryFolder } from './temporary-folder.js';

describe('temporary folder', () => {
  it('removes what dead processes left, and nothing else', async () => {
    // Above the highest pid that a kernel gives.
    const dead = path.join(os.tmpdir(), 'usher-spec-4999999-x');
    await mkdir(dead, { recursive: true });
    const first = await temporaryFolder('spec');
    const second = await temporaryFolder('spec');
    expect([existsSync(dead), existsSync(first), existsSync(second)]).toEqual([false, true, true]);
    for (const folder of [first, second]) await rm(folder, { recursive: true });
  });
});
