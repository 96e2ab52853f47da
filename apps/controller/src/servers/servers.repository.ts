import { Injectable } from '@nestjs/common';
import { AppError, IgnoredDevice, PollSettings, ServerProfile, TlsOptions, Uuid7, type ServerKind, type ServerState } from '@usher/contracts';
import { isUniqueViolation } from '@usher/database';
import { Pool, type PoolClient } from 'pg';
import { z } from 'zod';
import type { ServerConnection } from '../graphql/enums.js';
import type { Location, ServerSettings } from './server-settings.js';
import { slugOf } from './slug.js';

export interface ServerRow extends ServerSettings {
  readonly id: string;
  readonly slug: string;
  readonly url: string;
  readonly kind: ServerKind | null;
  readonly connection: ServerConnection;
  readonly state: ServerState;
  readonly stateReason: string | null;
  readonly stateCode: string | null;
  readonly stateSince: Date;
  readonly machineId: string | null;
  readonly name: string | null;
  readonly version: string | null;
  readonly profile: ServerProfile | null;
  readonly demo: boolean;
  /** Rises with every change that the agent must hear of. */
  readonly configRev: number;
  readonly createdAt: Date;
  readonly lastSeenAt: Date | null;
  readonly credential: { readonly fingerprint: Buffer; readonly addedAt: Date; readonly rev: number } | null;
}

export interface NewServer extends ServerSettings {
  readonly id: string;
  readonly url: string;
  readonly kind: ServerKind | null;
  readonly demo: boolean;
  readonly stateCode: string | null;
  readonly stateReason: string | null;
  readonly profile: ServerProfile | null;
}

export interface ServerFilterValues {
  readonly ids?: readonly string[] | null;
  readonly kinds?: readonly ServerKind[] | null;
  readonly states?: readonly ServerState[] | null;
  readonly tags?: readonly string[] | null;
  readonly text?: string | null;
  readonly includeHistorical?: boolean | null;
}

export type Queryable = Pick<PoolClient, 'query'>;

const SELECT = `SELECT s.id, s.external_key AS "externalKey", s.alias, s.slug, s.url, s.kind, s.connection, s.role, s.read_only AS "readOnly", s.state,
  s.state_reason AS "stateReason", s.state_code AS "stateCode", s.state_since AS "stateSince", s.machine_id AS "machineId", s.name, s.version, s.profile,
  s.tls, s.poll, s.ignored_devices AS "ignoredDevices", s.tags, s.region, s.location, s.weight, s.demo, s.config_rev::int AS "configRev", s.created_at AS "createdAt", s.last_seen_at AS "lastSeenAt",
  c.fp, c.created_at AS "credentialAt", c.rev AS "credentialRev"
  FROM server s LEFT JOIN server_credential c ON c.server_id = s.id AND c.kind = 'media-server'`;

type RawRow = Omit<ServerRow, 'credential' | 'tls' | 'poll' | 'ignoredDevices' | 'profile'> & {
  tls: unknown;
  poll: unknown;
  ignoredDevices: unknown;
  profile: unknown;
  fp: Buffer | null;
  credentialAt: Date | null;
  credentialRev: string | null;
};

function toRow({ fp, credentialAt, credentialRev, ...raw }: RawRow): ServerRow {
  return {
    ...raw,
    tls: TlsOptions.parse(raw.tls),
    poll: PollSettings.parse(raw.poll),
    ignoredDevices: z.array(IgnoredDevice).parse(raw.ignoredDevices),
    profile: ServerProfile.safeParse(raw.profile).data ?? null,
    location: raw.location as Location | null,
    credential: fp && { fingerprint: fp, addedAt: credentialAt!, rev: Number(credentialRev) },
  };
}

/** SQL of the registry. */
@Injectable()
export class ServersRepository {
  constructor(private readonly pool: Pool) {}

  async list(filter: ServerFilterValues = {}): Promise<ServerRow[]> {
    const ids = filter.ids?.filter((id) => Uuid7.safeParse(id).success) ?? null;
    const withHistorical = filter.includeHistorical === true || filter.states?.includes('historical') === true;
    const { rows } = await this.pool.query<RawRow>(
      `${SELECT} WHERE ($1 OR s.state <> 'historical') AND ($2::uuid[] IS NULL OR s.id = ANY($2)) AND ($3::text[] IS NULL OR s.kind = ANY($3))
         AND ($4::text[] IS NULL OR s.state = ANY($4)) AND ($5::text[] IS NULL OR s.tags && $5)
         AND ($6::text IS NULL OR position(lower($6) IN lower(concat_ws(' ', s.alias, s.name, s.url, array_to_string(s.tags, ' ')))) > 0)
       ORDER BY lower(s.alias), s.id`,
      [withHistorical, ids, filter.kinds ?? null, filter.states ?? null, filter.tags ?? null, filter.text?.trim() || null],
    );
    return rows.map(toRow);
  }

  /** Also a historical one; null when there is none. `lock` keeps others from changing it until the transaction ends. */
  async byId(id: string, db: Queryable = this.pool, lock: '' | 'FOR UPDATE OF s' = ''): Promise<ServerRow | null> {
    if (!Uuid7.safeParse(id).success) return null;
    const { rows } = await db.query<RawRow>(`${SELECT} WHERE s.id = $1 ${lock}`, [id]);
    return rows[0] ? toRow(rows[0]) : null;
  }

  /** By alias or slug, among living servers. */
  async byAlias(alias: string): Promise<ServerRow | null> {
    const { rows } = await this.pool.query<RawRow>(`${SELECT} WHERE (lower(s.alias) = lower($1) OR s.slug = lower($1)) AND s.state <> 'historical'`, [alias.trim()]);
    return rows[0] ? toRow(rows[0]) : null;
  }

  /** By the last characters of the id, as screens print them; null unless exactly one fits. */
  async byIdSuffix(suffix: string): Promise<ServerRow | null> {
    const { rows } = await this.pool.query<RawRow>(`${SELECT} WHERE right(s.id::text, length($1)) = lower($1) AND s.state <> 'historical' LIMIT 2`, [suffix]);
    return rows.length === 1 ? toRow(rows[0]!) : null;
  }

  /** @throws what `mapConflict` makes of a taken alias, address or key */
  async insert(tx: Queryable, server: NewServer): Promise<void> {
    await mapConflict(() =>
      tx.query(
        `INSERT INTO server (id, external_key, alias, slug, url, normalized_url, kind, role, read_only, state_code, state_reason, machine_id, name, version, profile,
           tls, poll, ignored_devices, tags, region, location, weight, demo)
         VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)`,
        [
          server.id, server.externalKey, server.alias, slugOf(server.alias), server.url, server.kind, server.role, server.readOnly,
          server.stateCode, server.stateReason, server.profile?.machineId ?? null, server.profile?.name ?? null, server.profile?.version ?? null,
          json(server.profile), json(server.tls), json(server.poll), json(server.ignoredDevices), server.tags, server.region, json(server.location),
          server.weight, server.demo,
        ],
      ),
    );
  }

  /**
   * Settings, address and kind of a living server; the agent's revision goes up.
   * @throws SERVER_BUSY when the row is not at revision `configRev` any more, and what `mapConflict` makes of a taken value
   */
  async update(tx: Queryable, id: string, configRev: number, server: ServerSettings & { url: string; kind: ServerKind | null }): Promise<void> {
    const { rowCount } = await mapConflict(() =>
      tx.query(
        `UPDATE server SET external_key = $2, alias = $3, slug = $4, url = $5, normalized_url = $5, kind = $6, role = $7, read_only = $8, tls = $9, poll = $10,
           ignored_devices = $11, tags = $12, region = $13, location = $14, weight = $15, config_rev = config_rev + 1, updated_at = now()
         WHERE id = $1 AND config_rev = $16 AND state <> 'historical'`,
        [
          id, server.externalKey, server.alias, slugOf(server.alias), server.url, server.kind, server.role, server.readOnly, json(server.tls), json(server.poll),
          json(server.ignoredDevices), server.tags, server.region, json(server.location), server.weight, configRev,
        ],
      ),
    );
    if (rowCount !== 1) throw new AppError('SERVER_BUSY', 'Somebody else changed this server at the same moment. Look at it and repeat.', { serverId: id });
  }

  /** After a change of address or key another installation may answer: the next probe says which one is meant. */
  async forgetMachine(tx: Queryable, id: string): Promise<void> {
    await tx.query('UPDATE server SET machine_id = NULL WHERE id = $1', [id]);
  }

  async makeHistorical(tx: Queryable, id: string): Promise<void> {
    await tx.query(
      `UPDATE server SET state = 'historical', state_since = now(), state_code = NULL, state_reason = NULL, removed_at = now(), updated_at = now(),
         config_rev = config_rev + 1 WHERE id = $1`,
      [id],
    );
  }

  /** A change of the primary server: commands of an older epoch are refused from now on. */
  async raiseFleetEpoch(tx: Queryable): Promise<void> {
    await tx.query('UPDATE fleet SET epoch = epoch + 1');
  }
}

function json(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}

/** Taken aliases, addresses and keys become the caller's errors; the database decides, also between two callers at once. */
async function mapConflict<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (isUniqueViolation(error, 'server_slug_living')) throw aliasTaken();
    if (isUniqueViolation(error, 'server_url_living')) throw alreadyRegistered('url', 'A server with this address is registered already.');
    if (isUniqueViolation(error, 'server_external_key_living')) throw alreadyRegistered('externalKey', 'A server with this external key is registered already.');
    if (isUniqueViolation(error, 'server_one_primary')) throw new AppError('VALIDATION_FAILED', 'Another server is the primary one.', { field: 'role' });
    throw error;
  }
}

export function aliasTaken(): AppError {
  return new AppError('VALIDATION_FAILED', 'Another server has this alias, or one that is written alike.', { field: 'alias' });
}

export function alreadyRegistered(field: 'url' | 'externalKey', message: string): AppError {
  return new AppError('SERVER_ALREADY_REGISTERED', message, { field });
}
