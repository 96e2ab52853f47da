import { describe, expect, it } from '@jest/globals';
import { Session } from '@usher/contracts';
import { mapEmbySessions } from '../emby/emby.mapper.js';
import { mapJellyfinSessions } from '../jellyfin/jellyfin.mapper.js';

const all = { nowMs: null, ownDeviceId: null };
const SERVER = '0123456789abcdef0123456789abcdef';
const VIDEO = { Type: 'Video', Index: 0, Codec: 'hevc', Width: 3840, Height: 1600, BitRate: 18_000_000, AverageFrameRate: 24, VideoRange: 'HDR', VideoRangeType: 'HDR10' };
const AUDIO = { Type: 'Audio', Index: 1, Codec: 'eac3', Language: 'eng', Channels: 6, BitRate: 640_000, IsDefault: true };
const SECOND_AUDIO = { Type: 'Audio', Index: 2, Codec: 'aac', Language: 'deu', Channels: 2, BitRate: 160_000 };
const SUBTITLE = { Type: 'Subtitle', Index: 3, Codec: 'subrip', Language: 'eng' };
const ITEM = { Id: 'i1', Type: 'Movie', Name: 'Metropolis', ProductionYear: 1927, RunTimeTicks: 91_800_000_000, Container: 'mkv', MediaStreams: [VIDEO, AUDIO, SECOND_AUDIO, SUBTITLE] };
const TRANSCODING = {
  AudioCodec: 'aac',
  VideoCodec: 'h264',
  Container: 'ts',
  IsVideoDirect: false,
  IsAudioDirect: false,
  Bitrate: 8_000_000,
  Framerate: 60,
  CompletionPercentage: 41.26,
  Width: 1920,
  Height: 800,
  AudioChannels: 2,
  HardwareAccelerationType: 'vaapi',
  TranscodeReasons: ['VideoCodecNotSupported', 'AudioCodecNotSupported'],
};

const row = (more: object = {}, playState: object = {}): object => ({
  Id: 's1',
  ServerId: SERVER,
  UserId: 'u1',
  UserName: 'Nell',
  Client: 'Television',
  ApplicationVersion: '1.2',
  DeviceId: 'd1',
  DeviceName: 'Den TV',
  RemoteEndPoint: '192.168.1.20',
  LastActivityDate: '2026-11-21T12:00:30.1234567Z',
  LastPlaybackCheckIn: '2026-11-21T12:00:20.7654321Z',
  SupportsRemoteControl: true,
  SupportedCommands: ['DisplayMessage', ',', 'SetVolume'],
  NowPlayingItem: ITEM,
  PlayState: { PositionTicks: 600_004_447, CanSeek: true, IsPaused: false, PlayMethod: 'DirectPlay', AudioStreamIndex: 1, ...playState },
  ...more,
});
const jellyfin = (more?: object, playState?: object) => mapJellyfinSessions([row(more, playState)], all)[0]!;
const emby = (more?: object, playState?: object) => mapEmbySessions([row(more, playState)], all)[0]!;

describe('a session row', () => {
  it('becomes a session of the contract', () => {
    const session = jellyfin();
    expect(session).toMatchObject({
      vendorId: 's1',
      userId: 'u1',
      userName: 'Nell',
      deviceId: 'd1',
      client: 'Television',
      clientVersion: '1.2',
      address: '192.168.1.20',
      network: 'lan',
      controls: { stop: true, pause: true, seek: true, message: true },
      item: { itemId: 'i1', type: 'movie', title: 'Metropolis', year: 1927, durationMs: 9_180_000 },
      stream: { positionMs: 60_000, state: 'playing', delivery: 'direct-play', container: 'mkv', bitRateKbps: 18_800, sourceBitRateKbps: 18_800, transcode: null },
    });
    const whole = { ...session, ghost: false, stream: { ...session.stream, playbackId: 'p', startedAt: 'x' } };
    expect(Session.safeParse(whole).error).toBeUndefined();
  });

  it('of an API key is no viewer, whatever user it shows', () => {
    expect(mapJellyfinSessions([row({ DeviceId: SERVER })], all)).toEqual([]);
    expect(mapEmbySessions([row({ DeviceId: SERVER, UserId: undefined })], all)).toEqual([]);
  });

  it('of our own socket is no viewer', () => {
    expect(mapJellyfinSessions([row({ DeviceId: 'agent-1' }), row()], { ...all, ownDeviceId: 'agent-1' })).toHaveLength(1);
  });

  it('is idle without an item, whatever play method is left over', () => {
    const session = emby({ NowPlayingItem: undefined }, { PlayMethod: 'DirectStream' });
    expect(session).toMatchObject({ item: null, stream: null, controls: { stop: false, pause: false, seek: false, message: true } });
  });

  it('that was idle for 16 minutes is left out, a playing one never', () => {
    const now = Date.parse('2026-11-21T12:20:00Z');
    expect(mapJellyfinSessions([row({ NowPlayingItem: undefined })], { ...all, nowMs: now })).toEqual([]);
    expect(mapJellyfinSessions([row()], { ...all, nowMs: now })).toHaveLength(1);
    expect(mapJellyfinSessions([row({ NowPlayingItem: undefined })], { ...all, nowMs: Date.parse('2026-11-21T12:10:00Z') })).toHaveLength(1);
  });

  it('tells the sign of life by the check-in while it plays (Jellyfin), by the activity otherwise', () => {
    expect(jellyfin().lastSeenAt).toBe('2026-11-21T12:00:20.765Z');
    expect(jellyfin({ NowPlayingItem: undefined }).lastSeenAt).toBe('2026-11-21T12:00:30.123Z');
    expect(jellyfin({ LastPlaybackCheckIn: '0001-01-01T00:00:00.0000000Z' }).lastSeenAt).toBe('2026-11-21T12:00:30.123Z');
    expect(emby().lastSeenAt).toBe('2026-11-21T12:00:30.123Z');
  });

  it.each([
    ['8.8.8.8', '8.8.8.8', 'wan'],
    ['::ffff:192.168.1.9', '192.168.1.9', 'lan'],
    ['[2606:4700::1111]:8096', '2606:4700::1111', 'wan'],
    ['10.0.0.7:52100', '10.0.0.7', 'lan'],
    ['100.70.1.1', '100.70.1.1', 'unknown'],
    ['somewhere', 'somewhere', 'unknown'],
    [undefined, null, 'unknown'],
  ])('from %p has the address %p in network %s', (remote, address, network) => {
    expect(jellyfin({ RemoteEndPoint: remote })).toMatchObject({ address, network });
  });

  it('cannot be controlled without an open socket', () => {
    expect(jellyfin({ SupportsRemoteControl: false }).controls).toEqual({ stop: false, pause: false, seek: false, message: false, limitBitRate: false, play: false });
    expect(jellyfin({ SupportedCommands: [','] }).controls.message).toBe(false);
    expect(jellyfin({}, { CanSeek: false }).controls.seek).toBe(false);
  });

  it('without a user has none, zeros included', () => {
    expect(jellyfin({ UserId: '0'.repeat(32), UserName: undefined })).toMatchObject({ userId: null, userName: null });
  });
});

describe('delivery', () => {
  it('converts both tracks', () => {
    expect(jellyfin({ TranscodingInfo: TRANSCODING }).stream).toMatchObject({
      delivery: 'transcode',
      container: 'ts',
      bitRateKbps: 8_000,
      sourceBitRateKbps: 18_800,
      video: { delivery: 'transcode', sourceCodec: 'hevc', targetCodec: 'h264', sourceWidth: 3840, targetWidth: 1920, targetHeight: 800, hdr: 'hdr10' },
      audio: { delivery: 'transcode', sourceCodec: 'eac3', targetCodec: 'aac', sourceChannels: 6, targetChannels: 2, language: 'eng' },
      transcode: { reasons: ['video-codec', 'audio-codec'], hardware: 'hardware', speed: 2.5, progressPercent: 41.3, throttled: null },
    });
  });

  it('converts the sound only', () => {
    const { stream } = jellyfin({ TranscodingInfo: { ...TRANSCODING, IsVideoDirect: true } });
    expect(stream).toMatchObject({ delivery: 'transcode', video: { delivery: 'direct-stream', targetCodec: 'hevc', targetWidth: 3840 }, audio: { delivery: 'transcode' }, transcode: { hardware: 'software' } });
  });

  it("takes a remux's rate from the file: the vendor states the client's maximum", () => {
    const { stream } = jellyfin({ TranscodingInfo: { ...TRANSCODING, IsVideoDirect: true, IsAudioDirect: true, Bitrate: 120_064_000 } });
    expect(stream).toMatchObject({ delivery: 'direct-stream', bitRateKbps: 18_800, container: 'ts', transcode: null });
  });

  it('does not believe a play method without transcoding info', () => {
    expect(jellyfin({}, { PlayMethod: 'Transcode' }).stream).toMatchObject({ delivery: 'unknown', transcode: null });
    expect(emby({}, { PlayMethod: 'DirectStream' }).stream?.delivery).toBe('direct-stream');
    expect(jellyfin({}, { PlayMethod: 'Teleport' }).stream?.delivery).toBe('unknown');
  });

  it('of music counts the sound alone', () => {
    const song = { Id: 't1', Type: 'Audio', Name: 'Overture', RunTimeTicks: 1_800_000_000, Container: 'flac', MediaStreams: [{ Type: 'Audio', Index: 0, Codec: 'flac', BitRate: 900_000, Channels: 2 }] };
    const { stream, item } = jellyfin({ NowPlayingItem: song, TranscodingInfo: { AudioCodec: 'mp3', Container: 'mp3', IsAudioDirect: false, Bitrate: 192_000, TranscodeReasons: 'ContainerNotSupported, AudioCodecNotSupported' } });
    expect(item?.type).toBe('track');
    expect(stream).toMatchObject({ delivery: 'transcode', video: null, bitRateKbps: 192, sourceBitRateKbps: 900, transcode: { reasons: ['container', 'audio-codec'], speed: null } });
  });

  it('keeps what an encoder that ended leaves behind, without speed and progress', () => {
    const { Framerate: _f, CompletionPercentage: _c, ...ended } = TRANSCODING;
    expect(jellyfin({ TranscodingInfo: ended }).stream?.transcode).toMatchObject({ speed: null, progressPercent: null, hardware: 'hardware' });
  });

  it('names each reason once and unknown ones `unknown`', () => {
    const reasons = ['VideoProfileNotSupported', 'VideoLevelNotSupported', 'SomethingNew', '', 7];
    expect(jellyfin({ TranscodingInfo: { ...TRANSCODING, TranscodeReasons: reasons } }).stream?.transcode?.reasons).toEqual(['video-profile', 'unknown']);
    expect(jellyfin({ TranscodingInfo: { ...TRANSCODING, TranscodeReasons: undefined } }).stream?.transcode?.reasons).toEqual(['unknown']);
  });

  it.each([
    ['none', 'software'],
    ['qsv', 'hardware'],
    ['quantum', 'unknown'],
    [undefined, 'unknown'],
  ])('with acceleration %p is %s (Jellyfin)', (type, expected) => {
    expect(jellyfin({ TranscodingInfo: { ...TRANSCODING, HardwareAccelerationType: type } }).stream?.transcode?.hardware).toBe(expected);
  });

  it.each([
    [{ VideoEncoderIsHardware: true }, 'hardware'],
    [{ VideoEncoderIsHardware: false, VideoDecoderIsHardware: true }, 'software'],
    [{}, 'unknown'],
  ])('with %o is %s (Emby)', (more, expected) => {
    expect(emby({ TranscodingInfo: { ...TRANSCODING, ...more } }).stream?.transcode?.hardware).toBe(expected);
  });

  it('is throttled where Emby says so', () => {
    expect(emby({ TranscodingInfo: { ...TRANSCODING, CurrentThrottle: 100 } }).stream?.transcode?.throttled).toBe(true);
    expect(emby({ TranscodingInfo: TRANSCODING }).stream?.transcode?.throttled).toBeNull();
  });

  it('takes the tracks that play, and no subtitle for −1', () => {
    expect(jellyfin({}, { AudioStreamIndex: 2, SubtitleStreamIndex: 3 }).stream).toMatchObject({ audio: { language: 'deu' }, subtitle: { delivery: 'direct-play', sourceCodec: 'subrip', burnedIn: false } });
    expect(jellyfin({}, { AudioStreamIndex: undefined, SubtitleStreamIndex: -1 }).stream).toMatchObject({ audio: { language: 'eng' }, subtitle: null });
  });

  it('burns a subtitle in where the video is converted because of it', () => {
    const because = { ...TRANSCODING, TranscodeReasons: ['SubtitleCodecNotSupported'] };
    expect(jellyfin({ TranscodingInfo: because }, { SubtitleStreamIndex: 3 }).stream).toMatchObject({ subtitle: { delivery: 'transcode', burnedIn: true, targetCodec: null }, transcode: { reasons: ['subtitle'] } });
    const beside = { ...TRANSCODING, IsVideoDirect: true, SubtitlePipelineInfos: [[{ StepType: 'Encoder', Short: 'WEBVTT', FfmpegName: 'webvtt' }]] };
    expect(emby({ TranscodingInfo: beside }, { SubtitleStreamIndex: 3 }).stream?.subtitle).toEqual({ delivery: 'transcode', sourceCodec: 'subrip', targetCodec: 'webvtt', language: 'eng', burnedIn: false });
  });

  it.each([
    [{ VideoRangeType: 'DOVIWithHDR10' }, 'dolby-vision'],
    [{ VideoRangeType: 'HDR10Plus' }, 'hdr10-plus'],
    [{ VideoRangeType: 'HLG' }, 'hlg'],
    [{ VideoRangeType: 'SDR' }, 'sdr'],
    [{ VideoRangeType: 'DOVIInvalid' }, 'unknown'],
    [{ VideoRangeType: undefined, VideoRange: 'SDR' }, 'sdr'],
    [{ VideoRangeType: undefined, VideoRange: 'HDR' }, 'unknown'],
    [{ VideoRangeType: undefined, ExtendedVideoType: 'DolbyVision' }, 'dolby-vision'],
    [{ VideoRangeType: undefined, ExtendedVideoType: 'HyperLogGamma' }, 'hlg'],
    [{ VideoRangeType: undefined, ExtendedVideoType: 'None', VideoRange: 'SDR' }, 'sdr'],
  ])('of %o is %s', (more, hdr) => {
    expect(jellyfin({ NowPlayingItem: { ...ITEM, MediaStreams: [{ ...VIDEO, ...more }] } }).stream?.video?.hdr).toBe(hdr);
  });
});

describe('tolerance', () => {
  it.each([
    ['null', null],
    ['a text', 'hello'],
    ['an error object', { error: 'x' }],
    ['rows that are no sessions', [{ foo: 1 }, 'x', null]],
  ])('%s is an invalid answer, never an empty list', (_name, answer) => {
    expect(() => mapJellyfinSessions(answer, all)).toThrow(expect.objectContaining({ code: 'VENDOR_ANSWER_INVALID' }));
    expect(() => mapEmbySessions(answer, all)).toThrow(expect.objectContaining({ code: 'VENDOR_ANSWER_INVALID' }));
  });

  it('an empty list is an empty list, an envelope is opened', () => {
    expect(mapJellyfinSessions([], all)).toEqual([]);
    expect(mapEmbySessions({ Items: [row()] }, all)).toHaveLength(1);
  });

  it('keeps the good rows of a list with bad ones', () => {
    expect(mapJellyfinSessions([row(), 7, { Id: '' }, null], all)).toHaveLength(1);
  });

  it('survives numbers as texts, wrong types and missing fields', () => {
    const odd = {
      Id: 's1',
      DeviceId: 7,
      UserName: { first: 'x' },
      PlayState: { PositionTicks: '600000000', IsPaused: 'true' },
      NowPlayingItem: { Id: 28, Name: 7, Type: 'Hologram', RunTimeTicks: '91800000000', ProductionYear: '1927', MediaStreams: 'none' },
      TranscodingInfo: { Bitrate: '8000000', IsVideoDirect: 'false', IsAudioDirect: 0, TranscodeReasons: 'VideoCodecNotSupported', CompletionPercentage: '12,5', Framerate: -1 },
    };
    const session = mapJellyfinSessions([odd], all)[0]!;
    expect(session).toMatchObject({
      deviceId: '7',
      userName: null,
      item: { itemId: '28', title: '7', type: 'other', year: 1927, durationMs: 9_180_000 },
      stream: { positionMs: 60_000, state: 'paused', delivery: 'transcode', bitRateKbps: 8_000, sourceBitRateKbps: null, video: null, audio: null, transcode: { progressPercent: null, speed: null } },
    });
  });

  it('keeps positions inside the film and rates without sentinels', () => {
    expect(jellyfin({}, { PositionTicks: 99_999_999_999_999 }).stream?.positionMs).toBe(9_180_000);
    expect(jellyfin({}, { PositionTicks: -5 }).stream?.positionMs).toBe(0);
    expect(jellyfin({ NowPlayingItem: { ...ITEM, Bitrate: 2_147_483_647, MediaStreams: [] } }).stream?.sourceBitRateKbps).toBeNull();
    expect(jellyfin({ NowPlayingItem: { ...ITEM, MediaStreams: [{ ...VIDEO, BitRate: undefined }, AUDIO] } }).stream?.sourceBitRateKbps).toBeNull();
  });

  it('shows live television by its programme, without a duration', () => {
    const live = { Id: 'c1', Type: 'TvChannel', Name: 'Channel One', CurrentProgram: { Name: 'Evening News' } };
    expect(jellyfin({ NowPlayingItem: live }).item).toMatchObject({ type: 'live', title: 'Evening News', durationMs: null });
  });

  it('names series, season and episode', () => {
    const episode = { ...ITEM, Type: 'Episode', Name: 'XIV', SeriesName: 'The Old Lighthouse', ParentIndexNumber: 2, IndexNumber: '7' };
    expect(jellyfin({ NowPlayingItem: episode }).item).toMatchObject({ type: 'episode', seriesTitle: 'The Old Lighthouse', seasonNumber: 2, episodeNumber: 7 });
  });

  it('cuts texts that are longer than the contract allows', () => {
    const session = jellyfin({ UserName: 'x'.repeat(5_000), NowPlayingItem: { ...ITEM, Name: 'y'.repeat(5_000) } });
    expect([session.userName?.length, session.item?.title.length]).toEqual([500, 1_000]);
  });
});
