import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { playbackEnded, uuidv7 } from '@usher/contracts';
import { ManualClock } from '@usher/resilience';
import { recordingLogger, tempFolder, vendorSession } from '../../test/support.js';
import { FactSpool } from '../spool/fact-spool.js';
import { newFact } from '../spool/facts.js';
import { PlaybackStore } from './playback-store.js';
import { follow } from './session-events.js';

interface Opened {
  folder: string;
  spool: FactSpool;
  store: PlaybackStore;
}

async function setUp() {
  const clock = new ManualClock();
  const { logger, lines } = recordingLogger();
  const open = async (folder: string): Promise<Opened> => {
    const spool = await FactSpool.open(path.join(folder, 'spool'), { clock, logger });
    return { folder, spool, store: await PlaybackStore.open(path.join(folder, 'playbacks.json'), spool, logger) };
  };
  /** The folder as a crash at this moment would leave it. */
  const crash = async ({ folder }: Opened): Promise<string> => {
    const copy = path.join(await tempFolder(), 'copy');
    await cp(folder, copy, { recursive: true });
    return copy;
  };
  const seeOne = ({ store }: Opened, sessions = [vendorSession()]) => {
    const progress = follow(store.tracking, { source: 'push', sessions }, { wallMs: clock.now(), monotonicMs: clock.monotonicMs() }, () => uuidv7());
    store.record(progress.tracking.playbacks, progress.facts.map(({ contract, body }) => newFact(contract as typeof playbackEnded, body as never, clock.now())));
    return progress;
  };
  return { clock, lines, open, crash, seeOne };
}

const contractsIn = async (spool: FactSpool) => ((await spool.readBatch())?.facts ?? []).map(({ contract }) => contract);

describe('PlaybackStore', () => {
  it('continues playbacks after a restart', async () => {
    const { open, seeOne } = await setUp();
    const folder = await tempFolder();
    const first = await open(folder);
    const { tracking } = seeOne(first);
    await first.spool.close();
    const second = await open(folder);
    expect([...second.store.tracking.playbacks.values()]).toEqual([...tracking.playbacks.values()]);
    expect(second.store.tracking.resumed).toBe(true);
    expect(await contractsIn(second.spool)).toEqual(['playback.started@1']);
    await second.spool.close();
  });

  it('finds the same event again when the crash came before anything was written', async () => {
    const { open, crash, seeOne } = await setUp();
    const first = await open(await tempFolder());
    seeOne(first);
    const second = await open(await crash(first));
    expect(second.store.tracking.playbacks.size).toBe(0);
    expect(seeOne(second).facts).toHaveLength(1);
    await first.spool.close();
    await second.spool.flush();
    expect(await contractsIn(second.spool)).toEqual(['playback.started@1']);
    await second.spool.close();
  });

  it('completes the spool when the crash came between the playbacks and their facts', async () => {
    const { open, crash, seeOne, lines } = await setUp();
    const first = await open(await tempFolder());
    seeOne(first);
    await first.store.save();
    const second = await open(await crash(first));
    expect(await contractsIn(second.spool)).toEqual(['playback.started@1']);
    expect(second.store.tracking.playbacks.size).toBe(1);
    expect(lines.some(({ event }) => event === 'facts.completed')).toBe(true);
    const third = await open(await crash(second));
    expect(await contractsIn(third.spool)).toEqual(['playback.started@1']);
    for (const { spool } of [first, second, third]) await spool.close();
  });

  it('adds nothing twice when the crash came after both, nor when all was confirmed meanwhile', async () => {
    const { open, crash, seeOne } = await setUp();
    const first = await open(await tempFolder());
    seeOne(first);
    await first.spool.flush();
    const second = await open(await crash(first));
    expect(await contractsIn(second.spool)).toEqual(['playback.started@1']);
    await second.spool.trim(1);
    const third = await open(await crash(second));
    expect(await third.spool.readBatch()).toBeNull();
    for (const { spool } of [first, second, third]) await spool.close();
  });

  it('adds only what is missing when the spool was torn in the middle of several facts', async () => {
    const { open, crash, seeOne } = await setUp();
    const first = await open(await tempFolder());
    seeOne(first, [vendorSession({ vendorId: 'a' }), vendorSession({ vendorId: 'b' })]);
    await first.spool.flush();
    const folder = await crash(first);
    const file = path.join(folder, 'spool', first.spool.epoch, '0000000000000001.ndjson');
    const whole = (await first.spool.readBatch())!.facts;
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.slice(0, text.indexOf('\n') + 30));
    const second = await open(folder);
    expect((await second.spool.readBatch())!.facts.map(({ seq, id }) => ({ seq, id }))).toEqual(whole.map(({ seq, id }) => ({ seq, id })));
    for (const { spool } of [first, second]) await spool.close();
  });

  it('begins anew from a damaged file and says so', async () => {
    const { open, lines } = await setUp();
    const folder = await tempFolder();
    await writeFile(path.join(folder, 'playbacks.json'), '{"playbacks":');
    const opened = await open(folder);
    expect(opened.store.tracking.playbacks.size).toBe(0);
    expect(lines.some(({ event, level }) => event === 'playbacks.damaged' && level === 'error')).toBe(true);
    await opened.spool.close();
  });
});
