import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { uuidv7 } from '@usher/contracts';
import { ManualClock } from '@usher/resilience';
import { planHash } from '@usher/security';
import { makePlan, stateRow } from '../../test/plans.js';
import { recordingLogger, tempFolder } from '../../test/support.js';
import { HeldPlans } from './held-plans.js';

const DAY_MS = 86_400_000;
const serverId = uuidv7();
const rows = Array.from({ length: 10 }, (_, n) => stateRow(n, `item-${n}`));
const plan = makePlan(serverId, rows, { chunkRows: 4 });
const notHeld = { code: 'NOT_FOUND', details: { reason: 'plan-not-held' } };
const notThePlan = { code: 'MESSAGE_INVALID', details: { reason: 'plan' } };

async function setUp() {
  const folder = path.join(await tempFolder(), 'plans');
  const clock = new ManualClock();
  const { logger, lines } = recordingLogger();
  return { folder, clock, lines, open: () => HeldPlans.open(folder, clock, logger), plans: await HeldPlans.open(folder, clock, logger) };
}

async function holdAll(plans: HeldPlans): Promise<void> {
  await plans.hold(plan.sha256, null, plan.headerBytes, serverId);
  for (const [n, chunk] of plan.chunks.entries()) await plans.hold(plan.sha256, n, chunk, serverId);
}

describe('HeldPlans', () => {
  it('keeps a plan over a restart and finds its rows by number', async () => {
    const { plans, open } = await setUp();
    await expect(plans.header(plan.sha256)).rejects.toMatchObject(notHeld);
    await holdAll(plans);
    for (const holder of [plans, await open()]) {
      expect(await holder.header(plan.sha256)).toEqual(plan.header);
      expect(await holder.rows(plan.sha256, [9, 0, 4, 3])).toEqual([rows[9], rows[0], rows[4], rows[3]]);
      await expect(holder.rows(plan.sha256, [10])).rejects.toMatchObject({ code: 'TICKET_INVALID', details: { reason: 'rows' } });
    }
  });

  it('takes nothing but the bytes that the hash names, in whatever order and however often', async () => {
    const { plans, folder } = await setUp();
    const [first, second] = plan.chunks as [Buffer, Buffer];
    await expect(plans.hold(plan.sha256, 0, first, serverId)).rejects.toMatchObject(notHeld);
    await expect(plans.hold(plan.sha256, null, Buffer.concat([plan.headerBytes, Buffer.from(' ')]), serverId)).rejects.toMatchObject(notThePlan);
    await expect(plans.hold(plan.sha256, null, plan.headerBytes, uuidv7())).rejects.toMatchObject(notThePlan);
    expect(await readdir(folder)).toEqual([]);
    await plans.hold(plan.sha256, null, plan.headerBytes, serverId);
    for (const [n, bytes] of [[0, second], [1, first], [0, first.subarray(0, -1)], [0, Buffer.concat([first, second])], [7, first]] as const) {
      await expect(plans.hold(plan.sha256, n, bytes, serverId)).rejects.toMatchObject(notThePlan);
    }
    await Promise.all([1, 0, 1, 2].map((n) => plans.hold(plan.sha256, n, plan.chunks[n]!, serverId)));
    expect(await plans.rows(plan.sha256, [0, 8])).toEqual([rows[0], rows[8]]);
  });

  it('refuses a header, or rows, that hash right but are no plan', async () => {
    const { plans } = await setUp();
    const junk = Buffer.from('{"v":1}');
    await expect(plans.hold(planHash(junk), null, junk, serverId)).rejects.toMatchObject(notThePlan);
    for (const bad of [[stateRow(0, 'a'), stateRow(2, 'b')], [stateRow(0, 'a', { u: 3 }), stateRow(1, 'b')]]) {
      const wrong = makePlan(serverId, bad);
      await plans.hold(wrong.sha256, null, wrong.headerBytes, serverId);
      await expect(plans.hold(wrong.sha256, 0, wrong.chunks[0]!, serverId)).rejects.toMatchObject(notThePlan);
    }
  });

  it('does not believe a file that was changed on the disk', async () => {
    const { plans, open, folder, lines } = await setUp();
    await holdAll(plans);
    await writeFile(path.join(folder, plan.sha256, 'chunk-1.ndjson'), plan.chunks[0]!);
    const again = await open();
    await expect(again.rows(plan.sha256, [5])).rejects.toMatchObject(notHeld);
    expect(await again.rows(plan.sha256, [1])).toEqual([rows[1]]);
    expect(lines.some(({ event }) => event === 'plan.damaged')).toBe(true);
    await again.hold(plan.sha256, 1, plan.chunks[1]!, serverId);
    expect(await again.rows(plan.sha256, [5])).toEqual([rows[5]]);
  });

  it('forgets a released plan, and remembers what was done under it', async () => {
    const { plans, open, clock } = await setUp();
    await holdAll(plans);
    await (await plans.ledger(plan.sha256)).begin([1, 2, 3], clock.now());
    await plans.release(plan.sha256);
    await plans.release('0'.repeat(64));
    await expect(plans.rows(plan.sha256, [1])).rejects.toMatchObject(notHeld);
    const again = await open();
    await expect(again.header(plan.sha256)).rejects.toMatchObject(notHeld);
    expect((await again.ledger(plan.sha256)).overLimit([1, 4, 5], 4)).toEqual([5]);
  });

  it('gives up plans that nobody used for a week, and the rest after the time for taking them back', async () => {
    const { plans, open, clock, folder } = await setUp();
    await holdAll(plans);
    await clock.advance(6 * DAY_MS);
    await (await plans.ledger(plan.sha256)).touch(clock.now());
    await clock.advance(6 * DAY_MS);
    expect(await (await open()).header(plan.sha256)).toEqual(plan.header);
    await clock.advance(2 * DAY_MS);
    await expect((await open()).header(plan.sha256)).rejects.toMatchObject(notHeld);
    expect(await readdir(path.join(folder, plan.sha256))).toEqual(['state.json']);
    await clock.advance(40 * DAY_MS);
    await open();
    expect(await readdir(folder)).toEqual([]);
  });

  it('opens although a record is damaged, and writes nothing under that plan', async () => {
    const { plans, open, folder, lines } = await setUp();
    await holdAll(plans);
    await writeFile(path.join(folder, plan.sha256, 'state.json'), '{');
    const again = await open();
    await expect(again.ledger(plan.sha256)).rejects.toMatchObject({ code: 'INTERNAL', details: { reason: 'corrupt' } });
    expect(lines.some(({ event }) => event === 'plan.damaged')).toBe(true);
  });
});

describe('PlanLedger', () => {
  it('counts each row once, up to the limit, over a restart', async () => {
    const { plans, open, clock } = await setUp();
    await holdAll(plans);
    const ledger = await plans.ledger(plan.sha256);
    await ledger.begin([0, 1, 9], clock.now());
    await ledger.begin([1, 2], clock.now());
    for (const each of [ledger, await (await open()).ledger(plan.sha256)]) {
      expect(each.overLimit([3, 1, 4, 5], 5)).toEqual([4, 5]);
      expect(each.overLimit([0, 1, 2, 9], 0)).toEqual([]);
      expect(each.overLimit([8], 4)).toEqual([8]);
    }
  });

  it('keeps the settings that stood there first', async () => {
    const { plans, open, clock } = await setUp();
    await holdAll(plans);
    const policy = { enabled: true, libraries: 'all' as const, hidden: null, remoteAccess: null, bitRateLimitKbps: null, videoTranscoding: null, audioTranscoding: null, remuxing: null, downloads: null, streamLimit: null };
    const ledger = await plans.ledger(plan.sha256);
    expect(await ledger.keepBefore(1, policy, clock.now())).toEqual(policy);
    const again = await (await open()).ledger(plan.sha256);
    expect(await again.keepBefore(1, { ...policy, enabled: false }, clock.now())).toEqual(policy);
    expect(await again.keepBefore(2, { ...policy, enabled: false }, clock.now())).toMatchObject({ enabled: false });
  });
});
