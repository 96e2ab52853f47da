import { Injectable } from '@nestjs/common';
import type { ServerRole } from '@usher/contracts';
import type { PoolClient } from 'pg';

export interface LinkedServer {
  readonly id: string;
  readonly alias: string;
  readonly role: ServerRole;
}

/** SQL of what makes one server the primary and others linked. */
@Injectable()
export class LinkingRepository {
  /** Whoever changes roles waits here for whoever changes them now. */
  async lockFleet(tx: PoolClient): Promise<void> {
    await tx.query('SELECT epoch FROM fleet FOR UPDATE');
  }

  /** A living server, locked; null when there is none. */
  async byId(tx: PoolClient, id: string): Promise<LinkedServer | null> {
    const { rows } = await tx.query<LinkedServer>(`SELECT id, alias, role FROM server WHERE id = $1 AND state <> 'historical' FOR UPDATE`, [id]);
    return rows[0] ?? null;
  }

  async primary(tx: PoolClient): Promise<LinkedServer | null> {
    const { rows } = await tx.query<LinkedServer>(`SELECT id, alias, role FROM server WHERE role = 'primary' AND state <> 'historical' FOR UPDATE`);
    return rows[0] ?? null;
  }

  async setRole(tx: PoolClient, id: string, role: ServerRole): Promise<void> {
    await tx.query('UPDATE server SET role = $2, updated_at = now() WHERE id = $1', [id, role]);
  }

  /** Commands and states of an older epoch are refused from now on. */
  async raiseEpoch(tx: PoolClient): Promise<void> {
    await tx.query('UPDATE fleet SET epoch = epoch + 1');
  }
}
