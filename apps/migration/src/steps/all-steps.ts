import type { PlanHeader } from '@usher/contracts';
import { applyPolicyStep } from './apply-policy.step.js';
import { copyWatchStatesStep } from './copy-watch-states.step.js';
import { ensureUserStep } from './ensure-user.step.js';
import type { Step } from './step.js';
import { removeCreatedStep } from './undo.step.js';
import { verifyStep } from './verify.step.js';

/** The steps of a run in their order; the last one only reads. An undo goes the other way. */
export const STEPS: Readonly<Record<PlanHeader['kind'], readonly Step[]>> = {
  users: [ensureUserStep, applyPolicyStep, copyWatchStatesStep, verifyStep],
  rollback: [copyWatchStatesStep, applyPolicyStep, removeCreatedStep, verifyStep],
};
