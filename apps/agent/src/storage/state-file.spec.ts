import { readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { tempFolder } from '../../test/support.js';
import { StateFile } from './state-file.js';

const Shape = z.strictObject({ n: z.number() });

describe('StateFile', () => {
  it('is null before it was written, then what was written last', async () => {
    const file = new StateFile(path.join(await tempFolder(), 'a.json'), Shape);
    expect(await file.read()).toBeNull();
    await Promise.all([file.write({ n: 1 }), file.write({ n: 2 }), file.write({ n: 3 })]);
    expect(await file.read()).toEqual({ n: 3 });
  });

  it('is readable for its owner only and leaves nothing beside it', async () => {
    const folder = await tempFolder();
    await new StateFile(path.join(folder, 'a.json'), Shape).write({ n: 1 });
    expect(await readdir(folder)).toEqual(['a.json']);
    expect((await stat(path.join(folder, 'a.json'))).mode & 0o777).toBe(0o600);
  });

  it('replaces what a killed process left beside it', async () => {
    const folder = await tempFolder();
    await writeFile(path.join(folder, 'a.json.tmp'), '{"n":');
    const file = new StateFile(path.join(folder, 'a.json'), Shape);
    await file.write({ n: 1 });
    expect(await file.read()).toEqual({ n: 1 });
  });

  it.each(['', '{"n":', '{"n":"1"}', '{"n":1,"m":2}'])('refuses damaged content %j without repeating it', async (content) => {
    const folder = await tempFolder();
    await writeFile(path.join(folder, 'a.json'), content);
    const reading = new StateFile(path.join(folder, 'a.json'), Shape).read();
    await expect(reading).rejects.toMatchObject({ code: 'INTERNAL', details: { file: 'a.json', reason: 'corrupt' } });
  });

  it('goes on after a write that failed', async () => {
    const folder = await tempFolder();
    const file = new StateFile(path.join(folder, 'missing', 'a.json'), Shape);
    await expect(file.write({ n: 1 })).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(file.write({ n: 2 })).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
