import type { Capability, LossReason, ServerKind } from '@usher/contracts';

/** Where a media server keeps a resume point; outside it is dropped, or turned into "played". */
export interface ResumeWindow {
  readonly fromPercent: number;
  readonly toPercent: number;
  readonly minDurationMs: number;
}

/** What one account of one media server can hold. */
export interface Traits {
  readonly kind: ServerKind;
  /** Why nothing can be written; null = it can. */
  readonly blocked: Extract<LossReason, 'no-user-token' | 'no-account-creation'> | null;
  readonly dates: boolean;
  readonly counts: boolean;
  readonly favorites: boolean;
  readonly ratings: boolean;
  /** Why there are no ratings: another account's would be read and overwritten. */
  readonly ratingsOfOwner: boolean;
  /** Null = a resume point is kept wherever it is. */
  readonly window: ResumeWindow | null;
  /** All copies of a title share one state there. */
  readonly sharesCopies: boolean;
}

/** Jellyfin's own write obeys no window; the others drop what their players would not report. */
const WINDOWS: Readonly<Record<ServerKind, ResumeWindow | null>> = {
  jellyfin: null,
  emby: { fromPercent: 2, toPercent: 90, minDurationMs: 120_000 },
  plex: { fromPercent: 0, toPercent: 90, minDurationMs: 0 },
};

export interface AccountFacts {
  readonly isAdministrator: boolean;
  /** False when the vendor hands out no token of this account. */
  readonly isReachable: boolean;
}

/**
 * Of one account. Plex keeps ratings of its owner's home only, and nobody tells who belongs to it: a rating is planned for
 * the owner, and declared impossible for all others.
 */
export function traitsOf(kind: ServerKind, capabilities: readonly Capability[], { isAdministrator, isReachable }: AccountFacts): Traits {
  const can = (capability: Capability): boolean => capabilities.includes(capability);
  const ratingsOfOwner = can('watchStates.ownTokenOnly') && !isAdministrator;
  return {
    kind,
    blocked: isReachable || !can('watchStates.ownTokenOnly') ? null : 'no-user-token',
    dates: can('watchStates.playedAt'),
    counts: can('watchStates.playCount'),
    favorites: can('watchStates.favorite'),
    ratings: can('watchStates.rating') && !ratingsOfOwner,
    ratingsOfOwner,
    window: WINDOWS[kind],
    sharesCopies: kind !== 'jellyfin',
  };
}
