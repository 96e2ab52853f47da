import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import type { AccountKey, EmailRow } from './identities.repository.js';

/** What there was before: enough to put the exact links back. */
export interface MergeUndo {
  readonly fromName: string;
  readonly intoName: string;
  readonly users: AccountKey[];
  readonly emails: EmailRow[];
  readonly intoEmails: EmailRow[];
}

export interface StoredMerge {
  readonly id: string;
  readonly fromId: string;
  readonly intoId: string;
  readonly undo: MergeUndo;
  readonly at: Date;
  readonly undoneAt: Date | null;
}

/** SQL of merges of people. */
@Injectable()
export class IdentityMergesRepository {
  async insert(tx: PoolClient, { id, fromId, intoId, undo, mergedBy }: Pick<StoredMerge, 'id' | 'fromId' | 'intoId' | 'undo'> & { mergedBy: string }): Promise<void> {
    await tx.query('INSERT INTO identity_merge (id, from_id, into_id, undo, merged_by) VALUES ($1, $2, $3, $4, $5)', [id, fromId, intoId, JSON.stringify(undo), mergedBy]);
  }

  async byId(tx: PoolClient, id: string): Promise<StoredMerge | null> {
    const { rows } = await tx.query<StoredMerge>('SELECT id, from_id AS "fromId", into_id AS "intoId", undo, at, undone_at AS "undoneAt" FROM identity_merge WHERE id = $1 FOR UPDATE', [id]);
    return rows[0] ?? null;
  }

  async setUndone(tx: PoolClient, id: string): Promise<void> {
    await tx.query('UPDATE identity_merge SET undone_at = now() WHERE id = $1', [id]);
  }
}
