import { removeCreated, type PlanRowOf } from '@usher/contracts';
import { interrupted, oneByOne } from './account-rows.js';
import type { OpenRow, Outcome } from './run-rows.js';
import type { RunWork } from './run-work.js';
import type { Step } from './step.js';

/** What the agent says of an account that it leaves, as the code of the row. */
const KEPT = { used: 'ACCOUNT_USED', renamed: 'ACCOUNT_RENAMED' } as const;

/**
 * Removes accounts that the run which is taken back had made, while they are as it left them and nobody has signed in. Others
 * stay and are listed. Safe to repeat: what is gone is gone.
 */
export const removeCreatedStep: Step = {
  name: 'remove-created',
  ops: ['user.remove'],
  run: (work) => oneByOne(work, 'user.remove', take),
};

async function take(work: RunWork, { n, attempts }: OpenRow<PlanRowOf<'user.remove'>>): Promise<Outcome | null> {
  const ticket = await work.agent.leaveFor(removeCreated, [n]);
  await work.intend([{ n, before: null, sent: null, opKey: null }], [], ticket);
  try {
    const [answer] = await work.agent.change(removeCreated, ticket, { planSha256: work.plan.planSha256, n }, (again) => work.alsoUnder(again));
    await work.finish('intent', [outcomeOf(n, answer!)], { requests: 1, writes: answer!.removed ? 1 : 0 }, ticket);
  } catch (error) {
    return interrupted(work, n, attempts + 1, error);
  }
  return null;
}

function outcomeOf(n: number, { removed, reason }: { removed: boolean; reason: string | null }): Outcome {
  if (removed || reason === 'gone') return { n, state: 'done', code: null, now: { removed: true } };
  return { n, state: 'conflict', code: KEPT[reason as keyof typeof KEPT] ?? 'ACCOUNT_KEPT', now: { removed: false } };
}
