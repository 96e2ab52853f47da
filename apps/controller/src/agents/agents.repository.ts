import { Injectable } from '@nestjs/common';
import type { JWK } from '@usher/security';
import { Pool } from 'pg';

/** A pool or the client of a transaction. */
export type Queryable = Pick<Pool, 'query'>;

export interface ActiveAgent {
  readonly agentId: string;
  readonly serverId: string;
  readonly acctPub: string;
  readonly accountJwt: string;
  readonly boxPub: JWK;
  readonly bundled: boolean;
}

export interface NewAgent {
  readonly agentId: string;
  readonly serverId: string;
  readonly acctPub: string;
  readonly accountJwt: string;
  readonly nkeyPub: string;
  readonly sigPub: JWK;
  readonly boxPub: JWK;
}

/** What an agent said of itself at its last hello. */
export interface HelloSeen {
  readonly protocol: number;
  readonly agentVersion: string;
  readonly configRev: number;
  readonly credentialRev: number;
  /** Controller minus agent; positive when the agent's clock is behind. */
  readonly clockOffsetMs: number;
}

export interface DirectServer {
  readonly serverId: string;
  /** The ACTIVE one. */
  readonly agentId: string | null;
  readonly historical: boolean;
  /** False while nobody knows the vendor. */
  readonly adoptable: boolean;
}

const ACTIVE_COLUMNS = `id AS "agentId", server_id AS "serverId", acct_pub AS "acctPub", account_jwt AS "accountJwt", box_pub AS "boxPub", bundled`;

/** SQL of agents and their enrollment tokens. */
@Injectable()
export class AgentsRepository {
  constructor(private readonly pool: Pool) {}

  async active(): Promise<ActiveAgent[]> {
    const { rows } = await this.pool.query<ActiveAgent>(`SELECT ${ACTIVE_COLUMNS} FROM agent WHERE status = 'ACTIVE'`);
    return rows;
  }

  async activeOf(serverId: string, on: Queryable = this.pool): Promise<ActiveAgent | undefined> {
    const { rows } = await on.query<ActiveAgent>(`SELECT ${ACTIVE_COLUMNS} FROM agent WHERE server_id = $1 AND status = 'ACTIVE'`, [serverId]);
    return rows[0];
  }

  async addToken(token: { tokenId: string; secretSha256: Buffer; serverId: string; ttlMs: number }): Promise<void> {
    await this.pool.query(
      `INSERT INTO enrollment_token (id, secret_sha256, server_id, expires_at) VALUES ($1, $2, $3, now() + make_interval(secs => $4))`,
      [token.tokenId, token.secretSha256, token.serverId, token.ttlMs / 1000],
    );
  }

  /** The server of a token that could be redeemed now; it is not consumed. */
  async tokenServer(tokenId: string, secretSha256: Buffer): Promise<string | undefined> {
    const { rows } = await this.pool.query<{ server_id: string }>(
      `SELECT t.server_id FROM enrollment_token t JOIN server s ON s.id = t.server_id
        WHERE t.id = $1 AND t.secret_sha256 = $2 AND t.used_at IS NULL AND t.expires_at > now() AND s.state <> 'historical'`,
      [tokenId, secretSha256],
    );
    return rows[0]?.server_id;
  }

  /** True for exactly one caller per token. */
  async consumeToken(tx: Queryable, tokenId: string, secretSha256: Buffer, agentId: string): Promise<boolean> {
    const { rowCount } = await tx.query(
      `UPDATE enrollment_token SET used_at = now(), used_by = $3
        WHERE id = $1 AND secret_sha256 = $2 AND used_at IS NULL AND expires_at > now() RETURNING server_id`,
      [tokenId, secretSha256, agentId],
    );
    return rowCount === 1;
  }

  /** Ends every ACTIVE agent of a server; returns their accounts. */
  async revokeOf(serverId: string, on: Queryable = this.pool): Promise<string[]> {
    const { rows } = await on.query<{ acct_pub: string }>(
      `UPDATE agent SET status = 'REVOKED' WHERE server_id = $1 AND status = 'ACTIVE' RETURNING acct_pub`,
      [serverId],
    );
    return rows.map((row) => row.acct_pub);
  }

  async insert(tx: Queryable, agent: NewAgent): Promise<void> {
    await tx.query(
      `INSERT INTO agent (id, server_id, acct_pub, account_jwt, nkey_pub, sig_pub, box_pub) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [agent.agentId, agent.serverId, agent.acctPub, agent.accountJwt, agent.nkeyPub, JSON.stringify(agent.sigPub), JSON.stringify(agent.boxPub)],
    );
  }

  /** False when the agent is not ACTIVE (any more). */
  async saveHello(agentId: string, seen: HelloSeen): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `UPDATE agent SET last_seen_at = now(), protocol = $2, agent_version = $3, config_rev = $4, credential_rev = $5, clock_offset_ms = $6
        WHERE id = $1 AND status = 'ACTIVE'`,
      [agentId, seen.protocol, seen.agentVersion, seen.configRev, seen.credentialRev, seen.clockOffsetMs],
    );
    return rowCount === 1;
  }

  /** Direct servers and their ACTIVE agent, for the reconciler; historical ones only while an agent is left. */
  async directServers(): Promise<DirectServer[]> {
    const { rows } = await this.pool.query<DirectServer>(
      `SELECT s.id AS "serverId", a.id AS "agentId", s.state = 'historical' AS historical, s.kind IS NOT NULL AS adoptable
         FROM server s LEFT JOIN agent a ON a.server_id = s.id AND a.status = 'ACTIVE'
        WHERE s.connection = 'direct' AND (s.state <> 'historical' OR a.id IS NOT NULL)`,
    );
    return rows;
  }

  /** An agent must know which vendor's language to speak. */
  async isAdoptable(serverId: string): Promise<boolean> {
    const { rowCount } = await this.pool.query(`SELECT 1 FROM server WHERE id = $1 AND connection = 'direct' AND state <> 'historical' AND kind IS NOT NULL`, [serverId]);
    return rowCount === 1;
  }
}
