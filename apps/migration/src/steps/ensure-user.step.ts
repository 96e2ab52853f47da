import { ensureUser, type PlanRowOf } from '@usher/contracts';
import { interrupted, oneByOne } from './account-rows.js';
import type { Outcome, OpenRow } from './run-rows.js';
import type { RunWork } from './run-work.js';
import type { Step } from './step.js';

/** Rows of a user whose account could not be made. */
export const ACCOUNT_MISSING = 'ACCOUNT_MISSING';

/**
 * Makes the accounts that the plan names, without any right. Safe to repeat: the agent takes an account that it made for this
 * plan before. Without the account nothing else of that user is done.
 */
export const ensureUserStep: Step = {
  name: 'ensure-user',
  ops: ['user.ensure'],
  run: (work) => oneByOne(work, 'user.ensure', take),
};

async function take(work: RunWork, { n, u, attempts }: OpenRow<PlanRowOf<'user.ensure'>>): Promise<Outcome | null> {
  const ticket = await work.agent.leaveFor(ensureUser, [n]);
  await work.intend([{ n, before: null, sent: null, opKey: null }], [], ticket);
  try {
    const [made] = await work.agent.change(ensureUser, ticket, { planSha256: work.plan.planSha256, n }, (again) => work.alsoUnder(again));
    await work.finish('intent', [{ n, state: 'done', code: null, now: made! }], { requests: 1, writes: made!.created ? 1 : 0 }, ticket);
  } catch (error) {
    const outcome = await interrupted(work, n, attempts + 1, error);
    if (!outcome) return null;
    await work.finish('intent', [outcome], { requests: 1, writes: 0 }, null);
    await work.withoutAccount(u, ACCOUNT_MISSING);
  }
  return null;
}
