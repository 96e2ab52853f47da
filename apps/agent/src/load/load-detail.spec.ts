import { describe, expect, it } from '@jest/globals';
import { LoadDetail, type ServerLoad, type Session } from '@usher/contracts';
import { makeSession, makeStream, makeTranscode, makeTranscodedStream, makeVideoTrack } from '@usher/testing';
import { loadDetailOf, signatureOf } from './load-detail.js';

const load: ServerLoad = { streams: 0, transcodes: 0, softwareTranscodes: 0, egressKbps: 0, cpuPercent: null, memoryPercent: null };
const converted = (given: Parameters<typeof makeTranscode>[0] = {}, session: Partial<Session> = {}) =>
  makeSession({ stream: makeTranscodedStream({ transcode: makeTranscode(given) }), ...session });

describe('the detail of a load', () => {
  it('counts what is sent by network, without paused and vanished viewers', () => {
    const sessions = [
      makeSession({ network: 'lan', stream: makeStream({ bitRateKbps: 8_000 }) }),
      makeSession({ network: 'wan', stream: makeStream({ bitRateKbps: 3_000, delivery: 'direct-stream' }) }),
      makeSession({ network: 'wan', stream: makeStream({ bitRateKbps: null, sourceBitRateKbps: 1_000 }) }),
      makeSession({ network: 'wan', stream: makeStream({ state: 'paused' }) }),
      makeSession({ network: 'wan', ghost: true, stream: makeStream() }),
      makeSession({ stream: null }),
    ];
    const detail = loadDetailOf(sessions, load);
    expect(detail).toMatchObject({ egressKbps: { lan: 8_000, wan: 4_000 }, directStreams: 3, remuxes: 1, transcodes: [] });
    expect(LoadDetail.parse(detail)).toEqual(detail);
  });

  it.each([
    ['running', {}, {}],
    ['throttled', { throttled: true }, {}],
    ['finished', { progressPercent: 100, throttled: true }, {}],
    ['ghost', {}, { ghost: true }],
  ] as const)('tells that a conversion is %s', (state, transcode, session) => {
    expect(loadDetailOf([converted(transcode, session)], load).transcodes).toMatchObject([{ state, sourceCodec: 'hevc', targetHeight: 720, hardware: false }]);
  });

  it('tells sound alone from video', () => {
    const stream = makeTranscodedStream({ video: makeVideoTrack({ delivery: 'direct-stream' }) });
    expect(loadDetailOf([makeSession({ stream })], load).transcodes[0]!.targetHeight).toBeNull();
  });

  it('is assumed unless the vendor tells of its host', () => {
    expect(loadDetailOf([], load)).toMatchObject({ confidence: 'assumed', memoryShare: null, usableCores: null });
    expect(loadDetailOf([], { ...load, cpuPercent: 20, memoryPercent: 40 })).toMatchObject({ confidence: 'vendor', memoryShare: 0.4 });
  });

  it('has a signature that follows conversions only', () => {
    const one = converted();
    expect(signatureOf([one, makeSession({ stream: makeStream() })])).toBe(signatureOf([one]));
    expect(signatureOf([])).not.toBe(signatureOf([one]));
    expect(signatureOf([{ ...one, ghost: true }])).not.toBe(signatureOf([one]));
  });
});
