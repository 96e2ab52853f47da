import { appendFile, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { uuidv7 } from '@usher/contracts';
import { ManualClock } from '@usher/resilience';
import { recordingLogger, tempFolder } from '../../test/support.js';
import { FactSpool, SPOOL_LIMITS, type SpoolLimits } from './fact-spool.js';
import type { NewFact } from './facts.js';

const HOUR_MS = 3_600_000;

function factAt(clock: ManualClock, kind: NewFact['class'] = 'result', body: unknown = { n: 1 }): NewFact {
  return { id: uuidv7(), at: new Date(clock.now()).toISOString(), class: kind, contract: 'test.happened@1', body };
}

async function setUp(limits?: Partial<SpoolLimits>, root?: string) {
  const folder = root ?? (await tempFolder());
  const clock = new ManualClock();
  const { logger, lines } = recordingLogger();
  const open = () => FactSpool.open(folder, { clock, logger, limits: { ...SPOOL_LIMITS, ...limits } });
  return { folder, clock, lines, open };
}

async function addTo(spool: FactSpool, facts: NewFact[]): Promise<void> {
  const { durable } = spool.append(facts);
  await spool.flush();
  await durable;
}

async function seqsOf(spool: FactSpool): Promise<number[]> {
  return (await spool.readBatch())?.facts.map(({ seq }) => seq) ?? [];
}

async function segmentFiles(folder: string, epoch: string): Promise<string[]> {
  return (await readdir(path.join(folder, epoch))).filter((name) => name.endsWith('.ndjson')).sort();
}

describe('FactSpool', () => {
  it('numbers facts from 1 and gives them back after a restart under the same epoch', async () => {
    const { clock, open } = await setUp();
    const first = await open();
    await addTo(first, [factAt(clock), factAt(clock)]);
    await first.close();
    const second = await open();
    expect(second.epoch).toBe(first.epoch);
    expect(await seqsOf(second)).toEqual([1, 2]);
    expect(second.next).toBe(3);
    await second.close();
  });

  it('makes facts durable within 100 ms without being asked', async () => {
    const { clock, open } = await setUp();
    const spool = await open();
    let isDurable = false;
    const { durable } = spool.append([factAt(clock)]);
    void durable.then(() => (isDurable = true));
    await clock.advance(99);
    expect(await seqsOf(spool)).toEqual([]);
    await clock.advance(1);
    await durable;
    expect(isDurable).toBe(true);
    expect(await seqsOf(spool)).toEqual([1]);
    await spool.close();
  });

  it('cuts a torn last line, says so, and gives its number to the next fact', async () => {
    const { folder, clock, lines, open } = await setUp();
    const first = await open();
    await addTo(first, [factAt(clock)]);
    await first.close();
    const file = path.join(folder, first.epoch, '0000000000000001.ndjson');
    await appendFile(file, '{"seq":2,"id":"');
    const second = await open();
    expect(lines.some(({ event }) => event === 'spool.cut')).toBe(true);
    await addTo(second, [factAt(clock)]);
    expect(await seqsOf(second)).toEqual([1, 2]);
    await second.close();
  });

  it('reports lines that were damaged in the middle and keeps the others', async () => {
    const { folder, clock, lines, open } = await setUp();
    const first = await open();
    await addTo(first, [factAt(clock), factAt(clock), factAt(clock)]);
    await first.close();
    const file = path.join(folder, first.epoch, '0000000000000001.ndjson');
    const [one, , three] = (await readFile(file, 'utf8')).split('\n');
    await writeFile(file, `${one}\n???\n${three}\n`);
    const second = await open();
    expect(lines.find(({ event }) => event === 'spool.damaged')).toMatchObject({ level: 'error', lines: 1 });
    expect(await seqsOf(second)).toEqual([1, 3]);
    expect(second.next).toBe(4);
    await second.close();
  });

  it('forgets what was confirmed and nothing else, also over a restart', async () => {
    const { clock, open } = await setUp();
    const first = await open();
    await addTo(first, Array.from({ length: 5 }, () => factAt(clock)));
    await first.readBatch();
    await first.trim(3);
    expect(await seqsOf(first)).toEqual([4, 5]);
    expect(first.pending).toBe(2);
    await first.close();
    const second = await open();
    expect(await seqsOf(second)).toEqual([4, 5]);
    await second.trim(2);
    expect(await seqsOf(second)).toEqual([4, 5]);
    await second.close();
  });

  it('goes on numbering when everything was confirmed and the process restarts', async () => {
    const { clock, open } = await setUp();
    const first = await open();
    await addTo(first, [factAt(clock), factAt(clock)]);
    await first.trim(2);
    await first.close();
    const second = await open();
    expect(await second.readBatch()).toBeNull();
    await addTo(second, [factAt(clock)]);
    expect(await seqsOf(second)).toEqual([3]);
    await second.close();
  });

  it('sends again when the mark of what was confirmed is damaged', async () => {
    const { folder, clock, lines, open } = await setUp();
    const first = await open();
    await addTo(first, [factAt(clock), factAt(clock)]);
    await first.trim(1);
    await first.close();
    await writeFile(path.join(folder, first.epoch, 'acknowledged.json'), '{"thr');
    const second = await open();
    expect(await seqsOf(second)).toEqual([1, 2]);
    expect(lines.some(({ event }) => event === 'spool.mark_damaged')).toBe(true);
    await second.close();
  });

  it('has a new epoch when the folder is new', async () => {
    const { folder, clock, open } = await setUp();
    const first = await open();
    await addTo(first, [factAt(clock)]);
    await first.close();
    await rename(path.join(folder, first.epoch), path.join(await tempFolder(), 'gone'));
    const second = await open();
    expect(second.epoch).not.toBe(first.epoch);
    expect(second.next).toBe(1);
    await second.close();
  });

  it('takes a new epoch when the controller has seen more than this folder holds', async () => {
    const { clock, lines, open } = await setUp();
    const spool = await open();
    await addTo(spool, [factAt(clock), factAt(clock)]);
    const before = spool.epoch;
    await spool.readBatch();
    await spool.trim(40);
    expect(spool.epoch).not.toBe(before);
    const batch = await spool.readBatch();
    expect(batch).toMatchObject({ spoolEpoch: spool.epoch, first: 1 });
    expect(batch?.facts).toHaveLength(2);
    expect(lines.some(({ event }) => event === 'spool.renewed')).toBe(true);
    await spool.close();
  });

  it('takes a new epoch at start when its folder was set back behind its own mark', async () => {
    const { folder, clock, open } = await setUp();
    const first = await open();
    await addTo(first, [factAt(clock)]);
    await first.close();
    await writeFile(path.join(folder, first.epoch, 'acknowledged.json'), '{"through":9}');
    const second = await open();
    expect(second.epoch).not.toBe(first.epoch);
    expect(await seqsOf(second)).toEqual([1]);
    await second.close();
  });

  it('keeps batches below 200 facts and 128 KiB', async () => {
    const { clock, open } = await setUp();
    const spool = await open();
    await addTo(spool, Array.from({ length: 450 }, () => factAt(clock)));
    expect((await spool.readBatch())?.facts).toHaveLength(200);
    await spool.trim(450);
    await addTo(spool, Array.from({ length: 10 }, () => factAt(clock, 'result', 'x'.repeat(30_000))));
    const batch = await spool.readBatch();
    expect(batch?.facts).toHaveLength(4);
    expect(batch?.first).toBe(451);
    await spool.close();
  });

  it('spreads over segments, reads across them and removes what is confirmed', async () => {
    const { folder, clock, open } = await setUp({ segmentBytes: 500 });
    const spool = await open();
    for (let i = 0; i < 12; i++) await addTo(spool, [factAt(clock)]);
    expect((await segmentFiles(folder, spool.epoch)).length).toBeGreaterThan(2);
    expect(await seqsOf(spool)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    await spool.trim(12);
    expect(await segmentFiles(folder, spool.epoch)).toHaveLength(1);
    await addTo(spool, [factAt(clock)]);
    expect(await seqsOf(spool)).toEqual([13]);
    await spool.close();
    const again = await open();
    expect(await seqsOf(again)).toEqual([13]);
    await again.close();
  });

  it('drops metrics, then ticks, when it is full; what is lost adds up in gap records and results stay', async () => {
    const { clock, lines, open } = await setUp({ maxBytes: 8_000, segmentBytes: 1_000 });
    const spool = await open();
    const kinds = ['metric', 'result', 'tick'] as const;
    for (let i = 0; i < 60; i++) await addTo(spool, [factAt(clock, kinds[i % 3])]);
    const facts = (await spool.readBatch())!.facts;
    const gaps = facts.filter(({ contract }) => contract === 'spool.gap@1').map(({ body }) => body as { class: string; from: number; to: number; count: number });
    const missing = { metric: 20 - facts.filter((fact) => fact.class === 'metric').length, tick: 20 - facts.filter((fact) => fact.class === 'tick').length };
    expect(facts.filter(({ contract, class: kind }) => kind === 'result' && contract === 'test.happened@1')).toHaveLength(20);
    expect(missing.metric).toBeGreaterThan(0);
    for (const kind of ['metric', 'tick'] as const) {
      expect(gaps.filter((gap) => gap.class === kind).reduce((sum, gap) => sum + gap.count, 0)).toBe(missing[kind]);
    }
    expect(facts.map(({ seq }) => seq)).toEqual([...facts.map(({ seq }) => seq)].sort((a, b) => a - b));
    expect(lines.some(({ event }) => event === 'facts.dropped')).toBe(true);
    await spool.close();
  });

  it('keeps results beyond the limit and says that it is full', async () => {
    const { clock, lines, open } = await setUp({ maxBytes: 3_000, segmentBytes: 1_000 });
    const spool = await open();
    for (let i = 0; i < 40; i++) await addTo(spool, [factAt(clock)]);
    expect(await seqsOf(spool)).toHaveLength(40);
    expect(lines.some(({ event, level }) => event === 'spool.full' && level === 'error')).toBe(true);
    await spool.close();
  });

  it('drops metrics and ticks that are older than seven days', async () => {
    const { clock, open } = await setUp({ segmentBytes: 200 });
    const spool = await open();
    await addTo(spool, [factAt(clock, 'metric'), factAt(clock, 'result')]);
    await clock.advance(8 * 24 * HOUR_MS);
    await addTo(spool, [factAt(clock, 'metric')]);
    const facts = (await spool.readBatch())!.facts;
    expect(facts.map(({ contract }) => contract)).toEqual(['spool.gap@1', 'test.happened@1', 'test.happened@1']);
    expect(facts[0]!.body).toEqual({ class: 'metric', from: 1, to: 1, count: 1 });
    await spool.close();
  });

  it('drops nothing that is under way', async () => {
    const { clock, open } = await setUp({ maxBytes: 700, segmentBytes: 400 });
    const spool = await open();
    await addTo(spool, [factAt(clock, 'metric'), factAt(clock, 'metric')]);
    expect(await seqsOf(spool)).toEqual([1, 2]);
    await addTo(spool, [factAt(clock, 'result'), factAt(clock, 'result'), factAt(clock, 'result')]);
    expect(await seqsOf(spool)).toEqual([1, 2, 3, 4, 5]);
    await spool.close();
  });

  it('keeps facts while the disk refuses and writes them when it takes them again', async () => {
    const { clock, lines, open } = await setUp();
    const spool = await open();
    let broken = true;
    spool.onFlush({
      before: async () => {
        if (broken) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
      },
    });
    const { durable } = spool.append([factAt(clock)]);
    await spool.flush();
    expect(await seqsOf(spool)).toEqual([]);
    expect(lines.some(({ event }) => event === 'spool.write_failed')).toBe(true);
    broken = false;
    await clock.advance(1_000);
    await durable;
    expect(await seqsOf(spool)).toEqual([1]);
    await spool.close();
  });

  it('refuses a fact that no batch could carry', async () => {
    const { clock, open } = await setUp();
    const spool = await open();
    expect(() => spool.append([factAt(clock, 'result', 'x'.repeat(120_000))])).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
    expect(spool.next).toBe(1);
    await spool.close();
  });
});
