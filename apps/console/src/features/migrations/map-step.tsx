import { useSearch } from '@tanstack/react-router';
import { ConsoleCheckMigrationPlanDocument } from '@usher/api-client';
import { ArrowRight, CircleCheck, TriangleAlert } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { ErrorState, LoadingRows } from '../../components/state-view.js';
import { plural } from '../../format/units.js';
import { MapFields } from './map-fields.js';
import { MapLibraries, pathsProblem } from './map-libraries.js';
import { MapUsers } from './map-users.js';
import { afterCheck, doubled, pairingOf, SUGGESTED, type Account } from './plan-draft.js';
import { changeWords, frozenWords, useKeep } from './select-step.js';
import { useAccounts } from './use-accounts.js';
import { useWizard } from './wizard.js';
import { Foot } from './wizard-head.js';

/** An account that was chosen once and is not there any more still has its line. */
const missingAccount = (serverId: string, vendorId: string, name: string): Account => ({ serverId, vendorId, name, email: null, enabled: false, isAdministrator: false, lastSeenAt: null, identity: null });

/** Second step: accounts, rules, libraries and folders. */
export function MapStep(): ReactNode {
  const wizard = useWizard();
  const { plan, orders, go } = wizard;
  const { tab = 'users' } = useSearch({ from: '/frame/migrations/$id/{-$step}' });
  const { draft, edited, setDraft, keep } = useKeep();
  const own = useAccounts(draft.sourceServerId);
  const theirs = useAccounts(draft.targetServerId);
  const [asked, setAsked] = useState<string | null>(null);
  const [source, target] = [plan.source.alias, plan.target.alias];
  const problem = own.problem ?? theirs.problem;
  if (!own.accounts || !theirs.accounts) {
    return (
      <div className="panel">
        {problem ? <ErrorState title="Usher could not read the accounts of both servers" problem={problem} onRetry={() => { own.reread(); theirs.reread(); }} /> : <LoadingRows rows={7} height={48} label="Loading the accounts" />}
      </div>
    );
  }
  const targets = theirs.accounts;
  const bothPlex = plan.source.kind === 'PLEX' && plan.target.kind === 'PLEX';
  const byId = new Map(own.accounts.map((account) => [account.vendorId, account]));
  const nameOf = (id: string) => plan.users.flatMap(({ sources }) => sources).find(({ vendorId }) => vendorId === id)?.name ?? id;
  const drafted = [...draft.users].map(([id, choice]) => pairingOf(byId.get(id) ?? missingAccount(draft.sourceServerId, id, nameOf(id)), choice ?? SUGGESTED, targets, bothPlex));
  const pairings = edited ? drafted : drafted.map((pairing) => afterCheck(pairing, plan));
  const doubles = doubled(pairings);
  const open = pairings.filter((pairing) => pairing.open !== null || doubles.has(pairing.user.vendorId));
  const fixed = frozenWords(wizard);
  const wrong = pathsProblem(draft);
  const off = fixed !== null || wrong !== null || orders.busy !== null;
  const check = async () => {
    if (off || !(await keep())) return;
    const begun = await orders.send('check', ConsoleCheckMigrationPlanDocument, { id: plan.id }, ({ checkMigrationPlan }) => checkMigrationPlan);
    if (begun) wizard.put(begun);
    if (begun) go('check');
  };
  const ask = () => {
    const [next] = open;
    if (!next) return;
    if (tab !== 'users') go('map');
    setAsked(next.user.vendorId);
    document.getElementById(`pair-${next.user.vendorId}`)?.focus();
  };
  const tabs: readonly (readonly [string, string, number | null])[] = [['users', 'Users', pairings.length], ['fields', 'Fields and rules', draft.fields.length], ['libraries', 'Libraries and folders', draft.paths.length || null]];
  return (
    <>
      <div className="tabs mig-tabs" role="group" aria-label="What is mapped">
        {tabs.map(([name, word, number]) => (
          <button key={name} type="button" className="tab" aria-current={tab === name ? 'page' : undefined} onClick={() => go('map', { tab: name === 'users' ? undefined : name })}>
            {word} {number !== null && <span className="dim">{number}</span>}
          </button>
        ))}
      </div>
      {tab === 'fields' ? (
        <MapFields plan={plan} draft={draft} onDraft={setDraft} />
      ) : tab === 'libraries' ? (
        <MapLibraries draft={draft} source={source} target={target} onDraft={setDraft} />
      ) : (
        <MapUsers draft={draft} onDraft={setDraft} pairings={pairings} doubles={doubles} targets={targets} source={source} target={target} asked={asked} onAsk={setAsked} />
      )}
      <Foot
        icon={open.length > 0 ? <TriangleAlert size={16} className="text-warning" aria-hidden /> : <CircleCheck size={16} className="text-play" aria-hidden />}
        title={open.length > 0 ? `${plural(open.length, 'user is', 'users are')} open: ${open.slice(0, 3).map(({ user }) => user.name).join(', ')}${open.length > 3 ? ' …' : ''}` : `All ${plural(pairings.length, 'user')} decided`}
        actions={
          <>
            <button type="button" className="button quiet back" onClick={() => go('select')}>
              Back to Select
            </button>
            {open.length > 0 && setDraft && (
              <button type="button" className="button" onClick={ask}>
                Decide {open[0]!.user.name}
              </button>
            )}
            <button type="button" className="button primary" aria-disabled={off || undefined} onClick={() => void check()}>
              {edited ? 'Save and check' : 'Check'}
              <ArrowRight size={15} aria-hidden />
            </button>
          </>
        }
      >
        {fixed ?? wrong ?? (open.length > 0 ? 'You may go on; they stay open in Check and the plan cannot be frozen before.' : edited ? changeWords(plan) : 'The check only reads both servers.')}
      </Foot>
    </>
  );
}
