import { describe, expect, it } from '@jest/globals';
import { MediaItem } from '@usher/contracts';
import { mapItem } from './items.mapper.js';

const ROW = { Id: '28', Type: 'Movie', Name: 'Alien', ProductionYear: 1979, PremiereDate: '1979-05-25T00:00:00.0000000Z', RunTimeTicks: 70_200_000_000, Path: '/media/Alien.mkv' };

describe('an item row of Emby or Jellyfin', () => {
  it('becomes our words', () => {
    const item = mapItem({ ...ROW, ProviderIds: { IMDB: 'tt0078748', Tmdb: 348, Empty: '' }, Height: 1080 });
    expect(item).toEqual({
      vendorId: '28',
      type: 'movie',
      title: 'Alien',
      parentVendorId: null,
      parentTitle: null,
      seasonNumber: null,
      episodeNumber: null,
      episodeEndNumber: null,
      year: 1979,
      airDate: '1979-05-25',
      durationMs: 7_020_000,
      videoHeight: 1080,
      guids: ['IMDB://tt0078748', 'Tmdb://348'],
      files: [{ path: '/media/Alien.mkv', sizeBytes: null }],
    });
  });

  it('of an episode knows its series, of a track its album', () => {
    const numbers = { ParentIndexNumber: 2, IndexNumber: 3, IndexNumberEnd: 4 };
    expect(mapItem({ ...ROW, ...numbers, Type: 'Episode', SeriesId: '9', SeriesName: 'Show' })).toMatchObject({ type: 'episode', parentVendorId: '9', parentTitle: 'Show', seasonNumber: 2, episodeNumber: 3, episodeEndNumber: 4 });
    expect(mapItem({ ...ROW, ...numbers, Type: 'Audio', AlbumId: '7', Album: 'Record' })).toMatchObject({ type: 'track', parentVendorId: '7', parentTitle: 'Record', seasonNumber: 2, episodeNumber: 3, episodeEndNumber: null });
  });

  it('tells every version where they were asked for', () => {
    const MediaSources = [{ Path: '/media/a.mkv', Size: 10 }, { Path: '/media/b.mkv' }, { Path: '', Size: 5 }, { Path: `/${'x'.repeat(5000)}` }];
    expect(mapItem({ ...ROW, MediaSources })?.files).toEqual([{ path: '/media/a.mkv', sizeBytes: 10 }, { path: '/media/b.mkv', sizeBytes: null }]);
  });

  it('tells what is inside its files only where that was asked for', () => {
    const MediaStreams = [
      { Type: 'Video', Codec: 'hevc', Width: 3840, Height: '1600', VideoRangeType: 'DOVI', BitRate: 18_000_000 },
      { Type: 'Audio', Codec: 'eac3', Language: 'eng', Channels: 6, DisplayTitle: 'English 5.1' },
      { Type: 'Subtitle', Codec: 'subrip', IsForced: true, IsExternal: 1 },
      { Type: 'EmbeddedImage', Codec: 'mjpeg' },
      'damaged',
    ];
    const nothing = { title: null, width: null, height: null, hdr: null, channels: null, bitRateKbps: null, language: null, forced: false, external: false };
    const item = mapItem({ ...ROW, MediaStreams }, true);
    expect(MediaItem.parse(item)).toEqual(item);
    expect(item?.files[0]?.streams).toEqual([
      { ...nothing, type: 'video', codec: 'hevc', width: 3840, height: 1600, hdr: 'dolby-vision', bitRateKbps: 18_000 },
      { ...nothing, type: 'audio', codec: 'eac3', language: 'eng', title: 'English 5.1', channels: 6 },
      { ...nothing, type: 'subtitle', codec: 'subrip', forced: true, external: true },
    ]);
    expect(mapItem({ ...ROW, MediaStreams })?.files[0]).not.toHaveProperty('streams');
    expect(mapItem({ ...ROW, MediaSources: [{ Path: '/a.mkv', MediaStreams }, { Path: '/b.mkv' }] }, true)?.files.map(({ streams }) => streams?.length)).toEqual([3, 0]);
  });

  it.each([{}, { Id: '1', Type: 'Season' }, { Type: 'Movie' }, { Id: '1', Type: 'constructor' }])('%j is none of the index', (row) => {
    expect(mapItem(row)).toBeNull();
  });

  it('with damaged fields is still one that may travel', () => {
    const damaged = { Id: 28, Type: 'Series', Name: 7, ProductionYear: 'x', PremiereDate: '0001-01-01', RunTimeTicks: -1, ProviderIds: ['a'], Height: 'tall', MediaSources: 'none' };
    const item = mapItem(damaged);
    expect(MediaItem.parse(item)).toEqual(item);
    expect(item).toMatchObject({ vendorId: '28', title: '7', year: null, airDate: null, durationMs: null, guids: [], files: [] });
  });
});
