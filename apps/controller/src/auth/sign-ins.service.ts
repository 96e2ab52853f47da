import { Inject, Injectable } from '@nestjs/common';
import { uuidv7 } from '@usher/contracts';
import { transaction } from '@usher/database';
import type { Clock } from '@usher/resilience';
import { randomToken, Secret, sha256 } from '@usher/security';
import { Pool, type PoolClient } from 'pg';
import { AuditService } from '../audit/audit.service.js';
import { ChangeHub } from '../graphql/changes.js';
import { CLOCK } from '../infrastructure.js';
import { Actor, type OperatorRole } from './actor.js';
import type { OperatorRow } from './operators.repository.js';
import { SignInsRepository, type SignInRow } from './sign-ins.repository.js';

const MINUTE_MS = 60_000;
const CONSOLE_LIFE_MS = 12 * 60 * MINUTE_MS;
const CLI_LIFE_MS = 90 * 24 * 60 * MINUTE_MS;
/** `last_seen_at` is written at most this often. */
const TOUCH_MS = MINUTE_MS;

export interface SignInRequest {
  readonly kind: 'console' | 'cli';
  readonly address: string | null;
  readonly userAgent: string | null;
  /** When the password was proven; null for a one-time code. */
  readonly provenAt: Date | null;
}

export interface OpenedSignIn {
  readonly token: Secret;
  readonly expiresAt: Date;
}

/** How long a browser may be silent. A command line has no idle limit: its file is its owner's. */
function idleMs(role: OperatorRole): number {
  return (role === 'superadmin' ? 15 : 30) * MINUTE_MS;
}

/** Opaque tokens of 256 random bits; only their hashes are stored. */
@Injectable()
export class SignInsService {
  constructor(
    private readonly signIns: SignInsRepository,
    private readonly audit: AuditService,
    private readonly changes: ChangeHub,
    private readonly pool: Pool,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The actor behind a token; nobody when it is unknown, ended, expired or was silent for too long. */
  async authenticate(token: Secret | null, address: string | null): Promise<Actor> {
    const row = token === null ? null : await this.signIns.byToken(sha256(token.reveal()));
    if (row === null || !this.isAlive(row)) return new Actor(null, address);
    const nowMs = this.clock.now();
    if (nowMs - row.last_seen_at.getTime() > TOUCH_MS) await this.signIns.touch(row.id, new Date(nowMs));
    return new Actor(
      {
        operatorId: row.operator_id,
        name: row.name,
        role: row.role,
        signInId: row.id,
        kind: row.kind,
        provenAt: row.proven_at,
        expiresAt: row.expires_at,
      },
      address,
    );
  }

  /** Opens a sign-in in the caller's transaction. The token is returned once and kept nowhere. */
  async open(tx: PoolClient, operator: OperatorRow, request: SignInRequest): Promise<OpenedSignIn> {
    const token = Secret.of(randomToken(32));
    const expiresAt = new Date(this.clock.now() + (request.kind === 'cli' ? CLI_LIFE_MS : CONSOLE_LIFE_MS));
    await this.signIns.insert(tx, { ...request, id: uuidv7(), operatorId: operator.id, tokenSha256: sha256(token.reveal()), expiresAt });
    return { token, expiresAt };
  }

  /** Ends the actor's own sign-in; its live subscriptions end with it. */
  async end(actor: Actor): Promise<void> {
    const { signInId, operatorId } = actor.require('viewer');
    await transaction(this.pool, async (tx) => {
      await this.signIns.remove(tx, signInId);
      await this.audit.append(tx, actor, { action: 'operator.signed_out' });
    });
    this.announce(operatorId);
  }

  async endAllOf(tx: PoolClient, operatorId: string): Promise<void> {
    await this.signIns.removeAllOf(tx, operatorId);
  }

  async prove(tx: PoolClient, signInId: string, at: Date): Promise<void> {
    await this.signIns.prove(tx, signInId, at);
  }

  /** After a commit that ended sign-ins or changed a role: every controller checks its open sockets again. */
  announce(operatorId: string): void {
    this.changes.publish('operator', [operatorId]);
  }

  private isAlive(row: SignInRow): boolean {
    const nowMs = this.clock.now();
    if (row.expires_at.getTime() <= nowMs) return false;
    return row.kind === 'cli' || nowMs - row.last_seen_at.getTime() <= idleMs(row.role);
  }
}
