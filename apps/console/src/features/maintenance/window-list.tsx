import { Repeat } from 'lucide-react';
import type { ReactNode } from 'react';
import { useNow } from '../../live/live-context.js';
import type { FleetServer } from '../../live/live-types.js';
import { cityOf } from './week.js';
import { serversWords } from './week-view.js';
import type { WindowRow } from './window-draft.js';
import { clockWords, dayWords } from './window-preview.js';

/** Minutes as `30 min` or `1 h 30 min`. */
export const lengthWords = (minutes: number): string => (minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h${minutes % 60 ? ` ${minutes % 60} min` : ''}`);

interface WindowListProps {
  windows: readonly WindowRow[];
  byId: ReadonlyMap<string, FleetServer>;
  chosenId: string | undefined;
  onChoose(id: string): void;
}

/** Windows in the order of their next start. */
export function WindowList({ windows, byId, chosenId, onChoose }: WindowListProps): ReactNode {
  const nowMs = useNow(60_000);
  return (
    <table className="table window-list">
      <thead>
        <tr>
          <th scope="col">Window</th>
          <th scope="col">Next</th>
          <th scope="col" className="at-wide">Length</th>
          <th scope="col" className="at-wide">Repeats</th>
          <th scope="col" className="at-wide">Before</th>
        </tr>
      </thead>
      <tbody>
        {windows.map((window) => {
          const next = window.current ?? window.next[0];
          return (
            <tr key={window.id} className={window.id === chosenId ? 'chosen' : undefined}>
              <td>
                <button type="button" className="strong window-name" aria-pressed={window.id === chosenId} data-list-item onClick={() => onChoose(window.id)}>
                  {window.title}
                </button>
                <span className="small dim block">{serversWords(window, byId, 3)}</span>
              </td>
              <td>
                {next ? (
                  <>
                    {dayWords(next.startLocal)}, {clockWords(next.startLocal, next.endLocal)}
                    <span className="small dim block">
                      {cityOf(window.timeZone)} {window.current && <span className="text-warning">· {Date.parse(window.current.startAt) > nowMs ? 'draining' : 'now'}</span>}
                    </span>
                  </>
                ) : (
                  <span className="faint">{window.canceledAt ? 'canceled' : 'over'}</span>
                )}
              </td>
              <td className="at-wide num-start">{lengthWords(window.durationMin)}</td>
              <td className="at-wide dim">
                <span className="inline">
                  {window.rrule && <Repeat size={13} aria-hidden />}
                  {window.repeats}
                </span>
              </td>
              <td className="at-wide dim small">
                {window.drainMin > 0 ? `drains ${window.drainMin} min` : 'no draining'}
                <span className="block">{window.noticeMin.length > 0 ? `notices ${window.noticeMin.join(', ')} min` : 'no notices'}</span>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
