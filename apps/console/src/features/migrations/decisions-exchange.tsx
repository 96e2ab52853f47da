import { ConsoleDecideMigrationPlanDocument, ConsoleMigrationDecisionsDocument, type ConsoleMigrationDecisionsQuery, type MigrationDecisionInput } from '@usher/api-client';
import { Download, FileUp } from 'lucide-react';
import { useRef, useState, type ReactNode } from 'react';
import { useClient, type OperationResult } from 'urql';
import { problemOf, type Problem } from '../../api/problem.js';
import { Dialog } from '../../components/dialog.js';
import { ProblemNote } from '../../components/state-view.js';
import { plural } from '../../format/units.js';
import { useNarrow } from '../../frame/use-media.js';
import { readDecisions, writeDecisions, type BadLine, type DecisionRow } from './decisions-file.js';
import { saveFile } from './save-file.js';
import { useWizard } from './wizard.js';

interface Checked {
  readonly name: string;
  readonly version: number;
  readonly decisions: readonly MigrationDecisionInput[];
  readonly bad: readonly BadLine[];
  /** Null when the server takes all of them. */
  readonly problem: Problem | null;
}

/** The ids that the API refused, with the line of the file where each stands. */
function refusedLines({ details }: Problem): readonly { id: string; reason: string }[] {
  const [ids, reasons] = [details['ids'], details['reasons']];
  if (!Array.isArray(ids)) return [];
  return ids.map((id, index) => ({ id: String(id), reason: Array.isArray(reasons) ? String(reasons[index] ?? '') : '' }));
}

function ImportDialog({ checked, onClose }: { checked: Checked; onClose(): void }): ReactNode {
  const { stage } = useWizard();
  const narrow = useNarrow();
  const { bad, problem, decisions, name } = checked;
  const fine = bad.length === 0 && problem === null && decisions.length > 0;
  const refused = problem ? refusedLines(problem) : [];
  return (
    <Dialog title="Decisions from a file" width={680} fullScreen={narrow} onClose={onClose}>
      <div className="dialog-body stack">
        <p>
          <b>{name}</b> <span className="dim">{fine ? `decides about ${plural(decisions.length, 'row')}. All of them are taken, or none.` : 'is not used; nothing was changed.'}</span>
        </p>
        {bad.length > 0 && (
          <div className="callout danger" role="alert">
            <div className="callout-head">{plural(bad.length, 'line is', 'lines are')} wrong</div>
            <ul className="mistakes small mig-mistakes">
              {bad.map(({ line, column, message }, index) => (
                <li key={index}>
                  <code>
                    line {line}
                    {column && `, ${column}`}
                  </code>{' '}
                  {message}
                </li>
              ))}
            </ul>
          </div>
        )}
        {bad.length === 0 && decisions.length === 0 && <p className="callout">The column “decision” is empty everywhere. Fill it where you want to decide, then choose the file again.</p>}
        {problem && <ProblemNote problem={problem} />}
        {refused.length > 0 && (
          <ul className="mistakes small mig-mistakes">
            {refused.map(({ id, reason }) => (
              <li key={id}>
                <code>{id}</code> {reason}
              </li>
            ))}
          </ul>
        )}
      </div>
      <div className="dialog-foot">
        <span className="push-right small dim">{fine ? 'They are saved together with your other decisions.' : 'Correct the file and choose it again.'}</span>
        <button type="button" className="button" onClick={onClose}>
          {fine ? 'Cancel' : 'Close'}
        </button>
        {fine && (
          <button
            type="button"
            className="button primary"
            onClick={() => {
              stage(decisions);
              onClose();
            }}
          >
            Take {plural(decisions.length, 'decision')}
          </button>
        )}
      </div>
    </Dialog>
  );
}

/** Everything that can be decided about, out to a file and back. */
export function DecisionsFile({ fixed }: { fixed: boolean }): ReactNode {
  const { plan } = useWizard();
  const client = useClient();
  const picker = useRef<HTMLInputElement>(null);
  const [state, setState] = useState<{ read: number | null; problem: Problem | null; checked: Checked | null }>({ read: null, problem: null, checked: null });

  const save = async (format: 'csv' | 'json') => {
    if (state.read !== null) return;
    const rows: DecisionRow[] = [];
    setState({ read: 0, problem: null, checked: null });
    for (let after: string | null = null; ; ) {
      const answer: OperationResult<ConsoleMigrationDecisionsQuery> = await client.query(ConsoleMigrationDecisionsDocument, { id: plan.id, after }, { requestPolicy: 'network-only' }).toPromise();
      if (!answer.data) return setState({ read: null, problem: problemOf(answer.error), checked: null });
      const page: ConsoleMigrationDecisionsQuery['migrationDecisions'] = answer.data.migrationDecisions;
      rows.push(...page.rows);
      setState({ read: rows.length, problem: null, checked: null });
      if (!page.pageInfo.hasNextPage || page.pageInfo.endCursor === null) break;
      after = page.pageInfo.endCursor;
    }
    saveFile(`decisions-${plan.id.slice(-8)}-v${plan.version}.${format}`, writeDecisions(rows, format), format === 'csv' ? 'text/csv' : 'application/json');
    setState({ read: null, problem: null, checked: null });
  };

  const open = async (file: File) => {
    const { decisions, bad } = readDecisions(await file.text());
    let problem: Problem | null = null;
    if (bad.length === 0 && decisions.length > 0) {
      const { error } = await client.mutation(ConsoleDecideMigrationPlanDocument, { input: { id: plan.id, version: plan.version, dryRun: true, decisions } }).toPromise();
      problem = error ? problemOf(error) : null;
    }
    setState({ read: null, problem: null, checked: { name: file.name, version: plan.version, decisions, bad, problem } });
  };

  return (
    <span className="aside inline mig-exchange">
      {state.read !== null && (
        <span className="small dim" role="status">
          {plural(state.read, 'row')} read
        </span>
      )}
      {state.problem && <span className="small text-danger" role="alert">{state.problem.message} {state.problem.code}</span>}
      {(['csv', 'json'] as const).map((format) => (
        <button key={format} type="button" className="button small quiet" aria-label={`Save the decisions as ${format.toUpperCase()}`} onClick={() => void save(format)}>
          <Download size={13} aria-hidden />
          {format.toUpperCase()}
        </button>
      ))}
      {!fixed && (
        <button type="button" className="button small quiet" onClick={() => picker.current?.click()}>
          <FileUp size={13} aria-hidden />
          Import
        </button>
      )}
      <input
        ref={picker}
        type="file"
        hidden
        accept=".csv,.json,text/csv,application/json"
        aria-label="File of decisions"
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = '';
          if (file) void open(file);
        }}
      />
      {state.checked && <ImportDialog checked={state.checked} onClose={() => setState({ read: null, problem: null, checked: null })} />}
    </span>
  );
}
