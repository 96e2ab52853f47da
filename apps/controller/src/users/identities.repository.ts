import { Injectable } from '@nestjs/common';
import { Pool, type PoolClient } from 'pg';

export interface AccountKey {
  readonly serverId: string;
  readonly userVendorId: string;
}

export interface KnownAccount extends AccountKey {
  readonly userName: string;
  readonly isPlex: boolean;
  /** As its media server tells; plex.tv tells verified ones. */
  readonly email: string | null;
  readonly isAdministrator: boolean;
  /** Null = linked to nobody. */
  readonly identityId: string | null;
}

export interface EmailRow {
  readonly identityId: string;
  readonly email: string;
  readonly source: string;
  readonly verifiedAt: Date | null;
  readonly verifiedBy: string | null;
  readonly createdAt: Date;
}

export interface IdentityRow {
  readonly id: string;
  readonly displayName: string;
  readonly createdAt: Date;
  readonly mergedInto: string | null;
}

type Db = Pick<PoolClient, 'query'>;

const ACCOUNT = `SELECT u.server_id AS "serverId", u.vendor_id AS "userVendorId", u.name AS "userName", s.kind = 'plex' AS "isPlex", u.email, u.is_administrator AS "isAdministrator", i.identity_id AS "identityId"
  FROM media_user u JOIN server s ON s.id = u.server_id AND s.state <> 'historical' LEFT JOIN identity_user i ON i.server_id = u.server_id AND i.user_vendor_id = u.vendor_id`;
const EMAIL = `SELECT identity_id AS "identityId", email, source, verified_at AS "verifiedAt", verified_by AS "verifiedBy", created_at AS "createdAt" FROM identity_email`;
const IDENTITY = `SELECT id, display_name AS "displayName", created_at AS "createdAt", merged_into AS "mergedInto" FROM identity`;

/** SQL of people and their accounts. Changes take one lock: they are rare, and must see each other. */
@Injectable()
export class IdentitiesRepository {
  constructor(private readonly pool: Pool) {}

  async lock(tx: Db): Promise<void> {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext('identity'))`);
  }

  async byId(id: string, db: Db = this.pool): Promise<IdentityRow | null> {
    const { rows } = await db.query<IdentityRow>(`${IDENTITY} WHERE id = $1`, [id]);
    return rows[0] ?? null;
  }

  /** Every account of every living server. */
  async accounts(): Promise<KnownAccount[]> {
    return (await this.pool.query<KnownAccount>(ACCOUNT)).rows;
  }

  /** Those of the given that exist. */
  async known(db: Db, keys: readonly AccountKey[]): Promise<KnownAccount[]> {
    const { rows } = await db.query<KnownAccount>(`${ACCOUNT} JOIN jsonb_to_recordset($1) AS k("serverId" uuid, "userVendorId" text) ON k."serverId" = u.server_id AND k."userVendorId" = u.vendor_id`, [JSON.stringify(keys)]);
    return rows;
  }

  /** Also those that their server does not name any more. */
  async linked(db: Db, identityId: string): Promise<AccountKey[]> {
    const { rows } = await db.query<AccountKey>('SELECT server_id AS "serverId", user_vendor_id AS "userVendorId" FROM identity_user WHERE identity_id = $1 ORDER BY 1, 2', [identityId]);
    return rows;
  }

  async emails(identityIds: readonly string[], db: Db = this.pool): Promise<EmailRow[]> {
    const { rows } = await db.query<EmailRow>(`${EMAIL} WHERE identity_id = ANY($1) ORDER BY verified_at IS NULL, verified_at, email`, [identityIds]);
    return rows;
  }

  async allEmails(): Promise<EmailRow[]> {
    return (await this.pool.query<EmailRow>(EMAIL)).rows;
  }

  /** Who has verified this address; null = nobody. */
  async ownerOf(db: Db, email: string): Promise<string | null> {
    const { rows } = await db.query<{ identity_id: string }>('SELECT identity_id FROM identity_email WHERE email = $1 AND verified_at IS NOT NULL', [email]);
    return rows[0]?.identity_id ?? null;
  }

  async refused(): Promise<Set<string>> {
    const { rows } = await this.pool.query<{ key: string }>('SELECT key FROM identity_refusal');
    return new Set(rows.map(({ key }) => key));
  }

  /** How many were not refused before. */
  async refuse(tx: Db, keys: readonly string[], by: string): Promise<number> {
    const { rowCount } = await tx.query('INSERT INTO identity_refusal (key, refused_by) SELECT unnest($1::text[]), $2 ON CONFLICT DO NOTHING', [keys, by]);
    return rowCount ?? 0;
  }

  /** A later link of two accounts takes the word back that they are of two people. */
  async unrefuse(tx: Db, keys: readonly string[]): Promise<void> {
    await tx.query('DELETE FROM identity_refusal WHERE key = ANY($1)', [keys]);
  }

  async insert(tx: Db, id: string, displayName: string): Promise<void> {
    await tx.query('INSERT INTO identity (id, display_name) VALUES ($1, $2)', [id, displayName]);
  }

  async rename(tx: Db, id: string, displayName: string): Promise<void> {
    await tx.query('UPDATE identity SET display_name = $2 WHERE id = $1', [id, displayName]);
  }

  async setMerged(tx: Db, id: string, into: string | null): Promise<void> {
    await tx.query('UPDATE identity SET merged_into = $2 WHERE id = $1', [id, into]);
  }

  async remove(tx: Db, id: string): Promise<void> {
    await tx.query('DELETE FROM identity WHERE id = $1', [id]);
  }

  async link(tx: Db, identityId: string, { serverId, userVendorId, userName }: KnownAccount, evidence: string, by: string): Promise<void> {
    await tx.query('INSERT INTO identity_user (server_id, user_vendor_id, identity_id, user_name, evidence, linked_by) VALUES ($1, $2, $3, $4, $5, $6)', [serverId, userVendorId, identityId, userName, evidence, by]);
  }

  /** Whose it was; null = nobody's. */
  async unlink(tx: Db, { serverId, userVendorId }: AccountKey): Promise<string | null> {
    const { rows } = await tx.query<{ identity_id: string }>('DELETE FROM identity_user WHERE server_id = $1 AND user_vendor_id = $2 RETURNING identity_id', [serverId, userVendorId]);
    return rows[0]?.identity_id ?? null;
  }

  /** How many of the accounts were moved. */
  async move(tx: Db, keys: readonly AccountKey[], from: string, into: string): Promise<number> {
    const { rowCount } = await tx.query(
      `UPDATE identity_user i SET identity_id = $3 FROM jsonb_to_recordset($1) AS k("serverId" uuid, "userVendorId" text)
        WHERE i.server_id = k."serverId" AND i.user_vendor_id = k."userVendorId" AND i.identity_id = $2`,
      [JSON.stringify(keys), from, into],
    );
    return rowCount ?? 0;
  }

  /** All addresses of one person at once; verified ones of other people are the caller's to exclude. */
  async replaceEmails(tx: Db, identityId: string, rows: readonly Omit<EmailRow, 'identityId'>[]): Promise<void> {
    await tx.query('DELETE FROM identity_email WHERE identity_id = $1', [identityId]);
    await tx.query(
      `INSERT INTO identity_email (identity_id, email, source, verified_at, verified_by, created_at)
       SELECT $1, e.email, e.source, e."verifiedAt", e."verifiedBy", e."createdAt"
         FROM jsonb_to_recordset($2) AS e(email text, source text, "verifiedAt" timestamptz, "verifiedBy" text, "createdAt" timestamptz)`,
      [identityId, JSON.stringify(rows)],
    );
  }

  /** True when it is new. One that is verified already stays so. */
  async addEmail(tx: Db, identityId: string, email: string, source: string): Promise<boolean> {
    const { rowCount } = await tx.query('INSERT INTO identity_email (identity_id, email, source) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [identityId, email, source]);
    return rowCount === 1;
  }

  async verifyEmail(tx: Db, identityId: string, email: string, source: string, by: string): Promise<void> {
    await tx.query(
      `INSERT INTO identity_email (identity_id, email, source, verified_at, verified_by) VALUES ($1, $2, $3, now(), $4)
       ON CONFLICT (identity_id, email) DO UPDATE SET source = excluded.source, verified_at = now(), verified_by = excluded.verified_by WHERE identity_email.verified_at IS NULL`,
      [identityId, email, source, by],
    );
  }

  /** Addresses that a Plex server tells of linked accounts and that are verified for nobody; in the form in which they are told. */
  async unnotedOfPlex(serverId: string): Promise<{ identityId: string; email: string }[]> {
    const { rows } = await this.pool.query<{ identityId: string; email: string }>(
      `SELECT i.identity_id AS "identityId", u.email FROM media_user u JOIN server s ON s.id = u.server_id AND s.kind = 'plex'
         JOIN identity_user i ON i.server_id = u.server_id AND i.user_vendor_id = u.vendor_id
        WHERE u.server_id = $1 AND u.email IS NOT NULL AND NOT EXISTS (SELECT 1 FROM identity_email e WHERE e.email = lower(u.email) AND e.verified_at IS NOT NULL)`,
      [serverId],
    );
    return rows;
  }

  async removeEmail(tx: Db, identityId: string, email: string): Promise<boolean> {
    const { rowCount } = await tx.query('DELETE FROM identity_email WHERE identity_id = $1 AND email = $2', [identityId, email]);
    return rowCount === 1;
  }
}
