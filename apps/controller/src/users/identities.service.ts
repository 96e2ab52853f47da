import { Injectable } from '@nestjs/common';
import { AppError, uuidv7 } from '@usher/contracts';
import { transaction } from '@usher/database';
import { suggestionKey } from '@usher/matching';
import { Pool, type PoolClient } from 'pg';
import { z } from 'zod';
import { AuditService } from '../audit/audit.service.js';
import type { Actor } from '../auth/actor.js';
import type { IdentityEvidence } from '../graphql/enums.js';
import { ChangeHub } from '../graphql/changes.js';
import { parseInput } from '../graphql/parse-input.js';
import { requireServerId } from '../servers/server-ids.js';
import type { AccountInput, IdentityObject, LinkUsersInput } from './identities.graphql.js';
import { IdentitiesRepository, type AccountKey, type KnownAccount } from './identities.repository.js';
import { IdentityEmailsService } from './identity-emails.service.js';
import { refuseSameServer, requireEvidence, type Side } from './identity-joining.js';
import { IdentityReadingService, requireIdentityId } from './identity-reading.service.js';

const MAX_ACCOUNTS = 20;
export const DisplayName = z.string().trim().min(1, 'must not be empty').max(200, 'must have at most 200 characters');
const UserVendorId = z.string().min(1, 'must not be empty').max(200, 'must have at most 200 characters');

/** Which accounts are of one person. Nothing of it is written to a media server. */
@Injectable()
export class IdentitiesService {
  constructor(
    private readonly repository: IdentitiesRepository,
    private readonly reading: IdentityReadingService,
    private readonly emails: IdentityEmailsService,
    private readonly audit: AuditService,
    private readonly pool: Pool,
    private readonly changes: ChangeHub,
  ) {}

  /**
   * Repeating it changes nothing.
   * @throws NOT_FOUND, VALIDATION_FAILED, EMAIL_UNVERIFIED, IDENTITY_CONFLICT (reason `other-person` when an account is somebody else's, `same-server`, `evidence`)
   */
  async link(actor: Actor, input: LinkUsersInput): Promise<IdentityObject> {
    actor.require('operator');
    const keys = accountsOf(input.accounts);
    const evidence = input.evidence ?? 'operator';
    const displayName = input.displayName == null ? null : parseInput(DisplayName, input.displayName, 'displayName');
    const wanted = input.identityId == null ? null : requireIdentityId(input.identityId, 'identityId');
    const id = await transaction(this.pool, async (tx) => {
      await this.repository.lock(tx);
      const accounts = await this.knownAccounts(tx, keys);
      const person = await this.personFor(tx, accounts, wanted);
      await this.refuseJoin(tx, person, accounts, evidence, input.allowSameServer === true);
      const identityId = person ?? uuidv7();
      if (!person) await this.repository.insert(tx, identityId, displayName ?? accounts[0]!.userName);
      for (const account of accounts.filter((known) => known.identityId === null)) await this.add(tx, actor, identityId, account, evidence);
      return identityId;
    });
    this.changes.publish('identity', [id]);
    return this.reading.shown(id);
  }

  /** False when it belonged to nobody. @throws VALIDATION_FAILED */
  async unlink(actor: Actor, input: AccountInput): Promise<boolean> {
    actor.require('operator');
    const [key] = accountsOf([input]);
    const parted = await transaction(this.pool, async (tx) => {
      await this.repository.lock(tx);
      const identityId = await this.repository.unlink(tx, key!);
      if (identityId === null) return null;
      if ((await this.repository.linked(tx, identityId)).length === 0) await this.repository.remove(tx, identityId);
      await this.audit.append(tx, actor, { action: 'identity.unlinked', serverId: key!.serverId, payload: { identityId, user: key!.userVendorId } });
      return identityId;
    });
    if (parted !== null) this.changes.publish('identity', [parted]);
    return parted !== null;
  }

  /** Holds for all accounts of the two people. False when it was refused before. @throws VALIDATION_FAILED, NOT_FOUND */
  async refuse(actor: Actor, key: string): Promise<boolean> {
    actor.require('operator');
    const pair = pairOf(key);
    return transaction(this.pool, async (tx) => {
      await this.repository.lock(tx);
      const accounts = await this.knownAccounts(tx, pair);
      const [ones, others] = await Promise.all(pair.map(async (side) => {
        const identityId = accounts.find((account) => suggestionKey(account, account) === suggestionKey(side, side))?.identityId ?? null;
        return identityId === null ? [side] : this.repository.linked(tx, identityId);
      }));
      const keys = ones!.flatMap((one) => others!.map((other) => suggestionKey(one, other)));
      const added = await this.repository.refuse(tx, keys, actor.name);
      if (added > 0) await this.audit.append(tx, actor, { action: 'identity.suggestion_refused', payload: { pair: key } });
      return added > 0;
    });
  }

  /** For a new link, also of the import of addresses. */
  async add(tx: PoolClient, actor: Actor, identityId: string, account: KnownAccount, evidence: IdentityEvidence | 'import'): Promise<void> {
    const others = await this.repository.linked(tx, identityId);
    await this.repository.link(tx, identityId, account, evidence, actor.name);
    await this.repository.unrefuse(tx, others.map((other) => suggestionKey(other, account)));
    if (account.isPlex && account.email !== null) await this.emails.noteOfPlex(tx, identityId, account.email);
    await this.audit.append(tx, actor, { action: 'identity.linked', serverId: account.serverId, payload: { identityId, user: account.userVendorId, name: account.userName, evidence } });
  }

  private async knownAccounts(tx: PoolClient, keys: readonly AccountKey[]): Promise<KnownAccount[]> {
    const found = await this.repository.known(tx, keys);
    return keys.map((key) => {
      const account = found.find(({ serverId, userVendorId }) => serverId === key.serverId && userVendorId === key.userVendorId);
      if (!account) throw new AppError('NOT_FOUND', 'No server in the fleet has this account.', { ...key });
      return account;
    });
  }

  /** The one person that the accounts join; null = a new one. */
  private async personFor(tx: PoolClient, accounts: readonly KnownAccount[], wanted: string | null): Promise<string | null> {
    if (wanted !== null) {
      const identity = await this.repository.byId(wanted, tx);
      if (!identity || identity.mergedInto) throw new AppError('NOT_FOUND', 'There is no such person.', { field: 'identityId', mergedInto: identity?.mergedInto ?? null });
    }
    const people = [...new Set([...(wanted === null ? [] : [wanted]), ...accounts.flatMap(({ identityId }) => identityId ?? [])])];
    if (people.length > 1) throw new AppError('IDENTITY_CONFLICT', 'These accounts are of several people already. Merge the people instead.', { reason: 'other-person', identityIds: people });
    return people[0] ?? null;
  }

  private async refuseJoin(tx: PoolClient, person: string | null, accounts: readonly KnownAccount[], evidence: IdentityEvidence, allowSameServer: boolean): Promise<void> {
    const fresh = accounts.filter(({ identityId }) => identityId === null);
    const linked = person === null ? [] : await this.repository.linked(tx, person);
    if (fresh.length > 0) refuseSameServer([...linked, ...fresh], allowSameServer);
    const sides: Side[] = fresh.map((account) => ({ accounts: [account], emails: [] }));
    if (person !== null) sides.push({ accounts: await this.repository.known(tx, linked), emails: await this.repository.emails([person], tx) });
    if (fresh.length > 0) requireEvidence(evidence, sides);
  }
}

/** @throws VALIDATION_FAILED */
function accountsOf(accounts: readonly AccountInput[]): AccountKey[] {
  if (accounts.length < 1 || accounts.length > MAX_ACCOUNTS) throw new AppError('VALIDATION_FAILED', `One to ${MAX_ACCOUNTS} accounts can be linked at once.`, { field: 'accounts' });
  const seen = new Set<string>();
  return accounts.map(({ serverId, userVendorId }, index) => {
    const field = `accounts.${index}`;
    const key = { serverId: requireServerId(serverId, `${field}.serverId`), userVendorId: parseInput(UserVendorId, userVendorId, `${field}.userVendorId`) };
    const name = suggestionKey(key, key);
    if (seen.has(name)) throw new AppError('VALIDATION_FAILED', 'This account is named twice.', { field });
    seen.add(name);
    return key;
  });
}

/** Vendor ids may hold any character, so the ids of servers are what the key is split by. */
function pairOf(key: string): [AccountKey, AccountKey] {
  const ID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
  const match = key.length > 600 ? null : new RegExp(`^(${ID}):(.+)\\|(${ID}):(.+)$`, 's').exec(key);
  if (!match) throw new AppError('VALIDATION_FAILED', 'This is not the key of a suggestion.', { field: 'key' });
  const [, serverId, userVendorId, otherServerId, otherVendorId] = match as unknown as [string, string, string, string, string];
  return [
    { serverId: requireServerId(serverId, 'key'), userVendorId },
    { serverId: requireServerId(otherServerId, 'key'), userVendorId: otherVendorId },
  ];
}
