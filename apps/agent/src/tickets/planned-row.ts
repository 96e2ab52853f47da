import { AppError, differingFields, sameField, secondOf, type PlanHeader, type PlanRow, type PlanRowOf, type WatchField, type WatchState, WATCH_FIELDS } from '@usher/contracts';

type StateRow = PlanRowOf<'watch-state.set'>;

/** Which rows of a plan a command carries out. */
const OPS: Readonly<Record<string, PlanRow['op']>> = {
  'user.ensure': 'user.ensure',
  'policy.apply': 'policy.apply',
  'watch-state.apply': 'watch-state.set',
  'created.remove': 'user.remove',
};

/** One row as a command names it; `to` = what is to stand there, where the target moved since the plan was made. */
export interface NamedRow {
  readonly n: number;
  readonly to: WatchState | null;
}

/** A row of the plan, narrowed to the kind that the command is about. @throws AppError `TICKET_INVALID` (reason `scope`) */
export function rowOf<Op extends PlanRow['op']>(op: Op, row: PlanRow | undefined): PlanRowOf<Op> {
  if (row?.op !== op) throw outOfScope('op');
  return row as PlanRowOf<Op>;
}

/**
 * A command names rows; what they say stands in the plan. It may carry out its own kind of rows only, of one account, each once,
 * and may ask for more than was planned only where the approved rule would have done the same.
 * @throws AppError `TICKET_INVALID` (reason `scope`)
 */
export function checkRows(command: string, header: PlanHeader, rows: readonly PlanRow[], named: readonly NamedRow[]): void {
  const op = OPS[command];
  if (op === undefined || rows.some((row) => row.op !== op)) throw outOfScope('op');
  if (new Set(rows.map(({ u }) => u)).size > 1) throw outOfScope('account');
  if (new Set(rows.map(({ n }) => n)).size < rows.length) throw outOfScope('twice');
  for (const [index, { to }] of named.entries()) {
    if (to !== null && !mayBeInstead(header, rowOf('watch-state.set', rows[index]), to)) throw outOfScope('to');
  }
}

/** True when `to` differs from the plan in named fields only, and only by having grown. */
function mayBeInstead({ kind, options }: PlanHeader, row: StateRow, to: WatchState): boolean {
  if (kind === 'rollback' || options.overwrite !== 'additive') return false;
  if (to.itemVendorId !== row.to.itemVendorId || to.original !== row.to.original) return false;
  return WATCH_FIELDS.every((field) => {
    if (sameField(field, row.to, to)) return true;
    const mayGrow = row.fields.includes(field) && !(field === 'playCount' && options.playCounts === 'sum');
    return mayGrow && hasGrown(field, row.to, to);
  });
}

/** What is to be done about a row, after its title was read. */
export type RowStep = 'same' | 'write' | 'moved';

/**
 * Written is what the plan saw, or what only grew since towards the row to be; what moved otherwise is left alone. A row that
 * this agent had begun is its own to finish, whatever state it was left in.
 */
export function stepOf(row: StateRow, to: WatchState, now: WatchState, isBegun: boolean): RowStep {
  if (differingFields(row, to, now).length === 0) return 'same';
  const isAdjusted = WATCH_FIELDS.some((field) => !sameField(field, row.to, to));
  const isKnown = (field: WatchField) => sameField(field, row.from, now) || sameField(field, to, now) || differingFields({ ...row, fields: [field] }, to, now).length === 0;
  return isBegun || row.fields.every((field) => isKnown(field) || (isAdjusted && hasGrown(field, now, to))) ? 'write' : 'moved';
}

/** The whole row that is sent: named fields by the plan, all others as they are. */
export function stateToWrite(row: StateRow, to: WatchState, now: WatchState): WatchState {
  const named = Object.fromEntries(row.fields.map((field) => [field, to[field]])) as Partial<WatchState>;
  return { ...now, ...named, original: row.to.original };
}

function hasGrown(field: WatchField, from: WatchState, to: WatchState): boolean {
  if (field === 'played') return to.played || !from.played;
  if (field === 'playCount') return to.playCount >= from.playCount;
  if (field === 'lastPlayedAt') return (secondOf(to.lastPlayedAt) ?? 0) >= (secondOf(from.lastPlayedAt) ?? 0);
  return false;
}

function outOfScope(problem: string): AppError {
  return new AppError('TICKET_INVALID', 'The command asks for something else than the plan says.', { reason: 'scope', problem });
}
