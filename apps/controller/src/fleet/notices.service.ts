import { Injectable } from '@nestjs/common';
import { AppError, Uuid7 } from '@usher/contracts';
import { decodeCursor, encodeCursor } from '@usher/database';
import type { Actor } from '../auth/actor.js';
import { ChangeHub, mapped } from '../graphql/changes.js';
import { optionalServerIds } from '../servers/server-ids.js';
import { NoticeTargetsService } from './notice-targets.service.js';
import { noticeView } from './notice-view.js';
import type { NoticeConnectionObject, NoticeFilter, NoticeObject } from './notices.graphql.js';
import { NoticesRepository, type NoticeQuery, type NoticeRow } from './notices.repository.js';

const MAX_PAGE = 100;
const ID_SUFFIX = /^[0-9a-f]{6,12}$/;

/** Notices and what became of them. */
@Injectable()
export class NoticesService {
  constructor(
    private readonly repository: NoticesRepository,
    private readonly targets: NoticeTargetsService,
    private readonly changes: ChangeHub,
  ) {}

  /** Newest first. A page stays what it was while new rows come in front of it. */
  async page(actor: Actor, filter: NoticeFilter | null | undefined, first: number, after: string | null | undefined): Promise<NoticeConnectionObject> {
    actor.require('operator');
    if (first < 1 || first > MAX_PAGE) throw new AppError('VALIDATION_FAILED', `A page has 1 to ${MAX_PAGE} rows.`, { field: 'first' });
    const query = queryOf(filter);
    const position = after == null ? undefined : positionOf(after);
    const [rows, totalCount] = await Promise.all([this.repository.page(query, first + 1, position), this.repository.count(query)]);
    const shown = rows.slice(0, first);
    const views = await this.views(shown);
    const edges = shown.map((row, i) => ({ node: views[i]!, cursor: encodeCursor([row.createdAt.getTime(), row.id]) }));
    return { edges, pageInfo: { hasNextPage: rows.length > first, endCursor: edges.at(-1)?.cursor ?? null }, totalCount };
  }

  /** By its id, or by the last 6 or more characters of it. @throws NOT_FOUND */
  async find(actor: Actor, id: string): Promise<NoticeObject> {
    actor.require('operator');
    const row = await this.row(id);
    if (!row) throw new AppError('NOT_FOUND', 'There is no such notice.');
    return (await this.views([row]))[0]!;
  }

  /** Each notice that changed, as it is then. */
  watch(actor: Actor, noticeId: string | null): AsyncIterable<NoticeObject> {
    actor.require('operator');
    if (noticeId !== null && !Uuid7.safeParse(noticeId).success) throw new AppError('VALIDATION_FAILED', 'This is not the id of a notice.', { field: 'noticeId' });
    return mapped(this.changes.ids('notice'), async (id) => {
      if (noticeId !== null && id !== noticeId) return null;
      const row = await this.repository.byId(id);
      return row && (await this.views([row]))[0]!;
    });
  }

  private async row(id: string): Promise<NoticeRow | null> {
    if (Uuid7.safeParse(id).success) return this.repository.byId(id);
    return ID_SUFFIX.test(id) ? this.repository.byIdSuffix(id) : null;
  }

  private async views(rows: readonly NoticeRow[]): Promise<NoticeObject[]> {
    const deliveries = await this.repository.deliveries(rows.map((row) => row.id));
    return rows.map((row) => noticeView(row, deliveries.filter((delivery) => delivery.noticeId === row.id), (serverId) => this.targets.isAnswering(serverId)));
  }
}

function queryOf(filter: NoticeFilter | null | undefined): NoticeQuery {
  const { states, serverIds, windowId } = filter ?? {};
  if (windowId != null && !Uuid7.safeParse(windowId).success) throw new AppError('VALIDATION_FAILED', 'This is not the id of a window.', { field: 'filter.windowId' });
  const servers = optionalServerIds(serverIds);
  return { ...(states && { states }), ...(servers && { serverIds: servers }), ...(windowId != null && { windowId }) };
}

function positionOf(cursor: string): { createdAt: Date; id: string } {
  const [createdMs, id] = decodeCursor(cursor.slice(0, 500), 2);
  const createdAt = new Date(typeof createdMs === 'number' ? createdMs : Number.NaN);
  if (Number.isNaN(createdAt.getTime()) || !Uuid7.safeParse(id).success) throw new AppError('VALIDATION_FAILED', 'This page cursor is not one of ours.', { field: 'after' });
  return { createdAt, id: id as string };
}
