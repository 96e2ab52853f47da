import type { LossReason, PlanField, Verdict, VerdictKind, WatchField } from '@usher/contracts';
import type { Loss } from './fit-state.js';
import type { Traits } from './target-traits.js';

const MAX_VERDICTS = 40;

/** Counts, for one user, how much of each field arrives. */
export class VerdictBook {
  private readonly counts = new Map<string, Verdict>();

  /** Of the account, its name and its settings. */
  note(field: PlanField, kind: VerdictKind, reason: LossReason | null): void {
    this.counts.set(`${field}|${kind}|${reason}`, { field, kind, reason, rows: null });
  }

  /** A title whose source says something in these fields. */
  count(fields: readonly WatchField[], loss: readonly Loss[]): void {
    for (const field of fields) {
      const lost = loss.find((each) => each.field === field);
      this.add(field, lost?.kind ?? 'exact', lost?.reason ?? null, 1);
    }
  }

  add(field: PlanField, kind: VerdictKind, reason: LossReason | null, rows: number): void {
    const key = `${field}|${kind}|${reason}`;
    const before = this.counts.get(key)?.rows ?? 0;
    this.counts.set(key, { field, kind, reason, rows: before + rows });
  }

  /** In the order of fields; each carried field stands there, also when no title concerns it. */
  list(order: readonly PlanField[], carried: readonly WatchField[], traits: Traits): Verdict[] {
    for (const field of carried) {
      if ([...this.counts.values()].some((verdict) => verdict.field === field)) continue;
      const { kind, reason } = verdictOf(field, traits);
      this.add(field, kind, reason, 0);
    }
    const kinds: readonly VerdictKind[] = ['exact', 'lossy', 'impossible'];
    return [...this.counts.values()].sort((a, b) => order.indexOf(a.field) - order.indexOf(b.field) || kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || ((a.reason ?? '') < (b.reason ?? '') ? -1 : 1)).slice(0, MAX_VERDICTS);
  }
}

/** What becomes of a field at an account in general. */
export function verdictOf(field: WatchField, traits: Traits): { kind: VerdictKind; reason: LossReason | null } {
  if (traits.blocked !== null) return { kind: 'impossible', reason: traits.blocked };
  if (field === 'playCount' && !traits.counts) return { kind: 'lossy', reason: 'one-play-only' };
  if (field === 'lastPlayedAt' && !traits.dates) return { kind: 'lossy', reason: 'date-of-writing' };
  if (field === 'positionMs' && !traits.dates) return { kind: 'lossy', reason: 'position-re-dated' };
  if (field === 'favorite' && !traits.favorites) return { kind: 'impossible', reason: 'no-favorites' };
  if (field === 'ratingTenths' && !traits.ratings) return { kind: 'impossible', reason: traits.ratingsOfOwner ? 'owner-ratings-only' : 'policy-not-there' };
  return { kind: 'exact', reason: null };
}
