import type { WatchedType, WatchGlance } from '@usher/contracts';
import { groupBy } from './world.js';

/** An account of a linked person whose states can be read now, and what is known of the titles of one type. */
export interface LookAccount {
  readonly personId: string;
  readonly serverId: string;
  readonly userId: string;
  readonly type: WatchedType;
  /** Null = never. */
  readonly lookedAtMs: number | null;
  /** The end of the last playback of the last days, as far as it was seen here. */
  readonly playedAtMs: number | null;
}

/** All accounts of a person, looked at one after the other: what is compared has to be of one time. */
export interface Round {
  readonly personId: string;
  readonly type: WatchedType;
  readonly accounts: readonly LookAccount[];
}

/** A title of the index on one server. */
export interface Located {
  readonly itemId: string;
  readonly serverId: string;
  readonly vendorId: string;
}

/** A person who played nothing is looked at once a day: marks by hand are told by nobody. */
export const AGAIN_MS = 24 * 3_600_000;

/** What was played since comes first, then who was never looked at, then who was not for a day. */
function urgencyOf({ accounts }: Round, nowMs: number): number | null {
  if (accounts.some(({ lookedAtMs, playedAtMs }) => lookedAtMs !== null && playedAtMs !== null && playedAtMs > lookedAtMs)) return 0;
  if (accounts.some(({ lookedAtMs }) => lookedAtMs === null)) return 1;
  return accounts.some(({ lookedAtMs }) => nowMs - lookedAtMs! >= AGAIN_MS) ? 2 : null;
}

/** Only people with accounts on two servers at least. */
export function roundsOf(accounts: readonly LookAccount[]): Round[] {
  return [...groupBy(accounts, ({ personId, type }) => `${personId}|${type}`).values()]
    .filter((mine) => new Set(mine.map(({ serverId }) => serverId)).size > 1)
    .map((mine) => ({ personId: mine[0]!.personId, type: mine[0]!.type, accounts: mine }));
}

/**
 * The rounds that may begin now, at most `max`: each takes a turn of every server that it needs. Who waits for a server is
 * not overtaken at the others, so that a person with accounts everywhere gets a turn too.
 */
export function dueRounds(rounds: readonly Round[], isFree: (serverId: string) => boolean, nowMs: number, max: number): Round[] {
  const waiting = rounds
    .flatMap((round) => {
      const urgency = urgencyOf(round, nowMs);
      return urgency === null ? [] : [{ round, urgency, lookedAtMs: Math.min(...round.accounts.map(({ lookedAtMs }) => lookedAtMs ?? 0)) }];
    })
    .sort((a, b) => a.urgency - b.urgency || a.lookedAtMs - b.lookedAtMs || (keyOf(a.round) < keyOf(b.round) ? -1 : 1));
  const taken = new Set<string>();
  const due: Round[] = [];
  for (const { round } of waiting) {
    if (due.length >= max) break;
    const servers = round.accounts.map(({ serverId }) => serverId);
    if (servers.every((serverId) => !taken.has(serverId) && isFree(serverId))) due.push(round);
    for (const serverId of servers) taken.add(serverId);
  }
  return due;
}

function keyOf({ personId, type }: Pick<Round, 'personId' | 'type'>): string {
  return `${personId}|${type}`;
}

/**
 * Titles that a server has to be asked for by name: those that its own page does not tell of. What is new on a page comes
 * first, the newest of all pages before all others; then what was known before, so that a difference does not go unseen
 * when it leaves the pages. `located` holds every copy on the servers of the round, in no order.
 */
export function titlesToAsk(account: Pick<LookAccount, 'serverId'>, pages: ReadonlyMap<string, readonly WatchGlance[]>, before: ReadonlyMap<string, readonly string[]>, located: readonly Located[], max: number): string[] {
  const itemOf = new Map(located.map(({ serverId, vendorId, itemId }) => [`${serverId}:${vendorId}`, itemId]));
  const rank = new Map<string, number>();
  const note = (serverId: string, vendorId: string, place: number) => {
    const itemId = itemOf.get(`${serverId}:${vendorId}`);
    if (itemId !== undefined && place < (rank.get(itemId) ?? Number.POSITIVE_INFINITY)) rank.set(itemId, place);
  };
  for (const [serverId, page] of pages) page.forEach(({ itemVendorId }, place) => note(serverId, itemVendorId, place));
  for (const [serverId, ids] of before) ids.forEach((vendorId, place) => note(serverId, vendorId, 1_000 + place));
  const told = new Set((pages.get(account.serverId) ?? []).map(({ itemVendorId }) => itemVendorId));
  return located
    .filter(({ serverId, vendorId }) => serverId === account.serverId && !told.has(vendorId))
    .map(({ vendorId, itemId }) => ({ vendorId, place: rank.get(itemId) ?? Number.POSITIVE_INFINITY }))
    .sort((a, b) => a.place - b.place || (a.vendorId < b.vendorId ? -1 : 1))
    .slice(0, max)
    .map(({ vendorId }) => vendorId);
}

/** What is kept of a look: titles that another server of the round holds too. */
export function comparable(serverId: string, states: readonly WatchGlance[], located: readonly Located[]): WatchGlance[] {
  const servers = groupBy(located, ({ itemId }) => itemId);
  const shared = new Set([...servers.values()].filter((places) => new Set(places.map((place) => place.serverId)).size > 1).flatMap((places) => places.filter((place) => place.serverId === serverId).map(({ vendorId }) => vendorId)));
  return states.filter(({ itemVendorId }) => shared.has(itemVendorId));
}
