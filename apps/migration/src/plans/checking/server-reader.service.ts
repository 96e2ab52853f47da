import { Inject, Injectable } from '@nestjs/common';
import { HubBus } from '@usher/bus';
import { AppError, listItems, listLibraries, listUsers, listWatchStates, MAX_ITEM_PAGE, readPolicies, type Library, type MediaUser, type UserPolicy, type WatchState } from '@usher/contracts';
import type { Clock } from '@usher/resilience';
import { CLOCK } from '../../infrastructure.js';
import { titleOf, type Title } from '../rules/title-matches.js';

/** While people watch, a server reads for us a fifth of the time, and rests at least two seconds after a page. */
const REST = { times: 4, minMs: 2_000, maxMs: 20_000 };
/** More than any library or user has; a listing that goes on is broken. */
const MAX_ITEMS = 5_000_000;
const MAX_STATES = 1_000_000;
const MAX_POLICIES = 50;

export interface AccountPolicy {
  readonly policy: UserPolicy;
  /** False when the vendor hands out no token of this account. */
  readonly isReachable: boolean;
}

/** How far a listing is, and a way to stop it. */
export interface Reading {
  readonly signal: AbortSignal;
  tell(done: number, total: number | null): Promise<void>;
}

/**
 * Reads what a plan rests on, by the agents: one page at a time, resting while people watch. A listing is complete or an
 * error; what was cut short is never taken for "nothing".
 */
@Injectable()
export class ServerReader {
  constructor(
    private readonly bus: HubBus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async users(serverId: string): Promise<MediaUser[]> {
    const users: MediaUser[] = [];
    for await (const part of this.bus.command(listUsers, { serverId }, {})) users.push(...part.users);
    return unique(users, serverId);
  }

  async libraries(serverId: string): Promise<Library[]> {
    const libraries: Library[] = [];
    for await (const part of this.bus.command(listLibraries, { serverId }, {})) libraries.push(...part.libraries);
    return unique(libraries, serverId);
  }

  /** Accounts that are not there are left out. */
  async policies(serverId: string, userVendorIds: readonly string[]): Promise<Map<string, AccountPolicy>> {
    const found = new Map<string, AccountPolicy>();
    const ids = [...new Set(userVendorIds)];
    for (let from = 0; from < ids.length; from += MAX_POLICIES) {
      for await (const part of this.bus.command(readPolicies, { serverId }, { userVendorIds: ids.slice(from, from + MAX_POLICIES) })) {
        for (const { userVendorId, policy, reachable } of part.policies) found.set(userVendorId, { policy, isReachable: reachable });
      }
    }
    return found;
  }

  /** @throws AppError `READ_INCOMPLETE` when the listing changed under our hands twice */
  titles(serverId: string, libraryId: string, reading: Reading): Promise<Title[]> {
    return this.again(() => this.readTitles(serverId, libraryId, reading));
  }

  /** Everything that a user has a state for, and in how many pages it came. @throws AppError `READ_INCOMPLETE` */
  states(serverId: string, userVendorId: string, signal: AbortSignal): Promise<{ states: WatchState[]; pages: number }> {
    return this.again(() => this.readStates(serverId, userVendorId, signal));
  }

  private async readTitles(serverId: string, libraryId: string, { signal, tell }: Reading): Promise<Title[]> {
    const titles = new Map<string, Title>();
    let total: number | null = null;
    for (let start: number | null = 0; start !== null; ) {
      signal.throwIfAborted();
      const startedMs = this.clock.monotonicMs();
      const before = titles.size;
      let read = 0;
      let last: { total: number | null; nextStart: number | null; streams: number } = { total: null, nextStart: null, streams: 0 };
      for await (const part of this.bus.command(listItems, { serverId }, { of: { libraryVendorId: libraryId, start, limit: MAX_ITEM_PAGE }, withFiles: false })) {
        for (const item of part.items) titles.set(item.vendorId, titleOf(item, libraryId));
        read += part.items.length;
        last = part;
      }
      if (titles.size !== before + read) throw incomplete(serverId, 'a title was listed twice');
      if (start > 0 && last.total !== total) throw incomplete(serverId, 'the library changed while it was read');
      total = last.total;
      if (total !== null && titles.size > total) throw incomplete(serverId, 'there are more titles than were announced');
      if (last.nextStart !== null && (last.nextStart <= start || last.nextStart > MAX_ITEMS)) throw incomplete(serverId, 'the library is listed without an end');
      await tell(titles.size, total);
      if (last.nextStart !== null) await this.rest(last.streams, this.clock.monotonicMs() - startedMs, signal);
      start = last.nextStart;
    }
    return [...titles.values()];
  }

  private async readStates(serverId: string, userVendorId: string, signal: AbortSignal): Promise<{ states: WatchState[]; pages: number }> {
    const states: WatchState[] = [];
    const seen = new Set<string>();
    let pages = 0;
    for (let page: string | null = null; page !== null || pages === 0; ) {
      signal.throwIfAborted();
      const startedMs = this.clock.monotonicMs();
      let next: string | null = null;
      let streams = 0;
      for await (const part of this.bus.command(listWatchStates, { serverId }, { userVendorId, page })) {
        states.push(...part.states);
        ({ next, streams } = part);
      }
      pages += 1;
      if (next !== null && (seen.has(next) || states.length > MAX_STATES)) throw incomplete(serverId, 'the states are listed without an end');
      if (next !== null) {
        seen.add(next);
        await this.rest(streams, this.clock.monotonicMs() - startedMs, signal);
      }
      page = next;
    }
    return { states, pages };
  }

  private async rest(streams: number, tookMs: number, signal: AbortSignal): Promise<void> {
    if (streams > 0) await this.clock.sleep(Math.min(REST.maxMs, Math.max(REST.minMs, tookMs * REST.times)), signal);
  }

  /** A listing that was cut short is read once more from its start. */
  private async again<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'READ_INCOMPLETE') throw error;
      return await read();
    }
  }
}

function unique<T extends { vendorId: string }>(rows: T[], serverId: string): T[] {
  if (new Set(rows.map(({ vendorId }) => vendorId)).size !== rows.length) throw incomplete(serverId, 'a row was listed twice');
  return rows;
}

function incomplete(serverId: string, reason: string): AppError {
  return new AppError('READ_INCOMPLETE', `The media server did not list everything: ${reason}.`, { serverId, reason });
}
