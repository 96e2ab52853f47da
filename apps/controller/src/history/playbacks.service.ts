import { Injectable } from '@nestjs/common';
import { AppError, Uuid7 } from '@usher/contracts';
import { decodeCursor, encodeCursor } from '@usher/database';
import type { Actor } from '../auth/actor.js';
import { optionalServerIds } from '../servers/server-ids.js';
import type { PlaybackConnectionObject, PlaybackFilter, PlaybackObject } from './history.graphql.js';
import { PlaybacksRepository, type PlaybackQuery } from './playbacks.repository.js';

const MAX_PAGE = 200;

@Injectable()
export class PlaybacksService {
  constructor(private readonly repository: PlaybacksRepository) {}

  /** Newest first. A page stays what it was while new rows come in front of it. */
  async page(actor: Actor, filter: PlaybackFilter | null | undefined, first: number, after: string | null | undefined): Promise<PlaybackConnectionObject> {
    actor.require('viewer');
    if (first < 1 || first > MAX_PAGE) throw new AppError('VALIDATION_FAILED', `A page has 1 to ${MAX_PAGE} rows.`, { field: 'first' });
    const query = await this.queryOf(filter);
    const [rows, totalCount] = await Promise.all([
      this.repository.page(query, first + 1, after == null ? undefined : positionOf(after)),
      this.repository.count(query),
    ]);
    const edges = rows.slice(0, first).map((row) => ({ node: row as PlaybackObject, cursor: encodeCursor([row.startedAt.getTime(), row.id]) }));
    return { edges, pageInfo: { hasNextPage: rows.length > first, endCursor: edges.at(-1)?.cursor ?? null }, totalCount };
  }

  /** In the order of `serverIds`. */
  async lastAt(serverIds: readonly string[]): Promise<(Date | null)[]> {
    const times = await this.repository.lastAt(serverIds);
    return serverIds.map((serverId) => times.get(serverId) ?? null);
  }

  private async queryOf(filter: PlaybackFilter | null | undefined): Promise<PlaybackQuery> {
    const { serverIds, open, userName, identityId } = filter ?? {};
    if (userName && userName.length > 200) throw new AppError('VALIDATION_FAILED', 'A name has at most 200 characters.', { field: 'filter.userName' });
    if (identityId != null && !Uuid7.safeParse(identityId).success) throw new AppError('VALIDATION_FAILED', 'This is not the id of a person.', { field: 'filter.identityId' });
    const accounts = identityId == null ? null : await this.repository.accountsOf(identityId);
    return { serverIds: optionalServerIds(serverIds), ...(open != null && { open }), ...(userName && { userName }), ...(accounts && { accounts }) };
  }
}

function positionOf(cursor: string): { startedAt: Date; id: string } {
  const [startedMs, id] = decodeCursor(cursor.slice(0, 500), 2);
  const startedAt = new Date(typeof startedMs === 'number' ? startedMs : Number.NaN);
  if (Number.isNaN(startedAt.getTime()) || !Uuid7.safeParse(id).success) {
    throw new AppError('VALIDATION_FAILED', 'This page cursor is not one of ours.', { field: 'after' });
  }
  return { startedAt, id: id as string };
}
