import { describe, expect, it } from '@jest/globals';
import { mapEmbySessions } from '../emby/emby.mapper.js';
import { mapJellyfinSessions } from '../jellyfin/jellyfin.mapper.js';

const all = { nowMs: null, ownDeviceId: null };
const ITEM = { Id: 'i1', Type: 'Movie', Name: 'Metropolis', RunTimeTicks: 100_000_000_000, MediaStreams: [{ Type: 'Video', Index: 0, Codec: 'hevc' }] };
const row = (more: object) => ({ Id: 's1', DeviceId: 'd1', SupportsRemoteControl: true, PlayableMediaTypes: ['Audio', 'Video'], SupportedCommands: ['SetMaxStreamingBitrate'], NowPlayingItem: ITEM, PlayState: { CanSeek: true }, ...more });
const transcoding = (more: object) => ({ TranscodingInfo: { IsVideoDirect: false, IsAudioDirect: false, ...more } });
const jellyfin = (more: object) => mapJellyfinSessions([row(more)], all)[0]!;
const emby = (more: object) => mapEmbySessions([row(more)], all)[0]!;

describe('what a client can be told', () => {
  it('is to play where it plays anything, and to keep a limit where it lists that', () => {
    expect(jellyfin({}).controls).toMatchObject({ play: true, limitBitRate: true });
    expect(jellyfin({ SupportedCommands: ['DisplayMessage', 7] }).controls).toMatchObject({ limitBitRate: false });
    expect(jellyfin({ PlayableMediaTypes: ['Photo', ','] }).controls).toMatchObject({ play: false });
    expect(emby({ NowPlayingItem: undefined }).controls).toMatchObject({ play: true, limitBitRate: false });
    expect(emby({ SupportsRemoteControl: false }).controls).toMatchObject({ play: false, limitBitRate: false });
  });
});

describe('how far the server has prepared a stream', () => {
  it('is the share of the whole (Jellyfin), or a place (Emby)', () => {
    expect(jellyfin(transcoding({ CompletionPercentage: 25 })).stream?.bufferPositionMs).toBe(2_500_000);
    expect(emby(transcoding({ CompletionPercentage: 25, TranscodingPositionTicks: 30_000_000_000 })).stream?.bufferPositionMs).toBe(3_000_000);
    expect(emby(transcoding({ TranscodingPositionTicks: 900_000_000_000 })).stream?.bufferPositionMs).toBe(10_000_000);
  });

  it('is not told where nothing is converted, or the encoder says nothing', () => {
    expect(jellyfin({}).stream?.bufferPositionMs).toBeNull();
    expect(jellyfin(transcoding({})).stream?.bufferPositionMs).toBeNull();
    expect(jellyfin(transcoding({ CompletionPercentage: 'NaN' })).stream?.bufferPositionMs).toBeNull();
    expect(jellyfin({ TranscodingInfo: { IsVideoDirect: true, IsAudioDirect: true, CompletionPercentage: 12 } }).stream?.bufferPositionMs).toBeNull();
  });
});

describe('hardware', () => {
  const sides = (session: ReturnType<typeof emby>) => [session.stream?.transcode?.hardwareDecode, session.stream?.transcode?.hardwareEncode];

  it('is told for both sides by Emby', () => {
    expect(sides(emby(transcoding({ VideoDecoderIsHardware: true, VideoEncoderIsHardware: false })))).toEqual([true, false]);
    expect(sides(emby(transcoding({})))).toEqual([null, null]);
    expect(sides(emby(transcoding({ IsVideoDirect: true, VideoDecoderIsHardware: false })))).toEqual([null, null]);
  });

  it('is told for the encoder by Jellyfin, and for both when there is none', () => {
    expect(sides(jellyfin(transcoding({ HardwareAccelerationType: 'vaapi' })))).toEqual([null, true]);
    expect(sides(jellyfin(transcoding({ HardwareAccelerationType: 'none' })))).toEqual([false, false]);
    expect(sides(jellyfin(transcoding({ HardwareAccelerationType: 'warp-drive' })))).toEqual([null, null]);
  });
});
