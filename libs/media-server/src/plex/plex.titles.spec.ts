import { describe, expect, it } from '@jest/globals';
import { ItemStream, ListedItem, MetadataHealth, SubtitleCandidate } from '@usher/contracts';
import { mapPlexHealth, unknownHealth } from './plex.health.js';
import { mapPlexItemStreams } from './plex.item-streams.js';
import { mapPlexItem } from './plex.items.js';
import { listedOf } from './plex.shelves.js';
import { mapPlexSubtitles, plexSubtitles } from './plex.subtitles.js';

describe('streams inside a file', () => {
  it('become ours, numbers as text too', () => {
    const streams = mapPlexItemStreams([
      { streamType: 1, codec: 'hevc', width: '3840', height: 2160, bitrate: '42000', colorTrc: 'smpte2084', displayTitle: '4K HDR10' },
      { streamType: '2', codec: 'truehd', channels: '8', languageCode: 'eng', bitrate: 4_100, title: 'Surround' },
      { streamType: 3, codec: 'srt', languageTag: 'de', forced: '1', key: '/library/streams/9' },
      { streamType: 3, codec: 'pgs' },
      { streamType: 4, codec: 'lrc' },
      { codec: 'x' },
      null,
    ]);
    for (const stream of streams) expect(ItemStream.parse(stream)).toEqual(stream);
    expect(streams).toEqual([
      { type: 'video', codec: 'hevc', language: null, title: '4K HDR10', width: 3840, height: 2160, hdr: 'hdr10', channels: null, bitRateKbps: 42_000, forced: false, external: false },
      { type: 'audio', codec: 'truehd', language: 'eng', title: 'Surround', width: null, height: null, hdr: null, channels: 8, bitRateKbps: 4_100, forced: false, external: false },
      { type: 'subtitle', codec: 'srt', language: 'de', title: null, width: null, height: null, hdr: null, channels: null, bitRateKbps: null, forced: true, external: true },
      { type: 'subtitle', codec: 'pgs', language: null, title: null, width: null, height: null, hdr: null, channels: null, bitRateKbps: null, forced: false, external: false },
    ]);
  });

  it('tell every kind of high dynamic range', () => {
    const hdr = (row: object) => mapPlexItemStreams([{ streamType: 1, ...row }])[0]!.hdr;
    expect([hdr({ DOVIPresent: '1' }), hdr({ displayTitle: '4K HDR10+ (HEVC)' }), hdr({ colorTrc: 'arib-std-b67' }), hdr({ colorTrc: 'bt709' }), hdr({ bitDepth: '8' }), hdr({})]).toEqual(['dolby-vision', 'hdr10-plus', 'hlg', 'sdr', 'sdr', 'unknown']);
  });

  it('are told only where they were asked for and listed', () => {
    const row = { ratingKey: '1', type: 'movie', title: 'x', Media: [{ Part: [{ file: '/a.mkv', Stream: [{ streamType: 2 }] }, { file: '/b.mkv' }] }] };
    expect(mapPlexItem(row, true)!.files.map(({ streams }) => streams?.length)).toEqual([1, undefined]);
    expect(mapPlexItem(row)!.files.map(({ streams }) => streams)).toEqual([undefined, undefined]);
  });
});

describe('health of a section', () => {
  const whole = { ratingKey: '1', title: 'Whole', thumb: '/t', summary: 'x', guid: 'plex://movie/5d77' };

  it('counts posters, overviews and ids of all agents, the worst first', () => {
    const health = mapPlexHealth('3', [
      whole,
      { ...whole, ratingKey: '2', title: 'Old agent', guid: 'com.plexapp.agents.imdb://tt1?lang=en' },
      { ...whole, ratingKey: '3', title: 'No text', summary: '' },
      { ...whole, ratingKey: '4', title: 'Home video', guid: 'tv.plex.agents.none://movie/4' },
      { ratingKey: '5', title: 'Nothing', guid: 'local://5', summary: ' ' },
      { ...whole, ratingKey: '6', title: 'By ids', guid: 'local://6', Guid: [{ id: 'imdb://tt6' }] },
      {},
    ]);
    expect(MetadataHealth.parse(health)).toEqual(health);
    expect(health).toMatchObject({ libraryVendorId: '3', items: 7, missingPoster: 2, missingOverview: 3, missingIds: 3, missingSubtitles: null });
    expect(health.examples.map(({ title, missing }) => [title, missing.length])).toEqual([['Nothing', 3], ['Unknown title', 3], ['No text', 1], ['Home video', 1]]);
  });

  it('is not told of a library that is too large', () => {
    expect(MetadataHealth.parse(unknownHealth('3', 90_000))).toMatchObject({ items: 90_000, missingPoster: null, missingIds: null, examples: [] });
  });
});

describe('shelves', () => {
  it('hold items with the time that put them there, and leave out seasons', () => {
    const rows = [{ ratingKey: 1, type: 'movie', title: 'A', addedAt: '1654258196', viewOffset: '600000' }, { ratingKey: '2', type: 'season', title: 'S' }, { ratingKey: '3', type: 'episode', title: 'E', addedAt: 'x' }];
    const listed = listedOf({ Metadata: rows }, 'addedAt');
    for (const each of listed) expect(ListedItem.parse(each)).toEqual(each);
    expect(listed.map(({ item, at, positionMs }) => [item.vendorId, at, positionMs])).toEqual([['1', '2022-06-03T12:09:56.000Z', 600_000], ['3', null, null]]);
    expect(listedOf({ size: 0 }, 'addedAt')).toEqual([]);
  });
});

describe('subtitles of others', () => {
  const found = { key: '/library/streams/1', providerTitle: 'OpenSubtitles', title: 'Film.en.srt', codec: 'srt', languageCode: 'eng', hearingImpaired: '1', forced: 0, score: '98' };

  it('have a short readable id, and keep what the download has to send', () => {
    const results = mapPlexSubtitles({ Stream: [found, { sourceKey: 'os://2' }, { title: 'no key' }, { key: 'x'.repeat(5_000) }] }, 'en');
    const candidates = results.map(({ candidate }) => candidate);
    for (const candidate of candidates) expect(SubtitleCandidate.parse(candidate)).toEqual(candidate);
    expect(candidates[0]).toMatchObject({ title: 'Film.en.srt', provider: 'OpenSubtitles', language: 'eng', format: 'srt', hearingImpaired: true, forced: false, downloads: null });
    expect(candidates.map(({ vendorId }) => vendorId)).toEqual([expect.stringMatching(/^en\.srt\.[\w-]{10}$/), expect.stringMatching(/^en\.any\.[\w-]{10}$/)]);
    expect(results[0]!.order).toEqual({ key: '/library/streams/1', codec: 'srt', language: 'eng', providerTitle: 'OpenSubtitles' });
    expect(candidates[1]).toMatchObject({ title: '2', provider: null, hearingImpaired: null });
    expect(mapPlexSubtitles({}, 'en')).toEqual([]);
  });

  it('are the same by their source, however the server numbers them', () => {
    const idOf = (row: object) => mapPlexSubtitles({ Stream: [row] }, 'de')[0]!.candidate.vendorId;
    expect(idOf({ key: '/library/streams/1', sourceKey: 'os://1', codec: 'srt' })).toBe(idOf({ key: '/library/streams/9', sourceKey: 'os://1', codec: 'SRT' }));
    expect(idOf({ key: '/library/streams/1', sourceKey: 'os://1' })).not.toBe(idOf({ key: '/library/streams/1', sourceKey: 'os://2' }));
  });

  it('are looked for again when one is fetched, in the language of its id', async () => {
    const asked: unknown[] = [];
    const ordered: unknown[] = [];
    let rows: object[] = [{ ...found, key: '/library/streams/0', sourceKey: 'os://0' }, { ...found, sourceKey: 'os://1' }];
    const subtitles = plexSubtitles({
      read: async ({ query }) => (asked.push(query?.['language']), { Stream: rows }),
      order: async ({ query }) => (ordered.push(query), {}),
      inNameOf: () => Promise.reject(new Error('nobody')),
      machineId: async () => 'm',
    });
    const [, second] = await subtitles.find('1', 'ger');
    await subtitles.fetch('1', second!.vendorId);
    expect(asked).toEqual(['de', 'de']);
    expect(ordered).toEqual([{ key: '/library/streams/1', codec: 'srt', language: 'eng', providerTitle: 'OpenSubtitles' }]);
    rows = [];
    await expect(subtitles.fetch('1', second!.vendorId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(ordered).toHaveLength(1);
  });

  it('are asked for with two letters, and what is no language or candidate is refused', async () => {
    const asked: unknown[] = [];
    const subtitles = plexSubtitles({
      read: async ({ query }) => (asked.push(query?.['language']), {}),
      order: async () => ({}),
      inNameOf: () => Promise.reject(new Error('nobody')),
      machineId: async () => 'm',
    });
    for (const language of ['en', 'eng', 'ger', 'deu', 'fre', 'pt']) await subtitles.find('1', language);
    expect(asked).toEqual(['en', 'en', 'de', 'de', 'fr', 'pt']);
    for (const language of ['', 'english', 'e1', '../x']) await expect(subtitles.find('1', language)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    for (const candidate of ['', '{"key":"k"}', 'en.srt', 'en.srt.', '../x.srt.abc', 'en.srt.abc', 'en.srt.a b']) await expect(subtitles.fetch('1', candidate)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(subtitles.fetch('../x', 'en.srt.abc')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
