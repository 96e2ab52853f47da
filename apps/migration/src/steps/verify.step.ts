import { AppError, differingFields, MAX_STATE_ROWS, type PolicyChange, type VerifyResult, type WatchState } from '@usher/contracts';
import { openSettings } from './decide-row.js';
import type { WantedRow } from './run-rows.js';
import type { RunWork } from './run-work.js';
import type { Step } from './step.js';

interface Finding {
  readonly n: number;
  readonly verify: VerifyResult;
  readonly now: unknown;
}

/** Findings that go into the database at once. */
const AT_ONCE = 1_000;
const SAME = (n: number): Finding => ({ n, verify: 'same', now: null });

/**
 * Reads everything back: the whole listing of every account, and by id what no listing shows. It only reads, so it is repeated
 * as often as anybody likes.
 */
export const verifyStep: Step = {
  name: 'verify',
  ops: [],
  async run(work) {
    for (const [u] of work.plan.header.users.entries()) {
      await work.turn();
      await verifyAccount(work, u);
      await verifyStates(work, u);
    }
    await work.recount();
  },
};

/** The account itself, and its settings. */
async function verifyAccount(work: RunWork, u: number): Promise<void> {
  const [made, changed, removed] = await Promise.all([work.rows.toVerify('user.ensure', u), work.rows.toVerify('policy.apply', u), work.rows.toVerify('user.remove', u)]);
  const account = await work.accountOf(u);
  if (account === null || made.length + changed.length + removed.length === 0) return;
  const known = (await work.agent.policies([account])).get(account);
  const ofSettings = ({ n, wanted }: WantedRow): Finding => {
    // The account of an undo is gone at the end, and its settings with it.
    if (!known) return removed.length > 0 ? SAME(n) : { n, verify: 'not-there', now: null };
    return openSettings(wanted as PolicyChange, known.policy).length === 0 ? SAME(n) : { n, verify: 'differs', now: known.policy };
  };
  await work.rows.verified([
    ...made.map(({ n }) => (known ? SAME(n) : { n, verify: 'not-there' as const, now: null })),
    ...changed.map(ofSettings),
    ...removed.map(({ n }) => (known ? { n, verify: 'differs' as const, now: null } : SAME(n))),
  ]);
}

async function verifyStates(work: RunWork, u: number): Promise<void> {
  const rows = await work.rows.toVerify('watch-state.set', u);
  const account = await work.accountOf(u);
  if (rows.length === 0 || account === null) return;
  const isGone = (await work.rows.toVerify('user.remove', u)).length > 0;
  const findings = isGone ? rows.map(({ n }) => SAME(n)) : await readBack(work, account, rows);
  for (let at = 0; at < findings.length; at += AT_ONCE) await work.rows.verified(findings.slice(at, at + AT_ONCE));
}

async function readBack(work: RunWork, account: string, rows: readonly WantedRow[]): Promise<Finding[]> {
  const found = new Map<number, Finding>();
  const byItem = new Map<string, WantedRow[]>();
  for (const row of rows) {
    const item = (row.wanted as WatchState).itemVendorId;
    byItem.set(item, [...(byItem.get(item) ?? []), row]);
  }
  const look = (states: ReadonlyMap<string, WatchState>): void => {
    for (const [item, now] of states) for (const row of byItem.get(item) ?? []) found.set(row.n, compare(row, now));
  };
  try {
    // A title may be listed twice: the later one counts.
    for await (const states of work.agent.list(account)) {
      look(states);
      await work.turn();
    }
    const unlisted = [...byItem.keys()].filter((item) => byItem.get(item)!.some(({ n }) => !found.has(n)));
    for (let at = 0; at < unlisted.length; at += MAX_STATE_ROWS) {
      await work.turn();
      look(await work.agent.read(account, unlisted.slice(at, at + MAX_STATE_ROWS)));
    }
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return rows.map(({ n }) => found.get(n) ?? { n, verify: 'unreadable', now: null });
  }
  return rows.map(({ n }) => found.get(n) ?? { n, verify: 'not-there', now: null });
}

function compare({ n, wanted, fields, loss }: WantedRow, now: WatchState): Finding {
  return differingFields({ fields: fields ?? [], loss: loss ?? [] }, wanted as WatchState, now).length === 0 ? SAME(n) : { n, verify: 'differs', now };
}

/** The account cannot be read; the others can. */
function isUnreadable(error: unknown): boolean {
  return error instanceof AppError && ['READ_INCOMPLETE', 'USER_TOKEN_MISSING', 'NOT_FOUND'].includes(error.code);
}
