import { Injectable } from '@nestjs/common';
import { AppError, Uuid7 } from '@usher/contracts';
import { decodeCursor, encodeCursor } from '@usher/database';
import { normalizeTitle } from '@usher/matching';
import type { Actor } from '../../auth/actor.js';
import { optionalServerIds } from '../../servers/server-ids.js';
import { heldItemOf, type HeldItem } from './item-holders.js';
import type { ItemConnectionObject, ItemObject, ItemSearch } from './item.graphql.js';
import { ItemsRepository, type FoundItem, type ItemPosition, type ItemQuery } from './items.repository.js';

const MAX_PAGE = 200;
const MAX_TEXT = 200;
const MAX_WORDS = 10;

/** The titles of the fleet, as people ask for them. */
@Injectable()
export class ItemsService {
  constructor(private readonly repository: ItemsRepository) {}

  /** By name. @throws AppError VALIDATION_FAILED */
  async page(actor: Actor, search: ItemSearch, first: number, after: string | null): Promise<ItemConnectionObject> {
    actor.require('viewer');
    if (first < 1 || first > MAX_PAGE) throw new AppError('VALIDATION_FAILED', `A page has 1 to ${MAX_PAGE} rows.`, { field: 'first' });
    const query = queryOf(search);
    const [rows, totalCount] = await Promise.all([this.repository.page(query, first + 1, after === null ? null : positionOf(after)), this.repository.count(query)]);
    const nodes = await this.withLocations(actor, rows.slice(0, first));
    const edges = nodes.map((node, at) => ({ node, cursor: encodeCursor([rows[at]!.sortTitle, rows[at]!.id]) }));
    return { edges, pageInfo: { hasNextPage: rows.length > first, endCursor: edges.at(-1)?.cursor ?? null }, totalCount };
  }

  /** @throws AppError VALIDATION_FAILED, NOT_FOUND */
  async find(actor: Actor, itemKey: string): Promise<ItemObject> {
    actor.require('viewer');
    if (!Uuid7.safeParse(itemKey).success) throw new AppError('VALIDATION_FAILED', 'This is not the key of a title.', { field: 'itemKey' });
    const row = await this.repository.byKey(itemKey);
    const [item] = row ? await this.withLocations(actor, [row]) : [];
    if (!item) throw new AppError('NOT_FOUND', 'No title has this key.', { itemKey });
    return item;
  }

  /** For whoever chooses a server; follows a key that was joined to another one. Null for a title that nobody ever had. */
  async held(itemKey: string): Promise<HeldItem | null> {
    const item = Uuid7.safeParse(itemKey).success ? await this.repository.byKey(itemKey) : null;
    return item && heldItemOf(item, await this.repository.locations([item.id]));
  }

  /** Paths tell how a machine is built: they are for who may act on it. */
  private async withLocations(actor: Actor, rows: readonly FoundItem[]): Promise<ItemObject[]> {
    const all = await this.repository.locations(rows.map(({ id }) => id));
    return rows.map((row) => {
      const own = all.filter(({ itemId }) => itemId === row.id);
      const locations = own.map((location) => (actor.has('operator') ? location : { ...location, path: null }));
      return { ...row, locations, providerIds: [...new Set(own.flatMap(({ providerIds }) => providerIds))].sort() };
    });
  }
}

function queryOf({ text, serverIds, types }: ItemSearch): ItemQuery {
  if (text && text.length > MAX_TEXT) throw new AppError('VALIDATION_FAILED', `A search has at most ${MAX_TEXT} characters.`, { field: 'search.text' });
  const ids = optionalServerIds(serverIds);
  const filter = { ...(ids && { serverIds: ids }), ...(types?.length && { types }) };
  const trimmed = text?.trim() ?? '';
  if (/^[a-z][a-z0-9.-]*:\S+$/i.test(trimmed)) return { ...filter, words: [], providerId: trimmed.toLowerCase() };
  const words = normalizeTitle(trimmed).split(' ').filter(Boolean).slice(0, MAX_WORDS);
  if (trimmed !== '' && words.length === 0) throw new AppError('VALIDATION_FAILED', 'A search needs a letter or a digit.', { field: 'search.text' });
  return { ...filter, words, providerId: null };
}

function positionOf(cursor: string): ItemPosition {
  const [sortTitle, id] = decodeCursor(cursor.slice(0, 6_000), 2);
  if (typeof sortTitle !== 'string' || !Uuid7.safeParse(id).success) throw new AppError('VALIDATION_FAILED', 'This page cursor is not one of ours.', { field: 'after' });
  return { sortTitle, id: id as string };
}
