import type { SimulatorCore } from '../base/core.js';
import type { CatalogueItem, SimulatedUser } from '../base/media.js';
import type { SimulatedRequest } from '../base/message.js';
import { isoDate, TICKS_PER_MS } from '../mediabrowser/ticks.js';

/** A position from here on counts as watched. */
const WATCHED_SHARE = 0.9;

/** Watch states of accounts as Plex keeps them: each play counts, and its time is that of the call. */
export class PlexStates {
  constructor(private readonly core: SimulatorCore) {}

  /** Libraries that an account sees. */
  sees(user: SimulatedUser, item: Pick<CatalogueItem, 'library'>): boolean {
    if (user.isAdministrator || user.plex.libraries === 'all') return true;
    return user.plex.libraries.includes(item.library.name);
  }

  /** What a row says to this account. Numbers come as strings now and then. */
  row(user: SimulatedUser, item: CatalogueItem): Record<string, unknown> {
    const state = this.core.states.get(user, item);
    const rating = this.ratingShownTo(user, item);
    const number = (value: number): number | string => (item.number % 2 === 0 ? String(value) : value);
    return {
      ...(state.playCount > 0 ? { viewCount: number(state.playCount) } : {}),
      ...(state.ticks > 0 ? { viewOffset: number(Math.floor(state.ticks / TICKS_PER_MS)) } : {}),
      ...(state.lastPlayed === null ? {} : { lastViewedAt: number(Math.floor(Date.parse(state.lastPlayed) / 1000)) }),
      ...(rating === null ? {} : { userRating: number(rating) }),
    };
  }

  /** Only what fits the filters of a section's listing. */
  fits(request: SimulatedRequest, user: SimulatedUser, item: CatalogueItem): boolean {
    const { playCount, ticks, lastPlayed } = this.core.states.get(user, item);
    const query = (name: string) => request.query.get(name);
    const since = query('lastviewedat>>');
    if (since !== undefined && (lastPlayed === null || Date.parse(lastPlayed) / 1000 < Number(since))) return false;
    if (query('inprogress') === '1' && ticks === 0) return false;
    if (query('unwatched') === '1' && playCount > 0) return false;
    const above = query('userrating>>');
    return above === undefined || (this.ratingShownTo(user, item) ?? -1) > Number(above);
  }

  /** Adds a play, dated now, and takes the position away; of what contains others, for each of them. */
  scrobble(user: SimulatedUser, item: CatalogueItem): void {
    for (const leaf of this.leavesOf(item)) {
      const { playCount } = this.core.states.get(user, leaf);
      this.core.states.set(user, leaf, { played: true, playCount: playCount + 1, ticks: 0, lastPlayed: this.now() });
    }
  }

  unscrobble(user: SimulatedUser, item: CatalogueItem): void {
    for (const leaf of this.leavesOf(item)) this.core.states.set(user, leaf, { played: false, playCount: 0, ticks: 0, lastPlayed: null });
  }

  /** The report of a player that stopped. Not heard without a duration. */
  stoppedAt(user: SimulatedUser, item: CatalogueItem, timeMs: number, durationMs: number): void {
    if (!(durationMs > 0) || !(timeMs >= 0)) return;
    if (timeMs >= durationMs * WATCHED_SHARE) this.scrobble(user, item);
    else this.core.states.set(user, item, { ticks: Math.floor(timeMs) * TICKS_PER_MS, ...(timeMs > 0 ? { lastPlayed: this.now() } : {}) });
  }

  rate(user: SimulatedUser, item: CatalogueItem, rating: number): void {
    this.core.states.set(user, item, { rating: rating < 0 ? null : rating });
  }

  /** A friend's token is told the owner's. */
  private ratingShownTo(user: SimulatedUser, item: CatalogueItem): number | null {
    const isOwn = user.isAdministrator || user.plex.kind === 'home' || user.plex.kind === 'pin';
    const whose = isOwn ? user : this.core.users.find((each) => each.isAdministrator);
    return whose === undefined ? null : this.core.states.get(whose, item).rating;
  }

  private leavesOf(item: CatalogueItem): CatalogueItem[] {
    return item.file === null ? this.core.catalogue.leavesBelow(item) : [item];
  }

  /** To the second. */
  private now(): string {
    return isoDate(Math.floor(this.core.clock.now() / 1000) * 1000);
  }
}
