import { describe, expect, it } from '@jest/globals';
import { deliveryLane, laneTime, standsOut, stateLane } from './lanes.js';
import type { MirrorEvent } from './use-mirror.js';

const minute = (value: number) => new Date(Date.UTC(2026, 0, 1, 20, value)).toISOString();
const event = (at: number, kind: MirrorEvent['kind'], text = ''): MirrorEvent => ({ at: minute(at), kind, text, positionMs: null });
const time = { startMs: Date.parse(minute(0)), endMs: Date.parse(minute(10)) };

describe('lanes of a mirrored stream', () => {
  it('begins with the first event or the start, whichever is earlier, and ends now', () => {
    expect(laneTime([event(2, 'PAUSED')], minute(0), time.endMs)).toEqual(time);
    expect(laneTime([], null, time.endMs)).toEqual({ startMs: time.endMs, endMs: time.endMs + 1_000 });
  });

  it('shows when it was paused and when it waited', () => {
    expect(stateLane([event(0, 'STARTED'), event(4, 'PAUSED'), event(6, 'RESUMED'), event(7, 'SEEKED'), event(8, 'BUFFERING'), event(9, 'RESUMED')], time)).toEqual([
      { from: 0, to: 0.4, tone: 'plays', words: 'plays' },
      { from: 0.4, to: 0.6, tone: 'paused', words: 'paused' },
      { from: 0.6, to: 0.8, tone: 'plays', words: 'plays' },
      { from: 0.8, to: 0.9, tone: 'buffering', words: 'buffering' },
      { from: 0.9, to: 1, tone: 'plays', words: 'plays' },
    ]);
  });

  it('reads deliveries from the words of the changes, and the last from what is delivered now', () => {
    const changes = [event(0, 'STARTED', 'Started Arrival, direct play'), event(5, 'DELIVERY_CHANGED', 'direct play → transcode (subtitle)')];
    expect(deliveryLane(changes, time, 'TRANSCODE')).toEqual([
      { from: 0, to: 0.5, tone: 'play', words: 'direct play' },
      { from: 0.5, to: 1, tone: 'transcode', words: 'transcode' },
    ]);
  });

  it('begins anew with the next title, and knows from its first change what was before', () => {
    expect(deliveryLane([event(2, 'DELIVERY_CHANGED', 'direct play → transcode'), event(6, 'STARTED', 'Started Heat, direct stream')], time, null).map(({ from, tone }) => [from, tone])).toEqual([[0, 'play'], [0.2, 'transcode'], [0.6, 'stream']]);
  });

  it('says so where a change names nothing it knows, and shows what is delivered where nothing changed', () => {
    expect(deliveryLane([event(5, 'DELIVERY_CHANGED', 'another way')], time, null)).toEqual([{ from: 0, to: 1, tone: 'unknown', words: 'not reported' }]);
    expect(deliveryLane([event(0, 'STARTED', 'Started')], time, 'DIRECT_STREAM')).toEqual([{ from: 0, to: 1, tone: 'stream', words: 'direct stream' }]);
  });

  it('names what needs a look, the newest first', () => {
    expect(standsOut([event(0, 'STARTED'), event(1, 'BUFFERING'), event(2, 'TRANSCODE_SLOW')]).map(({ kind }) => kind)).toEqual(['TRANSCODE_SLOW', 'BUFFERING']);
  });
});
