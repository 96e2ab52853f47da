import { Injectable } from '@nestjs/common';
import { AppError } from '@usher/contracts';
import { transaction } from '@usher/database';
import { Pool, type PoolClient } from 'pg';
import { z } from 'zod';
import { AuditService } from '../audit/audit.service.js';
import type { Actor } from '../auth/actor.js';
import { ChangeHub } from '../graphql/changes.js';
import { parseInput } from '../graphql/parse-input.js';
import { requireServerId } from '../servers/server-ids.js';
import type { ServerCapacityObject, UpdateServerCapacityInput } from './server-load.graphql.js';

const optional = <S extends z.ZodType>(schema: S) => schema.nullable().optional();

const Change = z.strictObject({
  cores: optional(z.number().min(0.1).max(1_024)),
  uplinkKbps: optional(z.number().int().min(100).max(400_000_000)),
  transcodeLimit: optional(z.number().int().min(1).max(10_000)),
  hardware: optional(z.boolean()),
  machine: optional(z.string().trim().regex(/^[A-Za-z0-9 ._-]{1,60}$/, 'has 1 to 60 letters, digits, blanks, dots, dashes or underscores')),
  viewerUrl: optional(z.string().max(500).regex(/^https?:\/\/[^/?#@\s]+(\/[^?#\s]*)?$/, 'must be an http or https address without query')),
  weight: optional(z.number().min(0.1).max(10)),
});

const SELECT = `SELECT s.id AS "serverId", c.cores, c.uplink_kbps AS "uplinkKbps", c.transcode_limit AS "transcodeLimit", coalesce(c.hardware, false) AS hardware, c.machine,
  c.viewer_url AS "viewerUrl", s.weight FROM server s LEFT JOIN server_capacity c ON c.server_id = s.id WHERE s.id = $1 AND s.state <> 'historical'`;

/** What operators know of the machines behind their servers, and agents cannot see. */
@Injectable()
export class ServerCapacityService {
  constructor(
    private readonly pool: Pool,
    private readonly audit: AuditService,
    private readonly changes: ChangeHub,
  ) {}

  async one(actor: Actor, id: string): Promise<ServerCapacityObject> {
    actor.require('viewer');
    return this.read(this.pool, requireServerId(id));
  }

  /** An absent field stays as it is, null forgets it. @throws VALIDATION_FAILED, NOT_FOUND */
  async update(actor: Actor, { serverId: id, ...input }: UpdateServerCapacityInput): Promise<ServerCapacityObject> {
    actor.require('operator');
    const serverId = requireServerId(id);
    const given = Object.fromEntries(Object.entries(parseInput(Change, input)).filter(([, value]) => value !== undefined));
    const after = await transaction(this.pool, async (tx) => {
      const before = await this.read(tx, serverId);
      const next = { ...before, ...given, weight: (given['weight'] ?? before.weight) as number, hardware: (given['hardware'] ?? ('hardware' in given ? false : before.hardware)) as boolean };
      await this.write(tx, next);
      await this.audit.append(tx, actor, { action: 'server.capacity_changed', serverId, payload: given });
      return next;
    });
    this.changes.publish('server', [serverId]);
    return after;
  }

  private async read(on: Pick<PoolClient, 'query'>, serverId: string): Promise<ServerCapacityObject> {
    const { rows } = await on.query<ServerCapacityObject>(SELECT, [serverId]);
    if (!rows[0]) throw new AppError('NOT_FOUND', 'No server has this id.', { serverId });
    return rows[0];
  }

  private async write(tx: PoolClient, { serverId, cores, uplinkKbps, transcodeLimit, hardware, machine, viewerUrl, weight }: ServerCapacityObject): Promise<void> {
    await tx.query(
      `INSERT INTO server_capacity (server_id, cores, uplink_kbps, transcode_limit, hardware, machine, viewer_url, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, now())
       ON CONFLICT (server_id) DO UPDATE SET cores = $2, uplink_kbps = $3, transcode_limit = $4, hardware = $5, machine = $6, viewer_url = $7, updated_at = now()`,
      [serverId, cores, uplinkKbps, transcodeLimit, hardware, machine, viewerUrl],
    );
    await tx.query('UPDATE server SET weight = $2 WHERE id = $1', [serverId, weight]);
  }
}
