import { describe, expect, it } from '@jest/globals';
import { client, FILM, FILM_4K_HDR } from '../../test/builders.js';
import { costHere, knownSource, ladderCost, planDelivery, tableCost } from './cost.js';

const film = knownSource(FILM);
const film4k = knownSource(FILM_4K_HDR);

describe('the plan of a delivery', () => {
  it('plays a file as it is where the client can', () => {
    expect(planDelivery(film, client(), null)).toEqual({ delivery: 'direct-play', targetHeight: null, toneMap: false, kbps: 8_000 });
    expect(planDelivery(knownSource({ ...FILM, height: 1036 }), client({ maxHeight: 1000 }), null).delivery).toBe('direct-play');
  });

  it.each([
    ['too tall', { maxHeight: 720 }, 720, 2_850],
    ['too fast', { maxKbps: 3_000 }, 720, 2_850],
    ['codec', { videoCodecs: ['AV1'] }, 1080, 6_000],
    ['slower than the least rendition', { maxKbps: 500 }, 480, 500],
  ])('converts what is %s', (_, given, targetHeight, kbps) => {
    expect(planDelivery(film, client(given), null)).toEqual({ delivery: 'transcode', targetHeight, toneMap: false, kbps });
  });

  it('tone-maps for a screen without HDR', () => {
    expect(planDelivery(film4k, client({ hdr: false }), null)).toMatchObject({ delivery: 'transcode', targetHeight: 2160, toneMap: true });
    expect(planDelivery(film4k, client({ hdr: true }), null).delivery).toBe('direct-play');
  });

  it('offers a smaller rendition, and leaves a file that is small already', () => {
    expect(planDelivery(film, client(), 1080)).toMatchObject({ delivery: 'transcode', targetHeight: 720 });
    expect(planDelivery(film, client(), 2160).delivery).toBe('direct-play');
  });

  it('never makes a picture larger than the file', () => {
    expect(planDelivery(knownSource({ ...FILM, height: 360, bitRateKbps: 900 }), client({ videoCodecs: ['av1'] }), null)).toMatchObject({ targetHeight: 360, kbps: 900 });
  });

  it('takes a file of which nothing is told for an ordinary film', () => {
    const nothing = { height: null, videoCodec: null, tenBit: null, hdr: null, framesPerSecond: null, bitRateKbps: null, durationMs: null };
    expect(knownSource(nothing)).toEqual({ height: 1080, videoCodec: 'h264', tenBit: false, hdr: false, framesPerSecond: 24, kbps: 8_000 });
    expect([4320, 720, 480].map((height) => knownSource({ ...nothing, height }).kbps)).toEqual([20_000, 4_000, 2_000]);
  });
});

describe('the cost of a conversion', () => {
  it.each([
    ['1080p to 720p', film, 720, false, 0.51],
    ['10 bit to 1080p', knownSource({ ...FILM, videoCodec: 'hevc', tenBit: true }), 1080, false, 0.91],
    ['4K HDR to 1080p', film4k, 1080, true, 2.36],
    ['720p to 480p', knownSource({ ...FILM, height: 720 }), 480, false, 0.22],
  ])('is the measured one for %s', (_, source, targetHeight, toneMap, cost) => {
    expect(tableCost({ source, targetHeight, toneMap })).toBeCloseTo(cost, 2);
  });

  it('grows with frames, pixels and burnt-in subtitles', () => {
    expect(tableCost({ source: { ...film, framesPerSecond: 48 }, targetHeight: 720, toneMap: false })).toBeCloseTo(1.02);
    expect(tableCost({ source: film4k, targetHeight: 2160, toneMap: false })).toBeGreaterThan(3);
    expect(tableCost({ source: film, targetHeight: 720, toneMap: false, burnIn: true })).toBeCloseTo(0.61);
  });

  it('is measured by machine and item, inside bounds', () => {
    expect(costHere(1, { machineFactor: 2, costRatio: 1.5, hardware: false })).toBe(3);
    expect(costHere(1, { machineFactor: 100, costRatio: null, hardware: false })).toBe(4);
    expect(costHere(1, { machineFactor: 0.0001, costRatio: 1, hardware: false })).toBe(0.25);
    expect(costHere(1, { machineFactor: 1, costRatio: 1, hardware: true })).toBeCloseTo(0.2);
  });

  it('shares the decoding between the renditions of one run', () => {
    expect(ladderCost(film, [1080, 720, 480])).toBeCloseTo(0.86 + 0.51 + 0.32 - 2 * 0.15);
    expect(ladderCost(film, [2160])).toBe(0);
  });
});
