import { Injectable } from '@nestjs/common';
import { Pool, type PoolClient } from 'pg';
import type { OperatorRole } from './actor.js';

export interface OperatorRow {
  readonly id: string;
  readonly name: string;
  readonly role: OperatorRole;
  readonly password_hash: string | null;
}

type Queryable = Pick<PoolClient, 'query'>;

@Injectable()
export class OperatorsRepository {
  constructor(private readonly pool: Pool) {}

  /** True once somebody may manage the fleet. */
  async hasSuperadmin(db: Queryable = this.pool): Promise<boolean> {
    const { rows } = await db.query<{ exists: boolean }>(`SELECT EXISTS (SELECT 1 FROM operator WHERE role = 'superadmin' AND disabled_at IS NULL)`);
    return rows[0]!.exists;
  }

  /** Upper and lower case are one name. */
  async byName(name: string, db: Queryable = this.pool): Promise<OperatorRow | null> {
    const { rows } = await db.query<OperatorRow>(
      'SELECT id, name, role, password_hash FROM operator WHERE lower(name) = lower($1) AND disabled_at IS NULL',
      [name],
    );
    return rows[0] ?? null;
  }

  async byId(id: string): Promise<OperatorRow | null> {
    const { rows } = await this.pool.query<OperatorRow>('SELECT id, name, role, password_hash FROM operator WHERE id = $1 AND disabled_at IS NULL', [id]);
    return rows[0] ?? null;
  }

  async insert(tx: Queryable, row: OperatorRow): Promise<void> {
    await tx.query('INSERT INTO operator (id, name, role, password_hash) VALUES ($1, $2, $3, $4)', [row.id, row.name, row.role, row.password_hash]);
  }

  async setPassword(tx: Queryable, id: string, passwordHash: string): Promise<void> {
    await tx.query('UPDATE operator SET password_hash = $2 WHERE id = $1', [id, passwordHash]);
  }

  /** Two people who create the first operator at once take turns. */
  async lockFirstOperator(tx: Queryable): Promise<void> {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext('usher/first-operator'))`);
  }
}
