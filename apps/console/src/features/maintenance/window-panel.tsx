import { useNavigate } from '@tanstack/react-router';
import { ConsoleNoticesDocument } from '@usher/api-client';
import { CalendarX, Clock, MessageSquareOff, Pencil, Send, Trash2 } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useQuery } from 'urql';
import { problemOf } from '../../api/problem.js';
import { ActionMenu } from '../../components/action-menu.js';
import { VendorGlyph } from '../../components/glyphs.js';
import { ErrorState } from '../../components/state-view.js';
import { mainTitle } from '../../format/media.js';
import { absolute, moment } from '../../format/units.js';
import { useNow, useSnapshots } from '../../live/live-context.js';
import { progressAt } from '../../live/progress.js';
import { playing } from '../../live/totals.js';
import type { FleetServer } from '../../live/live-types.js';
import { useRole } from '../auth/auth-context.js';
import { countWords } from '../notices/notice-draft.js';
import { CancelWindow } from './cancel-window.js';
import { cityOf } from './week.js';
import { lengthWords } from './window-list.js';
import { clockWords, dayWords } from './window-preview.js';
import type { Occurrence, WindowRow } from './window-draft.js';

type ById = ReadonlyMap<string, FleetServer>;
const HOUR_MS = 3_600_000;
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const utc = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' });

function Facts({ window, next, byId }: { window: WindowRow; next: Occurrence | undefined; byId: ById }): ReactNode {
  const nowMs = useNow(60_000);
  const drains = window.current && Date.parse(window.current.startAt) > nowMs;
  return (
    <dl className="panel-body facts">
      {next && (
        <>
          <div>
            <dt>{dayWords(next.startLocal)}</dt>
            <dd>
              {clockWords(next.startLocal, next.endLocal)} <span className="dim">{cityOf(window.timeZone)}</span>
            </dd>
          </div>
          <div>
            <dt>In UTC</dt>
            <dd className="dim">
              {utc.format(Date.parse(next.startAt))}–{utc.format(Date.parse(next.endAt))}
            </dd>
          </div>
          <div>
            <dt>Draining</dt>
            <dd>
              {window.drainMin === 0 ? (
                <span className="dim">at the start</span>
              ) : drains ? (
                <span className="text-warning">since {clock.format(Date.parse(next.drainFrom))}</span>
              ) : (
                `from ${moment(Date.parse(next.drainFrom), nowMs)}`
              )}
            </dd>
          </div>
        </>
      )}
      <div>
        <dt>Servers</dt>
        <dd>{window.serverIds.map((id) => byId.get(id)?.alias ?? 'removed server').join(', ')}</dd>
      </div>
      <div>
        <dt>Lasts</dt>
        <dd>{lengthWords(window.durationMin)}</dd>
      </div>
      <div>
        <dt>Repeats</dt>
        <dd>{window.repeats}</dd>
      </div>
      {window.skipped.length > 0 && (
        <div>
          <dt>Left out</dt>
          <dd className="dim">{window.skipped.map((local) => dayWords(local)).join(', ')}</dd>
        </div>
      )}
      <div>
        <dt>Made by</dt>
        <dd title={absolute(Date.parse(window.createdAt))}>
          {window.createdBy}, {moment(Date.parse(window.createdAt), nowMs)}
        </dd>
      </div>
    </dl>
  );
}

/** Who watches on its servers now, and whether they are done before it starts. */
function Affected({ window, next, byId }: { window: WindowRow; next: Occurrence; byId: ById }): ReactNode {
  const snapshots = useSnapshots();
  const nowMs = useNow(60_000);
  const startMs = Date.parse(next.startAt);
  const soon = startMs - nowMs < 12 * HOUR_MS;
  const people = window.serverIds.flatMap((id) => playing(snapshots.get(id)).map((session) => ({ session, alias: byId.get(id)?.alias ?? '' })));
  return (
    <section className="panel" aria-labelledby="affected-head">
      <div className="panel-head">
        <h2 id="affected-head">Who watches there now</h2>
        <span className="aside small dim">{people.length}</span>
      </div>
      {people.length === 0 && <p className="panel-body dim">Nobody.</p>}
      <ul className="window-people">
        {people.slice(0, 6).map(({ session, alias }) => {
          const { remainingMs } = progressAt(session, nowMs, false);
          const endMs = remainingMs === null ? null : nowMs + remainingMs;
          return (
            <li key={session.id}>
              <span className="strong block clip">{session.userName ?? 'Unknown viewer'}</span>
              <span className="small dim block">
                {session.item && mainTitle(session.item)} on {alias}
                {endMs !== null && (soon && endMs > startMs ? <span className="text-warning">, goes on past {clock.format(startMs)}</span> : `, ends ${clock.format(endMs)}`)}
              </span>
            </li>
          );
        })}
      </ul>
      {people.length > 6 && <p className="panel-note small dim">{people.length - 6} more</p>}
    </section>
  );
}

function WindowNotices({ window }: { window: WindowRow }): ReactNode {
  const nowMs = useNow(60_000);
  const [{ data, error }, reread] = useQuery({ query: ConsoleNoticesDocument, variables: { filter: { windowId: window.id }, first: 6, after: null }, requestPolicy: 'cache-and-network' });
  const notices = data?.notices.edges.map(({ node }) => node) ?? [];
  return (
    <section className="panel" aria-labelledby="window-notices-head">
      <div className="panel-head">
        <h2 id="window-notices-head">Notices of this window</h2>
      </div>
      {error && !data && <ErrorState title="Usher could not read them" problem={problemOf(error)} onRetry={() => reread({ requestPolicy: 'network-only' })} />}
      {data && notices.length === 0 && <p className="panel-body dim">{window.noticeMin.length > 0 ? 'They are planned shortly before the window.' : 'None were asked for.'}</p>}
      <ul className="window-notices">
        {notices.map((notice) => {
          const Icon = notice.state === 'PLANNED' ? Clock : notice.counts.sent > 0 ? Send : MessageSquareOff;
          return (
            <li key={notice.id}>
              <Icon size={15} className="dim" aria-hidden />
              <span>{notice.minutesBefore === 0 ? 'At the start' : notice.minutesBefore === null ? 'Notice' : `${notice.minutesBefore} min before`}</span>
              <span className="dim small">{moment(Date.parse(notice.showAt), nowMs)}</span>
              <span className="push small dim">{notice.state === 'PLANNED' ? 'waits' : notice.state === 'CANCELED' ? 'canceled' : countWords(notice.counts)}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** The chosen window: when, where, who, and what can be done with it. */
export function WindowPanel({ window, byId, onChanged }: { window: WindowRow; byId: ById; onChanged(): void }): ReactNode {
  const navigate = useNavigate();
  const operator = useRole('OPERATOR');
  const [canceling, setCanceling] = useState<'date' | 'window' | null>(null);
  const next = window.current ?? window.next[0];
  const off = operator ? (window.canceledAt || !next ? 'This window is over.' : null) : 'Needs the role operator. FORBIDDEN';
  return (
    <div className="stack-panels">
      <section className="panel" aria-labelledby="window-head">
        <div className="panel-head">
          <VendorGlyph kind={byId.get(window.serverIds[0] ?? '')?.kind ?? null} />
          <h2 id="window-head" className="clip">
            {window.title}
          </h2>
          <span className="aside">
            <ActionMenu
              label={`Actions on ${window.title}`}
              actions={() => [
                { label: 'Change…', icon: Pencil, off, run: () => void navigate({ to: '/maintenance/$id/edit', params: { id: window.id }, search: (old) => old }) },
                ...(window.rrule ? [{ label: 'Cancel this date…', icon: CalendarX, off, run: () => setCanceling('date') }] : []),
                { label: 'Cancel window…', icon: Trash2, danger: true, off, run: () => setCanceling('window') },
              ]}
            />
          </span>
        </div>
        <Facts window={window} next={next} byId={byId} />
      </section>
      {next && <Affected window={window} next={next} byId={byId} />}
      <WindowNotices key={window.id} window={window} />
      {canceling && <CancelWindow window={window} occurrence={canceling === 'date' ? (next ?? null) : null} onClose={() => setCanceling(null)} onChanged={onChanged} />}
    </div>
  );
}
