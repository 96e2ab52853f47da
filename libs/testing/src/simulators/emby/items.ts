import type { SimulatorCore } from '../base/core.js';
import { airDateOf, bitRateOf, isMatched, topOf, type AudioStream, type CatalogueItem, type MediaFile, type SubtitleStream, type VideoStream } from '../base/media.js';
import { stableHex } from '../base/random.js';
import { isoDate, toTicks } from '../mediabrowser/ticks.js';
import { itemId, mediaSourceId } from './ids.js';

export const TYPE_NAMES = { movie: 'Movie', series: 'Series', season: 'Season', episode: 'Episode', artist: 'MusicArtist', album: 'MusicAlbum', track: 'Audio', channel: 'TvChannel' } as const;
const RANGES = { sdr: 'None', hdr10: 'Hdr10', 'dolby-vision': 'DolbyVision', hlg: 'HyperLogGamma' } as const;
const LAYOUTS: Readonly<Record<number, string>> = { 1: 'mono', 2: 'stereo', 6: '5.1', 8: '7.1' };

const tail = (extended: string, text: boolean) => ({
  IsExternal: false,
  IsTextSubtitleStream: text,
  SupportsExternalStream: text,
  Protocol: 'File',
  ExtendedVideoType: extended === 'None' ? 'None' : extended,
  ExtendedVideoSubType: 'None',
  ExtendedVideoSubTypeDescription: 'None',
  AttachmentSize: 0,
});

function videoStream(video: VideoStream) {
  const hdr = video.range !== 'sdr';
  return {
    Codec: video.codec,
    ColorTransfer: hdr ? 'smpte2084' : 'bt709',
    ColorPrimaries: hdr ? 'bt2020' : 'bt709',
    ColorSpace: hdr ? 'bt2020nc' : 'bt709',
    TimeBase: '1/1000',
    VideoRange: hdr ? 'HDR' : 'SDR',
    DisplayTitle: `${video.height}p ${video.codec.toUpperCase()}`,
    IsInterlaced: false,
    BitRate: video.bitRate,
    BitDepth: hdr ? 10 : 8,
    RefFrames: 1,
    IsDefault: true,
    IsForced: false,
    IsHearingImpaired: false,
    Height: video.height,
    Width: video.width,
    AverageFrameRate: video.frameRate,
    RealFrameRate: video.frameRate,
    Profile: video.codec === 'h264' ? 'High' : 'Main 10',
    Type: 'Video',
    AspectRatio: '16:9',
    Index: 0,
    ...tail(RANGES[video.range], false),
    PixelFormat: hdr ? 'yuv420p10le' : 'yuv420p',
    Level: 40,
    IsAnamorphic: false,
  };
}

function audioStream(audio: AudioStream, index: number) {
  return {
    Codec: audio.codec,
    Language: audio.language,
    TimeBase: '1/1000',
    DisplayTitle: `${audio.language} ${audio.codec.toUpperCase()} ${LAYOUTS[audio.channels] ?? audio.channels}`,
    DisplayLanguage: 'English',
    IsInterlaced: false,
    ChannelLayout: LAYOUTS[audio.channels] ?? 'stereo',
    BitRate: audio.bitRate,
    Channels: audio.channels,
    SampleRate: 48_000,
    IsDefault: index <= 1,
    IsForced: false,
    IsHearingImpaired: false,
    Type: 'Audio',
    Index: index,
    ...tail('None', false),
  };
}

function subtitleStream(subtitle: SubtitleStream, index: number) {
  return {
    Codec: subtitle.codec,
    Language: subtitle.language,
    TimeBase: '1/1000',
    DisplayTitle: `${subtitle.language} (${subtitle.codec.toUpperCase()})`,
    IsInterlaced: false,
    IsDefault: false,
    IsForced: subtitle.forced,
    IsHearingImpaired: false,
    Type: 'Subtitle',
    Index: index,
    ...tail('None', subtitle.codec === 'subrip'),
  };
}

export function mediaStreams(file: MediaFile): object[] {
  const video = file.video === null ? [] : [videoStream(file.video)];
  const audio = file.audio.map((entry, position) => audioStream(entry, video.length + position));
  return [...video, ...audio, ...file.subtitles.map((entry, position) => subtitleStream(entry, video.length + audio.length + position))];
}

export function mediaSource(core: SimulatorCore, item: CatalogueItem, file: MediaFile): object {
  return {
    Protocol: 'File',
    Id: mediaSourceId(core, item),
    Path: item.path,
    Type: 'Default',
    Container: file.container,
    Size: file.sizeBytes,
    Name: item.title,
    IsRemote: false,
    RunTimeTicks: toTicks(item.durationMs ?? 0),
    SupportsTranscoding: true,
    SupportsDirectStream: true,
    SupportsDirectPlay: true,
    IsInfiniteStream: false,
    RequiresOpening: false,
    RequiresClosing: false,
    RequiresLooping: false,
    SupportsProbing: true,
    MediaStreams: mediaStreams(file),
    Formats: [],
    Bitrate: bitRateOf(file),
    RequiredHttpHeaders: {},
    ReadAtNativeFramerate: false,
    ItemId: itemId(item),
  };
}

/** Keys of provider ids vary in case from item to item. */
function providerIds(item: CatalogueItem): Record<string, string> {
  return Object.fromEntries(Object.entries(item.providers).map(([name, value]) => [item.number % 2 === 0 ? name.toUpperCase() : name, value]));
}

/** The lean row of a list: not even the year comes unasked. */
export function itemRow(core: SimulatorCore, item: CatalogueItem, fields: ReadonlySet<string> = new Set()): Record<string, unknown> {
  const { file } = item;
  const has = (name: string) => fields.has(name.toLowerCase());
  return {
    Name: item.title,
    ServerId: core.serverId,
    Id: itemId(item),
    ...(has('DateCreated') ? { DateCreated: isoDate(item.addedAtMs) } : {}),
    ...(has('PresentationUniqueKey') ? { PresentationUniqueKey: stableHex(item.path) } : {}),
    ...(has('Container') && file !== null ? { Container: file.container } : {}),
    ...(has('PremiereDate') && item.year !== null ? { PremiereDate: `${airDateOf(item)}T08:00:00.0000000Z` } : {}),
    ...(has('MediaSources') && file !== null ? { MediaSources: [mediaSource(core, item, file)] } : {}),
    ...(has('Path') ? { Path: item.path } : {}),
    ...(item.durationMs === null ? {} : { RunTimeTicks: toTicks(item.durationMs) }),
    ...(has('ProductionYear') && item.year !== null ? { ProductionYear: item.year } : {}),
    ...(item.index === null ? {} : { IndexNumber: item.index }),
    ...(item.kind === 'episode' && item.parent?.index != null ? { ParentIndexNumber: item.parent.index } : {}),
    ...(has('ProviderIds') ? { ProviderIds: providerIds(item) } : {}),
    IsFolder: file === null,
    ...(has('ParentId') ? { ParentId: itemId(item.parent ?? item.library) } : {}),
    Type: TYPE_NAMES[item.kind],
    ...seriesParts(item),
    ...musicParts(item),
    ...(has('MediaStreams') && file !== null ? { MediaStreams: mediaStreams(file) } : {}),
    ...(has('Overview') && isMatched(item) ? { Overview: `${item.title} is described here.` } : {}),
    ImageTags: isMatched(item) ? { Primary: stableHex(`poster|${item.path}`) } : {},
    BackdropImageTags: [],
    ...(file === null ? {} : { MediaType: file.video === null ? 'Audio' : 'Video' }),
    ...(has('Width') && file?.video ? { Width: file.video.width, Height: file.video.height } : {}),
  };
}

const NOW_PLAYING = new Set(['datecreated', 'presentationuniquekey', 'container', 'premieredate', 'path', 'productionyear', 'providerids', 'parentid', 'mediastreams', 'width']);

/** What a session row says about the item. */
export function nowPlayingItem(core: SimulatorCore, item: CatalogueItem): Record<string, unknown> {
  const { file } = item;
  return {
    ...itemRow(core, item, NOW_PLAYING),
    ExternalUrls: [],
    Taglines: [],
    Genres: item.genres,
    ...(file === null ? {} : { Size: file.sizeBytes, FileName: item.path.split('/').at(-1), Bitrate: bitRateOf(file) }),
    Studios: [],
    GenreItems: item.genres.map((Name, position) => ({ Name, Id: position + 1 })),
    Chapters: [],
  };
}

function seriesParts(item: CatalogueItem): Record<string, unknown> {
  if (item.kind !== 'episode' && item.kind !== 'season') return {};
  const top = topOf(item);
  const series = { SeriesName: top.title, SeriesId: itemId(top) };
  return item.kind === 'episode' ? { ...series, SeasonId: itemId(item.parent!), SeasonName: item.parent!.title } : series;
}

function musicParts(item: CatalogueItem): Record<string, unknown> {
  if (item.kind !== 'track') return {};
  const top = topOf(item);
  const artists = [{ Name: top.title, Id: itemId(top) }];
  return { Artists: [top.title], ArtistItems: artists, Album: item.parent!.title, AlbumId: itemId(item.parent!), AlbumArtist: top.title, AlbumArtists: artists };
}
