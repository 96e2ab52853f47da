import { describe, expect, it } from '@jest/globals';
import { EventHeap } from './heap.js';
import { Machine } from './machine.js';
import type { PlaybackSpec } from './playback.js';
import { KINDS, type Request } from './workload.js';

const NOTHING_YET = { watchedS: 0, waitedS: 0, stalledS: 0 };
const kind = KINDS[2]!;
const request = (id: number, watchS: number): Request => ({ id, atS: 0, kind, told: kind, network: 'wan', holders: [0], watchS, content: 1 });
const transcode = (id: number, watchS: number, cost: number, kbps = 1_000): PlaybackSpec => ({ request: request(id, watchS), cost, predicted: cost, kbps, isTranscode: true, onEncoder: false, isSmaller: false });
const machine = (given: Partial<Machine['spec']> = {}) => new Machine({ cores: 1 / 0.97, encoder: null, uplinkKbps: 100_000, throttleLeadS: Infinity, ...given });

/** From event to event, until everybody has gone. */
function play(on: Machine): { atS: number; done: ReturnType<Machine['advance']> } {
  const done: ReturnType<Machine['advance']> = [];
  let atS = 0;
  for (; on.playbacks.size > 0; ) {
    atS = on.nextS();
    done.push(...on.advance(atS));
  }
  return { atS, done };
}

describe('a simulated machine', () => {
  it('starts after its first segment, and goes on without standing still', () => {
    const one = machine();
    one.add(transcode(1, 100, 0.5), NOTHING_YET);
    const { atS, done } = play(one);
    expect(done[0]).toMatchObject({ waitedS: expect.closeTo(3, 4), stalledS: expect.closeTo(0, 4), watchedS: expect.closeTo(100, 4) });
    expect(atS).toBeCloseTo(103, 4);
    expect(one.overloadedS).toBe(0);
  });

  it('adds up every second in which too slow a conversion stands still', () => {
    const one = machine();
    one.add(transcode(1, 100, 2), NOTHING_YET);
    const { atS, done } = play(one);
    // 100 s of media need 200 s of processor, and what is made last is watched last.
    expect(done[0]!.waitedS).toBeCloseTo(12, 4);
    expect(done[0]!.waitedS + done[0]!.stalledS + 100).toBeCloseTo(atS, 4);
    expect(atS).toBeGreaterThanOrEqual(200);
    expect(atS).toBeLessThan(205);
    expect(one.overloadedS).toBeCloseTo(atS, 4);
  });

  it('shares a line that is too thin', () => {
    const one = machine({ uplinkKbps: 1_500 });
    for (const id of [1, 2]) one.add({ ...transcode(id, 75, 0.01), isTranscode: false }, NOTHING_YET);
    const { atS, done } = play(one);
    expect(atS).toBeCloseTo(100, 4);
    expect(done.map(({ stalledS }) => stalledS)).toEqual([expect.closeTo(25, 4), expect.closeTo(25, 4)]);
  });

  it('rests when it is far enough ahead, and leaves the processor to others', () => {
    const one = machine({ throttleLeadS: 60 });
    one.add(transcode(1, 1_000, 0.1), NOTHING_YET);
    // Ten times as fast as it is watched: ahead enough after 7 s.
    while (one.nextS() < 10) one.advance(one.nextS());
    one.advance(10);
    one.add(transcode(2, 8, 1), NOTHING_YET);
    expect([...one.playbacks.values()].map(({ isWorking }) => isWorking)).toEqual([false, true]);
    const [second] = play(one).done;
    expect(second).toMatchObject({ waitedS: expect.closeTo(6, 4), stalledS: expect.closeTo(0, 4) });
  });

  it('tells the cost of a conversion as predicted until it has been measured', () => {
    const one = machine();
    one.add({ ...transcode(1, 1_000, 0.5), predicted: 0.3 }, NOTHING_YET);
    expect(one.report(0).demand).toBe(0.3);
    while (one.nextS() < 16) one.advance(one.nextS());
    expect(one.changed).toBe(true);
    expect(one.report(16).demand).toBe(0.5);
  });
});

describe('events', () => {
  it('come in the order of time, equals as they were put in', () => {
    const heap = new EventHeap<string>();
    for (const [atS, event] of [[3, 'c'], [1, 'a'], [2, 'b'], [1, 'a2'], [0, 'first'], [3, 'c2']] as const) heap.push(atS, event);
    expect(heap.nextS).toBe(0);
    expect(Array.from({ length: 7 }, () => heap.pop())).toEqual(['first', 'a', 'a2', 'b', 'c', 'c2', undefined]);
    expect(heap.nextS).toBe(Infinity);
  });
});
