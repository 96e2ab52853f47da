import { Injectable } from '@nestjs/common';
import type { IndexedType } from '@usher/contracts';
import { Pool } from 'pg';
import type { ItemLocationObject, ItemObject } from './item.graphql.js';

export interface ItemQuery {
  /** Normalized words; each has to begin one of the title's. */
  readonly words: readonly string[];
  /** An id as the index writes it; instead of words. */
  readonly providerId: string | null;
  readonly serverIds?: readonly string[];
  readonly types?: readonly IndexedType[];
}

export interface ItemPosition {
  readonly sortTitle: string;
  readonly id: string;
}

export type FoundItem = Omit<ItemObject, 'locations' | 'providerIds'> & ItemPosition;

export interface FoundLocation extends ItemLocationObject {
  readonly itemId: string;
  /** Series of an episode, album of a track, as this server names it. */
  readonly parentTitle: string | null;
  readonly providerIds: string[];
}

const ITEM = `i.id, i.id AS "itemKey", i.sort_title AS "sortTitle", i.type, i.title, i.parent_title AS "parentTitle", i.season_number AS "seasonNumber", i.episode_number AS "episodeNumber",
  i.year, i.duration_ms::float8 AS "durationMs"`;
/** Held by a server that is not historical, and by one of these where some are named. */
const HELD = `EXISTS (SELECT 1 FROM item_location l JOIN server s ON s.id = l.server_id AND s.state <> 'historical' WHERE l.item_id = i.id AND ($1::uuid[] IS NULL OR l.server_id = ANY($1)))`;
const WHERE = `i.replaced_by IS NULL AND ${HELD} AND ($2::text[] IS NULL OR i.type = ANY($2))
  AND ($3::text IS NULL OR to_tsvector('simple', i.sort_title) @@ to_tsquery('simple', $3))
  AND ($4::text IS NULL OR i.id IN (SELECT l.item_id FROM item_provider_id p JOIN item_location l ON l.server_id = p.server_id AND l.vendor_id = p.vendor_id WHERE p.provider_id = $4))`;
const COUNTED = 10_000;

/** SQL of the index's reading side. */
@Injectable()
export class ItemsRepository {
  constructor(private readonly pool: Pool) {}

  async page(query: ItemQuery, take: number, after: ItemPosition | null): Promise<FoundItem[]> {
    const { rows } = await this.pool.query<FoundItem>(
      `SELECT ${ITEM} FROM item i WHERE ${WHERE} AND ($5::text IS NULL OR (i.sort_title, i.id) > ($5, $6::uuid)) ORDER BY i.sort_title, i.id LIMIT $7`,
      [...parametersOf(query), after?.sortTitle ?? null, after?.id ?? null, take],
    );
    return rows;
  }

  /** At most 10,000. */
  async count(query: ItemQuery): Promise<number> {
    const { rows } = await this.pool.query<{ count: number }>(`SELECT count(*)::int AS count FROM (SELECT 1 FROM item i WHERE ${WHERE} LIMIT ${COUNTED}) counted`, parametersOf(query));
    return rows[0]!.count;
  }

  /** Follows a key that was joined to another one. */
  async byKey(itemKey: string): Promise<FoundItem | null> {
    const { rows } = await this.pool.query<FoundItem>(`SELECT ${ITEM} FROM item i WHERE i.id = coalesce((SELECT replaced_by FROM item WHERE id = $1), $1)`, [itemKey]);
    return rows[0] ?? null;
  }

  /** Of servers that are not historical, by item. */
  async locations(itemIds: readonly string[]): Promise<FoundLocation[]> {
    const { rows } = await this.pool.query<FoundLocation>(
      `SELECT l.item_id AS "itemId", l.server_id AS "serverId", l.vendor_id AS "vendorId", l.library_vendor_id AS "libraryVendorId", l.title, l.parent_title AS "parentTitle", l.path, l.size_bytes::float8 AS "sizeBytes",
              l.duration_ms::float8 AS "durationMs", l.video_height AS "videoHeight", l.tier, l.evidence, l.read_at AS "readAt",
              ARRAY(SELECT p.provider_id FROM item_provider_id p WHERE p.server_id = l.server_id AND p.vendor_id = l.vendor_id) AS "providerIds"
         FROM item_location l JOIN server s ON s.id = l.server_id AND s.state <> 'historical'
        WHERE l.item_id = ANY($1) ORDER BY l.tier NULLS FIRST, s.alias, l.vendor_id`,
      [itemIds],
    );
    return rows;
  }
}

function parametersOf({ words, providerId, serverIds, types }: ItemQuery): unknown[] {
  const tsQuery = words.length === 0 ? null : words.map((word) => `${word}:*`).join(' & ');
  return [serverIds ?? null, types ?? null, tsQuery, providerId];
}
