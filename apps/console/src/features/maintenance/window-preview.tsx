import { ConsoleMaintenancePreviewDocument, type MaintenanceWindowInput } from '@usher/api-client';
import { CalendarClock, CircleCheck, TriangleAlert } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { useQuery } from 'urql';
import { problemOf } from '../../api/problem.js';
import { LoadingRows, ProblemNote } from '../../components/state-view.js';
import { cityOf } from './week.js';
import type { Occurrence } from './window-draft.js';

const PATIENCE_MS = 300;
const dayName = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' });

/** `Tue 1 Dec` of a local time as the API writes it. */
export const dayWords = (local: string): string => dayName.format(new Date(`${local.slice(0, 10)}T00:00:00Z`)).replace(',', '');
export const clockWords = (start: string, end: string): string => `${start.slice(11, 16)}–${end.slice(11, 16)}`;

/** Follows a value that is being typed, once it has rested. */
function useRested<T>(value: T): T {
  const key = JSON.stringify(value);
  const [rested, setRested] = useState(key);
  useEffect(() => {
    const timer = setTimeout(() => setRested(key), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [key]);
  return JSON.parse(rested) as T;
}

function Dates({ dates, timeZone, otherTimeZone }: { dates: readonly Occurrence[]; timeZone: string; otherTimeZone: string | null }): ReactNode {
  const firstOther = dates[0]?.startOther?.slice(11, 16);
  return (
    <table className="table next-dates">
      <thead>
        <tr>
          <th scope="col">Day</th>
          <th scope="col">{cityOf(timeZone)}</th>
          {otherTimeZone && <th scope="col">{cityOf(otherTimeZone)}</th>}
        </tr>
      </thead>
      <tbody>
        {dates.map((date) => {
          const moved = date.startOther !== null && date.startOther.slice(11, 16) !== firstOther;
          return (
            <tr key={date.startAt}>
              <td>{dayWords(date.startLocal)}</td>
              <td className={date.shifted ? 'text-warning strong' : ''}>
                {clockWords(date.startLocal, date.endLocal)}
                {date.shifted && <span className="small block">later: the clocks go forward</span>}
              </td>
              {otherTimeZone && <td className={moved ? 'text-warning strong' : 'dim'}>{date.startOther && date.endOther ? clockWords(date.startOther, date.endOther) : '–'}</td>}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** What the window would mean: its next five dates, what speaks against it, whom its notices reach. Null while the form is incomplete. */
export function WindowPreview({ input, otherTimeZone }: { input: MaintenanceWindowInput | null; otherTimeZone: string | null }): ReactNode {
  const rested = useRested(input);
  const [{ data, error }] = useQuery({
    query: ConsoleMaintenancePreviewDocument,
    variables: { window: rested ?? { title: '', serverIds: [], startLocal: '', timeZone: 'UTC', durationMin: 1 }, otherTimeZone },
    pause: rested === null,
  });
  const preview = rested && data?.maintenancePreview;
  return (
    <section className="window-preview" aria-labelledby="dates-head">
      <div className="inline">
        <h3 id="dates-head">Next dates</h3>
        {preview && <span className="push small dim">{preview.repeats}</span>}
      </div>
      {!rested && (
        <p className="inline dim preview-wait">
          <CalendarClock size={15} aria-hidden />
          They stand here once what, servers and times are written.
        </p>
      )}
      {rested && error && <ProblemNote problem={problemOf(error)} />}
      {rested && !error && !preview && <LoadingRows rows={5} height={30} label="Loading the next dates" />}
      {preview && !error && (
        <>
          <Dates dates={preview.next} timeZone={rested.timeZone} otherTimeZone={otherTimeZone} />
          <h3 className="means-head">What it means</h3>
          <ul className="means">
            {preview.warnings.map((warning) => (
              <li key={warning}>
                <TriangleAlert size={15} className="text-warning" aria-label="Warning" />
                <span>{warning}</span>
              </li>
            ))}
            {preview.notices && (
              <li>
                {preview.notices.canTake < preview.notices.sessions ? <TriangleAlert size={15} className="text-warning" aria-label="Warning" /> : <CircleCheck size={15} className="text-play" aria-label="Fine" />}
                <span>
                  Notices would reach {preview.notices.canTake} of {preview.notices.sessions} sessions now
                  {preview.notices.unsupported > 0 && <span className="small dim block">{preview.notices.unsupported} cannot show text; Plex shows none.</span>}
                </span>
              </li>
            )}
            {preview.warnings.length === 0 && (
              <li>
                <CircleCheck size={15} className="text-play" aria-label="Fine" />
                <span>Nothing speaks against it</span>
              </li>
            )}
          </ul>
        </>
      )}
    </section>
  );
}
