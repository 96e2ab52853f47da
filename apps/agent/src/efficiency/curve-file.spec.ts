import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { recordingLogger, tempFolder } from '../../test/support.js';
import { CurveFile } from './curve-file.js';

const SLOT = 1_963_000;

async function written() {
  const folder = await tempFolder();
  const place = path.join(folder, 'curves.bin');
  const file = await CurveFile.open(place, recordingLogger().logger);
  file.ring.begin(SLOT, false);
  file.ring.addCall(SLOT, { kind: 'session', ms: 12, ok: true });
  await file.write();
  return { folder, place, file };
}

describe('CurveFile', () => {
  it('is empty before it was written, then what was written last', async () => {
    const { place, folder, file } = await written();
    file.ring.addCall(SLOT, { kind: 'session', ms: 12, ok: true });
    await Promise.all([file.write(), file.write()]);
    const { logger, lines } = recordingLogger();
    expect((await CurveFile.open(place, logger)).ring.sum(SLOT, SLOT)).toMatchObject({ sessionCalls: 2 });
    expect([lines, await readdir(folder)]).toEqual([[], ['curves.bin']]);
  });

  it('passes over what a killed process left beside it', async () => {
    const { place } = await written();
    await writeFile(`${place}.tmp`, 'half');
    const again = await CurveFile.open(place, recordingLogger().logger);
    expect(again.ring.has(SLOT)).toBe(true);
    await again.write();
    expect((await CurveFile.open(place, recordingLogger().logger)).ring.has(SLOT)).toBe(true);
  });

  it.each<[string, (content: Buffer) => Buffer]>([
    ['empty', () => Buffer.alloc(0)],
    ['cut', (content) => content.subarray(0, content.length - 1)],
    ['longer', (content) => Buffer.concat([content, Buffer.alloc(4)])],
    ['changed in one bit', (content) => Buffer.from(content.map((byte, at) => (at === content.length - 3 ? byte ^ 1 : byte)))],
    ['of another version', (content) => Buffer.from(content.map((byte, at) => (at === 4 ? byte + 1 : byte)))],
    ['something else', () => Buffer.from('{"n":1}'.repeat(100))],
  ])('that is %s is set aside and told, and the curves begin anew', async (_, damage) => {
    const { place, folder } = await written();
    const damaged = damage(await readFile(place));
    await writeFile(place, damaged);
    const { logger, lines } = recordingLogger();
    const file = await CurveFile.open(place, logger);
    expect(file.ring.has(SLOT)).toBe(false);
    expect(lines).toMatchObject([{ event: 'curves.damaged', level: 'warn', file: 'curves.bin.damaged' }]);
    expect(await readFile(`${place}.damaged`)).toEqual(damaged);
    await file.write();
    expect((await readdir(folder)).sort()).toEqual(['curves.bin', 'curves.bin.damaged']);
  });

  it('that cannot be read is told and no reason to fail', async () => {
    const folder = await tempFolder();
    const { logger, lines } = recordingLogger();
    // a folder where the file should be
    const file = await CurveFile.open(folder, logger);
    expect(file.ring.kept(0, SLOT)).toEqual([]);
    expect(lines).toMatchObject([{ event: 'curves.unreadable', level: 'warn' }]);
  });
});
