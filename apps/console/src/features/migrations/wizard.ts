import type { MigrationDecisionInput } from '@usher/api-client';
import { createContext, useContext } from 'react';
import type { Plan } from './migration-words.js';
import type { Draft } from './plan-draft.js';
import type { Orders } from './use-plan.js';

/** What the steps of one plan share. It lives as long as the wizard is open, through all steps. */
export interface Wizard {
  readonly plan: Plan;
  readonly orders: Orders;
  /** Why nothing can be done by this operator; null for a superadmin. */
  readonly off: string | null;
  reread(): void;
  put(plan: Plan): void;
  go(step: string, search?: Record<string, string | undefined>): void;
  /** What was changed in Select or Map and not kept yet, of the version that was read. */
  readonly edit: { readonly version: number; readonly draft: Draft } | null;
  setEdit(edit: Wizard['edit']): void;
  /** Decisions that are made here but not sent yet, by id. */
  readonly staged: ReadonlyMap<string, MigrationDecisionInput>;
  stage(decisions: readonly MigrationDecisionInput[]): void;
  unstage(): void;
  /** Warnings and losses that were read and understood, of this version of the plan. */
  readonly understood: ReadonlySet<string>;
  understand(id: string, is: boolean): void;
}

export const WizardContext = createContext<Wizard | null>(null);

export function useWizard(): Wizard {
  const wizard = useContext(WizardContext);
  if (!wizard) throw new Error('useWizard needs the wizard around it');
  return wizard;
}
