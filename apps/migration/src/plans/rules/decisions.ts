import { WATCH_FIELDS, type PlanDecision, type WatchField } from '@usher/contracts';
import type { FieldDecisions } from './merge-states.js';

/** What a decision is about. */
export type DecisionTarget =
  | { readonly kind: 'user'; readonly user: string }
  | { readonly kind: 'item'; readonly user: string; readonly item: string }
  | { readonly kind: 'state'; readonly user: string; readonly item: string; readonly field: WatchField };

const LEGAL: Readonly<Record<DecisionTarget['kind'], ReadonlySet<PlanDecision['decision']>>> = {
  user: new Set(['map', 'skip', 'accept']),
  item: new Set(['map', 'skip', 'accept']),
  state: new Set(['take-source', 'keep-target']),
};

/** Vendor ids may hold any character, so an id is read with the plan's users at hand. Null = nothing that a plan of these users knows. */
export function parseDecisionId(id: string, users: readonly string[]): DecisionTarget | null {
  const cut = id.indexOf(':');
  const kind = id.slice(0, cut);
  const rest = id.slice(cut + 1);
  if (kind === 'user') return users.includes(rest) ? { kind, user: rest } : null;
  if (kind !== 'item' && kind !== 'state') return null;
  const user = users.filter((each) => rest.startsWith(`${each}:`)).sort((a, b) => b.length - a.length)[0];
  if (user === undefined) return null;
  const item = rest.slice(user.length + 1);
  if (kind === 'item') return item === '' ? null : { kind, user, item };
  const field = WATCH_FIELDS.find((each) => item.endsWith(`:${each}`));
  return field === undefined ? null : { kind, user, item: item.slice(0, -field.length - 1), field };
}

/** Null when the decision can be made about this; else what is wrong with it. */
export function decisionProblem({ decision, target }: PlanDecision, about: DecisionTarget): string | null {
  if (!LEGAL[about.kind].has(decision)) return `${decision} is no decision about ${about.kind === 'state' ? 'a value' : about.kind === 'item' ? 'a title' : 'a user'}`;
  if (decision === 'map' && target === null) return 'map needs a target';
  return decision !== 'map' && target !== null ? `${decision} takes no target` : null;
}

/** Everything that was decided for a pair of servers. */
export class Decisions {
  readonly users = new Map<string, PlanDecision>();
  private readonly items = new Map<string, PlanDecision>();
  private readonly fields = new Map<string, Map<WatchField, 'take-source' | 'keep-target'>>();
  /** Null: users of the pair gave a title different counterparts. */
  private readonly maps = new Map<string, PlanDecision | null>();

  constructor(all: Iterable<PlanDecision>, users: readonly string[]) {
    for (const decision of all) {
      const about = parseDecisionId(decision.id, users);
      if (about === null) continue;
      if (about.kind === 'user') this.users.set(decision.id, decision);
      else if (about.kind === 'item') this.addItem(about, decision);
      else {
        const key = `${about.user}:${about.item}`;
        const known = this.fields.get(key) ?? new Map<WatchField, 'take-source' | 'keep-target'>();
        known.set(about.field, decision.decision as 'take-source' | 'keep-target');
        this.fields.set(key, known);
      }
    }
  }

  /** The user's own decision; a counterpart that was found for another user holds for everybody. */
  ofItem(user: string, item: string): PlanDecision | null {
    return this.items.get(`${user}:${item}`) ?? this.maps.get(item) ?? null;
  }

  ofFields(user: string, item: string): FieldDecisions {
    return this.fields.get(`${user}:${item}`) ?? NONE;
  }

  private addItem({ user, item }: { user: string; item: string }, decision: PlanDecision): void {
    this.items.set(`${user}:${item}`, decision);
    if (decision.decision !== 'map') return;
    const known = this.maps.get(item);
    this.maps.set(item, known === undefined || known?.target === decision.target ? decision : null);
  }
}

const NONE: FieldDecisions = new Map();
