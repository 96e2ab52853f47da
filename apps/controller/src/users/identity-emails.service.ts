import { Injectable } from '@nestjs/common';
import { AppError } from '@usher/contracts';
import { transaction } from '@usher/database';
import { normalizeEmail } from '@usher/matching';
import { Pool, type PoolClient } from 'pg';
import { z } from 'zod';
import { AuditService } from '../audit/audit.service.js';
import type { Actor } from '../auth/actor.js';
import { parseInput } from '../graphql/parse-input.js';
import type { AttestEmailInput, IdentityEmailInput, IdentityObject } from './identities.graphql.js';
import { IdentitiesRepository } from './identities.repository.js';
import { IdentityReadingService, requireIdentityId } from './identity-reading.service.js';

const Reason = z.string().trim().min(3, 'must have at least 3 characters').max(500, 'must have at most 500 characters');

/** Addresses of people. Verified are those that plex.tv tells for an account, and those that a superadmin attested. */
@Injectable()
export class IdentityEmailsService {
  constructor(
    private readonly repository: IdentitiesRepository,
    private readonly reading: IdentityReadingService,
    private readonly audit: AuditService,
    private readonly pool: Pool,
  ) {}

  /** Kept as not verified; repeating it changes nothing. @throws VALIDATION_FAILED, NOT_FOUND */
  add(actor: Actor, input: IdentityEmailInput): Promise<IdentityObject> {
    actor.require('operator');
    return this.change(input, async (tx, identityId, email) => {
      if (await this.repository.addEmail(tx, identityId, email, 'operator')) await this.audit.append(tx, actor, { action: 'email.added', payload: { identityId, email } });
    });
  }

  /** @throws VALIDATION_FAILED, NOT_FOUND */
  remove(actor: Actor, input: IdentityEmailInput): Promise<IdentityObject> {
    actor.require('operator');
    return this.change(input, async (tx, identityId, email) => {
      if (!(await this.repository.removeEmail(tx, identityId, email))) throw new AppError('NOT_FOUND', 'This person has no such address.', { field: 'email' });
      await this.audit.append(tx, actor, { action: 'email.removed', payload: { identityId, email } });
    });
  }

  /** @throws VALIDATION_FAILED, NOT_FOUND, IDENTITY_CONFLICT (reason `verified-elsewhere`) */
  attest(actor: Actor, { reason: given, ...input }: AttestEmailInput): Promise<IdentityObject> {
    actor.require('superadmin');
    const reason = parseInput(Reason, given, 'reason');
    return this.change(input, async (tx, identityId, email) => {
      const owner = await this.repository.ownerOf(tx, email);
      if (owner === identityId) return;
      if (owner !== null) throw new AppError('IDENTITY_CONFLICT', 'This address is verified for somebody else.', { reason: 'verified-elsewhere', identityId: owner });
      await this.repository.verifyEmail(tx, identityId, email, 'operator', actor.name);
      await this.audit.append(tx, actor, { action: 'email.attested', payload: { identityId, email, reason } });
    });
  }

  /** What plex.tv tells of an account counts as verified, unless somebody else has it verified: then it is for people to decide. */
  async noteOfPlex(tx: PoolClient, identityId: string, told: string): Promise<void> {
    const email = normalizeEmail(told);
    if (email === null || (await this.repository.ownerOf(tx, email)) !== null) return;
    await this.repository.verifyEmail(tx, identityId, email, 'plex', 'plex.tv');
  }

  /** After the users of a Plex server were read: their people have these addresses. */
  async noteAllOfPlex(serverId: string): Promise<void> {
    const told = await this.repository.unnotedOfPlex(serverId);
    if (told.length === 0) return;
    await transaction(this.pool, async (tx) => {
      await this.repository.lock(tx);
      for (const { identityId, email } of told) await this.noteOfPlex(tx, identityId, email);
    });
  }

  private async change({ identityId: given, email: text }: IdentityEmailInput, work: (tx: PoolClient, identityId: string, email: string) => Promise<void>): Promise<IdentityObject> {
    const identityId = requireIdentityId(given, 'identityId');
    const email = normalizeEmail(text);
    if (email === null) throw new AppError('VALIDATION_FAILED', 'This is not an e-mail address.', { field: 'email' });
    await transaction(this.pool, async (tx) => {
      await this.repository.lock(tx);
      const identity = await this.repository.byId(identityId, tx);
      if (!identity || identity.mergedInto) throw new AppError('NOT_FOUND', 'There is no such person.', { field: 'identityId' });
      await work(tx, identityId, email);
    });
    return this.reading.shown(identityId);
  }
}
