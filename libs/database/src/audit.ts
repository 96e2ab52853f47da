import type { PoolClient } from 'pg';

export interface AuditRow {
  /** Name of the operator, or of the service that acts by itself. */
  readonly actor: string;
  readonly actorId: string | null;
  /** `noun.past`: `server.registered`. */
  readonly action: string;
  /** `fleet` when no single server is meant. */
  readonly serverId?: string;
  readonly correlationId?: string | null;
  readonly address?: string | null;
  /** Names and numbers only. Values under names that may hold a secret are dropped. */
  readonly payload?: Readonly<Record<string, unknown>>;
}

const SECRET_NAME = /token|password|secret|key$|code|credential|ca_?pem/i;

/** Appends to the audit log in the caller's transaction, so that a change without its row cannot be. */
export async function appendAudit(tx: Pick<PoolClient, 'query'>, row: AuditRow): Promise<void> {
  await tx.query('INSERT INTO audit_event (actor, actor_id, action, server_id, correlation_id, address, payload) VALUES ($1, $2, $3, $4, $5, $6, $7)', [
    row.actor,
    row.actorId,
    row.action,
    row.serverId ?? 'fleet',
    row.correlationId ?? null,
    row.address ?? null,
    JSON.stringify(redact(row.payload ?? {})),
  ]);
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
