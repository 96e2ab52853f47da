import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { tempFolder } from '../../test/support.js';
import { Fences } from './fences.js';

describe('Fences', () => {
  it('remembers the highest epoch of each name over a restart', async () => {
    const file = path.join(await tempFolder(), 'fences.json');
    const first = await Fences.open(file);
    expect(first.highest('fleet')).toBe(0);
    await Promise.all([first.raise('fleet', 3), first.raise('scheduler', 7), first.raise('fleet', 2)]);
    const second = await Fences.open(file);
    expect([second.highest('fleet'), second.highest('scheduler')]).toEqual([3, 7]);
  });

  it('refuses to start from a damaged file: an old leader could be believed', async () => {
    const file = path.join(await tempFolder(), 'fences.json');
    await writeFile(file, '{"fleet":-1}');
    await expect(Fences.open(file)).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});
