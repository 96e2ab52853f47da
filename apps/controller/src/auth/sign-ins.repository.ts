import { Injectable } from '@nestjs/common';
import { Pool, type PoolClient } from 'pg';
import type { OperatorRole } from './actor.js';

export interface SignInRow {
  readonly id: string;
  readonly operator_id: string;
  readonly name: string;
  readonly role: OperatorRole;
  readonly kind: 'console' | 'cli';
  readonly last_seen_at: Date;
  readonly proven_at: Date | null;
  readonly expires_at: Date;
}

export interface NewSignIn {
  readonly id: string;
  readonly operatorId: string;
  readonly tokenSha256: Buffer;
  readonly kind: 'console' | 'cli';
  readonly address: string | null;
  readonly userAgent: string | null;
  readonly provenAt: Date | null;
  readonly expiresAt: Date;
}

type Queryable = Pick<PoolClient, 'query'>;

@Injectable()
export class SignInsRepository {
  constructor(private readonly pool: Pool) {}

  async byToken(tokenSha256: Buffer): Promise<SignInRow | null> {
    const { rows } = await this.pool.query<SignInRow>(
      `SELECT s.id, s.operator_id, o.name, o.role, s.kind, s.last_seen_at, s.proven_at, s.expires_at
       FROM sign_in s JOIN operator o ON o.id = s.operator_id WHERE s.token_sha256 = $1 AND o.disabled_at IS NULL`,
      [tokenSha256],
    );
    return rows[0] ?? null;
  }

  async insert(tx: Queryable, row: NewSignIn): Promise<void> {
    await tx.query(
      `INSERT INTO sign_in (id, operator_id, token_sha256, kind, address, user_agent, proven_at, expires_at, created_at, last_seen_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now(), now())`,
      [row.id, row.operatorId, row.tokenSha256, row.kind, row.address, row.userAgent, row.provenAt, row.expiresAt],
    );
  }

  async touch(id: string, at: Date): Promise<void> {
    await this.pool.query('UPDATE sign_in SET last_seen_at = $2 WHERE id = $1', [id, at]);
  }

  async prove(tx: Queryable, id: string, at: Date): Promise<void> {
    await tx.query('UPDATE sign_in SET proven_at = $2 WHERE id = $1', [id, at]);
  }

  async remove(tx: Queryable, id: string): Promise<void> {
    await tx.query('DELETE FROM sign_in WHERE id = $1', [id]);
  }

  async removeAllOf(tx: Queryable, operatorId: string): Promise<void> {
    await tx.query('DELETE FROM sign_in WHERE operator_id = $1', [operatorId]);
  }
}
