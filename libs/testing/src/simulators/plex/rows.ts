import type { SimulatorCore } from '../base/core.js';
import { airDateOf, type CatalogueItem, type CatalogueLibrary, type SimulatedUser } from '../base/media.js';
import type { Playback } from '../base/playback.js';
import type { SimulatedSession } from '../base/playback-engine.js';
import { stableHex } from '../base/random.js';
import type { SimulatedTask } from '../base/tasks.js';

/** The owner is account 1 on the server itself, whatever their id at plex.tv; others keep that. */
export function accountId(session: Pick<SimulatedSession, 'user'>): string {
  return session.user.isAdministrator ? '1' : String(plexAccountId(session.user));
}

/** The id at plex.tv. */
export const plexAccountId = (user: SimulatedUser): number => 100_000 + user.number;

const TYPES: Readonly<Record<string, string>> = { movie: 'movie', series: 'show', season: 'season', episode: 'episode', artist: 'artist', album: 'album', track: 'track', channel: 'clip' };

export const itemType = (item: CatalogueItem): string => TYPES[item.kind]!;

function itemRow(item: CatalogueItem): Record<string, unknown> {
  const parent = item.parent;
  const grandparent = parent?.parent ?? null;
  return {
    addedAt: Math.floor(item.addedAtMs / 1000),
    ...(item.durationMs === null ? {} : { duration: item.durationMs }),
    guid: plexGuid(item),
    key: `/library/metadata/${item.number}`,
    librarySectionID: String(item.library.number),
    ratingKey: String(item.number),
    title: item.title,
    type: TYPES[item.kind],
    updatedAt: Math.floor(item.addedAtMs / 1000),
    // what no agent knows has neither picture nor text
    summary: isKnown(item) ? `What happens in ${item.title}.` : '',
    ...(isKnown(item) ? { thumb: `/library/metadata/${item.number}/thumb/${Math.floor(item.addedAtMs / 1000)}` } : {}),
    ...(item.index === null ? {} : { index: item.index }),
    ...(parent === null ? {} : { parentTitle: parent.title, parentRatingKey: String(parent.number), parentIndex: parent.index }),
    ...(grandparent === null ? {} : { grandparentTitle: grandparent.title, grandparentRatingKey: String(grandparent.number) }),
    ...(item.year === null ? {} : { year: item.year, originallyAvailableAt: airDateOf(item) }),
  };
}

const isKnown = (item: CatalogueItem): boolean => item.kind !== 'movie' || Object.keys(item.providers).length > 0;

/** The same title has the same guid on every server; what no agent knows has one of its own server. */
function plexGuid(item: CatalogueItem): string {
  const known = Object.values(item.providers)[0];
  return known === undefined ? `local://${item.number}` : `plex://${TYPES[item.kind]}/${stableHex(`${item.kind}|${known}`).slice(0, 24)}`;
}

/** Asked for by `includeGuids=1`. */
function guidRows(item: CatalogueItem): Record<string, unknown> {
  const rows = Object.entries(item.providers).map(([name, value]) => ({ id: `${name.toLowerCase()}://${value}` }));
  return rows.length > 0 ? { Guid: rows } : {};
}

/** A row of `/library/sections/{k}/all`: without streams, as lists have none. */
export function listRow(item: CatalogueItem, withGuids: boolean): Record<string, unknown> {
  return { ...itemRow(item), ...(withGuids ? guidRows(item) : {}), ...(item.file === null ? {} : { Media: [{ bitrate: fileKbps(item), container: item.file.container, ...(item.file.video ? { height: item.file.video.height } : {}), Part: [{ file: item.path, size: item.file.sizeBytes }] }] }) };
}

const TRANSFER = { sdr: 'bt709', hdr10: 'smpte2084', hlg: 'arib-std-b67', 'dolby-vision': 'smpte2084' };

/** A row of `/library/metadata/{id}`: with the streams of the file. */
export function detailRow(item: CatalogueItem, withGuids: boolean, fetched: readonly object[] = []): Record<string, unknown> {
  const video = item.file?.video;
  if (!item.file) return { ...itemRow(item), ...(withGuids ? guidRows(item) : {}) };
  const picture = video ? [{ streamType: 1, codec: video.codec, height: video.height, width: video.width, bitDepth: video.range === 'sdr' ? 8 : 10, frameRate: video.frameRate, colorTrc: TRANSFER[video.range], bitrate: Math.round(video.bitRate / 1000), displayTitle: `${RESOLUTION(video.height)} (${video.codec.toUpperCase()})` }] : [];
  const sound = item.file.audio.map(({ codec, channels, language, bitRate }) => ({ streamType: 2, codec, channels: String(channels), languageCode: language, bitrate: Math.round(bitRate / 1000) }));
  const texts = item.file.subtitles.map(({ codec, language, forced }) => ({ streamType: 3, codec, languageCode: language, ...(forced ? { forced: true } : {}) }));
  const streams = [...picture, ...sound, ...texts, ...fetched];
  const media = { bitrate: fileKbps(item), container: item.file.container, duration: item.durationMs, ...(video ? { height: video.height, width: video.width, videoCodec: video.codec } : {}) };
  return { ...itemRow(item), ...(withGuids ? guidRows(item) : {}), Media: [{ ...media, Part: [{ file: item.path, size: item.file.sizeBytes, Stream: streams }] }] };
}

function fileKbps(item: CatalogueItem): number {
  const file = item.file!;
  return Math.round(((file.video?.bitRate ?? 0) + (file.audio[0]?.bitRate ?? 0)) / 1000);
}

/** The item types that a section lists by their number. */
export function itemsOfType(library: CatalogueLibrary, type: string | undefined): CatalogueItem[] {
  const kinds: Readonly<Record<string, string>> = { '1': 'movie', '2': 'series', '3': 'season', '4': 'episode', '8': 'artist', '9': 'album', '10': 'track' };
  const top = { movies: 'movie', shows: 'series', music: 'artist', mixed: 'movie' }[library.type];
  const kind = type === undefined ? top : kinds[type];
  return library.items.filter((item) => item.kind === kind);
}

/** A row of `/status/sessions`; numbers of item and player arrive as strings or numbers, as seen on real servers. */
export function sessionRow(session: SimulatedSession, playback: Playback): Record<string, unknown> {
  const { item, delivery } = playback;
  const converting = delivery.kind !== 'direct-play';
  const kbps = Math.round(delivery.bitRate / 1000);
  const local = /^(10\.|192\.168\.|127\.)/.test(session.device.address);
  const withSession = session.device.client !== 'Plexamp';
  return {
    ...itemRow(item),
    sessionKey: String(session.number),
    viewOffset: playback.positionMs,
    Media: [{ bitrate: kbps, container: delivery.container, id: String(item.number), selected: true, ...(delivery.video ? { height: delivery.video.height, width: delivery.video.width, videoCodec: delivery.video.codec } : {}), Part: [partRow(playback, kbps)] }],
    User: { id: accountId(session), title: session.user.name },
    Player: {
      address: session.device.address,
      device: session.device.platform,
      machineIdentifier: session.device.id,
      platform: session.device.platform,
      product: session.device.client,
      remotePublicAddress: session.device.address,
      state: playback.state,
      title: session.device.name,
      version: session.device.version,
      local,
      relayed: false,
      secure: true,
      userID: Number(accountId(session)),
    },
    ...(withSession ? { Session: { id: session.id, bandwidth: Math.round(kbps * 1.3), location: local ? 'lan' : 'wan' } } : {}),
    ...(converting ? { TranscodeSession: transcodeRow(playback) } : {}),
  };
}

const RESOLUTION = (height: number) => (height >= 2000 ? '4K' : `${height}p`);
const CHANNELS = (channels: number) => (channels === 1 ? 'Mono' : channels === 2 ? 'Stereo' : `${channels - 1}.1`);

function partRow(playback: Playback, kbps: number): Record<string, unknown> {
  const { delivery, item } = playback;
  const file = item.file!;
  const word = (copied: boolean) => (delivery.kind === 'direct-play' ? {} : { decision: copied ? 'copy' : 'transcode' });
  const source = file.audio[playback.audioIndex] ?? file.audio[0];
  const subtitle = playback.subtitleIndex === null && !delivery.burnSubtitle ? undefined : file.subtitles[playback.subtitleIndex ?? 0];
  return {
    bitrate: kbps,
    container: delivery.container,
    decision: delivery.kind === 'direct-play' ? 'directplay' : 'transcode',
    selected: true,
    Stream: [
      ...(delivery.video && file.video
        ? [{ streamType: 1, codec: delivery.video.codec, height: delivery.video.height, width: delivery.video.width, default: true, colorTrc: TRANSFER[file.video.range], DOVIPresent: file.video.range === 'dolby-vision', displayTitle: `${RESOLUTION(file.video.height)} (${file.video.codec.toUpperCase()})`, ...word(delivery.video.copied) }]
        : []),
      ...(delivery.audio && source
        ? [{ streamType: 2, codec: delivery.audio.codec, channels: delivery.audio.channels, languageCode: source.language, selected: true, displayTitle: `${source.language} (${source.codec.toUpperCase()} ${CHANNELS(source.channels)})`, ...word(delivery.audio.copied) }]
        : []),
      ...(subtitle ? [{ streamType: 3, codec: subtitle.codec, languageCode: subtitle.language, selected: true, ...(delivery.burnSubtitle ? { decision: 'burn' } : {}) }] : []),
    ],
  };
}

export function transcodeRow(playback: Playback): Record<string, unknown> {
  const { delivery, item } = playback;
  const file = item.file!;
  const hardware = delivery.hardware !== 'none' && delivery.video !== null && !delivery.video.copied;
  return {
    key: `/transcode/sessions/${playback.id}`,
    throttled: delivery.throttled,
    complete: false,
    progress: item.durationMs === null ? -1 : (playback.encodedToMs / item.durationMs) * 100,
    size: -22,
    speed: delivery.throttled ? 0 : delivery.speed,
    error: false,
    duration: item.durationMs,
    context: 'streaming',
    ...(file.video ? { sourceVideoCodec: file.video.codec, videoDecision: delivery.video?.copied ? 'copy' : 'transcode', videoCodec: delivery.video?.codec, width: delivery.video?.width, height: delivery.video?.height } : {}),
    ...(file.audio[0] ? { sourceAudioCodec: file.audio[0].codec, audioDecision: delivery.audio?.copied ? 'copy' : 'transcode', audioCodec: delivery.audio?.codec, audioChannels: delivery.audio?.channels } : {}),
    ...(delivery.burnSubtitle ? { subtitleDecision: 'burn' } : {}),
    // seconds, and not whole ones
    maxOffsetAvailable: playback.encodedToMs / 1_000,
    minOffsetAvailable: 0,
    protocol: 'dash',
    container: delivery.container,
    transcodeHwRequested: true,
    ...(hardware ? { transcodeHwDecoding: delivery.hardware, transcodeHwEncoding: delivery.hardware, transcodeHwFullPipeline: true } : { transcodeHwFullPipeline: false }),
  };
}

/** A library as `/library/sections` lists it. `contentChangedAt` is a counter that rises with the content. */
export function sectionRow(library: CatalogueLibrary): Record<string, unknown> {
  const type = { movies: 'movie', shows: 'show', music: 'artist', mixed: 'movie' }[library.type];
  return {
    key: String(library.number),
    uuid: `00000000-0000-4000-8000-${String(library.number).padStart(12, '0')}`,
    title: library.name,
    type,
    agent: `tv.plex.agents.${type}`,
    hidden: 0,
    refreshing: false,
    contentChangedAt: library.items.length,
    Location: library.folders.map((path, index) => ({ id: index + 1, path })),
  };
}

export function rootFields(core: SimulatorCore, machineId: string, plexPass: boolean): Record<string, unknown> {
  return { friendlyName: core.name, machineIdentifier: machineId, version: core.version, platform: 'Linux', myPlex: true, myPlexSubscription: plexPass, multiuser: true, ownerFeatures: 'hardware_transcoding', transcoderActiveVideoSessions: 0 };
}

/** Running work. Numbers come as numbers in JSON. */
export function activityRow({ id, kind, library, item, progress }: SimulatedTask): object {
  return {
    uuid: stableHex(`activity|${id}`),
    type: kind === 'scan' ? 'library.update.section' : 'library.refresh.items',
    cancellable: kind === 'scan',
    userID: 1,
    title: kind === 'scan' ? `Scanning ${library?.name ?? ''}` : 'Refreshing',
    subtitle: item?.title ?? library?.name ?? '',
    progress,
    ...(library && { Context: { librarySectionID: String(library.number) } }),
  };
}
