import { Inject, Injectable } from '@nestjs/common';
import { AppError, uuidv7 } from '@usher/contracts';
import { transaction } from '@usher/database';
import type { Clock } from '@usher/resilience';
import { suggestionKey } from '@usher/matching';
import { Pool, type PoolClient } from 'pg';
import { AuditService } from '../audit/audit.service.js';
import type { Actor } from '../auth/actor.js';
import { parseInput } from '../graphql/parse-input.js';
import { ChangeHub } from '../graphql/changes.js';
import { CLOCK } from '../infrastructure.js';
import { DisplayName } from './identities.service.js';
import type { IdentityObject, MergeIdentitiesInput } from './identities.graphql.js';
import { IdentitiesRepository, type AccountKey, type EmailRow, type IdentityRow } from './identities.repository.js';
import { refuseSameServer, requireEvidence } from './identity-joining.js';
import { IdentityMergesRepository, type MergeUndo } from './identity-merges.repository.js';
import { IdentityReadingService, requireIdentityId, UNDO_MS } from './identity-reading.service.js';

/** Two people become one, and two again. */
@Injectable()
export class IdentityMergesService {
  constructor(
    private readonly repository: IdentitiesRepository,
    private readonly merges: IdentityMergesRepository,
    private readonly reading: IdentityReadingService,
    private readonly audit: AuditService,
    private readonly pool: Pool,
    private readonly changes: ChangeHub,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws VALIDATION_FAILED, NOT_FOUND, EMAIL_UNVERIFIED, IDENTITY_CONFLICT (reason `same-server`, `evidence`) */
  async merge(actor: Actor, input: MergeIdentitiesInput): Promise<IdentityObject> {
    actor.require('operator');
    const [fromId, intoId] = [requireIdentityId(input.fromId, 'fromId'), requireIdentityId(input.intoId, 'intoId')];
    if (fromId === intoId) throw new AppError('VALIDATION_FAILED', 'This is one person already.', { field: 'fromId' });
    const name = input.displayName == null ? null : parseInput(DisplayName, input.displayName, 'displayName');
    await transaction(this.pool, async (tx) => {
      await this.repository.lock(tx);
      const [from, into] = [await this.living(tx, fromId, 'fromId'), await this.living(tx, intoId, 'intoId')];
      const [users, others] = [await this.repository.linked(tx, fromId), await this.repository.linked(tx, intoId)];
      refuseSameServer([...users, ...others], input.allowSameServer === true);
      const [emails, intoEmails] = [await this.repository.emails([fromId], tx), await this.repository.emails([intoId], tx)];
      const sides = [
        { accounts: await this.repository.known(tx, users), emails },
        { accounts: await this.repository.known(tx, others), emails: intoEmails },
      ];
      requireEvidence(input.evidence ?? 'operator', sides);
      const undo: MergeUndo = { fromName: from.displayName, intoName: into.displayName, users, emails, intoEmails };
      const id = uuidv7(this.clock.now());
      await this.merges.insert(tx, { id, fromId, intoId, undo, mergedBy: actor.name });
      await this.join(tx, { fromId, intoId, users, others, emails: [...intoEmails, ...emails], name });
      await this.audit.append(tx, actor, { action: 'identity.merged', payload: { mergeId: id, fromId, intoId, from: from.displayName, into: into.displayName, accounts: users.length, evidence: input.evidence ?? 'operator' } });
    });
    this.changes.publish('identity', [fromId, intoId]);
    return this.reading.shown(intoId);
  }

  /** Undoing it twice changes nothing. @throws VALIDATION_FAILED (reason `window` after 30 days), NOT_FOUND, IDENTITY_CONFLICT (reason `changed-since`) */
  async undo(actor: Actor, id: string): Promise<IdentityObject> {
    actor.require('operator');
    requireIdentityId(id);
    const fromId = await transaction(this.pool, async (tx) => {
      await this.repository.lock(tx);
      const merge = await this.merges.byId(tx, id);
      if (!merge) throw new AppError('NOT_FOUND', 'There is no such merge.', { field: 'id' });
      if (merge.undoneAt) return merge.fromId;
      if (merge.at.getTime() + UNDO_MS < this.clock.now()) throw new AppError('VALIDATION_FAILED', 'A merge can be undone for 30 days. Unlink the accounts instead.', { field: 'id', reason: 'window' });
      const { undo, intoId } = merge;
      const moved = await this.repository.move(tx, undo.users, intoId, merge.fromId);
      const into = await this.repository.byId(intoId, tx);
      if (moved !== undo.users.length || !into || into.mergedInto) {
        throw new AppError('IDENTITY_CONFLICT', 'The accounts of this person were changed since. Unlink what is wrong one by one.', { reason: 'changed-since' });
      }
      await this.part(tx, merge);
      await this.merges.setUndone(tx, id);
      await this.audit.append(tx, actor, { action: 'identity.merge_undone', payload: { mergeId: id, fromId: merge.fromId, intoId } });
      return merge.fromId;
    });
    this.changes.publish('identity', [fromId]);
    return this.reading.shown(fromId);
  }

  private async join(tx: PoolClient, { fromId, intoId, users, others, emails, name }: { fromId: string; intoId: string; users: AccountKey[]; others: AccountKey[]; emails: EmailRow[]; name: string | null }): Promise<void> {
    await this.repository.move(tx, users, fromId, intoId);
    await this.repository.unrefuse(tx, users.flatMap((one) => others.map((other) => suggestionKey(one, other))));
    await this.repository.replaceEmails(tx, fromId, []);
    await this.repository.replaceEmails(tx, intoId, strongest(emails));
    await this.repository.setMerged(tx, fromId, intoId);
    if (name !== null) await this.repository.rename(tx, intoId, name);
  }

  /** Addresses that came later stay with the one who is left. */
  private async part(tx: PoolClient, { fromId, intoId, undo }: { fromId: string; intoId: string; undo: MergeUndo }): Promise<void> {
    const before = new Set([...undo.emails, ...undo.intoEmails].map(({ email }) => email));
    const later = (await this.repository.emails([intoId], tx)).filter(({ email }) => !before.has(email));
    await this.repository.setMerged(tx, fromId, null);
    await this.repository.replaceEmails(tx, intoId, [...undo.intoEmails, ...later]);
    await this.repository.replaceEmails(tx, fromId, undo.emails);
    await this.repository.rename(tx, fromId, undo.fromName);
    await this.repository.rename(tx, intoId, undo.intoName);
  }

  private async living(tx: PoolClient, id: string, field: string): Promise<IdentityRow> {
    const identity = await this.repository.byId(id, tx);
    if (!identity || identity.mergedInto) throw new AppError('NOT_FOUND', 'There is no such person.', { field, mergedInto: identity?.mergedInto ?? null });
    return identity;
  }
}

/** Each address once: as verified if one of them is. */
function strongest(rows: readonly EmailRow[]): EmailRow[] {
  const kept = new Map<string, EmailRow>();
  for (const row of rows) if (!kept.get(row.email)?.verifiedAt) kept.set(row.email, kept.has(row.email) && !row.verifiedAt ? kept.get(row.email)! : row);
  return [...kept.values()];
}
