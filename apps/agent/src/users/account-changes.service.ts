import { AppError, type MediaUser, type PlanRow, type PolicyChange, type UserPolicy, type applyPolicy, type ensureUser, type removeCreated } from '@usher/contracts';
import type { MediaServer } from '@usher/media-server';
import { withTimeout, type Clock, type ConcurrencyLimit } from '@usher/resilience';
import type { z } from 'zod';
import type { ServerProvider } from '../server/server.provider.js';
import type { Grant } from '../tickets/grant.js';
import type { HeldPlans } from '../tickets/held-plans.js';
import { rowOf } from '../tickets/planned-row.js';
import type { TicketGuard } from '../tickets/ticket.guard.js';
import type { CreatedAccounts } from './created-accounts.js';

/** All calls of one command together, below the command's own time. */
const WORK_MS = 25_000;
const POLICY_FIELDS_WITHOUT_ORDER = new Set<keyof UserPolicy>(['libraries']);

export interface AccountChangesOptions {
  readonly provider: Pick<ServerProvider, 'current'>;
  readonly guard: Pick<TicketGuard, 'with'>;
  readonly plans: Pick<HeldPlans, 'ledger'>;
  readonly created: CreatedAccounts;
  /** Everything that is written to this server for migrations, one after another. */
  readonly writes: ConcurrencyLimit;
  readonly clock: Clock;
}

/** Accounts and their settings, as the approved plan wants them. All look first, so that doing it twice changes nothing. */
export class AccountChanges {
  constructor(private readonly options: AccountChangesOptions) {}

  /** @throws AppError `IDENTITY_CONFLICT` when somebody else's account has the name, and those of guard and adapter */
  ensure(commandId: string): Promise<z.infer<typeof ensureUser.reply>> {
    return this.change(commandId, async (grant, server) => {
      const { created } = this.options;
      const { u, name } = rowOf('user.ensure', grant.rows[0]);
      const known = created.of(grant.planSha256, u);
      const found = findByName(await server.users.list(), name);
      if (known && found && (known.vendorId === null || known.vendorId === found.vendorId)) {
        await created.made(grant.planSha256, u, found.name, found.vendorId);
        return { userVendorId: found.vendorId, created: true };
      }
      if (found) throw new AppError('IDENTITY_CONFLICT', 'There is an account of this name that the plan did not make.', { name });
      server.capabilities.require('users.create');
      await this.begin(grant, async () => created.begin(grant.planSha256, u, name));
      const made = await server.users.create(name).catch(async (error: unknown) => {
        if (isCertainlyNotDone(error)) await created.forget(grant.planSha256, u);
        throw error;
      });
      await created.made(grant.planSha256, u, made.name, made.vendorId);
      return { userVendorId: made.vendorId, created: true };
    });
  }

  /** @throws AppError `PLAN_STALE` (reason `policy`) when the settings moved since the plan was made, and those of guard and adapter */
  apply(commandId: string): Promise<z.infer<typeof applyPolicy.reply>> {
    return this.change(commandId, async (grant, server) => {
      const row = rowOf('policy.apply', grant.rows[0]);
      const userVendorId = this.accountOf(grant, row);
      const now = await server.users.policy(userVendorId);
      const moved = fieldsOf(row.to).filter((field) => row.from && !isSame(field, now[field], row.from[field]) && !isSame(field, now[field], row.to[field]));
      if (moved.length > 0) throw new AppError('PLAN_STALE', 'The settings of this account were changed since the plan was made.', { reason: 'policy', fields: moved });
      const ledger = await this.options.plans.ledger(grant.planSha256);
      const before = await ledger.keepBefore(row.n, now, this.options.clock.now());
      if (fieldsOf(row.to).every((field) => isSame(field, now[field], row.to[field]))) return { userVendorId, before, now };
      server.capabilities.require('users.policy');
      await this.begin(grant);
      return { userVendorId, before, now: await server.users.applyPolicy(userVendorId, row.to) };
    });
  }

  /** Only what a plan made here, while it is as it was made and nobody signed in. */
  remove(commandId: string): Promise<z.infer<typeof removeCreated.reply>> {
    return this.change(commandId, async (grant, server) => {
      const { created } = this.options;
      const { name, userVendorId } = rowOf('user.remove', grant.rows[0]);
      const known = created.byVendorId(userVendorId);
      if (!known) return { removed: false, reason: 'not-made-here' };
      const found = (await server.users.list()).find(({ vendorId }) => vendorId === userVendorId);
      if (!found) {
        await created.left(userVendorId);
        return known.leaving ? { removed: true, reason: null } : { removed: false, reason: 'gone' };
      }
      if (found.name !== name) return { removed: false, reason: 'renamed' };
      if (found.lastSeenAt !== null || found.isAdministrator) return { removed: false, reason: 'used' };
      server.capabilities.require('users.remove');
      await this.begin(grant, () => created.leaving(userVendorId));
      await server.users.remove(userVendorId);
      await created.left(userVendorId);
      return { removed: true, reason: null };
    });
  }

  /** The account that a row is about: the one that the plan names, or the one that this plan made. @throws AppError `NOT_FOUND` (reason `account-not-made`) */
  accountOf({ planSha256, header }: Pick<Grant, 'planSha256' | 'header'>, { u }: Pick<PlanRow, 'u'>): string {
    const vendorId = header.users[u]?.target.vendorId ?? this.options.created.of(planSha256, u)?.vendorId;
    if (vendorId === undefined || vendorId === null) throw new AppError('NOT_FOUND', 'The plan has not made this account yet.', { reason: 'account-not-made', u });
    return vendorId;
  }

  private change<T>(commandId: string, work: (grant: Grant, server: MediaServer) => Promise<T>): Promise<T> {
    const { guard, writes, provider, clock } = this.options;
    const onTimeout = () => new AppError('SERVER_UNREACHABLE', 'The media server did not answer in time.', { reason: 'timeout' });
    return guard.with(commandId, (grant) => writes.run(() => withTimeout(() => work(grant, provider.current()), WORK_MS, onTimeout, clock)));
  }

  /** The last look before the vendor is asked to change something, and what has to be on the disk by then. */
  private async begin(grant: Grant, note: () => Promise<void> = async () => undefined): Promise<void> {
    const { plans, clock } = this.options;
    const ledger = await plans.ledger(grant.planSha256);
    const rows = grant.rows.map(({ n }) => n);
    if (ledger.overLimit(rows, grant.maxWrites).length > 0) throw new AppError('TICKET_INVALID', 'No more rows may be written under this approval.', { reason: 'limit' });
    await ledger.begin(rows, clock.now());
    await note();
    const refusal = grant.refusal();
    if (refusal) throw refusal;
  }
}

/** Names are one to all vendors, whatever their case. */
function findByName(users: readonly MediaUser[], name: string): MediaUser | undefined {
  return users.find((user) => user.name.toLowerCase() === name.toLowerCase());
}

/** The server said no, or was never asked: no account can appear later. */
function isCertainlyNotDone(error: unknown): boolean {
  return error instanceof AppError && ['VALIDATION_FAILED', 'IDENTITY_CONFLICT', 'CAPABILITY_MISSING', 'SERVER_REJECTED_KEY', 'SERVER_RATE_LIMITED', 'SERVER_BUSY'].includes(error.code);
}

function fieldsOf(change: PolicyChange): (keyof UserPolicy)[] {
  return (Object.keys(change) as (keyof UserPolicy)[]).filter((field) => change[field] !== undefined);
}

function isSame(field: keyof UserPolicy, a: unknown, b: unknown): boolean {
  const text = (value: unknown) => JSON.stringify(POLICY_FIELDS_WITHOUT_ORDER.has(field) && Array.isArray(value) ? [...(value as string[])].sort() : value);
  return text(a) === text(b);
}
