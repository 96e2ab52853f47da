import { Injectable } from '@nestjs/common';
import { AppError } from '@usher/contracts';
import { isUniqueViolation } from '@usher/database';
import { sha256 } from '@usher/security';
import { Pool, type PoolClient } from 'pg';
import type { SignedIn } from '../auth/actor.js';

export interface IdempotentCall {
  readonly operator: SignedIn;
  /** Chosen by the caller, 1–200 characters. */
  readonly key: string;
  readonly op: string;
  readonly request: unknown;
}

interface StoredAnswer {
  readonly op: string;
  readonly request_sha256: Buffer;
  readonly result: unknown;
}

/** Keeps the answer of a creating mutation for 24 hours, so that a repeat changes nothing. */
@Injectable()
export class IdempotencyService {
  constructor(private readonly pool: Pool) {}

  /**
   * Answers a repeat from the table, else runs `work`. `work` must call `save` in the transaction of its change;
   * of two equal calls at once one commits and the other gets its answer.
   * @throws IDEMPOTENCY_CONFLICT when the key belongs to another request
   */
  async once<T>(call: IdempotentCall, work: (save: (tx: PoolClient, result: T) => Promise<void>) => Promise<T>): Promise<T> {
    if (call.key.length < 1 || call.key.length > 200) {
      throw new AppError('VALIDATION_FAILED', 'The idempotency key must have 1 to 200 characters.', { field: 'idempotencyKey' });
    }
    const requestSha256 = sha256(canonicalJson(call.request));
    const stored = await this.find<T>(call, requestSha256);
    if (stored) return stored.result;
    try {
      return await work((tx, result) => this.save(tx, call, requestSha256, result));
    } catch (error) {
      if (!isUniqueViolation(error, 'idempotency_pkey')) throw error;
      const winner = await this.find<T>(call, requestSha256);
      if (winner) return winner.result;
      throw error;
    }
  }

  private async find<T>(call: IdempotentCall, requestSha256: Buffer): Promise<{ result: T } | null> {
    const { rows } = await this.pool.query<StoredAnswer>(
      `SELECT op, request_sha256, result FROM idempotency WHERE operator_id = $1 AND key = $2 AND at > now() - interval '24 hours'`,
      [call.operator.operatorId, call.key],
    );
    const row = rows[0];
    if (!row) return null;
    if (row.op !== call.op || !row.request_sha256.equals(requestSha256)) {
      throw new AppError('IDEMPOTENCY_CONFLICT', 'This idempotency key was used for another request.', { field: 'idempotencyKey' });
    }
    return { result: row.result as T };
  }

  private async save(tx: PoolClient, call: IdempotentCall, requestSha256: Buffer, result: unknown): Promise<void> {
    await tx.query(`DELETE FROM idempotency WHERE operator_id = $1 AND at <= now() - interval '24 hours'`, [call.operator.operatorId]);
    await tx.query('INSERT INTO idempotency (operator_id, key, op, request_sha256, result) VALUES ($1, $2, $3, $4, $5)', [
      call.operator.operatorId,
      call.key,
      call.op,
      requestSha256,
      JSON.stringify(result),
    ]);
  }
}

/** JSON with sorted names: the same request has the same text whatever order its fields came in. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
