import { Inject, Injectable } from '@nestjs/common';
import { AppError, Uuid7, type HardeningEntry } from '@usher/contracts';
import { transaction } from '@usher/database';
import type { Clock } from '@usher/resilience';
import { Pool, type PoolClient } from 'pg';
import { z } from 'zod';
import { AuditService } from '../audit/audit.service.js';
import type { Actor, SignedIn } from '../auth/actor.js';
import { ChangeHub } from '../graphql/changes.js';
import { parseInput } from '../graphql/parse-input.js';
import { IdempotencyService } from '../idempotency/idempotency.service.js';
import { CLOCK } from '../infrastructure.js';
import { judgedEntries, type JudgedEntry } from './hardening.js';
import type { AcceptHardeningInput, RevokeHardeningInput } from './hardening.graphql.js';
import { HardeningRepository } from './hardening.repository.js';

const Reason = z.string().trim().min(3, 'must have at least 3 characters').max(500, 'must have at most 500 characters');
const RevokeReason = z.string().trim().max(500, 'must have at most 500 characters');

interface Listed {
  readonly id: string;
  readonly hardening: readonly HardeningEntry[];
}

interface Order {
  readonly op: string;
  readonly action: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** What the audit log keeps beside `payload`. */
  readonly change: (tx: PoolClient, by: SignedIn) => Promise<Readonly<Record<string, unknown>>>;
}

/** What servers leave open, and what people say to it. Nothing changes on a media server. For role operator. */
@Injectable()
export class HardeningService {
  constructor(
    private readonly repository: HardeningRepository,
    private readonly idempotency: IdempotencyService,
    private readonly audit: AuditService,
    private readonly changes: ChangeHub,
    private readonly pool: Pool,
    @Inject(CLOCK) private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /** The lists of these servers with what was accepted of them, in their order. */
  async judged(servers: readonly Listed[]): Promise<JudgedEntry[][]> {
    const ids = servers.filter(({ hardening }) => hardening.length > 0).map(({ id }) => id);
    const found = ids.length > 0 ? await this.repository.of(ids) : new Map<string, never[]>();
    return servers.map(({ id, hardening }) => judgedEntries(hardening, found.get(id) ?? [], this.clock.now()));
  }

  /** @throws FORBIDDEN, VALIDATION_FAILED, NOT_FOUND, IDEMPOTENCY_CONFLICT; so does `revoke` */
  async accept(actor: Actor, input: AcceptHardeningInput): Promise<void> {
    actor.require('operator');
    const reason = parseInput(Reason, input.reason, 'reason');
    const { until = null, evidence = null, serverId, code } = input;
    if (until !== null && until.getTime() <= this.clock.now()) throw invalid('until', 'The end of an acceptance must be in the future.');
    await this.carryOut(actor, input, {
      op: 'acceptHardening',
      action: 'hardening.accepted',
      payload: { reason, until: until?.toISOString() ?? null, evidence },
      change: async (tx, { name }) => {
        const entry = (await this.entries(tx, serverId)).find((each) => each.code === code);
        if (!entry) throw new AppError('NOT_FOUND', 'The hardening list of this server has no such entry.', { field: 'code' });
        if (entry.state === 'cannot-be-seen') throw invalid('code', 'Whether this is open cannot be seen: there is nothing to accept.', 'cannot-be-seen');
        if (evidence !== null && evidence !== entry.evidence) throw invalid('evidence', 'This entry says something else by now. Look at it and repeat.', 'changed');
        await this.repository.put(tx, serverId, { ...entry, reason, acceptedBy: name, acceptedAt: new Date(this.clock.now()), until });
        return { state: entry.state, evidence: entry.evidence };
      },
    });
  }

  async revoke(actor: Actor, input: RevokeHardeningInput): Promise<void> {
    actor.require('operator');
    const reason = parseInput(RevokeReason, input.reason ?? '', 'reason') || null;
    const { serverId, code } = input;
    await this.carryOut(actor, input, {
      op: 'revokeHardening',
      action: 'hardening.revoked',
      payload: { reason },
      change: async (tx) => {
        await this.entries(tx, serverId);
        if (!(await this.repository.remove(tx, serverId, code))) throw new AppError('NOT_FOUND', 'Nothing is accepted under this code.', { field: 'code' });
        return {};
      },
    });
  }

  private async carryOut(actor: Actor, { serverId, code, idempotencyKey }: Pick<RevokeHardeningInput, 'serverId' | 'code' | 'idempotencyKey'>, { op, action, payload, change }: Order): Promise<void> {
    const operator = actor.require('operator');
    const work = async (tx: PoolClient) => {
      const found = await change(tx, operator);
      await this.audit.append(tx, actor, { action, serverId, payload: { entry: code, ...payload, ...found } });
      return true;
    };
    if (idempotencyKey == null) await transaction(this.pool, work);
    else {
      await this.idempotency.once<boolean>({ operator, key: idempotencyKey, op, request: { serverId, code, ...payload } }, (save) =>
        transaction(this.pool, async (tx) => {
          const done = await work(tx);
          await save(tx, done);
          return done;
        }),
      );
    }
    this.changes.publish('server', [serverId]);
  }

  private async entries(tx: PoolClient, serverId: string): Promise<HardeningEntry[]> {
    const found = Uuid7.safeParse(serverId).success ? await this.repository.entries(tx, serverId) : null;
    if (!found) throw new AppError('NOT_FOUND', 'There is no such server.', { field: 'serverId' });
    return found;
  }
}

function invalid(field: string, message: string, reason?: string): AppError {
  return new AppError('VALIDATION_FAILED', message, { field, ...(reason && { reason }) });
}
