import { describe, expect, it } from '@jest/globals';
import { heldItemOf } from './item-holders.js';
import type { FoundLocation } from './items.repository.js';

const location = (serverId: string, vendorId: string, change: Partial<FoundLocation> = {}): FoundLocation => ({
  itemId: 'item',
  serverId,
  vendorId,
  libraryVendorId: 'Movies',
  title: 'Alien',
  parentTitle: null,
  path: null,
  sizeBytes: 1_000_000_000,
  durationMs: 1_000_000,
  videoHeight: 1080,
  tier: 'A',
  evidence: [],
  readAt: new Date(0),
  providerIds: [],
  ...change,
});

describe('who holds a title', () => {
  it('is each server once, with its tallest copy and the rate of its file', () => {
    const held = heldItemOf({ title: 'Alien', parentTitle: null }, [location('b', '1', { videoHeight: null }), location('b', '2', { videoHeight: 2160 }), location('b', '0'), location('a', '9')]);
    expect(held.holders.map(({ serverId, itemId }) => [serverId, itemId])).toEqual([['a', '9'], ['b', '2']]);
    expect(held.holders[0]!.source).toEqual({ height: 1080, videoCodec: null, tenBit: null, hdr: null, framesPerSecond: null, bitRateKbps: 8_000, durationMs: 1_000_000 });
  });

  it('takes the first of equal copies, whatever their order', () => {
    const copies = [location('a', '2'), location('a', '1')];
    expect(heldItemOf({ title: 'Alien', parentTitle: null }, copies).holders).toEqual(heldItemOf({ title: 'Alien', parentTitle: null }, copies.reverse()).holders);
  });

  it('knows no rate without a size or a length', () => {
    const { holders } = heldItemOf({ title: 'Alien', parentTitle: null }, [location('a', '1', { sizeBytes: null }), location('b', '1', { durationMs: null }), location('c', '1', { videoHeight: 0 })]);
    expect(holders.map(({ source }) => [source.bitRateKbps, source.height])).toEqual([[null, 1080], [null, 1080], [8_000, null]]);
  });

  it('is named behind its series, with every name that the series has', () => {
    const held = heldItemOf({ title: 'Pilot', parentTitle: 'Twin Peaks' }, [location('a', '1', { parentTitle: 'Twin Peaks' }), location('b', '1', { parentTitle: 'Das Geheimnis von Twin Peaks' })]);
    expect(held).toMatchObject({ title: 'Twin Peaks · Pilot', parentTitles: ['Das Geheimnis von Twin Peaks', 'Twin Peaks'] });
  });

  it('holds nothing where no server does', () => expect(heldItemOf({ title: 'Alien', parentTitle: null }, [])).toEqual({ title: 'Alien', holders: [], parentTitles: [] }));
});
