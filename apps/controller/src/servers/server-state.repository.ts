import { Injectable } from '@nestjs/common';
import { PollSettings, type Capability, type ServerProfile } from '@usher/contracts';
import { Pool, type PoolClient } from 'pg';

export interface ReadableServer {
  readonly serverId: string;
  readonly capabilities: readonly Capability[];
  readonly librariesS: number;
  /** When its lists were read last; null = a list is missing. */
  readonly readAt: Date | null;
}

/** The first installation that answered stays the known one; another makes the server degraded (see presence). */
const PROBED = `
  UPDATE server SET profile = $2::jsonb, name = $2::jsonb->>'name', version = $2::jsonb->>'version', kind = $2::jsonb->>'kind',
    machine_id = coalesce(machine_id, $2::jsonb->>'machineId'), last_seen_at = greatest(last_seen_at, now()), updated_at = now(),
    state = CASE WHEN state = 'pending' THEN 'online' ELSE state END,
    state_code = CASE WHEN state = 'pending' THEN NULL ELSE state_code END,
    state_reason = CASE WHEN state = 'pending' THEN NULL ELSE state_reason END,
    state_since = CASE WHEN state = 'pending' THEN now() ELSE state_since END
  WHERE id = $1 AND state <> 'historical'`;

@Injectable()
export class ServerStateRepository {
  constructor(private readonly pool: Pool) {}

  async saveProfile(tx: PoolClient, serverId: string, profile: ServerProfile): Promise<void> {
    await tx.query(PROBED, [serverId, JSON.stringify(profile)]);
  }

  /** Of a living server; null when there is none. */
  async pollSettings(serverId: string): Promise<PollSettings | null> {
    const { rows } = await this.pool.query<{ poll: unknown }>(`SELECT poll FROM server WHERE id = $1 AND state <> 'historical'`, [serverId]);
    return rows[0] ? PollSettings.parse(rows[0].poll) : null;
  }

  /** Servers whose lists can be read now. */
  async readable(serverId: string | null = null): Promise<ReadableServer[]> {
    const { rows } = await this.pool.query<{ id: string; profile: ServerProfile; poll: unknown; read_at: Date | null }>(
      `SELECT s.id, s.profile, s.poll,
              least((SELECT min(l.read_at) FROM library l WHERE l.server_id = s.id), (SELECT min(u.read_at) FROM media_user u WHERE u.server_id = s.id)) AS read_at
         FROM server s WHERE s.state IN ('online', 'degraded') AND s.profile IS NOT NULL AND ($1::uuid IS NULL OR s.id = $1)`,
      [serverId],
    );
    return rows.map((row) => ({
      serverId: row.id,
      capabilities: row.profile.capabilities,
      librariesS: PollSettings.parse(row.poll).librariesS,
      readAt: row.read_at,
    }));
  }
}
