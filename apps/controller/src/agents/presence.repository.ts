import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import type { Verdict } from './presence-rules.js';

/**
 * Every controller judges for itself and writes only a difference, so one real change is one changed row. A server
 * that was never probed stays pending and shows why; one where another installation answers than before is degraded.
 * `$5`: a silence counts only when no other controller has written down that it heard the agent.
 */
const WRITE = `
  WITH wanted AS (
    SELECT id, state = 'pending' AND profile IS NULL AS waits, $2 = 'online' AND machine_id <> profile->>'machineId' AS other FROM server WHERE id = $1
  ), verdict AS (
    SELECT id, waits,
      CASE WHEN waits THEN 'pending' WHEN other THEN 'degraded' ELSE $2 END AS state,
      CASE WHEN other THEN 'VENDOR_ANSWER_INVALID' ELSE $3::text END AS code,
      CASE WHEN other THEN 'Another installation answers at this address than before.' ELSE $4::text END AS reason
    FROM wanted
  )
  UPDATE server s SET state = v.state, state_code = v.code, state_reason = v.reason, updated_at = now(),
    state_since = CASE WHEN (s.state, s.state_code) IS DISTINCT FROM (v.state, v.code) THEN now() ELSE s.state_since END
  FROM verdict v
  WHERE s.id = v.id AND s.state <> 'historical' AND (s.state = 'pending' AND s.profile IS NULL) = v.waits
    AND (s.state, s.state_code, s.state_reason) IS DISTINCT FROM (v.state, v.code, v.reason)
    AND NOT ($5 AND EXISTS (SELECT 1 FROM agent a WHERE a.server_id = s.id AND a.status = 'ACTIVE' AND a.last_seen_at > now() - interval '20 seconds'))`;

/** Rows that another controller is just writing are left to it. */
const SEEN = (table: 'agent' | 'server') => `
  WITH due AS (
    SELECT id FROM ${table} WHERE id = ANY($1) AND (last_seen_at IS NULL OR last_seen_at < now() - interval '8 seconds')
    ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
  )
  UPDATE ${table} SET last_seen_at = now() FROM due WHERE ${table}.id = due.id`;

/** SQL of what presence leaves in the rows of servers and agents. */
@Injectable()
export class PresenceRepository {
  constructor(private readonly pool: Pool) {}

  /** True when the row changed. */
  async write(serverId: string, verdict: Verdict, silent: boolean): Promise<boolean> {
    const { rowCount } = await this.pool.query(WRITE, [serverId, verdict.state, verdict.code, verdict.reason, silent]);
    return rowCount === 1;
  }

  async seen(agentIds: readonly string[], answeringServerIds: readonly string[]): Promise<void> {
    if (agentIds.length > 0) await this.pool.query(SEEN('agent'), [agentIds]);
    if (answeringServerIds.length > 0) await this.pool.query(SEEN('server'), [answeringServerIds]);
  }
}
