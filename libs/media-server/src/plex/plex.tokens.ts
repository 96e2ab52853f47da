import { AppError } from '@usher/contracts';
import type { Clock } from '@usher/resilience';
import { connectionError } from '../http/vendor-errors.js';
import type { HomeUser, PlexTv, SharedAccount } from './plex.tv.js';

/** The owner on the server itself, whatever their id at plex.tv. */
export const OWNER = '1';

/** How long a list of plex.tv counts, and how long nobody asks again for a token that was refused. */
const LISTS_MS = 10 * 60_000;
const REFUSED_MS = 10 * 60_000;
const FAILED_MS = 30_000;

/** In whose name a call is made. `token` null: the owner's, which every call has. */
export interface Voice {
  readonly token: string | null;
  /** Friends are shown the owner's ratings: those are neither read nor written. */
  readonly hasRatings: boolean;
}

interface People {
  readonly atMs: number;
  readonly shared: readonly SharedAccount[];
  readonly home: readonly HomeUser[];
}

export interface TokenCalls {
  readonly plexTv: PlexTv;
  readonly clock: Clock;
  readonly ownToken: () => string;
  machineId(): Promise<string>;
  /** True when this token may read what only the owner may: then it is no token of somebody else. */
  actsAsOwner(token: string): Promise<boolean>;
}

/** Tokens of accounts, one each, got once and kept in memory only. */
export class PlexTokens {
  readonly #calls: TokenCalls;
  readonly #voices = new Map<string, Voice>();
  readonly #refusedMs = new Map<string, number>();
  /** One after the other: two questions at once would make two tokens. */
  #queue: Promise<unknown> = Promise.resolve();
  #people: People | null = null;
  /** What plex.tv answered instead; it is not asked again for a while. */
  #failed: { readonly atMs: number; readonly error: AppError } | null = null;

  constructor(calls: TokenCalls) {
    this.#calls = calls;
  }

  /** Null: there is no token of this account. @throws AppError when plex.tv cannot be asked */
  voiceOf(accountId: string): Promise<Voice | null> {
    if (accountId === OWNER) return Promise.resolve({ token: null, hasRatings: true });
    return this.#inTurn(() => this.#voice(accountId));
  }

  /** @throws AppError USER_TOKEN_MISSING */
  async require(accountId: string): Promise<Voice> {
    const voice = await this.voiceOf(accountId);
    if (!voice) throw tokenMissing(accountId, 'none');
    return voice;
  }

  /** The server did not take it: it is not asked for again for a while. */
  refused(accountId: string): void {
    this.#voices.delete(accountId);
    this.#people = null;
    this.#refusedMs.set(accountId, this.#calls.clock.monotonicMs());
  }

  people(): Promise<People> {
    return this.#inTurn(() => this.#listPeople());
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#queue.then(work, work);
    this.#queue = mine.catch(() => undefined);
    return mine;
  }

  async #listPeople(): Promise<People> {
    const nowMs = this.#calls.clock.monotonicMs();
    if (this.#people && nowMs - this.#people.atMs < LISTS_MS) return this.#people;
    if (this.#failed && nowMs - this.#failed.atMs < FAILED_MS) throw this.#failed.error;
    const machineId = await this.#calls.machineId();
    const { plexTv } = this.#calls;
    try {
      this.#people = { atMs: nowMs, shared: await plexTv.shared(machineId), home: await plexTv.home() };
      this.#failed = null;
      return this.#people;
    } catch (error) {
      this.#failed = { atMs: nowMs, error: connectionError(error) };
      throw error;
    }
  }

  async #voice(accountId: string): Promise<Voice | null> {
    const known = this.#voices.get(accountId);
    if (known) return known;
    const refusedMs = this.#refusedMs.get(accountId);
    if (refusedMs !== undefined && this.#calls.clock.monotonicMs() - refusedMs < REFUSED_MS) return null;
    const people = await this.#listPeople();
    const member = people.home.find((user) => user.accountId === accountId && !user.isOwner) ?? null;
    const token = people.shared.find((account) => account.accountId === accountId)?.token ?? (member && !member.isProtected ? await this.#calls.plexTv.enter(member, await this.#calls.machineId()) : null);
    if (token === null || !(await this.#isTheirs(accountId, token))) {
      this.#refusedMs.set(accountId, this.#calls.clock.monotonicMs());
      return null;
    }
    const voice = { token, hasRatings: member !== null };
    this.#voices.set(accountId, voice);
    return voice;
  }

  /** One person's states must never be written into another's: not the owner's token, nobody else's, none with the owner's rights. */
  async #isTheirs(accountId: string, token: string): Promise<boolean> {
    if (token === this.#calls.ownToken()) return false;
    for (const [other, voice] of this.#voices) if (other !== accountId && voice.token === token) return false;
    return !(await this.#calls.actsAsOwner(token));
  }
}

export function tokenMissing(accountId: string, reason: 'none' | 'refused'): AppError {
  return new AppError('USER_TOKEN_MISSING', 'There is no token of this account for this server.', { userVendorId: accountId, reason });
}
