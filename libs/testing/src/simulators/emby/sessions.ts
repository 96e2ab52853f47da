import type { Grant } from '../base/core.js';
import type { Playback } from '../base/playback.js';
import type { SimulatedSession } from '../base/playback-engine.js';
import { stableHex } from '../base/random.js';
import { isoDate, toTicks } from '../mediabrowser/ticks.js';
import { EMBY_REASONS } from '../mediabrowser/transcode-reasons.js';
import { mediaSourceId, userId } from './ids.js';
import { nowPlayingItem } from './items.js';
import type { EmbyServer } from './server.js';

const PLAYER_COMMANDS = ['MoveUp', 'MoveDown', 'GoHome', 'DisplayMessage', 'SetVolume', 'PlayMediaSource', 'SetMaxStreamingBitrate'];
/** The server keeps one measurement per second of an encoder's life. */
const KEPT_MEASUREMENTS = 600;

/** Without an encoder clients call the same thing direct play or direct stream. */
export function playMethod(session: SimulatedSession, { delivery }: Playback): string {
  if (delivery.kind === 'transcode') return 'Transcode';
  return delivery.kind === 'direct-stream' || session.number % 2 === 0 ? 'DirectStream' : 'DirectPlay';
}

function playState(server: EmbyServer, session: SimulatedSession): object {
  const newer = server.minor >= 9 ? { SleepTimerMode: 'None' } : {};
  const shuffle = server.minor >= 9 ? { Shuffle: false } : {};
  const common = { RepeatMode: 'RepeatNone', ...newer, SubtitleOffset: 0, ...shuffle, PlaybackRate: 1 };
  const { playback } = session;
  if (playback === null) {
    const last = server.lastMethods.get(session.id);
    return { CanSeek: false, IsPaused: false, IsMuted: false, ...(last === undefined ? {} : { PlayMethod: last }), ...common };
  }
  const { file } = playback.item;
  const videos = file?.video ? 1 : 0;
  return {
    PositionTicks: toTicks(playback.positionMs),
    CanSeek: playback.item.durationMs !== null,
    IsPaused: playback.state === 'paused',
    IsMuted: false,
    VolumeLevel: 100,
    ...(file?.audio.length ? { AudioStreamIndex: videos + playback.audioIndex } : {}),
    ...(videos === 0 ? {} : { SubtitleStreamIndex: playback.subtitleIndex === null ? -1 : videos + file!.audio.length + playback.subtitleIndex }),
    MediaSourceId: mediaSourceId(server.core, playback.item),
    PlayMethod: playMethod(session, playback),
    ...(playback.item.kind === 'channel' ? { LiveStreamId: playback.id } : {}),
    ...common,
  };
}

/** With the encoder's whole history, tens of kilobytes after some minutes. */
function transcodingInfo(server: EmbyServer, playback: Playback): object {
  const { delivery, item } = playback;
  if (delivery.kind === 'direct-play') return {};
  const seconds = Math.min(KEPT_MEASUREMENTS, Math.floor((server.core.clock.now() - playback.startedAtMs) / 1_000));
  const measured = Array.from({ length: seconds }, (_, second) => ({ at: second + 1.0025131, cpu: 0.24 + (second % 7) / 100 }));
  const hardware = delivery.hardware !== 'none';
  return {
    TranscodingInfo: {
      ...(delivery.audio ? { AudioCodec: delivery.audio.codec } : {}),
      ...(delivery.video ? { VideoCodec: delivery.video.codec } : {}),
      SubProtocol: 'hls',
      Container: delivery.container,
      IsVideoDirect: delivery.video?.copied ?? true,
      IsAudioDirect: delivery.audio?.copied ?? true,
      Bitrate: delivery.bitRate,
      ...(delivery.audio ? { AudioBitrate: delivery.audio.bitRate } : {}),
      ...(delivery.video ? { VideoBitrate: delivery.video.bitRate } : {}),
      Framerate: Math.round((item.file?.video?.frameRate ?? 24) * delivery.speed),
      CompletionPercentage: (playback.encodedToMs / (item.durationMs ?? Number.POSITIVE_INFINITY)) * 100,
      TranscodingPositionTicks: toTicks(playback.encodedToMs),
      TranscodingStartPositionTicks: 0,
      ...(delivery.video ? { Width: delivery.video.width, Height: delivery.video.height } : {}),
      ...(delivery.audio ? { AudioChannels: delivery.audio.channels } : {}),
      TranscodeReasons: delivery.reasons.map((reason) => EMBY_REASONS[reason]),
      CurrentCpuUsage: 0.25,
      AverageCpuUsage: 0.24,
      CpuHistory: measured.map(({ at, cpu }) => ({ Item1: at, Item2: cpu })),
      ProcessStatistics: {
        CurrentCpu: 0.25,
        AverageCpu: 0.24,
        CurrentVirtualMemory: 174_387_200,
        CurrentWorkingSet: 23_515_136,
        Metrics: measured.map(({ at, cpu }) => ({ Time: `PT${at}S`, CpuPercent: cpu, VirtualMemory: 173_613_056, WorkingSet: 22_704_128 })),
      },
      CurrentThrottle: delivery.throttled ? 100 : 0,
      ...videoPipeline(delivery.video?.copied === false, hardware, delivery.hardware),
    },
  };
}

/** A copied video has neither decoder nor encoder, and then nothing is hardware. */
const videoPipeline = (converted: boolean, hardware: boolean, name: string) => ({
  ...(converted ? { VideoDecoder: hardware ? `${name} decoder` : 'software' } : {}),
  VideoDecoderIsHardware: converted && hardware,
  ...(converted && hardware ? { VideoDecoderHwAccel: name } : {}),
  ...(converted ? { VideoEncoder: hardware ? `h264_${name}` : 'libx264' } : {}),
  VideoEncoderIsHardware: converted && hardware,
  ...(converted && hardware ? { VideoEncoderHwAccel: name } : {}),
  VideoPipelineInfo: [],
  SubtitlePipelineInfos: [],
});

export function sessionRow(server: EmbyServer, session: SimulatedSession): Record<string, unknown> {
  const { core } = server;
  const { device, playback } = session;
  const said = server.capabilities.get(session.id);
  const virtual = session.driver === 'virtual';
  return {
    PlayState: playState(server, session),
    AdditionalUsers: [],
    RemoteEndPoint: device.address,
    Protocol: 'HTTP/1.1',
    PlayableMediaTypes: said?.PlayableMediaTypes ?? (virtual ? ['Audio', 'Video'] : []),
    PlaylistIndex: 0,
    PlaylistLength: playback === null ? 0 : 1,
    Id: session.id,
    ServerId: core.serverId,
    UserId: userId(core, session.user),
    UserName: session.user.name,
    Client: device.client,
    LastActivityDate: isoDate(session.lastActivityMs),
    DeviceName: device.name,
    ...(playback === null ? {} : { NowPlayingItem: nowPlayingItem(core, playback.item) }),
    InternalDeviceId: server.internalDeviceId(device.id),
    DeviceId: device.id,
    ApplicationVersion: device.version,
    AppIconUrl: `https://icons.invalid/${encodeURIComponent(device.client)}.png`,
    SupportedCommands: said?.SupportedCommands ?? (virtual ? PLAYER_COMMANDS : []),
    ...(playback === null ? {} : transcodingInfo(server, playback)),
    SupportsRemoteControl: virtual ? device.controllable : said?.SupportsMediaControl === true && server.hasSocket(session),
  };
}

/** An API key's row has no user; its device is the server itself. */
function keyRow(server: EmbyServer, grant: Grant, lastActivityMs: number): Record<string, unknown> {
  const { core } = server;
  return {
    PlayState: { CanSeek: false, IsPaused: false, IsMuted: false, RepeatMode: 'RepeatNone', SubtitleOffset: 0, PlaybackRate: 1 },
    AdditionalUsers: [],
    RemoteEndPoint: '127.0.0.1',
    Protocol: 'HTTP/1.1',
    PlayableMediaTypes: [],
    PlaylistIndex: 0,
    PlaylistLength: 0,
    Id: stableHex(`key|${core.serverId}|${grant.token}`),
    ServerId: core.serverId,
    Client: grant.app,
    LastActivityDate: isoDate(lastActivityMs),
    DeviceName: core.name,
    InternalDeviceId: server.internalDeviceId(core.serverId),
    DeviceId: core.serverId,
    ApplicationVersion: core.version,
    SupportedCommands: [],
    SupportsRemoteControl: false,
  };
}

/** Users see their own rows, administrators and keys all. */
export function sessionRows(server: EmbyServer, viewer: Grant): Record<string, unknown>[] {
  const { core } = server;
  const all = viewer.user === null || viewer.user.isAdministrator;
  const people = [...core.engine.sessions.values()].filter((session) => all || session.user === viewer.user).map((session) => sessionRow(server, session));
  if (!all) return people;
  const keys = [...server.keyRows].flatMap(([token, at]) => {
    const grant = core.grants.get(token);
    return grant === undefined ? [] : [keyRow(server, grant, at)];
  });
  return [...people, ...keys];
}
