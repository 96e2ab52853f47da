import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import type { ServerRecord } from './plan-record.js';

/** Accounts and addresses of people, as far as two servers are concerned. */
export interface IdentityFacts {
  readonly links: readonly { readonly serverId: string; readonly userVendorId: string; readonly identityId: string }[];
  /** Verified addresses. */
  readonly emails: readonly { readonly identityId: string; readonly email: string }[];
}

/** What the controller keeps of servers and people; read only. */
@Injectable()
export class RegistryRepository {
  constructor(private readonly pool: Pool) {}

  /** Null for a server that is not there or was never reached. */
  async server(id: string): Promise<ServerRecord | null> {
    const { rows } = await this.pool.query<ServerRecord>(
      `SELECT id, alias, coalesce(profile ->> 'kind', kind) AS kind, coalesce(profile ->> 'machineId', machine_id) AS "machineId", coalesce(profile ->> 'version', version, '') AS version,
              coalesce((profile ->> 'versionTested')::boolean, true) AS "versionTested", coalesce(profile -> 'capabilities', '[]') AS capabilities, read_only AS "readOnly"
         FROM server WHERE id = $1 AND state <> 'historical' AND profile IS NOT NULL`,
      [id],
    );
    return rows[0] ?? null;
  }

  /** Follows identities that were merged into others. */
  async identities(serverIds: readonly string[]): Promise<IdentityFacts> {
    const links = await this.pool.query<IdentityFacts['links'][number]>(
      `SELECT u.server_id AS "serverId", u.user_vendor_id AS "userVendorId", coalesce(i.merged_into, i.id) AS "identityId"
         FROM identity_user u JOIN identity i ON i.id = u.identity_id WHERE u.server_id = ANY($1)`,
      [serverIds],
    );
    const emails = await this.pool.query<IdentityFacts['emails'][number]>(
      `SELECT coalesce(i.merged_into, i.id) AS "identityId", e.email FROM identity_email e JOIN identity i ON i.id = e.identity_id
        WHERE e.verified_at IS NOT NULL AND coalesce(i.merged_into, i.id) = ANY($1)`,
      [[...new Set(links.rows.map(({ identityId }) => identityId))]],
    );
    return { links: links.rows, emails: emails.rows };
  }

  /** Writes a second of the last run at a target that wrote enough to be measured; null = none. */
  async measuredRate(targetServerId: string): Promise<number | null> {
    const { rows } = await this.pool.query<{ rate: number | null }>(
      `SELECT (writes / greatest(extract(epoch FROM ended_at - started_at), 0.001))::float8 AS rate FROM migration_run
        WHERE target_server_id = $1 AND state = 'done' AND ended_at IS NOT NULL AND writes >= 200 ORDER BY ended_at DESC LIMIT 1`,
      [targetServerId],
    );
    return rows[0]?.rate ?? null;
  }
}
