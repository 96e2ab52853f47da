import { appendFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { tempFolder } from '../../test/support.js';
import { AppendLog } from './append-log.js';

const Line = z.strictObject({ n: z.number() });
const lineOf = (n: number) => `${JSON.stringify({ n })}\n`;

async function newFile(): Promise<string> {
  return path.join(await tempFolder(), 'log.ndjson');
}

describe('AppendLog', () => {
  it('gives back what was appended', async () => {
    const file = await newFile();
    const { log } = await AppendLog.open(file, Line);
    await log.append(lineOf(1) + lineOf(2));
    await log.close();
    const { log: again, scan } = await AppendLog.open(file, Line);
    expect(scan).toEqual({ entries: [{ n: 1 }, { n: 2 }], cutBytes: 0, damagedLines: 0 });
    await again.close();
  });

  it('cuts a torn last line and appends behind the whole ones', async () => {
    const file = await newFile();
    await writeFile(file, `${lineOf(1)}{"n":2`);
    const { log, scan } = await AppendLog.open(file, Line);
    expect(scan).toEqual({ entries: [{ n: 1 }], cutBytes: 6, damagedLines: 0 });
    await log.append(lineOf(3));
    await log.close();
    expect(await readFile(file, 'utf8')).toBe(lineOf(1) + lineOf(3));
  });

  it('cuts a last line that is whole and no entry, as zeros after a power cut are', async () => {
    const file = await newFile();
    await writeFile(file, Buffer.concat([Buffer.from(lineOf(1)), Buffer.alloc(40), Buffer.from('\n')]));
    const { log, scan } = await AppendLog.open(file, Line);
    expect(scan).toEqual({ entries: [{ n: 1 }], cutBytes: 41, damagedLines: 0 });
    await log.close();
  });

  it('passes over damage in the middle, counts it and keeps what follows', async () => {
    const file = await newFile();
    await writeFile(file, `${lineOf(1)}garbage\n{"m":2}\n${lineOf(3)}`);
    const { log, scan } = await AppendLog.open(file, Line);
    expect(scan).toEqual({ entries: [{ n: 1 }, { n: 3 }], cutBytes: 0, damagedLines: 2 });
    await log.close();
  });

  it('reads whole lines only', async () => {
    const { log } = await AppendLog.open(await newFile(), Line);
    await log.append(lineOf(1) + lineOf(2));
    expect(await log.readLines(0, lineOf(1).length + 3)).toBe(lineOf(1));
    expect(await log.readLines(lineOf(1).length, 1_000)).toBe(lineOf(2));
    expect(await log.readLines(log.bytes, 1_000)).toBe('');
    await log.close();
  });

  it('writes over what another process left behind a failed write', async () => {
    const file = await newFile();
    const { log } = await AppendLog.open(file, Line);
    await log.append(lineOf(1));
    await appendFile(file, '{"n"');
    await log.append(lineOf(22));
    await log.close();
    expect(await readFile(file, 'utf8')).toBe(lineOf(1) + lineOf(22));
  });
});
