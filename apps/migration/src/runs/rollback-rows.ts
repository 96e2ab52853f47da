import { sameField, WATCH_FIELDS, type PlanRow, type PolicyChange, type RowState, type UserPolicy, type WatchField, type WatchState } from '@usher/contracts';

/** A row of the run that is taken back. */
export interface WrittenRow {
  readonly u: number;
  readonly row: PlanRow;
  readonly state: RowState;
  readonly before: unknown;
  readonly sent: unknown;
  readonly now: unknown;
}

/** A row of the undo, without its number. */
export type UndoRow = PlanRow extends infer Row ? (Row extends PlanRow ? Omit<Row, 'n'> : never) : never;

/**
 * What takes one row back: from what the run wrote to what was there before. Null when there is nothing to take back. A row
 * whose outcome nobody knows is taken back like one that was written: whatever stands there now decides.
 */
export function undoOf({ u, row, before, sent, now }: WrittenRow): UndoRow | null {
  switch (row.op) {
    case 'watch-state.set': {
      if (before === null) return null;
      const to = before as WatchState;
      const from = (now ?? sent ?? row.to) as WatchState;
      const fields = WATCH_FIELDS.filter((field) => (row.fields.includes(field) || isOfPlay(field, row.fields)) && !sameField(field, from, to));
      return fields.length === 0 ? null : { op: row.op, u, item: row.item, title: row.title, tier: row.tier, evidence: row.evidence, source: row.source, from, to, fields, loss: [] };
    }
    case 'policy.apply': {
      if (before === null) return null;
      const to = settingsOf(row.to, before as UserPolicy);
      return { op: row.op, u, from: (now ?? null) as UserPolicy | null, to, loss: [] };
    }
    case 'user.ensure': {
      const made = now as { userVendorId: string; created: boolean } | null;
      return made?.created === true ? { op: 'user.remove', u, name: row.name, userVendorId: made.userVendorId } : null;
    }
    case 'skip':
    case 'user.remove':
      return null;
  }
}

/** A vendor that stores the time of a mark, or counts it, changes these along with `played`. */
function isOfPlay(field: WatchField, named: readonly WatchField[]): boolean {
  return named.includes('played') && (field === 'playCount' || field === 'lastPlayedAt');
}

/** The settings that were changed, as they were. */
function settingsOf(change: PolicyChange, before: UserPolicy): PolicyChange {
  const names = (Object.keys(change) as (keyof UserPolicy)[]).filter((name) => change[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, before[name]])) as PolicyChange;
}
