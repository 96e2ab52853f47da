import { Injectable } from '@nestjs/common';
import { AppError, listDecisions, listPlanRows, MAX_PLAN_PAGE, type PlanTab, type RowState } from '@usher/contracts';
import { decodeCursor, encodeCursor } from '@usher/database';
import { z } from 'zod';
import type { Actor } from '../auth/actor.js';
import { parseInput } from '../graphql/parse-input.js';
import { MigrationDoor } from './migration-door.js';
import type { MigrationDecisionPageObject, MigrationRowConnectionObject } from './migration-row.graphql.js';
import { requirePage } from './migration-plans.service.js';
import { requireId } from './migration-request.js';
import { showRow } from './migration-view.js';

export interface RowQuery {
  readonly id: string;
  readonly tab: PlanTab | null;
  /** Index in the users of the plan. */
  readonly user: number | null;
  readonly states: readonly RowState[];
  readonly search: string | null;
  readonly first: number;
  readonly after: string | null;
}

const Search = z.string().trim().max(200, 'must have at most 200 characters').nullable();
const User = z.number().int().min(0).max(49).nullable();

/** What a plan would do, row by row. */
@Injectable()
export class MigrationRowsService {
  constructor(private readonly door: MigrationDoor) {}

  /** @throws VALIDATION_FAILED, NOT_FOUND, MIGRATION_OFFLINE; so does the other */
  async page(actor: Actor, { id, tab, user, states, search, first, after }: RowQuery): Promise<MigrationRowConnectionObject> {
    actor.require('superadmin');
    requirePage(first);
    const request = {
      planId: requireId(id, 'plan'),
      tab,
      u: parseInput(User, user, 'user'),
      states: [...new Set(states)],
      search: parseInput(Search, search, 'search') || null,
      after: numberOf(after),
      limit: first,
    };
    const { rows, next, total } = await this.door.ask(listPlanRows, request);
    const edges = rows.map((row) => ({ node: showRow(row), cursor: encodeCursor([row.row.n]) }));
    return { edges, pageInfo: pageInfo(next), totalCount: total };
  }

  async decisions(actor: Actor, id: string, after: string | null): Promise<MigrationDecisionPageObject> {
    actor.require('superadmin');
    const { version, rows, next } = await this.door.ask(listDecisions, { planId: requireId(id, 'plan'), after: numberOf(after), limit: MAX_PLAN_PAGE });
    return { version, rows, pageInfo: pageInfo(next) };
  }
}

function pageInfo(next: number | null): { hasNextPage: boolean; endCursor: string | null } {
  return { hasNextPage: next !== null, endCursor: next === null ? null : encodeCursor([next]) };
}

function numberOf(after: string | null): number | null {
  if (after === null) return null;
  const [n] = decodeCursor(after.slice(0, 500), 1);
  if (Number.isSafeInteger(n) && (n as number) >= 0) return n as number;
  throw new AppError('VALIDATION_FAILED', 'This page cursor is not one of ours.', { field: 'after' });
}
