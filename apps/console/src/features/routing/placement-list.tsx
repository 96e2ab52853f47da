import { Ban, Route } from 'lucide-react';
import type { ReactNode } from 'react';
import { EmptyState } from '../../components/state-view.js';
import { MarkIcon } from '../../components/glyphs.js';
import { Poster } from '../../components/poster.js';
import { absolute, count, moment } from '../../format/units.js';
import { useNow } from '../../live/live-context.js';
import type { FleetServer } from '../../live/live-types.js';
import { PLANNED_MARKS, share, shortSentence, type PlacementRow } from './routing-words.js';

const TONES: Readonly<Record<PlacementRow['verdict'], string>> = { PLACED: 'dim', SMALLER: 'text-warning', REFUSED: 'text-danger' };

function Row({ placement, alias, why, chosen, onChoose }: { placement: PlacementRow; alias: string; why: string; chosen: boolean; onChoose(): void }): ReactNode {
  const nowMs = useNow(60_000);
  const atMs = Date.parse(placement.at);
  const moved = placement.verdict === 'PLACED' && (placement.kind === 'FAILOVER' || placement.kind === 'DRAIN');
  return (
    <li>
      <button type="button" className="placement-row" aria-current={chosen || undefined} data-list-item onClick={onChoose}>
        <span className="num dim" title={absolute(atMs)}>
          {moment(atMs, nowMs)}
        </span>
        <Poster item={{ title: placement.title, seriesTitle: null }} />
        <span className="placement-what">
          <span className="block clip">
            <span className="strong">{placement.title}</span> <span className="dim">{placement.userName}</span>
          </span>
          <span className={`small block clip ${moved ? 'accent' : TONES[placement.verdict]}`}>{why}</span>
        </span>
        <span className="placement-where">
          {placement.verdict === 'REFUSED' ? (
            <>
              <span className="text-danger">refused</span>
              <Ban size={13} className="dim" aria-hidden />
            </>
          ) : (
            <>
              <span className="strong clip">{alias}</span>
              <span className="inline small dim">
                {placement.delivery && <MarkIcon mark={PLANNED_MARKS[placement.delivery]} size={12} />}
                {placement.utilization === null ? '–' : share(placement.utilization)}
              </span>
            </>
          )}
        </span>
      </button>
    </li>
  );
}

export const VERDICTS = [['placed', 'Placed'], ['smaller', 'Smaller picture'], ['refused', 'Refused']] as const;

interface PlacementListProps {
  placements: readonly PlacementRow[];
  total: number;
  verdict: string | undefined;
  chosenId: string | undefined;
  byId: ReadonlyMap<string, FleetServer>;
  onChoose(id: string): void;
  onVerdict(verdict: string | undefined): void;
  /** Null when all are shown. */
  onMore: (() => void) | null;
}

/** Decisions, the newest first. */
export function PlacementList({ placements, total, verdict, chosenId, byId, onChoose, onVerdict, onMore }: PlacementListProps): ReactNode {
  const nameOf = (serverId: string) => byId.get(serverId)?.alias ?? 'a removed server';
  return (
    <section className="panel placements" aria-labelledby="placements-head">
      <div className="panel-head">
        <h2 id="placements-head">Placements</h2>
        <span className="small dim">{count(total)}</span>
        <select className={`input filter-select aside ${verdict ? 'chosen' : ''}`} aria-label="Verdict" value={verdict ?? ''} onChange={(event) => onVerdict(event.target.value || undefined)}>
          <option value="">All verdicts</option>
          {VERDICTS.map(([value, word]) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </select>
      </div>
      {placements.length === 0 ? (
        verdict ? (
          <EmptyState icon={Route} title="No decision with this verdict" action={<button type="button" className="button small" onClick={() => onVerdict(undefined)}>Show all verdicts</button>} />
        ) : (
          <EmptyState icon={Route} title="Nothing placed yet">
            A placement appears when somebody opens a link that Usher made. Simulate one to see what would be chosen, or make a link.
          </EmptyState>
        )
      ) : (
        <ul>
          {placements.map((placement) => (
            <Row
              key={placement.id}
              placement={placement}
              why={shortSentence(placement, nameOf)}
              alias={placement.serverId ? nameOf(placement.serverId) : ''}
              chosen={placement.id === chosenId}
              onChoose={() => onChoose(placement.id)}
            />
          ))}
        </ul>
      )}
      {onMore && (
        <button type="button" className="link placements-more" onClick={onMore}>
          {count(total - placements.length)} earlier
        </button>
      )}
    </section>
  );
}
