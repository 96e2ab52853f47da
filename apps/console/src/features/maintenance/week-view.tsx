import { Repeat } from 'lucide-react';
import type { CSSProperties, ReactNode } from 'react';
import { VendorGlyph } from '../../components/glyphs.js';
import { zone } from '../../format/units.js';
import { useNow } from '../../live/live-context.js';
import type { FleetServer } from '../../live/live-types.js';
import { blocksOf, cityOf, dayOf, hourIn, startOf, weekFrom, type Block } from './week.js';
import type { WindowRow } from './window-draft.js';

const HOURS = Array.from({ length: 12 }, (_, index) => index * 2);
const HOUR_MS = 3_600_000;
/** Height of an hour, as in the style sheet. */
const HOUR_PX = 23;
const dayHead = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric' });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const share = (minutes: number): string => `${(minutes / 1_440) * 100}%`;

/** `Attic`, `Attic +2`: the servers of a window, the first by name, two where there is room. */
export function serversWords({ serverIds }: WindowRow, byId: ReadonlyMap<string, FleetServer>, most = 1): string {
  const shown = serverIds.length <= most ? serverIds.length : Math.max(1, most - 1);
  const names = serverIds.slice(0, shown).map((id) => byId.get(id)?.alias ?? 'removed server');
  return serverIds.length > shown ? `${names.join(', ')} +${serverIds.length - shown}` : names.join(', ');
}

function BlockButton({ block, byId, chosen, onChoose }: { block: Block; byId: ReadonlyMap<string, FleetServer>; chosen: boolean; onChoose(): void }): ReactNode {
  const { window, occurrence, startMin, endMin, labelMin, drainMin } = block;
  const lane: CSSProperties = { left: `calc(${(block.lane / block.lanes) * 100}% + 3px)`, width: `calc(${100 / block.lanes}% - 6px)` };
  const start = clock.format(Date.parse(occurrence.startAt));
  const times = window.rrule ? start : `${start}–${clock.format(Date.parse(occurrence.endAt))}`;
  return (
    <>
      {drainMin !== null && <span className="week-drain" aria-hidden style={{ ...lane, top: share(drainMin), height: share(startMin - drainMin) }} />}
      <button type="button" className="week-block" aria-pressed={chosen} style={{ ...lane, top: share(labelMin) }} onClick={onChoose}>
        <span className="week-length" aria-hidden style={{ top: `${((startMin - labelMin) / 60) * HOUR_PX - 1}px`, height: `${((endMin - startMin) / 60) * HOUR_PX}px` }} />
        <span className="inline">
          <VendorGlyph kind={byId.get(window.serverIds[0] ?? '')?.kind ?? null} size={13} />
          <span className="strong clip">{serversWords(window, byId)}</span>
        </span>
        <span className="inline small dim week-times">
          {window.rrule && <Repeat size={11} aria-label="repeats" />}
          <span className="clip">{block.goesOn ? 'goes on' : times}</span>
        </span>
        <span className="sr-only">{window.title}</span>
      </button>
    </>
  );
}

interface WeekViewProps {
  firstDay: string;
  windows: readonly WindowRow[];
  byId: ReadonlyMap<string, FleetServer>;
  /** Told on a second axis. */
  otherTimeZone: string | null;
  chosenId: string | undefined;
  onChoose(id: string): void;
}

/** Seven days by the wall clock of this browser; the bar of a window is its true length, its label may be longer. */
export function WeekView({ firstDay, windows, byId, otherTimeZone, chosenId, onChoose }: WeekViewProps): ReactNode {
  const nowMs = useNow(60_000);
  const today = dayOf(nowMs);
  const axes = otherTimeZone ? 2 : 1;
  const now = new Date(nowMs);
  return (
    <div className={`week axes-${axes}`}>
      <span className="week-zone dim">{cityOf(zone())}</span>
      {otherTimeZone && <span className="week-zone dim">{cityOf(otherTimeZone)}</span>}
      {weekFrom(firstDay).map((day) => (
        <span key={day} className={`week-day ${day === today ? 'accent strong' : 'dim'}`}>
          {dayHead.format(startOf(day))}
          {day === today && ' · today'}
        </span>
      ))}
      <div className="week-hours" aria-hidden>
        {HOURS.map((hour) => (
          <span key={hour} style={{ top: share(hour * 60) }}>
            {String(hour).padStart(2, '0')}
          </span>
        ))}
      </div>
      {otherTimeZone && (
        <div className="week-hours" aria-hidden>
          {HOURS.map((hour) => (
            <span key={hour} style={{ top: share(hour * 60) }}>
              {hourIn(startOf(firstDay) + hour * HOUR_MS, otherTimeZone)}
            </span>
          ))}
        </div>
      )}
      {weekFrom(firstDay).map((day) => (
        <div key={day} className="week-column" role="group" aria-label={dayHead.format(startOf(day))}>
          {blocksOf(windows, day).map((block) => (
            <BlockButton key={`${block.window.id}${block.occurrence.startAt}`} block={block} byId={byId} chosen={block.window.id === chosenId} onChoose={() => onChoose(block.window.id)} />
          ))}
          {day === today && <span className="week-now" aria-hidden style={{ top: share(now.getHours() * 60 + now.getMinutes()) }} />}
        </div>
      ))}
    </div>
  );
}
