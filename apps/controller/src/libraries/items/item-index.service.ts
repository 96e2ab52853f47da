import { Injectable } from '@nestjs/common';
import type { MediaItem } from '@usher/contracts';
import { transaction } from '@usher/database';
import { matchItems } from '@usher/matching';
import { Pool, type PoolClient } from 'pg';
import { groupRows, type Placed } from './item-grouping.js';
import { ItemIndexRepository, type Place } from './item-index.repository.js';
import { itemRowOf } from './item-row.js';
import { LibraryReadingsRepository } from './library-readings.repository.js';

/** The index of what which server holds. An item key is the id of a row that groups matches of tiers A to C. */
@Injectable()
export class ItemIndexService {
  constructor(
    private readonly repository: ItemIndexRepository,
    private readonly readings: LibraryReadingsRepository,
    private readonly pool: Pool,
  ) {}

  /** One page of a library, each row with its title. @throws AppError STALE_EPOCH when another process reads the library now */
  async savePage(place: Place, items: readonly MediaItem[], total: number | null): Promise<void> {
    const rows = [...new Map(items.map((item) => [item.vendorId, itemRowOf(item)])).values()];
    const ids = rows.map(({ id }) => id);
    await transaction(this.pool, async (tx) => {
      await this.repository.lock(tx);
      await this.readings.beat(tx, place, rows.length, total);
      const known = await this.repository.known(tx, place.serverId, ids);
      const changed = rows.filter((row) => known.get(row.id)?.identity !== row.identity);
      await this.repository.touch(tx, place, rows.filter((row) => known.get(row.id)?.identity === row.identity));
      if (changed.length === 0) return;
      const changedIds = new Set(changed.map(({ id }) => id));
      const candidates = (await this.repository.candidates(tx, changed)).filter(({ serverId, id }) => serverId !== place.serverId || !changedIds.has(id));
      const ownItems = await this.repository.ownItems(tx, place.serverId, [...changedIds].filter((id) => known.has(id)));
      const { placings, joinings } = groupRows(place.serverId, changed, candidates, ownItems);
      await this.repository.write(tx, place, placings);
      await this.repository.join(tx, joinings);
      await this.repository.removeEmpty(tx, changed.flatMap(({ id }) => known.get(id)?.itemId ?? []));
    });
  }

  /** After the last page: what was not seen is gone, and children are matched by their numbers. @throws AppError STALE_EPOCH */
  async finish(place: Place, signature: string): Promise<void> {
    await transaction(this.pool, async (tx) => {
      await this.repository.lock(tx);
      await this.repository.removeUnseen(tx, place);
      await this.readings.finish(tx, place, signature);
    });
    const parents = await transaction(this.pool, async (tx) => {
      await this.repository.useIndexes(tx);
      return await this.repository.openParents(tx, place.serverId, place.libraryVendorId);
    });
    for (const { ours, otherServerId, theirs } of parents) {
      await transaction(this.pool, async (tx) => {
        await this.repository.lock(tx);
        await this.matchFamilies(tx, await this.repository.family(tx, place.serverId, ours), await this.repository.family(tx, otherServerId, theirs));
      });
    }
  }

  /** Episodes without own ids, in a series whose order is proven; tracks of one album. */
  private async matchFamilies(tx: PoolClient, ours: readonly Placed[], theirs: readonly Placed[]): Promise<void> {
    // Paths were compared before; without a map they say nothing more.
    const withoutPath = (rows: readonly Placed[]) => rows.map((row) => ({ ...row, path: null }));
    const { matches } = matchItems(withoutPath(ours), withoutPath(theirs));
    const [ourItems, theirItems] = [itemsOf(ours), itemsOf(theirs)];
    for (const { tier, source, target, evidence } of matches) {
      const [a, b] = [ourItems.get(source[0]!), theirItems.get(target[0]!)];
      if (!['B', 'C'].includes(tier) || !a || !b || a.itemId === b.itemId) continue;
      // A title that one of the two servers holds already has its counterpart there.
      if (ours.some((row) => row.itemId === b.itemId) || theirs.some((row) => row.itemId === a.itemId)) continue;
      const [into, from] = a.itemId < b.itemId ? [a, b] : [b, a];
      await this.repository.join(tx, [{ from: from.itemId, into: into.itemId }]);
      await this.repository.noteTier(tx, from.serverId, from === a ? source : target, tier, evidence);
    }
  }
}

function itemsOf(rows: readonly Placed[]): Map<string, Placed> {
  return new Map(rows.map((row) => [row.id, row]));
}
