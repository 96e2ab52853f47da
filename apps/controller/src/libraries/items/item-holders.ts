import type { ItemHolder } from '@usher/contracts';
import type { FoundItem, FoundLocation } from './items.repository.js';

/** A title with the servers that can play it: what a route is chosen from. */
export interface HeldItem {
  readonly title: string;
  /** One copy per server: the tallest picture. */
  readonly holders: ItemHolder[];
  /** Names of its series or album, as the servers write them. */
  readonly parentTitles: string[];
}

export function heldItemOf(item: Pick<FoundItem, 'title' | 'parentTitle'>, locations: readonly FoundLocation[]): HeldItem {
  const best = new Map<string, FoundLocation>();
  for (const location of locations) {
    const known = best.get(location.serverId);
    if (!known || isBetter(location, known)) best.set(location.serverId, location);
  }
  const title = item.parentTitle === null ? item.title : `${item.parentTitle} · ${item.title}`;
  return {
    title: title.slice(0, 1_000),
    holders: [...best.values()].map(holderOf).sort((a, b) => (a.serverId < b.serverId ? -1 : 1)),
    parentTitles: [...new Set(locations.flatMap(({ parentTitle }) => parentTitle ?? []))].sort(),
  };
}

function isBetter(a: FoundLocation, b: FoundLocation): boolean {
  const [one, other] = [a.videoHeight ?? -1, b.videoHeight ?? -1];
  return one === other ? a.vendorId < b.vendorId : one > other;
}

/** The rate of a file follows from its size; the rest of what a file is, only the media server knows. */
function holderOf({ serverId, vendorId, videoHeight, durationMs, sizeBytes }: FoundLocation): ItemHolder {
  const kbps = durationMs && sizeBytes !== null ? Math.round((sizeBytes * 8) / durationMs) : null;
  const source = { height: videoHeight || null, videoCodec: null, tenBit: null, hdr: null, framesPerSecond: null, bitRateKbps: kbps, durationMs };
  return { serverId, itemId: vendorId, source };
}
