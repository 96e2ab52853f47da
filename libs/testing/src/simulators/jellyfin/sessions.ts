import type { Grant } from '../base/core.js';
import type { Playback } from '../base/playback.js';
import type { SimulatedSession } from '../base/playback-engine.js';
import { stableHex } from '../base/random.js';
import { isoDate, NEVER, NO_USER, toTicks } from '../mediabrowser/ticks.js';
import { JELLYFIN_REASONS } from '../mediabrowser/transcode-reasons.js';
import { itemId, userId } from './ids.js';
import { nowPlayingItem } from './items.js';
import { NO_CAPABILITIES, PLAYER_CAPABILITIES, type ClientCapabilities, type JellyfinServer } from './server.js';

/** What a client allows at most; Jellyfin reports it as the bit rate of a remux. */
const CLIENT_MAXIMUM = 120_064_000;

function playMethod(session: SimulatedSession, { delivery }: Playback): string {
  if (delivery.kind === 'direct-play') return 'DirectPlay';
  // Clients disagree about the name of a remux: some report Transcode.
  return delivery.kind === 'direct-stream' && session.number % 2 === 0 ? 'DirectStream' : 'Transcode';
}

function playState(session: SimulatedSession): object {
  const { playback } = session;
  const common = { IsMuted: false, RepeatMode: 'RepeatNone', PlaybackOrder: 'Default' };
  if (playback === null) return { CanSeek: false, IsPaused: false, ...common };
  const { file } = playback.item;
  const videos = file?.video ? 1 : 0;
  return {
    PositionTicks: toTicks(playback.positionMs),
    CanSeek: playback.item.durationMs !== null,
    // A client that buffers says nothing about it.
    IsPaused: playback.state === 'paused',
    IsMuted: false,
    VolumeLevel: 80,
    ...(file?.audio.length ? { AudioStreamIndex: videos + playback.audioIndex } : {}),
    ...(videos === 0 ? {} : { SubtitleStreamIndex: playback.subtitleIndex === null ? -1 : videos + file!.audio.length + playback.subtitleIndex }),
    MediaSourceId: itemId(playback.item),
    PlayMethod: playMethod(session, playback),
    ...(playback.item.kind === 'channel' ? { LiveStreamId: playback.id } : {}),
    RepeatMode: 'RepeatNone',
    PlaybackOrder: 'Default',
  };
}

function transcodingInfo({ delivery, encoderGone, encodedToMs, item }: Playback): object {
  if (delivery.kind === 'direct-play') return {};
  const remux = delivery.kind === 'direct-stream';
  const running = !remux && !encoderGone && item.durationMs !== null && encodedToMs < item.durationMs;
  const progress = running ? { Framerate: Math.round((item.file?.video?.frameRate ?? 24) * delivery.speed), CompletionPercentage: (encodedToMs / item.durationMs!) * 100 } : {};
  return {
    TranscodingInfo: {
      ...(delivery.audio ? { AudioCodec: delivery.audio.codec } : {}),
      ...(delivery.video ? { VideoCodec: delivery.video.codec } : {}),
      Container: delivery.container,
      IsVideoDirect: delivery.video?.copied ?? true,
      IsAudioDirect: delivery.audio?.copied ?? true,
      Bitrate: remux ? CLIENT_MAXIMUM : delivery.bitRate,
      ...progress,
      ...(delivery.video ? { Width: delivery.video.width, Height: delivery.video.height } : {}),
      ...(delivery.audio ? { AudioChannels: delivery.audio.channels } : {}),
      HardwareAccelerationType: delivery.hardware,
      TranscodeReasons: delivery.reasons.map((reason) => JELLYFIN_REASONS[reason]),
    },
  };
}

/** 10.10.0 and 10.10.1 put a stray `","` between the entries of these lists. */
function list(server: JellyfinServer, values: readonly string[]): readonly string[] {
  return /^10\.10\.[01]$/.test(server.core.version) ? values.flatMap((value, position) => (position === 0 ? [value] : [',', value])) : values;
}

function deviceParts(server: JellyfinServer, capabilities: ClientCapabilities) {
  return {
    AdditionalUsers: [],
    Capabilities: capabilities,
    PlayableMediaTypes: list(server, capabilities.PlayableMediaTypes),
  };
}

/** `NowPlayingQueueFullItems` left with 12. */
const queueParts = (server: JellyfinServer) => (server.major >= 12 ? { NowPlayingQueue: [] } : { NowPlayingQueue: [], NowPlayingQueueFullItems: [] });

export function sessionRow(server: JellyfinServer, session: SimulatedSession): Record<string, unknown> {
  const { core } = server;
  const { device, playback } = session;
  const capabilities = server.capabilities.get(session.id) ?? (session.driver === 'virtual' ? { ...PLAYER_CAPABILITIES, SupportsMediaControl: device.controllable } : NO_CAPABILITIES);
  const controllable = capabilities.SupportsMediaControl && (session.driver === 'virtual' || server.hasSocket(session));
  // The server extrapolates, and its own guess counts as activity; the check-in is the client's.
  const activity = playback !== null && playback.state === 'playing' ? core.clock.now() : session.lastActivityMs;
  return {
    PlayState: playState(session),
    ...deviceParts(server, capabilities),
    RemoteEndPoint: device.address,
    Id: session.id,
    UserId: userId(core, session.user),
    UserName: session.user.name,
    Client: device.client,
    LastActivityDate: isoDate(activity),
    LastPlaybackCheckIn: playback === null ? NEVER : isoDate(playback.lastCheckInMs),
    ...(playback?.state === 'paused' ? { LastPausedDate: isoDate(playback.pausedAtMs) } : {}),
    DeviceName: device.name,
    ...(playback === null ? {} : { NowPlayingItem: nowPlayingItem(core, playback.item) }),
    DeviceId: device.id,
    ApplicationVersion: device.version,
    ...(playback === null ? {} : transcodingInfo(playback)),
    IsActive: true,
    SupportsMediaControl: controllable,
    SupportsRemoteControl: controllable,
    ...queueParts(server),
    HasCustomDeviceName: false,
    ServerId: core.serverId,
    SupportedCommands: list(server, capabilities.SupportedCommands),
  };
}

/** An API key's row: named after the key, its device is the server itself. */
function keyRow(server: JellyfinServer, grant: Grant, lastActivityMs: number): Record<string, unknown> {
  const { core } = server;
  const bound = server.keyUsers.get(grant.token);
  return {
    PlayState: { CanSeek: false, IsPaused: false, IsMuted: false, RepeatMode: 'RepeatNone', PlaybackOrder: 'Default' },
    ...deviceParts(server, NO_CAPABILITIES),
    RemoteEndPoint: '127.0.0.1',
    Id: keyRowId(server, grant),
    ...(bound === undefined ? { UserId: NO_USER } : { UserId: userId(core, bound), UserName: bound.name }),
    Client: grant.app,
    LastActivityDate: isoDate(lastActivityMs),
    LastPlaybackCheckIn: NEVER,
    DeviceName: 'Jellyfin Server',
    DeviceId: core.serverId,
    ApplicationVersion: core.version,
    IsActive: true,
    SupportsMediaControl: false,
    SupportsRemoteControl: false,
    ...queueParts(server),
    HasCustomDeviceName: false,
    ServerId: core.serverId,
    SupportedCommands: [],
  };
}

export const keyRowId = (server: JellyfinServer, grant: Grant): string => stableHex(`key|${server.core.serverId}|${grant.token}`);

/** Administrators see all rows, users their own and those of API keys. Newest activity first. */
export function sessionRows(server: JellyfinServer, viewer: Grant): Record<string, unknown>[] {
  const { core } = server;
  const all = viewer.user === null || viewer.user.isAdministrator;
  const people = [...core.engine.sessions.values()].filter((session) => all || session.user === viewer.user).map((session) => sessionRow(server, session));
  const keys = [...server.keyRows].flatMap(([token, lastActivityMs]) => {
    const grant = core.grants.get(token);
    return grant === undefined ? [] : [keyRow(server, grant, lastActivityMs)];
  });
  return [...people, ...keys].sort((a, b) => String(b['LastActivityDate']).localeCompare(String(a['LastActivityDate'])));
}
