import { describe, expect, it } from '@jest/globals';
import type { TranscodeLoad } from '@usher/contracts';
import { ManualClock } from '@usher/resilience';
import { DETAIL, IDLE, PlayedRouter } from '../../test/support.js';
import { DecisionTimes } from './decision-times.js';
import { demandOf } from './demand.js';
import { Overload } from './overload.js';
import { Scarcity } from './scarcity.js';
import { StartQueue } from './start-queue.js';

const transcode: TranscodeLoad = { sessionVendorId: 's', itemId: 'film', userId: 'ana', state: 'running', sourceHeight: 1080, sourceCodec: 'h264', hdr: false, targetHeight: 720, hardware: false, burnIn: false, costMeasured: null };

describe('the demand of a report', () => {
  const cpu = (given: Partial<TranscodeLoad>) => demandOf(IDLE, { ...DETAIL, transcodes: [{ ...transcode, ...given }] }).cpu;

  it.each<[string, number, Partial<TranscodeLoad>]>([
    ['what it converts', 0.51, {}],
    ['the same while throttled', 0.51, { state: 'throttled' }],
    ['a fifth with hardware', 0.102, { hardware: true }],
    ['little for sound alone', 0.02, { targetHeight: null }],
    ['more with burnt-in subtitles', 0.61, { burnIn: true }],
    ['what was measured', 0.7, { costMeasured: 0.7 }],
    ['nothing when the file is made', 0, { state: 'finished' }],
    ['nothing for a viewer who vanished', 0, { state: 'ghost' }],
    ['a film of usual size when nothing is told', 0.86, { sourceHeight: null, sourceCodec: null, targetHeight: 1080 }],
  ])('is %s', (_, cost, given) => expect(cpu(given)).toBeCloseTo(cost));

  it('is a guess by counts for an agent that tells no more', () => {
    expect(demandOf({ ...IDLE, streams: 3, transcodes: 1, egressKbps: 9_000 }, null)).toMatchObject({ cpu: expect.closeTo(0.88), wanKbps: 9_000, transcodes: 1 });
  });

  it('cannot be true beyond all machines', () => expect(demandOf(IDLE, { ...DETAIL, transcodes: Array.from({ length: 300 }, () => ({ ...transcode, costMeasured: 900 })) }).isPossible).toBe(false));
});

describe('servers of one machine', () => {
  it('share cores, uplink and demand', async () => {
    const router = await PlayedRouter.of(2, { machine: 'rack', cores: 8, uplinkKbps: 50_000 });
    router.report(router.servers[0]!.serverId, { transcodes: [transcode], egressKbps: { lan: 0, wan: 4_000 } });
    router.report(router.servers[1]!.serverId, { transcodes: [transcode] });
    const [one, other] = router.candidates.all();
    expect(one).toMatchObject({ machineId: 'named:rack', cores: 8, coresAssumed: false, uplinkKbps: 50_000, demand: expect.closeTo(1.02), egressWanKbps: 4_000 });
    expect(other).toMatchObject({ machineId: 'named:rack', demand: expect.closeTo(1.02) });
  });

  it('are assumed to have what nobody measured or typed', async () => {
    const router = await PlayedRouter.of(1);
    router.report(router.servers[0]!.serverId, { usableCores: null, uplinkKbps: null, confidence: 'assumed' });
    expect(router.candidates.all()[0]).toMatchObject({ cores: 4, coresAssumed: true, uplinkKbps: 100_000, uplinkAssumed: true });
  });
});

describe('Overload', () => {
  it('begins after a minute and ends after two, not before', () => {
    const overload = new Overload();
    const after = (ratio: number, seconds: number) => {
      overload.update(ratio, seconds * 1_000);
      return overload.isOn;
    };
    expect([after(0.96, 0), after(0.96, 59), after(0.94, 60), after(0.96, 61), after(0.96, 121)]).toEqual([false, false, false, false, true]);
    expect([after(0.84, 130), after(0.9, 200), after(0.84, 210), after(0.84, 330)]).toEqual([true, true, true, false]);
  });
});

describe('Scarcity', () => {
  it('is the share of the demand that only one server could serve, and fades', async () => {
    const clock = new ManualClock();
    const scarcity = new Scarcity(clock);
    expect(scarcity.of('a')).toBe(0);
    const holder = (serverId: string) => ({ serverId }) as never;
    scarcity.note({ holders: [holder('a')] });
    scarcity.note({ holders: [holder('a'), holder('b')] });
    expect([scarcity.of('a'), scarcity.of('b')]).toEqual([0.5, 0]);
    await clock.advance(7 * 24 * 3_600_000);
    scarcity.note({ holders: [holder('a'), holder('b')] });
    expect(scarcity.of('a')).toBeCloseTo(0.25);
  });
});

describe('DecisionTimes', () => {
  it('are of the last thousand', () => {
    const times = new DecisionTimes();
    expect(times.summary()).toBeNull();
    for (let ms = 1; ms <= 1_100; ms++) times.add(ms);
    expect(times.summary()).toEqual({ median: 601, p99: 1_091 });
  });
});

describe('StartQueue', () => {
  it('lets wait for room and gives up after 5 s', async () => {
    const clock = new ManualClock();
    const queue = new StartQueue(clock);
    let hasRoom = false;
    const served = queue.wait(1, () => hasRoom);
    const left = queue.wait(1, () => false);
    expect(queue.waiting).toBe(2);
    await expect(queue.wait(1, () => true)).resolves.toBe(0);
    hasRoom = true;
    await clock.advance(500);
    await expect(served).resolves.toBe(500);
    await clock.advance(4_500);
    await expect(left).resolves.toBe(5_000);
    expect(queue.waiting).toBe(0);
  });

  it('serves in order, and who came last first when all wait too long', async () => {
    const clock = new ManualClock();
    const queue = new StartQueue(clock);
    const order: string[] = [];
    let places = 0;
    const enter = (name: string) => queue.wait(5, () => places > 0 && (places--, order.push(name), true));
    const all = ['first', 'second', 'third', 'fourth'].map(enter);
    places = 1;
    queue.wake();
    await clock.advance(2_100);
    places = 1;
    queue.wake();
    expect(order).toEqual(['first', 'fourth']);
    await clock.advance(5_000);
    await Promise.all(all);
  });
});
