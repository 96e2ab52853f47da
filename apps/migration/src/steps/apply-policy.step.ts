import { applyPolicy, type PlanRowOf } from '@usher/contracts';
import { interrupted, oneByOne } from './account-rows.js';
import { movedSettings, openSettings } from './decide-row.js';
import { ACCOUNT_MISSING } from './ensure-user.step.js';
import type { OpenRow, Outcome } from './run-rows.js';
import type { RunWork } from './run-work.js';
import type { Step } from './step.js';

/**
 * Overlays the planned settings onto an account's own. Settings that somebody changed since the plan was made are left to a
 * person. Safe to repeat: what is there already is not written.
 */
export const applyPolicyStep: Step = {
  name: 'apply-policy',
  ops: ['policy.apply'],
  run: (work) => oneByOne(work, 'policy.apply', take),
};

async function take(work: RunWork, open: OpenRow<PlanRowOf<'policy.apply'>>, isAgain: boolean): Promise<Outcome | null> {
  const { n, u, row, attempts } = open;
  const account = await work.accountOf(u);
  const known = account === null ? undefined : (await work.agent.policies([account])).get(account);
  if (!known) return { n, state: 'skipped', code: ACCOUNT_MISSING };
  if (openSettings(row.to, known.policy).length === 0) return isAgain ? { n, state: 'done', code: null, now: known.policy } : { n, state: 'skipped', code: 'ALREADY', now: known.policy };
  if (!isAgain && movedSettings(row.from, row.to, known.policy).length > 0) return { n, state: 'conflict', code: 'TARGET_CHANGED', now: known.policy };
  const ticket = await work.agent.leaveFor(applyPolicy, [n]);
  await work.intend([{ n, before: known.policy, sent: null, opKey: null }], [], ticket);
  try {
    const [answer] = await work.agent.change(applyPolicy, ticket, { planSha256: work.plan.planSha256, n }, (again) => work.alsoUnder(again));
    const { now } = answer!;
    const isKept = openSettings(row.to, now).length === 0;
    await work.finish('intent', [{ n, state: isKept ? 'done' : 'failed', code: isKept ? null : 'CAPABILITY_CHANGED', now }], { requests: 2, writes: 1 }, ticket);
  } catch (error) {
    return interrupted(work, n, attempts + 1, error);
  }
  return null;
}
