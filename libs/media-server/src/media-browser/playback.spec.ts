import { describe, expect, it } from '@jest/globals';
import { AppError } from '@usher/contracts';
import { mapPlexSource } from '../plex/plex.playback.js';
import { mapItemSource, playbackOf } from './playback.js';

const NOTHING = { height: null, videoCodec: null, tenBit: null, hdr: null, framesPerSecond: null, bitRateKbps: null, durationMs: null };

describe('the file of an item', () => {
  it('is read from its first version', () => {
    const video = { Type: 'Video', Codec: 'hevc', Height: 1600, BitDepth: 10, VideoRangeType: 'HDR10', RealFrameRate: 23.976 };
    expect(mapItemSource({ Id: 'i', RunTimeTicks: 600_000_000, MediaSources: [{ Id: 'm', Bitrate: 24_000_000, MediaStreams: [video] }] })).toEqual({
      height: 1600,
      videoCodec: 'hevc',
      tenBit: true,
      hdr: true,
      framesPerSecond: 23.976,
      bitRateKbps: 24_000,
      durationMs: 60_000,
    });
  });

  it('stays unknown where the vendor tells nothing', () => {
    expect(mapItemSource({ Id: 'i' })).toEqual(NOTHING);
    expect(mapItemSource({ Id: 'i', MediaSources: [{ MediaStreams: [{ Type: 'Video', RealFrameRate: 0, Height: 0 }] }] })).toEqual(NOTHING);
    expect(mapPlexSource({ Metadata: [{ ratingKey: 7 }] })).toEqual(NOTHING);
  });

  it('is an invalid answer when it is no item', () => {
    for (const read of [() => mapItemSource('<html>'), () => mapPlexSource({ Metadata: [] })]) expect(read).toThrow(expect.objectContaining({ code: 'VENDOR_ANSWER_INVALID' }));
  });

  it('fails as the server failed', async () => {
    const failing = (error: AppError) =>
      playbackOf({ get: () => Promise.reject(error), itemOf: () => ({ path: '/', query: {} }), page: () => '', machineId: async () => 'm' }).check('i', 'u');
    await expect(failing(new AppError('SERVER_UNREACHABLE', 'down'))).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
    await expect(failing(new AppError('VENDOR_ANSWER_INVALID', 'odd', { httpStatus: 500 }))).rejects.toMatchObject({ code: 'VENDOR_ANSWER_INVALID' });
    for (const error of [new AppError('NOT_FOUND', 'no'), new AppError('VENDOR_ANSWER_INVALID', 'bad request', { httpStatus: 400 })]) {
      await expect(failing(error)).rejects.toMatchObject({ code: 'NOT_FOUND', details: { reason: 'item' } });
    }
  });
});
