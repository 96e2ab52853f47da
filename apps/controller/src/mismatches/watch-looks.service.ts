import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HubBus } from '@usher/bus';
import { AppError, glanceWatchStates, MAX_STATE_ROWS, Uuid7, type WatchGlance } from '@usher/contracts';
import { Logger, runInContext } from '@usher/platform';
import type { Clock } from '@usher/resilience';
import { Scheduler } from '../agents/scheduler.js';
import type { Actor } from '../auth/actor.js';
import { ChangeHub } from '../graphql/changes.js';
import { CLOCK } from '../infrastructure.js';
import { WatchLooksRepository } from './watch-looks.repository.js';
import { comparable, dueRounds, roundsOf, titlesToAsk, type LookAccount, type Round } from './watch-rounds.js';
import { accountKey } from './world.js';

const EVERY_MS = 5 * 60_000;
/** A server is asked for one account in this time: two calls, whatever the vendor. */
const SERVER_REST_MS = 3_600_000;
/** An account that could not be read waits for so long: it must not take the turns of others. */
const FAILED_REST_MS = 6 * 3_600_000;

/**
 * Looks at what linked people watched on their servers, a few accounts at a time: the titles that each account touched
 * last, then on every server the ones that another one told of. Memory holds one round, at most 146 titles for each account
 * of one person; what was seen is kept in the database.
 */
@Injectable()
export class WatchLooksService implements OnModuleInit {
  /** By server, when it was asked last, whatever came of it. */
  private readonly askedAtMs = new Map<string, number>();
  /** By `accountKey`. */
  private readonly restUntilMs = new Map<string, number>();

  constructor(
    private readonly repository: WatchLooksRepository,
    private readonly bus: HubBus,
    private readonly changes: ChangeHub,
    private readonly scheduler: Scheduler,
    private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.scheduler.add({ name: 'watch-looks', everyMs: EVERY_MS, run: (signal) => this.lookDue(signal) });
  }

  /**
   * Looks at one person now, whatever the hour's turn. For role operator. @returns how many accounts were looked at
   * @throws AppError FORBIDDEN, NOT_FOUND, VALIDATION_FAILED for a person with accounts on one server only, and those of the agents
   */
  async check(actor: Actor, personId: string): Promise<number> {
    actor.require('operator');
    if (!Uuid7.safeParse(personId).success) throw new AppError('VALIDATION_FAILED', 'This is not the id of a person.', { field: 'identityId' });
    if (!(await this.repository.hasPerson(personId))) throw new AppError('NOT_FOUND', 'There is no such person.', { field: 'identityId' });
    const rounds = roundsOf(await this.repository.accounts(personId));
    if (rounds.length === 0) throw new AppError('VALIDATION_FAILED', 'This person has fewer than two accounts that can be asked now.', { field: 'identityId', reason: 'accounts' });
    const signal = new AbortController().signal;
    const looked = new Set<string>();
    for (const round of rounds) for (const serverId of await this.look(round, signal)) looked.add(serverId);
    return looked.size;
  }

  private async lookDue(signal: AbortSignal): Promise<void> {
    await this.repository.removeForeign();
    const nowMs = this.clock.now();
    for (const [key, untilMs] of this.restUntilMs) if (untilMs <= nowMs) this.restUntilMs.delete(key);
    const asked = await this.repository.askedAtMs();
    const isFree = (serverId: string) => nowMs - Math.max(asked.get(serverId) ?? 0, this.askedAtMs.get(serverId) ?? 0) >= SERVER_REST_MS;
    const rounds = roundsOf((await this.repository.accounts(null)).filter(({ serverId, userId }) => !this.restUntilMs.has(accountKey(serverId, userId))));
    // an hour's work is spread over the hour
    const max = Math.ceil((new Set(rounds.flatMap(({ accounts }) => accounts.map(({ serverId }) => serverId))).size * EVERY_MS) / SERVER_REST_MS);
    for (const round of dueRounds(rounds, isFree, nowMs, max)) {
      if (signal.aborted) return;
      try {
        await this.look(round, signal);
      } catch (error) {
        if (signal.aborted) return;
        for (const account of round.accounts) this.rest(account);
        this.logger.info('watch_states.not_read', 'What a person watched could not be read from their servers; it is tried again later.', { identityId: round.personId, type: round.type, error });
      }
    }
  }

  /** @returns the servers that were looked at. @throws AppError when fewer than two of the accounts can be read */
  private async look(round: Round, signal: AbortSignal): Promise<string[]> {
    const at = new Date(this.clock.now());
    const pages = await this.pages(round, signal);
    const accounts = round.accounts.filter(({ serverId }) => pages.has(serverId));
    const before = await this.repository.before({ ...round, accounts });
    const touched = [...pages].flatMap(([serverId, page]) => page.map(({ itemVendorId }) => ({ serverId, vendorId: itemVendorId })));
    const known = [...before].flatMap(([serverId, ids]) => ids.map((vendorId) => ({ serverId, vendorId })));
    const located = await this.repository.located([...pages.keys()], [...touched, ...known]);
    const looks: { serverId: string; userId: string; states: WatchGlance[] }[] = [];
    for (const account of accounts) {
      signal.throwIfAborted();
      const { serverId, userId } = account;
      const ids = titlesToAsk(account, pages, before, located, MAX_STATE_ROWS);
      const asked = ids.length === 0 ? [] : await this.ask(account, { itemVendorIds: ids });
      looks.push({ serverId, userId, states: comparable(serverId, [...pages.get(serverId)!, ...asked], located) });
    }
    await this.repository.save(round, looks, at);
    this.changes.publish('watch-state', [round.personId]);
    return [...pages.keys()];
  }

  /** By server; accounts that cannot be read are left out. */
  private async pages(round: Round, signal: AbortSignal): Promise<Map<string, WatchGlance[]>> {
    const pages = new Map<string, WatchGlance[]>();
    let failure: unknown = null;
    for (const account of round.accounts) {
      signal.throwIfAborted();
      this.askedAtMs.set(account.serverId, this.clock.now());
      try {
        pages.set(account.serverId, await this.ask(account, { newest: round.type }));
      } catch (error) {
        failure = error;
        this.rest(account);
      }
    }
    if (pages.size < 2) throw failure ?? new AppError('VALIDATION_FAILED', 'This person has fewer than two accounts that can be asked now.', { field: 'identityId', reason: 'accounts' });
    return pages;
  }

  private rest({ serverId, userId }: LookAccount): void {
    this.restUntilMs.set(accountKey(serverId, userId), this.clock.now() + FAILED_REST_MS);
  }

  private ask({ serverId, userId }: LookAccount, of: { newest: Round['type'] } | { itemVendorIds: string[] }): Promise<WatchGlance[]> {
    return runInContext({ serverId }, async () => (await this.bus.command(glanceWatchStates, { serverId }, { userVendorId: userId, of })).states);
  }
}
