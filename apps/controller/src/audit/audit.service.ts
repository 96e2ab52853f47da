import { Injectable } from '@nestjs/common';
import { currentContext } from '@usher/platform';
import type { PoolClient } from 'pg';
import type { Actor } from '../auth/actor.js';

export interface AuditEntry {
  /** `noun.past`: `server.registered`. */
  readonly action: string;
  /** `fleet` when no single server is meant. */
  readonly serverId?: string;
  /** Names and numbers only. Values under names that may hold a secret are dropped. */
  readonly payload?: Readonly<Record<string, unknown>>;
}

const SECRET_NAME = /token|password|secret|key$|code|credential|ca_?pem/i;

/** Who did what, when, to which server. */
@Injectable()
export class AuditService {
  /** Appends a row in the caller's transaction, so that a change without its row cannot be. */
  async append(tx: Pick<PoolClient, 'query'>, actor: Actor, entry: AuditEntry): Promise<void> {
    await tx.query(
      'INSERT INTO audit_event (actor, actor_id, action, server_id, correlation_id, address, payload) VALUES ($1, $2, $3, $4, $5, $6, $7)',
      [
        actor.name,
        actor.signedIn?.operatorId ?? null,
        entry.action,
        entry.serverId ?? 'fleet',
        currentContext().correlationId ?? null,
        actor.address,
        JSON.stringify(redact(entry.payload ?? {})),
      ],
    );
  }
}

/** Keeps the names of secret fields and drops their values, at any depth. */
export function redact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redact);
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, isSecret(name, inner) ? '[secret]' : redact(inner)]));
}

function isSecret(name: string, value: unknown): boolean {
  return typeof value === 'string' && name !== 'externalKey' && SECRET_NAME.test(name);
}
