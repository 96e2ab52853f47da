import { describe, expect, it } from '@jest/globals';
import { streamFixture, transcodeFixture } from '../live/fixtures.js';
import { resolutionWord } from './codecs.js';
import { belowRealTime, deliveryMark, encoderWord, initials, reasonLine, secondLine, shortReason } from './media.js';

const transcode = transcodeFixture({ reasons: ['subtitle', 'video-range'], speed: 1.84, progressPercent: 50, throttled: false });
const film = { title: 'Dune: Part Two', seriesTitle: null, seasonNumber: null, episodeNumber: null, year: 2024 };
const video = { delivery: 'TRANSCODE' as const, sourceCodec: 'hevc', targetCodec: 'h264', sourceWidth: 3_840, sourceHeight: 1_600, targetWidth: 1_920, targetHeight: 800, hdr: 'HDR10' as const };

describe('titles', () => {
  it('says year and quality of a film, code and title of an episode', () => {
    expect(secondLine(film, streamFixture({ video }))).toBe('2024 · 4K HDR10');
    expect(secondLine({ ...film, title: 'Forks', seriesTitle: 'The Bear', seasonNumber: 2, episodeNumber: 7 }, null)).toBe('S02·E07 “Forks”');
  });

  it.each([['Dune: Part Two', 'DP'], ['The Bear', 'B'], ['Arrival', 'A'], ['???', '?']])('%s has the initials %s', (title, letters) => expect(initials(title)).toBe(letters));

  it.each([[3_840, 1_600, '4K'], [1_920, 800, '1080p'], [1_280, 720, '720p'], [720, 576, '576p'], [null, null, '']])('%p × %p is %s', (width, height, word) => expect(resolutionWord(width, height)).toBe(word));
});

describe('delivery', () => {
  it('calls a paused stream paused and says what it was', () => {
    const stream = streamFixture({ state: 'PAUSED', delivery: 'TRANSCODE', transcode });
    expect(deliveryMark(stream)).toBe('paused');
    expect(reasonLine(stream)).toBe('was transcode');
  });

  it('names the reason that costs most, in words', () => {
    const subtitle = { delivery: 'TRANSCODE' as const, sourceCodec: 'pgssub', language: 'fra', burnedIn: true };
    expect(reasonLine(streamFixture({ delivery: 'TRANSCODE', transcode, subtitle, video }))).toBe('Subtitle PGS burned in');
    expect(shortReason(streamFixture({ delivery: 'TRANSCODE', transcode, subtitle, video }))).toBe('PGS burned in');
    expect(encoderWord(streamFixture({ delivery: 'TRANSCODE', transcode }))).toBe('HW 1.8×');
  });

  it('says so when a transcoder cannot keep up, unless it waits for the player', () => {
    const slow = streamFixture({ delivery: 'TRANSCODE', video, transcode: { ...transcode, reasons: ['video-codec'], speed: 0.9 } });
    expect(belowRealTime(slow)).toBe(true);
    expect(reasonLine(slow)).toBe('Below real time: Video HEVC → H.264');
    expect(belowRealTime({ ...slow, transcode: { ...slow.transcode!, throttled: true } })).toBe(false);
  });

  it('never invents a reason', () => {
    expect(reasonLine(streamFixture({ delivery: 'TRANSCODE' }))).toBe('The server gives no reason');
    expect(reasonLine(streamFixture({ delivery: 'UNKNOWN' }))).toBe('The server does not report it');
    expect(reasonLine(streamFixture())).toBe('Original, untouched');
  });
});
