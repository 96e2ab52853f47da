import { Menu } from '@mantine/core';
import { ConsoleExportActivitiesDocument, type ActivityKind, type ExportFormat } from '@usher/api-client';
import { ChevronDown, Download, Pause, Play } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useClient } from 'urql';
import { problemOf, type Problem } from '../../api/problem.js';
import { DropMenu } from '../../components/drop-menu.js';
import { ProblemNote } from '../../components/state-view.js';
import { count, plural } from '../../format/units.js';
import { useLive, useLiveStatus, usePaused } from '../../live/live-context.js';
import { saveFile } from '../migrations/save-file.js';
import { KindIcon } from './activity-kind.js';
import { KIND_WORDS, KINDS, SIZES, type ActivityPage, type variablesOf } from './activity-words.js';

type Stats = ActivityPage['stats'];
const WORK: readonly ActivityKind[] = ['DOWNLOAD', 'SCAN', 'CONVERSION', 'TASK', 'RUN'];

const countOf = (stats: Stats, kind: ActivityKind): number => stats.byKind.find((row) => row.kind === kind)?.count ?? 0;

interface FilterProps {
  stats: Stats;
  kinds: readonly ActivityKind[];
  onKinds(kinds: readonly ActivityKind[]): void;
}

/** Three figures, each a filter. Online = running downloads and syncs; the hover text names all running work. */
export function Cards({ stats, kinds, onKinds }: FilterProps): ReactNode {
  const work = WORK.filter((kind) => countOf(stats, kind) > 0).map((kind) => plural(countOf(stats, kind), KIND_WORDS[kind].toLowerCase()));
  const only = (kind: ActivityKind) => kinds.length === 1 && kinds[0] === kind;
  const cards: readonly { label: string; figure: number; words: string; on: boolean; next: ActivityKind[]; hover?: string }[] = [
    { label: 'Total', figure: stats.total, words: 'streams, running work, problems', on: kinds.length === 0, next: [] },
    { label: 'Online', figure: stats.online, words: 'running downloads and syncs', on: only('DOWNLOAD'), next: ['DOWNLOAD'], hover: work.length > 0 ? `All running work: ${work.join(', ')}` : 'No work runs' },
    { label: 'Problem', figure: stats.problem, words: stats.problem === 0 ? 'nothing needs you' : 'failed or stalled', on: only('PROBLEM'), next: ['PROBLEM'] },
  ];
  return (
    <div className="panel activity-cards" role="group" aria-label="Counts, to filter by">
      {cards.map(({ label, figure, words, on, next, hover }) => (
        <button key={label} type="button" className="activity-card" aria-pressed={on} title={hover} onClick={() => onKinds(next)}>
          <span className="small dim">{label}</span>
          <span className={`activity-figure ${label === 'Problem' && figure > 0 ? 'text-danger' : ''}`}>{count(figure)}</span>
          <span className="small dim">{words}</span>
        </button>
      ))}
    </div>
  );
}

/** All kinds stay in their place, also without a row. */
export function Chips({ stats, kinds, onKinds }: FilterProps): ReactNode {
  return (
    <div className="activity-chips" role="group" aria-label="Types">
      {KINDS.map((kind) => {
        const on = kinds.includes(kind);
        return (
          <button key={kind} type="button" className="activity-chip" aria-pressed={on} onClick={() => onKinds(on ? kinds.filter((name) => name !== kind) : [...kinds, kind])}>
            <KindIcon kind={kind} size={13} />
            {KIND_WORDS[kind]} <b className={countOf(stats, kind) === 0 ? 'faint' : undefined}>{count(countOf(stats, kind))}</b>
          </button>
        );
      })}
    </div>
  );
}

/** Whether the list moves by itself, and the button that stops it. What waits meanwhile is counted. */
export function LiveBadge({ waiting }: { waiting: number }): ReactNode {
  const { store } = useLive();
  const { state } = useLiveStatus();
  const paused = usePaused();
  const Icon = paused ? Play : Pause;
  return (
    <span className="inline live-badge">
      <span className={`badge ${paused ? 'warning' : 'outline'}`}>
        {!paused && state === 'live' && <span className="state-dot" aria-hidden />}
        {paused ? 'PAUSED' : state === 'live' ? 'LIVE' : state.toUpperCase()}
      </span>
      <span className="small dim" role="status">{paused && `${plural(waiting, 'change')} waiting`}</span>
      <button type="button" className="button" aria-keyshortcuts="p" onClick={() => (paused ? store.resume() : store.pause())}>
        <Icon size={14} aria-hidden />
        {paused ? 'Resume' : 'Pause'}
      </button>
    </span>
  );
}

const FORMATS: readonly { format: ExportFormat; word: string; ending: string; type: Parameters<typeof saveFile>[2] }[] = [
  { format: 'CSV', word: 'CSV, for a spreadsheet', ending: 'csv', type: 'text/csv' },
  { format: 'JSON', word: 'JSON, one list', ending: 'json', type: 'application/json' },
  { format: 'NDJSON', word: 'NDJSON, a row a line', ending: 'ndjson', type: 'application/x-ndjson' },
];

/** Saves what the filter finds, all pages of it. */
export function ExportMenu({ filter, total }: { filter: ReturnType<typeof variablesOf>['filter']; total: number }): ReactNode {
  const client = useClient();
  const { store } = useLive();
  const [state, setState] = useState<{ busy: boolean; problem: Problem | null }>({ busy: false, problem: null });
  const save = async ({ format, ending, type }: (typeof FORMATS)[number]) => {
    setState({ busy: true, problem: null });
    const { data, error } = await client.query(ConsoleExportActivitiesDocument, { filter, format }, { requestPolicy: 'network-only' }).toPromise();
    setState({ busy: false, problem: error ? problemOf(error) : null });
    if (data) saveFile(`activities-${new Date(store.clock.now()).toISOString().slice(0, 10)}.${ending}`, data.exportActivities, type);
  };
  const off = state.busy || total === 0;
  const button = (
    <button type="button" className="button" aria-disabled={off || undefined}>
      <Download size={14} aria-hidden />
      {state.busy ? 'Exporting…' : `Export ${plural(total, 'row')}`}
      <ChevronDown size={13} className="dim" aria-hidden />
    </button>
  );
  return (
    <>
      {off ? (
        button
      ) : (
        <DropMenu target={button}>
          {FORMATS.map((row) => (
            <Menu.Item key={row.format} className="menu-item" onClick={() => void save(row)}>
              {row.word}
            </Menu.Item>
          ))}
        </DropMenu>
      )}
      {state.problem && <div className="export-problem"><ProblemNote problem={state.problem} /></div>}
    </>
  );
}

interface FootProps {
  page: ActivityPage;
  size: number;
  onSize(size: string | undefined): void;
  onPage(page: string | undefined): void;
}

/** Rows on a page, which of them are seen, and the way to the others. */
export function PageFoot({ page: { page, pages, total, rows }, size, onSize, onPage }: FootProps): ReactNode {
  const first = (page - 1) * size;
  const last = pages || 1;
  const go = (to: number) => onPage(to === 1 ? undefined : String(to));
  return (
    <div className="activity-foot">
      <select className="input filter-select" aria-label="Rows on a page" value={size} onChange={(event) => onSize(event.target.value === String(SIZES[0]) ? undefined : event.target.value)}>
        {SIZES.map((value) => (
          <option key={value} value={value}>
            {value} per page
          </option>
        ))}
      </select>
      <span className="small dim">
        {rows.length > 0 ? `${count(first + 1)}–${count(first + rows.length)} of ${count(total)}` : `${count(total)} in all`}
      </span>
      <span className="push inline">
        <button type="button" className="button small" aria-disabled={page <= 1 || undefined} onClick={page <= 1 ? undefined : () => go(page - 1)}>
          Previous
        </button>
        <span className="small dim">
          Page {page} of {last}
        </span>
        <button type="button" className="button small" aria-disabled={page >= last || undefined} onClick={page >= last ? undefined : () => go(page + 1)}>
          Next
        </button>
      </span>
    </div>
  );
}
