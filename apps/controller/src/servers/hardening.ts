import type { HardeningEntry } from '@usher/contracts';

/** Why an acceptance does not count any more: the entry says something else than was accepted, or its time is over. */
export const HARDENING_LAPSES = ['changed', 'ended'] as const;
export type HardeningLapse = (typeof HARDENING_LAPSES)[number];

/** What somebody accepted, as it was read then. */
export interface Acceptance extends Pick<HardeningEntry, 'code' | 'state' | 'evidence'> {
  readonly reason: string;
  readonly acceptedBy: string;
  readonly acceptedAt: Date;
  /** null = until it is revoked. */
  readonly until: Date | null;
}

export interface JudgedEntry extends HardeningEntry {
  readonly accepted: boolean;
  readonly acceptance: (Acceptance & { readonly lapsed: HardeningLapse | null }) | null;
}

/**
 * The entries with what was said to them. An acceptance counts for exactly what was accepted: with another state or other evidence
 * (one more account, say) the entry is open again, and it is accepted again only by a person or when it reads as it did.
 */
export function judgedEntries(entries: readonly HardeningEntry[], acceptances: readonly Acceptance[], nowMs: number): JudgedEntry[] {
  return entries.map((entry) => {
    const found = acceptances.find(({ code }) => code === entry.code);
    const lapsed = found ? lapseOf(entry, found, nowMs) : null;
    return { ...entry, accepted: found !== undefined && lapsed === null, acceptance: found ? { ...found, lapsed } : null };
  });
}

function lapseOf(entry: HardeningEntry, { state, evidence, until }: Acceptance, nowMs: number): HardeningLapse | null {
  if (entry.state !== state || entry.evidence !== evidence) return 'changed';
  return until !== null && until.getTime() <= nowMs ? 'ended' : null;
}
