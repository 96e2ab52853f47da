import { Injectable } from '@nestjs/common';
import { AppError, type ServerKind, type TlsOptions } from '@usher/contracts';
import { credentialFingerprint, KeyRing, openCredential, sealCredential, Secret } from '@usher/security';
import { Pool, type PoolClient } from 'pg';

export interface CredentialToStore {
  readonly serverId: string;
  readonly url: string;
  readonly token: Secret;
  /** Unknown while the server was never reached; see `PendingKindsService`. */
  readonly kind: ServerKind | null;
  readonly tls: TlsOptions;
}

interface CredentialRow {
  rev: string;
  dek_ver: number;
  kek_id: string;
  wrapped_dek: Buffer;
  ciphertext: Buffer;
}

type Queryable = Pick<PoolClient, 'query'>;

/**
 * Filler for a kind that is not known yet: the sealed format demands one. The row's own kind stays null then, no agent
 * is adopted, and nothing reads the sealed kind before it was sealed anew with the found one.
 */
const KIND_NOT_KNOWN: ServerKind = 'emby';

/** Keys of media servers: sealed before they are stored, opened only to be sealed to an agent or to the test. */
@Injectable()
export class CredentialsService {
  constructor(
    private readonly ring: KeyRing,
    private readonly pool: Pool,
  ) {}

  /** Stores a key, or rotates it: new data key, new revision. In the caller's transaction. */
  async store(tx: PoolClient, credential: CredentialToStore): Promise<void> {
    const { serverId, url, token, kind, tls } = credential;
    const { rows } = await tx.query<{ rev: string; dek_ver: number }>(
      `SELECT rev, dek_ver FROM server_credential WHERE server_id = $1 AND kind = 'media-server' FOR UPDATE`,
      [serverId],
    );
    const rev = Number(rows[0]?.rev ?? 0) + 1;
    const dekVersion = (rows[0]?.dek_ver ?? 0) + 1;
    const plain = { origin: url, token: token.reveal(), kind: kind ?? KIND_NOT_KNOWN, tls, rev };
    const sealed = sealCredential(this.ring, { serverId, kind: 'media-server', dekVersion }, plain);
    await tx.query(
      `INSERT INTO server_credential (server_id, kind, rev, dek_ver, kek_id, wrapped_dek, ciphertext, fp) VALUES ($1, 'media-server', $2, $3, $4, $5, $6, $7)
       ON CONFLICT (server_id, kind) DO UPDATE SET rev = excluded.rev, dek_ver = excluded.dek_ver, kek_id = excluded.kek_id,
         wrapped_dek = excluded.wrapped_dek, ciphertext = excluded.ciphertext, fp = excluded.fp, created_at = now()`,
      [serverId, rev, sealed.dekVersion, sealed.kekId, sealed.wrappedDek, sealed.ciphertext, sealed.fingerprint],
    );
  }

  /** The stored key, wrapped at once. @throws NOT_FOUND, KEYRING_MISMATCH */
  async tokenOf(serverId: string, db: Queryable = this.pool): Promise<Secret> {
    const { rows } = await db.query<CredentialRow>(
      `SELECT rev, dek_ver, kek_id, wrapped_dek, ciphertext FROM server_credential WHERE server_id = $1 AND kind = 'media-server'`,
      [serverId],
    );
    const row = rows[0];
    if (!row) throw new AppError('NOT_FOUND', 'No key is stored for this server.', { serverId });
    const sealed = { dekVersion: row.dek_ver, kekId: row.kek_id, wrappedDek: row.wrapped_dek, ciphertext: row.ciphertext };
    return Secret.of(openCredential(this.ring, { serverId, kind: 'media-server' }, sealed).token);
  }

  /** True when `token` is the key behind a stored fingerprint; nothing is opened. */
  isSame(token: Secret, fingerprint: Buffer | null): boolean {
    return fingerprint !== null && credentialFingerprint(this.ring, token).equals(fingerprint);
  }

  /** The sealed key goes, and with its data key every copy of it. */
  async destroy(tx: PoolClient, serverId: string): Promise<void> {
    await tx.query('DELETE FROM server_credential WHERE server_id = $1', [serverId]);
  }
}
