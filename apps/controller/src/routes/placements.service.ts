import { Injectable } from '@nestjs/common';
import { AppError, replayPlacement, Uuid7 } from '@usher/contracts';
import { decodeCursor, encodeCursor } from '@usher/database';
import type { Actor } from '../auth/actor.js';
import { ChangeHub, mapped } from '../graphql/changes.js';
import { optionalServerIds } from '../servers/server-ids.js';
import type { PlacementConnectionObject, PlacementFilter, PlacementObject, PlacementReplayObject } from './placement.graphql.js';
import { showPlacement } from './placement-text.js';
import { PlacementsRepository, type PlacementQuery, type Seat } from './placements.repository.js';
import { RouterDoor } from './router-door.js';
import { ServerNames } from './server-names.js';

const MAX_PAGE = 100;

interface PlayingSession {
  readonly serverId: string;
  readonly userId: string | null;
  readonly ghost: boolean;
  readonly item: { readonly itemId: string } | null;
  readonly stream: unknown;
}

/** Decisions as they were stored. For everybody who is signed in. */
@Injectable()
export class PlacementsService {
  constructor(
    private readonly repository: PlacementsRepository,
    private readonly names: ServerNames,
    private readonly changes: ChangeHub,
    private readonly router: RouterDoor,
  ) {}

  /** Newest first. */
  async page(actor: Actor, filter: PlacementFilter | null | undefined, first: number, after: string | null | undefined): Promise<PlacementConnectionObject> {
    actor.require('viewer');
    if (first < 1 || first > MAX_PAGE) throw new AppError('VALIDATION_FAILED', `A page has 1 to ${MAX_PAGE} rows.`, { field: 'first' });
    const query = queryOf(filter);
    const [rows, totalCount, names] = await Promise.all([
      this.repository.page(query, first + 1, after == null ? undefined : positionOf(after)),
      this.repository.count(query),
      this.names.all(),
    ]);
    const edges = rows.slice(0, first).map((row) => ({ node: showPlacement(row, names), cursor: encodeCursor([Date.parse(row.at), row.placementId]) }));
    return { edges, pageInfo: { hasNextPage: rows.length > first, endCursor: edges.at(-1)?.cursor ?? null }, totalCount };
  }

  /** @throws VALIDATION_FAILED, NOT_FOUND */
  async one(actor: Actor, id: string): Promise<PlacementObject> {
    actor.require('viewer');
    return showPlacement(await this.stored(id), await this.names.all());
  }

  /** Why these sessions play where they do: the decision of the route that led there, null for those that came by themselves. */
  async ofSessions(actor: Actor, sessions: readonly PlayingSession[]): Promise<(PlacementObject | null)[]> {
    actor.require('viewer');
    const seats = sessions.map(seatOf);
    const taken = seats.filter((seat) => seat !== null);
    if (taken.length === 0) return sessions.map(() => null);
    const [records, names] = await Promise.all([this.repository.ofSeats(taken), this.names.all()]);
    const found = new Map(taken.map((seat, n) => [seat, records[n] ?? null]));
    return seats.map((seat) => {
      const record = seat && found.get(seat);
      return record ? showPlacement(record, names) : null;
    });
  }

  /** Asks the router to decide what is stored again. @throws ROUTER_OFFLINE, NOT_FOUND */
  async replay(actor: Actor, id: string): Promise<PlacementReplayObject> {
    actor.require('viewer');
    const { serverId: storedServerId, inputs, kind } = await this.stored(id);
    const { serverId } = await this.router.ask(replayPlacement, { kind, inputs });
    return { storedServerId, serverId, same: storedServerId === serverId };
  }

  watch(actor: Actor): AsyncIterableIterator<PlacementObject> {
    actor.require('viewer');
    return mapped(this.changes.ids('placement'), async (id) => {
      const record = await this.repository.byId(id);
      return record ? showPlacement(record, await this.names.all()) : null;
    });
  }

  private async stored(id: string) {
    if (!Uuid7.safeParse(id).success) throw new AppError('VALIDATION_FAILED', 'This is not the id of a placement.', { field: 'id' });
    const record = await this.repository.byId(id);
    if (!record) throw new AppError('NOT_FOUND', 'There is no such placement; they are kept for 30 days.', { field: 'id' });
    return record;
  }
}

/** The same sessions by which the router knows that a viewer of its route has come. */
function seatOf({ serverId, userId, ghost, item, stream }: PlayingSession): Seat | null {
  return item && stream && userId !== null && !ghost ? { serverId, itemId: item.itemId, userId } : null;
}

function queryOf(filter: PlacementFilter | null | undefined): PlacementQuery {
  const { serverIds, verdicts, kinds } = filter ?? {};
  return { serverIds: optionalServerIds(serverIds), ...(verdicts && { verdicts }), ...(kinds && { kinds }) };
}

function positionOf(cursor: string): { at: Date; id: string } {
  const [ms, id] = decodeCursor(cursor.slice(0, 500), 2);
  const at = new Date(typeof ms === 'number' ? ms : Number.NaN);
  if (Number.isNaN(at.getTime()) || !Uuid7.safeParse(id).success) throw new AppError('VALIDATION_FAILED', 'This page cursor is not one of ours.', { field: 'after' });
  return { at, id: id as string };
}
