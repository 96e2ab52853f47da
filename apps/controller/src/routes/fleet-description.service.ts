import { Injectable } from '@nestjs/common';
import type { describeFleet, FleetServer } from '@usher/contracts';
import { Pool } from 'pg';
import type { z } from 'zod';
import { AgentSettingsService } from '../agents/agent-settings.service.js';

interface Row extends Omit<FleetServer, 'drain'> {
  readonly since: Date | null;
  readonly until: Date | null;
  readonly move: 'next' | 'now' | null;
}

/** What a router has to know of the registry. */
@Injectable()
export class FleetDescriptionService {
  constructor(
    private readonly pool: Pool,
    private readonly settings: AgentSettingsService,
  ) {}

  async describe(): Promise<z.infer<typeof describeFleet.reply>> {
    const { rows } = await this.pool.query<Row>(
      `SELECT s.id AS "serverId", a.id AS "agentId", a.acct_pub AS "acctPub", s.kind, s.alias, s.region, s.weight, coalesce(c.viewer_url, s.url) AS "viewerUrl",
              c.cores, c.uplink_kbps AS "uplinkKbps", c.transcode_limit AS "transcodeLimit", coalesce(c.hardware, false) AS hardware, c.machine, d.since, d.until, d.move
         FROM server s
         LEFT JOIN agent a ON a.server_id = s.id AND a.status = 'ACTIVE'
         LEFT JOIN server_capacity c ON c.server_id = s.id
         LEFT JOIN server_drain d ON d.server_id = s.id AND (d.until IS NULL OR d.until > now())
        WHERE s.state <> 'historical' ORDER BY s.id LIMIT 200`,
    );
    const { keys, fleetEpoch } = this.settings.fleetTerms();
    return { fleetEpoch, keys, servers: rows.map(serverOf) };
  }
}

function serverOf({ since, until, move, ...server }: Row): FleetServer {
  const weight = Math.min(10, Math.max(0.1, server.weight));
  return { ...server, weight, drain: since && move && { since: since.toISOString(), until: until?.toISOString() ?? null, move } };
}
