import { Injectable } from '@nestjs/common';
import type { DrainMove } from '@usher/contracts';
import { Pool, type PoolClient } from 'pg';

export interface DrainRow {
  readonly serverId: string;
  readonly since: Date;
  readonly until: Date | null;
  readonly move: DrainMove;
  readonly reason: string | null;
  readonly operatorName: string;
  readonly streamsAtStart: number;
}

const COLUMNS = `server_id AS "serverId", since, until, move, reason, operator_name AS "operatorName", streams_at_start AS "streamsAtStart"`;

/** SQL of drains. */
@Injectable()
export class DrainsRepository {
  constructor(private readonly pool: Pool) {}

  /** A drain that runs already keeps its beginning. */
  async put(tx: PoolClient, drain: Omit<DrainRow, 'since'>): Promise<DrainRow> {
    const { rows } = await tx.query<DrainRow>(
      `INSERT INTO server_drain (server_id, until, move, reason, operator_name, streams_at_start) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (server_id) DO UPDATE SET until = excluded.until, move = excluded.move, reason = excluded.reason, operator_name = excluded.operator_name
       RETURNING ${COLUMNS}`,
      [drain.serverId, drain.until, drain.move, drain.reason, drain.operatorName, drain.streamsAtStart],
    );
    return rows[0]!;
  }

  /** False when there was none. */
  async remove(tx: PoolClient, serverId: string): Promise<boolean> {
    const { rowCount } = await tx.query('DELETE FROM server_drain WHERE server_id = $1', [serverId]);
    return rowCount === 1;
  }

  async running(): Promise<DrainRow[]> {
    const { rows } = await this.pool.query<DrainRow>(`SELECT ${COLUMNS} FROM server_drain WHERE until IS NULL OR until > now()`);
    return rows;
  }

  /** Ends what is over; returns the servers. */
  async removeOver(): Promise<string[]> {
    const { rows } = await this.pool.query<{ server_id: string }>('DELETE FROM server_drain WHERE until <= now() RETURNING server_id');
    return rows.map((row) => row.server_id);
  }

  async isLiving(serverId: string): Promise<boolean> {
    const { rowCount } = await this.pool.query(`SELECT 1 FROM server WHERE id = $1 AND state <> 'historical'`, [serverId]);
    return rowCount === 1;
  }
}
