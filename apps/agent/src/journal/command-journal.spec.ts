import { appendFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@usher/resilience';
import { recordingLogger, tempFolder } from '../../test/support.js';
import { DiskJournal } from './command-journal.js';

const DAY_MS = 86_400_000;

async function setUp() {
  const folder = await tempFolder();
  const clock = new ManualClock();
  const { logger, lines } = recordingLogger();
  return { file: path.join(folder, 'commands.ndjson'), clock, lines, open: () => DiskJournal.open(folder, clock, logger) };
}

describe('DiskJournal', () => {
  it('knows nothing of a command that never came', async () => {
    const journal = await (await setUp()).open();
    expect(await journal.find('c1')).toBeNull();
    await journal.close();
  });

  it('answers a repeated command with its stored result, also after a restart', async () => {
    const { open } = await setUp();
    const first = await open();
    await first.intent('c1', 'abc', 'session.stop@1');
    await first.done('c1', { ok: true, parts: [{}] });
    await first.close();
    const second = await open();
    expect(await second.find('c1')).toMatchObject({ state: 'done', argsSha256: 'abc', op: 'session.stop@1', outcome: { ok: true, parts: [{}] } });
    await second.close();
  });

  it('shows an intent without result after a crash', async () => {
    const { open } = await setUp();
    const first = await open();
    await first.intent('c1', 'abc', 'session.stop@1');
    const second = await open();
    expect(await second.find('c1')).toMatchObject({ state: 'intent' });
    await first.close();
    await second.close();
  });

  it('keeps the newest of large results that were confirmed, on disk too, and never does such a command again', async () => {
    const { file, open } = await setUp();
    const journal = await open();
    const large = { ok: true as const, parts: ['x'.repeat(1_000_000)] };
    for (let i = 0; i < 48; i++) {
      await journal.intent(`c${i}`, 'abc', 'watch-state.apply@1');
      await journal.done(`c${i}`, large);
      if (i > 0) await journal.acknowledged(`c${i}`);
    }
    expect((await readFile(file)).length).toBeLessThan(45_000_000);
    await journal.close();
    const again = await open();
    // the first was never confirmed: whoever waits for it may still ask
    for (const id of ['c0', 'c47', 'c45']) expect(await again.find(id)).toMatchObject({ state: 'done', outcome: large });
    for (const id of ['c1', 'c20', 'c40']) expect(await again.find(id)).toMatchObject({ state: 'done', outcome: undefined });
    await again.close();
  });

  it('takes a torn result for none', async () => {
    const { file, lines, open } = await setUp();
    const first = await open();
    await first.intent('c1', 'abc', 'session.stop@1');
    await first.close();
    await appendFile(file, '{"k":"done","id":"c1","outc');
    const second = await open();
    expect(await second.find('c1')).toMatchObject({ state: 'intent' });
    expect(lines.some(({ event }) => event === 'journal.cut')).toBe(true);
    await second.done('c1', { ok: false, error: { code: 'INTERNAL', message: 'm', details: {} } });
    expect(await second.find('c1')).toMatchObject({ state: 'done', outcome: { ok: false } });
    await second.close();
  });

  it('reports damage in the middle', async () => {
    const { file, lines, open } = await setUp();
    const first = await open();
    await first.intent('c1', 'abc', 'a.b@1');
    await first.intent('c2', 'def', 'a.b@1');
    await first.close();
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(/^.*c1.*$/m, '???'));
    const second = await open();
    expect(await second.find('c1')).toBeNull();
    expect(await second.find('c2')).not.toBeNull();
    expect(lines.find(({ event }) => event === 'journal.damaged')).toMatchObject({ level: 'error', lines: 1 });
    await second.close();
  });

  it('keeps an acknowledged result for 660 s and not longer', async () => {
    const { clock, open } = await setUp();
    const journal = await open();
    await journal.intent('c1', 'abc', 'a.b@1');
    await journal.done('c1', { ok: true, parts: [{}] });
    await journal.acknowledged('c1');
    await clock.advance(660_000);
    expect(await journal.find('c1')).not.toBeNull();
    await clock.advance(1);
    expect(await journal.find('c1')).toBeNull();
    await journal.close();
  });

  it('keeps what nobody acknowledged for seven days', async () => {
    const { clock, open } = await setUp();
    const journal = await open();
    await journal.intent('c1', 'abc', 'a.b@1');
    await clock.advance(7 * DAY_MS);
    expect(await journal.find('c1')).not.toBeNull();
    await clock.advance(1);
    expect(await journal.find('c1')).toBeNull();
    await journal.close();
  });

  it('stays small over many commands and keeps the young ones when it is written anew', async () => {
    const { file, clock, open } = await setUp();
    const journal = await open();
    for (let i = 0; i < 420; i++) {
      if (i === 410) await clock.advance(700_000);
      await journal.intent(`c${i}`, 'abc', 'a.b@1');
      await journal.done(`c${i}`, { ok: true, parts: [] });
      await journal.acknowledged(`c${i}`);
    }
    expect((await readFile(file, 'utf8')).split('\n').length).toBeLessThan(100);
    expect(await journal.find('c0')).toBeNull();
    await journal.close();
    const again = await open();
    expect(await again.find('c419')).toMatchObject({ state: 'done' });
    await again.close();
  });
});
