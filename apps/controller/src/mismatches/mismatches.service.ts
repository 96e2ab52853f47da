import { Inject, Injectable } from '@nestjs/common';
import { AppError, Uuid7, uuidv7 } from '@usher/contracts';
import { transaction } from '@usher/database';
import type { Clock } from '@usher/resilience';
import { Pool, type PoolClient } from 'pg';
import { z } from 'zod';
import { AuditService } from '../audit/audit.service.js';
import type { Actor, SignedIn } from '../auth/actor.js';
import { ChangeHub, mapped } from '../graphql/changes.js';
import { parseInput } from '../graphql/parse-input.js';
import { IdempotencyService } from '../idempotency/idempotency.service.js';
import { CLOCK } from '../infrastructure.js';
import { optionalServerIds } from '../servers/server-ids.js';
import { ComparisonRepository } from './comparison.repository.js';
import type { IgnoreMismatchInput, MismatchFilter, MismatchListObject, ResolveMismatchInput } from './mismatches.graphql.js';
import { MismatchesRepository, type MismatchRow, type RowFilter } from './mismatches.repository.js';
import { allowableOf, pairsOfKeys } from './networks.js';

const DAY_MS = 86_400_000;
const Resolution = z.string().trim().min(3, 'must have at least 3 characters').max(500, 'must have at most 500 characters');
const Note = z.string().trim().max(500, 'must have at most 500 characters');
const Networks = z.array(z.string().max(200)).min(2, 'must have at least 2 entries').max(6, 'must have at most 6 entries');
const Days = z.number().int('must be a whole number').min(1, 'must be at least 1').max(365, 'must be at most 365');

interface Order {
  readonly op: string;
  readonly action: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly change: (tx: PoolClient, by: SignedIn, found: MismatchRow) => Promise<MismatchRow>;
}

/** What does not fit together, as people see it and what they say to it. For role operator: addresses stand in it. */
@Injectable()
export class MismatchesService {
  constructor(
    private readonly repository: MismatchesRepository,
    private readonly comparisons: ComparisonRepository,
    private readonly idempotency: IdempotencyService,
    private readonly audit: AuditService,
    private readonly changes: ChangeHub,
    private readonly pool: Pool,
    @Inject(CLOCK) private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /** @throws FORBIDDEN, VALIDATION_FAILED */
  async list(actor: Actor, { states, rules, serverIds }: MismatchFilter): Promise<MismatchListObject> {
    actor.require('operator');
    return this.read({ states: states ?? ['open'], rules: rules ?? null, serverIds: optionalServerIds(serverIds) ?? null });
  }

  /** The open ones at once, then after every change of them. @throws FORBIDDEN */
  watch(actor: Actor): AsyncIterableIterator<MismatchListObject> {
    actor.require('operator');
    const changed = this.changes.ids('mismatch');
    changed.push('all', 'all');
    return mapped(changed, () => this.read({ states: ['open'], rules: null, serverIds: null }));
  }

  /** @throws FORBIDDEN, VALIDATION_FAILED, NOT_FOUND, IDEMPOTENCY_CONFLICT */
  async resolve(actor: Actor, input: ResolveMismatchInput): Promise<MismatchRow> {
    actor.require('operator');
    const resolution = parseInput(Resolution, input.resolution, 'resolution');
    const keepsFlag = input.keepFlag === true;
    const networks = input.allowNetworks == null ? null : parseInput(Networks, input.allowNetworks, 'allowNetworks');
    if (keepsFlag && networks) throw new AppError('VALIDATION_FAILED', 'What is allowed has no flag any more.', { field: 'keepFlag' });
    const at = new Date(this.clock.now());
    const change = async (tx: PoolClient, { name }: SignedIn, found: MismatchRow) => {
      if (networks) await this.allow(tx, found, networks, { note: resolution, allowedBy: name, at });
      return this.repository.resolve(tx, input.id, { resolution, name, at, keepsFlag });
    };
    const payload = { resolution, ...(keepsFlag && { keepsFlag }), ...(networks && { networks }) };
    const row = await this.carryOut(actor, input, { op: 'resolveMismatch', action: 'mismatch.resolved', payload, change });
    if (networks) this.changes.publish('identity', [row.evidence[0]!.identityId!]);
    return row;
  }

  /** @throws FORBIDDEN, VALIDATION_FAILED, NOT_FOUND, IDEMPOTENCY_CONFLICT */
  async ignore(actor: Actor, input: IgnoreMismatchInput): Promise<MismatchRow> {
    actor.require('operator');
    const days = parseInput(Days, input.days, 'days');
    const note = parseInput(Note, input.note ?? '', 'note') || null;
    const at = new Date(this.clock.now());
    const change = (tx: PoolClient, { name }: SignedIn) => this.repository.ignore(tx, input.id, { until: new Date(at.getTime() + days * DAY_MS), note, name, at });
    return this.carryOut(actor, input, { op: 'ignoreMismatch', action: 'mismatch.ignored', payload: { days, ...(note !== null && { note }) }, change });
  }

  /** Exactly the networks that were shown: what appeared since was seen by nobody. */
  private async allow(tx: PoolClient, found: MismatchRow, networks: readonly string[], by: { note: string; allowedBy: string; at: Date }): Promise<void> {
    const allowable = allowableOf(found);
    if (allowable.length === 0) throw new AppError('VALIDATION_FAILED', 'Nothing of this mismatch can be allowed.', { field: 'allowNetworks', reason: 'not-allowable' });
    if ([...new Set(networks)].sort().join('|') !== allowable.join('|')) throw new AppError('VALIDATION_FAILED', 'Its networks changed meanwhile. Look at it again.', { field: 'allowNetworks', reason: 'changed' });
    const identityId = found.evidence[0]!.identityId!;
    await this.comparisons.allow(tx, pairsOfKeys(allowable).map(([networkA, networkB]) => ({ id: uuidv7(), mismatchId: found.id, identityId, networkA, networkB, ...by })));
  }

  private async carryOut(actor: Actor, { id, idempotencyKey }: { readonly id: string; readonly idempotencyKey?: string | null }, { op, action, payload, change }: Order): Promise<MismatchRow> {
    const operator = actor.require('operator');
    if (!Uuid7.safeParse(id).success) throw new AppError('VALIDATION_FAILED', 'This is not the id of a mismatch.', { field: 'id' });
    const work = async (tx: PoolClient) => {
      const found = await this.repository.locked(tx, id);
      if (!found) throw new AppError('NOT_FOUND', 'There is no such mismatch.', { field: 'id' });
      if (found.state === 'resolved') throw new AppError('VALIDATION_FAILED', 'This mismatch is resolved already.', { field: 'id', reason: 'resolved' });
      const changed = await change(tx, operator, found);
      await this.audit.append(tx, actor, { action, payload: { mismatchId: id, rule: found.rule, text: found.text, ...payload } });
      return changed;
    };
    const result =
      idempotencyKey == null
        ? await transaction(this.pool, work)
        : await this.idempotency.once<MismatchRow>({ operator, key: idempotencyKey, op, request: { id, ...payload } }, (save) =>
            transaction(this.pool, async (tx) => {
              const changed = await work(tx);
              await save(tx, changed);
              return changed;
            }),
          );
    this.changes.publish('mismatch', ['all']);
    return result;
  }

  private async read(filter: RowFilter): Promise<MismatchListObject> {
    const [mismatches, { open, checkedAt, rules }] = await Promise.all([this.repository.list(filter), this.repository.standing()]);
    return { mismatches, open, checkedAt, rules };
  }
}
