import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '@usher/contracts';
import type { Clock } from '@usher/resilience';
import { Pool } from 'pg';
import { AuditService } from '../audit/audit.service.js';
import type { Actor, SignedIn } from '../auth/actor.js';
import { CLOCK } from '../infrastructure.js';

/** The plan or run that is meant, to find the servers that are concerned. */
export type Concerned = { readonly planId: string } | { readonly runId: string };

export interface Order {
  /** `plan.freeze`: written down before it is sent as `plan.freeze_ordered`. */
  readonly verb: string;
  /** `plan.frozen`: written down when it was done. */
  readonly past: string;
  readonly concerned: Concerned;
  readonly payload?: Readonly<Record<string, unknown>>;
  /** Of a plan that is not stored yet. */
  readonly servers?: Servers;
}

interface Servers {
  readonly serverId: string;
  /** The server that is only read. */
  readonly peerServerId: string | null;
}

/** Who may order what, and that it is written down: also what was refused. */
@Injectable()
export class MigrationOrders {
  constructor(
    private readonly audit: AuditService,
    private readonly pool: Pool,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws UNAUTHENTICATED; FORBIDDEN, which the audit log remembers; STEP_UP_REQUIRED when `proof` is asked */
  async superadmin(actor: Actor, verb: string, { proof = false } = {}): Promise<SignedIn> {
    if (actor.signedIn && !actor.has('superadmin')) {
      await this.noteRefusal(actor, verb, { role: actor.signedIn.role });
    }
    const operator = actor.require('superadmin');
    if (proof) actor.requireProof(this.clock.now());
    return operator;
  }

  async noteRefusal(actor: Actor, verb: string, payload: Readonly<Record<string, unknown>>): Promise<void> {
    await this.audit.append(this.pool, actor, { action: `${verb}_refused`, payload });
  }

  /** Nothing happens unseen: a row before it is sent, and one for how it ended. */
  async carryOut<T>(actor: Actor, { verb, past, concerned, payload = {}, servers }: Order, send: () => Promise<T>): Promise<T> {
    const { serverId, peerServerId } = servers ?? (await this.serversOf(concerned));
    const row = { serverId, payload: { ...concerned, ...(peerServerId !== null && { peerServerId }), ...payload } };
    await this.audit.append(this.pool, actor, { ...row, action: `${verb}_ordered` });
    try {
      const done = await send();
      await this.audit.append(this.pool, actor, { ...row, action: past });
      return done;
    } catch (error) {
      const outcome = error instanceof AppError ? error.code : 'INTERNAL';
      await this.audit.append(this.pool, actor, { ...row, action: `${verb}_failed`, payload: { ...row.payload, outcome } });
      throw error;
    }
  }

  /** The written server and the one that is only read; a plan that is not there yet concerns the fleet. */
  private async serversOf(concerned: Concerned): Promise<Servers> {
    const { rows } = await this.pool.query<Servers>(
      `SELECT p.target_server_id AS "serverId", p.source_server_id AS "peerServerId" FROM migration_plan p
        WHERE p.id = $1 OR p.id = (SELECT plan_id FROM migration_run WHERE id = $2)`,
      ['planId' in concerned ? concerned.planId : null, 'runId' in concerned ? concerned.runId : null],
    );
    return rows[0] ?? { serverId: 'fleet', peerServerId: null };
  }
}
