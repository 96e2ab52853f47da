import { ConsoleUpdateMigrationPlanDocument } from '@usher/api-client';
import { ArrowRight, Users } from 'lucide-react';
import type { ReactNode } from 'react';
import { LoadingRows } from '../../components/state-view.js';
import { plural } from '../../format/units.js';
import { useServers } from '../../live/live-context.js';
import { draftOf, isSame, requestOf, type Draft } from './plan-draft.js';
import { SelectForm } from './select-form.js';
import { useWizard } from './wizard.js';
import { Foot } from './wizard-head.js';

/** Why the request of a plan cannot be changed any more; null when it can. */
export function frozenWords({ plan, off }: Pick<ReturnType<typeof useWizard>, 'plan' | 'off'>): string | null {
  if (off) return off;
  if (plan.run) return 'This plan has been carried out; it stays as it was. Make a new one for other users.';
  return plan.state === 'VOID' ? 'This plan was discarded.' : null;
}

/** What a change costs: a new version, and signatures that end. */
export function changeWords({ state }: Pick<Parameters<typeof frozenWords>[0]['plan'], 'state'>): string {
  return state === 'APPROVED' || state === 'FROZEN' ? 'A change makes a new version: it is checked again, and every signature is void.' : 'A changed plan is checked again.';
}

/** Keeps a changed plan; true when there is nothing to keep or it was kept. */
export function useKeep(): { draft: Draft; edited: boolean; setDraft: ((draft: Draft) => void) | null; keep(): Promise<boolean> } {
  const wizard = useWizard();
  const { plan, orders, edit, setEdit } = wizard;
  const stored = draftOf(plan);
  const draft = edit?.draft ?? stored;
  const edited = edit !== null && !isSame(edit.draft, stored);
  const keep = async () => {
    if (!edited) return true;
    const kept = await orders.send('update', ConsoleUpdateMigrationPlanDocument, { input: { id: plan.id, version: edit.version, request: requestOf(edit.draft) } }, ({ updateMigrationPlan }) => updateMigrationPlan);
    if (!kept) return false;
    wizard.put(kept);
    setEdit(null);
    return true;
  };
  return { draft, edited, setDraft: frozenWords(wizard) ? null : (next) => setEdit({ version: edit?.version ?? plan.version, draft: next }), keep };
}

/** First step of a plan that exists: its users and fields. */
export function SelectStep(): ReactNode {
  const wizard = useWizard();
  const { plan, orders, go } = wizard;
  const servers = useServers();
  const { draft, edited, setDraft, keep } = useKeep();
  const fixed = frozenWords(wizard);
  const missing = draft.users.size === 0 ? 'Choose at least one user.' : draft.fields.length === 0 ? 'Choose at least one field.' : null;
  if (!servers) return <LoadingRows rows={8} height={48} label="Loading the fleet" />;
  return (
    <>
      <SelectForm draft={draft} servers={servers} onDraft={setDraft} onPair={null} />
      <Foot
        icon={<Users size={16} className="dim" aria-hidden />}
        title={`${plural(draft.users.size, 'user')}, ${plural(draft.fields.length, 'field')}`}
        actions={
          <button type="button" className="button primary" aria-disabled={missing !== null || orders.busy !== null || undefined} onClick={() => missing === null && void keep().then((kept) => kept && go('map'))}>
            {edited ? 'Save and map' : 'Map'} {plural(draft.users.size, 'user')}
            <ArrowRight size={15} aria-hidden />
          </button>
        }
      >
        {fixed ?? missing ?? (edited ? changeWords(plan) : 'Nothing is written before Run.')}
      </Foot>
    </>
  );
}
