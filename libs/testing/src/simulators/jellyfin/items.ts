import type { SimulatorCore } from '../base/core.js';
import { airDateOf, bitRateOf, isMatched, topOf, type AudioStream, type CatalogueItem, type CatalogueLibrary, type MediaFile, type SubtitleStream, type VideoStream } from '../base/media.js';
import { stableHex } from '../base/random.js';
import { isoDate, toTicks } from '../mediabrowser/ticks.js';
import { itemId, libraryId } from './ids.js';

export const TYPE_NAMES = { movie: 'Movie', series: 'Series', season: 'Season', episode: 'Episode', artist: 'MusicArtist', album: 'MusicAlbum', track: 'Audio', channel: 'TvChannel' } as const;
export const COLLECTION_TYPES: Readonly<Record<CatalogueLibrary['type'], string | undefined>> = { movies: 'movies', shows: 'tvshows', music: 'music', mixed: undefined };
const RANGES = { sdr: 'SDR', hdr10: 'HDR10', 'dolby-vision': 'DOVI', hlg: 'HLG' } as const;
const LAYOUTS: Readonly<Record<number, string>> = { 1: 'mono', 2: 'stereo', 6: '5.1', 8: '7.1' };
const CONTAINERS: Readonly<Record<string, string>> = { mp4: 'mov,mp4,m4a,3gp,3g2,mj2' };

const NO_TEXT = { IsExternal: false, IsTextSubtitleStream: false, SupportsExternalStream: false } as const;
const FLAGS = { IsForced: false, IsHearingImpaired: false, IsOriginal: false } as const;

function videoStream(video: VideoStream, index: number) {
  const hdr = video.range !== 'sdr';
  return {
    Codec: video.codec,
    ...(hdr ? { ColorSpace: 'bt2020nc', ColorTransfer: video.range === 'hlg' ? 'arib-std-b67' : 'smpte2084', ColorPrimaries: 'bt2020' } : {}),
    ...(video.range === 'dolby-vision' ? { DvVersionMajor: 1, DvVersionMinor: 0, DvProfile: 5, DvLevel: 6, VideoDoViTitle: 'Dolby Vision Profile 5' } : {}),
    TimeBase: '1/1000',
    VideoRange: hdr ? 'HDR' : 'SDR',
    VideoRangeType: RANGES[video.range],
    AudioSpatialFormat: 'None',
    DisplayTitle: `${video.height}p ${video.codec.toUpperCase()} ${hdr ? 'HDR' : 'SDR'}`,
    ...(video.codec === 'h264' ? { NalLengthSize: '4' } : {}),
    IsInterlaced: false,
    ...(video.codec === 'h264' ? { IsAVC: true } : {}),
    BitRate: video.bitRate,
    BitDepth: hdr ? 10 : 8,
    RefFrames: 1,
    IsDefault: true,
    ...FLAGS,
    Height: video.height,
    Width: video.width,
    AverageFrameRate: video.frameRate,
    RealFrameRate: video.frameRate,
    ReferenceFrameRate: video.frameRate,
    Profile: video.codec === 'h264' ? 'High' : 'Main 10',
    Type: 'Video',
    AspectRatio: '16:9',
    Index: index,
    ...NO_TEXT,
    PixelFormat: hdr ? 'yuv420p10le' : 'yuv420p',
    Level: 41,
    IsAnamorphic: false,
  };
}

function audioStream(audio: AudioStream, index: number) {
  return {
    Codec: audio.codec,
    Language: audio.language,
    TimeBase: '1/1000',
    VideoRange: 'Unknown',
    VideoRangeType: 'Unknown',
    AudioSpatialFormat: 'None',
    LocalizedDefault: 'Default',
    LocalizedExternal: 'External',
    LocalizedLanguage: 'English',
    LocalizedOriginal: 'Original',
    DisplayTitle: `${audio.language} - ${audio.codec.toUpperCase()} - ${LAYOUTS[audio.channels] ?? audio.channels}`,
    IsInterlaced: false,
    ChannelLayout: LAYOUTS[audio.channels] ?? 'stereo',
    BitRate: audio.bitRate,
    Channels: audio.channels,
    SampleRate: 48_000,
    IsDefault: index <= 1,
    ...FLAGS,
    Type: 'Audio',
    Index: index,
    ...NO_TEXT,
  };
}

function subtitleStream(subtitle: SubtitleStream, index: number) {
  const text = subtitle.codec === 'subrip' || subtitle.codec === 'ass';
  return {
    Codec: subtitle.codec,
    Language: subtitle.language,
    TimeBase: '1/1000',
    VideoRange: 'Unknown',
    VideoRangeType: 'Unknown',
    AudioSpatialFormat: 'None',
    DisplayTitle: `${subtitle.language} - ${subtitle.codec.toUpperCase()}`,
    IsInterlaced: false,
    IsDefault: false,
    ...FLAGS,
    IsForced: subtitle.forced,
    Type: 'Subtitle',
    Index: index,
    IsExternal: false,
    IsTextSubtitleStream: text,
    SupportsExternalStream: text,
  };
}

/** Video first, then audio, then subtitles: the index of a track is its place. */
export function mediaStreams(file: MediaFile): object[] {
  const video = file.video === null ? [] : [videoStream(file.video, 0)];
  const audio = file.audio.map((entry, position) => audioStream(entry, video.length + position));
  return [...video, ...audio, ...file.subtitles.map((entry, position) => subtitleStream(entry, video.length + audio.length + position))];
}

export function mediaSource(item: CatalogueItem, file: MediaFile): object {
  return {
    Protocol: 'File',
    Id: itemId(item),
    Path: item.path,
    Type: 'Default',
    Container: file.container,
    Size: file.sizeBytes,
    Name: item.path.split('/').at(-1)?.replace(/\.\w+$/, '') ?? item.title,
    IsRemote: false,
    ETag: stableHex(item.path),
    RunTimeTicks: toTicks(item.durationMs ?? 0),
    ReadAtNativeFramerate: false,
    IgnoreDts: false,
    IgnoreIndex: false,
    GenPtsInput: false,
    SupportsTranscoding: true,
    SupportsDirectStream: true,
    SupportsDirectPlay: true,
    IsInfiniteStream: false,
    UseMostCompatibleTranscodingProfile: false,
    RequiresOpening: false,
    RequiresClosing: false,
    RequiresLooping: false,
    SupportsProbing: true,
    ...(file.video === null ? {} : { VideoType: 'VideoFile' }),
    MediaStreams: mediaStreams(file),
    MediaAttachments: [],
    Formats: [],
    Bitrate: bitRateOf(file),
    RequiredHttpHeaders: {},
    TranscodingSubProtocol: 'http',
    HasSegments: false,
  };
}

/** The lean row of a list; everything else has to be asked for by `fields`. */
export function itemRow(core: SimulatorCore, item: CatalogueItem, fields: ReadonlySet<string> = new Set()): Record<string, unknown> {
  const { file } = item;
  const has = (name: string) => fields.has(name.toLowerCase());
  return {
    Name: item.title,
    ServerId: core.serverId,
    Id: itemId(item),
    ...(has('DateCreated') ? { DateCreated: isoDate(item.addedAtMs) } : {}),
    ...(file === null ? {} : { Container: CONTAINERS[file.container] ?? file.container }),
    ...(has('SortName') ? { SortName: item.title.toLowerCase() } : {}),
    ...(item.year === null ? {} : { PremiereDate: `${airDateOf(item)}T00:00:00.0000000Z` }),
    ...(has('MediaSources') && file !== null ? { MediaSources: [mediaSource(item, file)] } : {}),
    ...(has('Path') ? { Path: item.path } : {}),
    ChannelId: null,
    ...(has('Overview') && isMatched(item) ? { Overview: `${item.title} is described here.` } : {}),
    ...(has('Genres') ? { Genres: item.genres } : {}),
    ...(item.durationMs === null ? {} : { RunTimeTicks: toTicks(item.durationMs) }),
    ...(item.year === null ? {} : { ProductionYear: item.year }),
    ...(item.index === null ? {} : { IndexNumber: item.index }),
    ...(item.kind === 'episode' && item.parent?.index != null ? { ParentIndexNumber: item.parent.index } : {}),
    ...(has('ProviderIds') ? { ProviderIds: item.providers } : {}),
    IsFolder: file === null,
    ...(has('ParentId') ? { ParentId: item.parent === null ? libraryId(item.library) : itemId(item.parent) } : {}),
    Type: TYPE_NAMES[item.kind],
    ...seriesParts(item),
    ...musicParts(item),
    ...(has('MediaStreams') && file !== null ? { MediaStreams: mediaStreams(file) } : {}),
    ...(file?.video ? { VideoType: 'VideoFile' } : {}),
    ...(file === null ? {} : { HasSubtitles: file.subtitles.length > 0 }),
    ImageTags: isMatched(item) ? { Primary: stableHex(`poster|${item.path}`) } : {},
    BackdropImageTags: [],
    ImageBlurHashes: {},
    LocationType: 'FileSystem',
    MediaType: file === null ? 'Unknown' : file.video === null ? 'Audio' : 'Video',
    ...(has('Width') && file?.video ? { Width: file.video.width, Height: file.video.height } : {}),
  };
}

/** What a session row says about the item. */
export function nowPlayingItem(core: SimulatorCore, item: CatalogueItem): Record<string, unknown> {
  const all = new Set(['datecreated', 'path', 'overview', 'genres', 'providerids', 'parentid', 'mediastreams', 'width']);
  return {
    ...itemRow(core, item, all),
    ExternalUrls: [],
    EnableMediaSourceDisplay: true,
    Taglines: [],
    Studios: [],
    GenreItems: item.genres.map((genre) => ({ Name: genre, Id: stableHex(genre) })),
    LocalTrailerCount: 0,
    SpecialFeatureCount: 0,
    Chapters: [],
    ...(item.file?.video ? { Trickplay: {} } : { HasLyrics: false }),
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
