import { useParams } from '@tanstack/react-router';
import { ConsoleLibraryPlanChangedDocument, ConsoleLibraryPlanDocument, ConsoleUpdatePathMapDocument } from '@usher/api-client';
import { ArrowDown, ArrowRight, CircleAlert, CircleCheck, RotateCw, ShieldCheck, TriangleAlert } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useClient, useQuery } from 'urql';
import { problemOf, type Problem } from '../../api/problem.js';
import { CopyButton } from '../../components/copy-button.js';
import { VendorGlyph } from '../../components/glyphs.js';
import { Path } from '../../components/path.js';
import { ErrorState, LoadingRows, ProblemNote } from '../../components/state-view.js';
import { count, moment, plural } from '../../format/units.js';
import { useNow, useServers } from '../../live/live-context.js';
import { usePageFeed } from '../../live/page-feed.js';
import type { FleetServer } from '../../live/live-types.js';
import { useRole } from '../auth/auth-context.js';
import { PathMap } from './path-map.js';
import { Matches, OverlapFigures, SpacePanel, Watchers } from './plan-figures.js';
import { PlanProblems } from './plan-problems.js';
import { bytes, editedRows, isEdited, mapProblems, STEP_WORDS, type EditedRow, type Plan } from './plan-words.js';
import './libraries.css';

interface Names {
  readonly source: FleetServer | undefined;
  readonly target: FleetServer | undefined;
}

const aliasOf = (server: FleetServer | undefined): string => server?.alias ?? 'a removed server';

/** Brings a part of the page into view and puts the focus there. */
function show(element: HTMLElement | null | undefined): void {
  element?.scrollIntoView({ block: 'center' });
  element?.focus({ preventScroll: true });
}

function Head({ plan, names, busy, onCheck }: { plan: Plan; names: Names; busy: boolean; onCheck(): void }): ReactNode {
  const nowMs = useNow(60_000);
  const operator = useRole('OPERATOR');
  const off = !operator || busy || plan.state === 'CHECKING' ? true : undefined;
  return (
    <div className="page-head">
      <Path steps={[{ to: '/libraries', label: 'Libraries' }]} />
      <h1 tabIndex={-1} className="inline">
        <VendorGlyph kind={names.source?.kind ?? null} />
        {aliasOf(names.source)}
        <ArrowRight size={15} className="dim" aria-label="to" />
        <VendorGlyph kind={names.target?.kind ?? null} />
        {aliasOf(names.target)}
      </h1>
      <span className="badge outline">Precheck</span>
      <span className="inline small dim">
        <code>{plan.id.slice(-8)}</code>
        <CopyButton text={plan.id} label="Copy the id of this precheck" />
      </span>
      <span className="push inline">
        {plan.checkedAt && <span className="small dim">checked {moment(Date.parse(plan.checkedAt), nowMs)}</span>}
        <button type="button" className="button" aria-disabled={off} onClick={off ? undefined : onCheck}>
          <RotateCw size={14} aria-hidden />
          Check again
        </button>
        <span className="inline small dim">
          <ShieldCheck size={14} aria-hidden />
          {operator ? 'Nothing is changed on either server' : 'Checking needs the role operator. FORBIDDEN'}
        </span>
      </span>
    </div>
  );
}

function Progress({ plan }: { plan: Plan }): ReactNode {
  const { progress } = plan;
  const share = progress ? (progress.stepNumber - 1 + (progress.total ? progress.done / progress.total : 0)) / progress.steps : 0;
  return (
    <section className="panel plan-progress" role="status" aria-label="Progress of the check">
      <div className="inline">
        <span className="strong">{progress ? STEP_WORDS[progress.step] : 'Waiting for its turn'}</span>
        {progress && (
          <span className="push small dim">
            step {progress.stepNumber} of {progress.steps}
            {progress.done > 0 && ` · ${count(progress.done)}${progress.total === null ? '' : ` of ${count(progress.total)}`}`}
          </span>
        )}
      </div>
      <div className="meter" aria-hidden>
        <span className="fill-run" style={{ transform: `scaleX(${share})` }} />
      </div>
      <p className="small dim">You may leave this page, the check goes on. People who watch come first.</p>
    </section>
  );
}

function Cells({ plan }: { plan: Plan }): ReactNode {
  const files = plan.libraries.reduce((sum, library) => sum + library.copyFiles, 0);
  const size = plan.libraries.reduce((sum, library) => sum + library.copyBytes, 0);
  const rests = plan.space.map(({ freeAfterBytes }) => freeAfterBytes);
  const least = rests.length === 0 || rests.includes(null) ? null : Math.min(...(rests as number[]));
  const both = plan.overlap ? plan.overlap.sameFile + plan.overlap.otherVersion : 0;
  const cells: readonly (readonly [string, ReactNode, string])[] = [
    ['Blockers', <span key="b" className={plan.blockers > 0 ? 'text-danger' : ''}>{plan.blockers}</span>, plan.blockers > 0 ? 'must be 0 for a copy' : 'nothing blocks'],
    ['Warnings', plan.warnings, plan.warnings > 0 ? 'to look at' : 'none'],
    ['Titles', plan.overlap ? count(plan.overlap.titles) : '–', plan.overlap && plan.overlap.titles > 0 ? `${Math.round((both / plan.overlap.titles) * 100)} % are there already` : `in ${plural(plan.libraries.length, 'library', 'libraries')}`],
    ['To copy', bytes(size), plural(files, 'file')],
    ['Free after', least === null ? <span key="f" className="text-warning">unknown</span> : least < 0 ? <span key="f" className="text-danger">too little</span> : bytes(least), least === null ? 'not told by the server' : 'on the fullest folder'],
  ];
  return (
    <dl className="panel plan-cells">
      {cells.map(([label, value, note]) => (
        <div key={label}>
          <dt className="small dim">{label}</dt>
          <dd>
            <span className="panel-number">{value}</span>
            <span className="small dim block">{note}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Foot({ plan }: { plan: Plan }): ReactNode {
  const stands = plan.blockers + plan.warnings > 0;
  const words = [plan.blockers > 0 ? plural(plan.blockers, 'blocker') : '', plan.warnings > 0 ? plural(plan.warnings, 'warning') : ''].filter(Boolean).join(' and ');
  const Icon = plan.blockers > 0 ? CircleAlert : stands ? TriangleAlert : CircleCheck;
  return (
    <div className="plan-foot">
      <Icon size={16} className={plan.blockers > 0 ? 'text-danger' : stands ? 'text-warning' : 'text-play'} aria-hidden />
      <span className="push-right">
        <b>{stands ? `${words} before this could be copied` : 'This could be copied as it is'}</b>
        <span className="small dim block">A precheck only reads; it stays for a day.</span>
      </span>
      {stands && (
        <button type="button" className="button primary" onClick={() => show(document.getElementById('plan-problems'))}>
          Next: {plan.blockers > 0 ? 'what blocks' : 'what to look at'}
          <ArrowDown size={15} aria-hidden />
        </button>
      )}
    </div>
  );
}

function Body({ plan, names, onPlan }: { plan: Plan; names: Names; onPlan(plan: Plan): void }): ReactNode {
  const client = useClient();
  const [draft, setDraft] = useState<{ rev: number; rows: readonly EditedRow[] } | null>(null);
  const [state, setState] = useState<{ busy: boolean; problem: Problem | null; wrong: Readonly<Record<string, string>> }>({ busy: false, problem: null, wrong: {} });
  const rows = draft ? draft.rows : editedRows(plan);
  const edited = draft !== null && isEdited(plan, draft.rows);
  const send = async (list: readonly EditedRow[]) => {
    const wrong = mapProblems(list);
    setState({ busy: false, problem: null, wrong });
    if (state.busy || Object.keys(wrong).length > 0) return;
    setState({ busy: true, problem: null, wrong: {} });
    const sent = list.map(({ from, to, libraryVendorId }) => ({ from: from.trim(), to: to.trim(), libraryVendorId }));
    const { data, error } = await client.mutation(ConsoleUpdatePathMapDocument, { input: { planId: plan.id, rev: draft?.rev ?? plan.rev, rows: sent } }).toPromise();
    setState({ busy: false, problem: error ? problemOf(error) : null, wrong: {} });
    if (!data) return;
    setDraft(null);
    onPlan(data.updatePathMap);
  };
  const again = () => void send(edited ? rows : editedRows(plan).filter(({ to }) => to !== ''));
  const showPath = (path: string) => {
    const inputs = [...document.querySelectorAll<HTMLInputElement>('#path-map input')];
    show(inputs.find(({ dataset }) => dataset['path'] && path.startsWith(dataset['path'])) ?? document.getElementById('path-map'));
  };
  return (
    <>
      <Head plan={plan} names={names} busy={state.busy} onCheck={again} />
      {plan.isStale && <p className="callout warning plan-note">A server or its libraries changed since this check. Check again before you rely on it.</p>}
      {state.problem && (
        <div className="plan-note">
          <ProblemNote problem={state.problem} />
        </div>
      )}
      {plan.state === 'CHECKING' && <Progress plan={plan} />}
      {plan.state === 'FAILED' && (
        <div className="panel">
          <ErrorState title="The check failed" problem={{ code: plan.failureCode, message: plan.failureMessage ?? 'It could not be finished.', next: plan.failureNext, correlationId: null, details: {} }} onRetry={again} />
        </div>
      )}
      {plan.state === 'READY' && (
        <>
          <Cells plan={plan} />
          <div className="plan-columns">
            <div className="stack-panels">
              <PathMap
                plan={plan}
                source={aliasOf(names.source)}
                target={aliasOf(names.target)}
                rows={rows}
                wrong={state.wrong}
                edited={edited}
                busy={state.busy}
                onRows={(next) => setDraft({ rev: draft?.rev ?? plan.rev, rows: next })}
                onCheck={() => void send(rows)}
                onReset={() => setDraft(null)}
              />
              <PlanProblems plan={plan} busy={state.busy} onPath={showPath} onCheck={again} />
              <Matches plan={plan} />
            </div>
            <div className="stack-panels">
              <OverlapFigures plan={plan} target={aliasOf(names.target)} />
              <SpacePanel plan={plan} target={aliasOf(names.target)} />
              <Watchers plan={plan} target={aliasOf(names.target)} />
            </div>
          </div>
          <Foot plan={plan} />
        </>
      )}
    </>
  );
}

/** One precheck: while it runs its progress, then what it found. It changes nothing on either server. */
export default function PrecheckPage(): ReactNode {
  const { id } = useParams({ from: '/frame/libraries/precheck/$id' });
  const servers = useServers();
  const [pushed, setPushed] = useState<Plan | null>(null);
  const [{ data, error }, read] = useQuery({ query: ConsoleLibraryPlanDocument, variables: { id }, requestPolicy: 'cache-and-network' });
  const reread = () => {
    setPushed(null);
    read({ requestPolicy: 'network-only' });
  };
  usePageFeed(ConsoleLibraryPlanChangedDocument, { id }, ({ libraryPlanChanged }) => setPushed(libraryPlanChanged), reread);
  const plan = pushed?.id === id ? pushed : data?.libraryPlan;
  if (plan && servers) {
    const names = { source: servers.find((server) => server.id === plan.sourceServerId), target: servers.find((server) => server.id === plan.targetServerId) };
    return <Body key={plan.id} plan={plan} names={names} onPlan={setPushed} />;
  }
  return (
    <>
      <div className="page-head">
        <h1 tabIndex={-1}>Precheck</h1>
      </div>
      <div className="panel">{error ? <ErrorState title="Usher could not read this precheck" problem={problemOf(error)} onRetry={reread} /> : <LoadingRows rows={8} height={48} label="Loading the precheck" />}</div>
    </>
  );
}
