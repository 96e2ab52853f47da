import { Injectable } from '@nestjs/common';
import { AppError } from '@usher/contracts';
import type { Actor } from '../../auth/actor.js';
import { requireServerId } from '../../servers/server-ids.js';
import type { LibraryOverlapObject, TierCountObject } from './item.graphql.js';
import { OverlapRepository, type OverlapRow } from './overlap.repository.js';

/** What two servers have in common, by the item index: at once, and only as sure as the index is. */
@Injectable()
export class OverlapService {
  constructor(private readonly repository: OverlapRepository) {}

  /** @throws AppError VALIDATION_FAILED, NOT_FOUND */
  async between(actor: Actor, sourceServerId: string, targetServerId: string): Promise<LibraryOverlapObject> {
    actor.require('viewer');
    requireServerId(sourceServerId, 'sourceServerId');
    requireServerId(targetServerId, 'targetServerId');
    if (sourceServerId === targetServerId) throw new AppError('VALIDATION_FAILED', 'Source and target are the same server.', { field: 'targetServerId' });
    const [sourceReadAt, targetReadAt] = await Promise.all([this.repository.readAt(sourceServerId), this.repository.readAt(targetServerId)]);
    if (sourceReadAt === undefined || targetReadAt === undefined) {
      throw new AppError('NOT_FOUND', 'No server has this id.', { serverId: sourceReadAt === undefined ? sourceServerId : targetServerId });
    }
    const [rows, onlyTarget] = await Promise.all([this.repository.rows(sourceServerId, targetServerId), this.repository.onlyTarget(sourceServerId, targetServerId)]);
    const sum = (pick: (row: OverlapRow) => number) => rows.reduce((total, row) => total + pick(row), 0);
    const [titles, onBoth] = [sum((row) => row.titles), sum((row) => row.onBoth)];
    return {
      sourceServerId,
      targetServerId,
      titles,
      onBoth,
      onlySource: titles - onBoth,
      onlyTarget,
      tiers: tiersOf({ a: sum(({ a }) => a), b: sum(({ b }) => b), c: sum(({ c }) => c) }),
      libraries: rows.map((row) => ({ ...row, onlySource: row.titles - row.onBoth, tiers: tiersOf(row) })),
      sourceReadAt,
      targetReadAt,
    };
  }
}

function tiersOf({ a, b, c }: Pick<OverlapRow, 'a' | 'b' | 'c'>): TierCountObject[] {
  return [
    { tier: 'A', count: a },
    { tier: 'B', count: b },
    { tier: 'C', count: c },
  ];
}
