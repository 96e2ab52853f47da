import { ConsoleNoticeForecastDocument, type ConsoleNoticeForecastQuery, type NoticeTargetsInput } from '@usher/api-client';
import { Clock, MessageSquareOff, Send, Users } from 'lucide-react';
import { type ReactNode, useEffect, useMemo } from 'react';
import { useQuery } from 'urql';
import { problemOf } from '../../api/problem.js';
import { VendorGlyph } from '../../components/glyphs.js';
import { EmptyState, ErrorState, LoadingRows } from '../../components/state-view.js';
import { Age } from '../../components/ticking.js';
import { plural } from '../../format/units.js';
import { useLive } from '../../live/live-context.js';
import type { FleetServer } from '../../live/live-types.js';

export type Forecast = ConsoleNoticeForecastQuery['noticeForecast'];
type Counts = Pick<Forecast, 'canTake' | 'unsupported' | 'later'>;

const AGAIN_MS = 10_000;
/** Codes that are no failure: the words beside them say all. */
const PLAIN: readonly string[] = ['NOBODY', 'CAPABILITY_MISSING'];

/** Asks what a notice to these targets would do now, and again every ten seconds. */
export function useForecast(targets: NoticeTargetsInput | null): { forecast: Forecast | undefined; atMs: number; error: unknown; reread(): void } {
  const { store } = useLive();
  const [{ data, error }, read] = useQuery({ query: ConsoleNoticeForecastDocument, variables: { targets: targets ?? { allLinked: true } }, pause: targets === null, requestPolicy: 'cache-and-network' });
  // The time of the newest answer: read when it comes, kept until the next one.
  const atMs = useMemo(() => (data ? store.clock.now() : 0), [data, store]);
  useEffect(() => {
    if (targets === null) return undefined;
    const timer = setInterval(() => read({ requestPolicy: 'network-only' }), AGAIN_MS);
    return () => clearInterval(timer);
  }, [read, targets]);
  return { forecast: targets === null ? undefined : data?.noticeForecast, atMs, error, reread: () => read({ requestPolicy: 'network-only' }) };
}

/** Green is sent, hatched is unsupported, the outline is later; widths are sessions. */
function ForecastBar({ counts, of }: { counts: Counts; of: number }): ReactNode {
  const part = (value: number, name: string) => value > 0 && <span className={`forecast-${name}`} style={{ width: `${(value / Math.max(1, of)) * 100}%` }} />;
  return (
    <span className="forecast-bar" aria-hidden>
      {part(counts.canTake, 'sent')}
      {part(counts.unsupported, 'unsupported')}
      {part(counts.later, 'later')}
    </span>
  );
}

function words({ canTake, unsupported, later }: Counts): ReactNode {
  if (canTake + unsupported + later === 0) return <span className="dim">nobody</span>;
  const rest = [unsupported > 0 ? `${unsupported} unsupported` : ''].filter(Boolean).join('');
  return (
    <>
      {canTake > 0 && <span className="strong">{canTake} sent</span>}
      {canTake > 0 && rest && ' · '}
      {rest && <span className="dim">{rest}</span>}
      {later > 0 && (
        <span className="text-warning">
          {canTake + unsupported > 0 && ' · '}
          {later} later
        </span>
      )}
    </>
  );
}

/** Plex has no way to show a text: said on its own, as it is no fault of an app; null where no Plex server is among the targets. */
function plexWords({ servers }: Forecast, byId: ReadonlyMap<string, FleetServer>): string | null {
  const plex = servers.filter(({ serverId }) => byId.get(serverId)?.kind === 'PLEX');
  if (plex.length === 0) return null;
  const left = plex.reduce((sum, { unsupported }) => sum + unsupported, 0);
  const names = plex.map(({ serverAlias }) => serverAlias).join(', ');
  return `Plex cannot show messages: ${left === 0 ? 'nobody is connected to' : `${plural(left, 'session')} on`} ${names}${left === 0 ? ' now' : left === 1 ? ' gets nothing' : ' get nothing'}.`;
}

interface ForecastPanelProps {
  /** Null while no target is chosen. */
  forecast: Forecast | undefined;
  chosen: boolean;
  atMs: number;
  error: unknown;
  byId: ReadonlyMap<string, FleetServer>;
  onRetry(): void;
}

/** What sending now would do, per server and with the reason, before anything is sent. */
export function ForecastPanel({ forecast, chosen, atMs, error, byId, onRetry }: ForecastPanelProps): ReactNode {
  const most = Math.max(1, ...(forecast?.servers ?? []).map((row) => row.canTake + row.unsupported + row.later));
  return (
    <section className="panel" aria-labelledby="forecast-head">
      <div className="panel-head">
        <h2 id="forecast-head">What will happen</h2>
        {forecast && (
          <span className="small dim">
            from the live sessions, <Age atMs={atMs} suffix=" ago" />
          </span>
        )}
      </div>
      {!chosen && (
        <EmptyState icon={Users} title="Nobody is chosen yet">
          Choose servers or sessions, and who can take the text is said here first.
        </EmptyState>
      )}
      {chosen && !forecast && (error ? <ErrorState title="Usher could not tell what will happen" problem={problemOf(error)} onRetry={onRetry} /> : <LoadingRows rows={6} height={40} label="Loading the forecast" />)}
      {forecast && (
        <>
          <div className="forecast-sum">
            <p>
              <span className="forecast-figure">{forecast.canTake}</span> of {forecast.sessions} sessions can take a text now
            </p>
            <ForecastBar counts={forecast} of={forecast.canTake + forecast.unsupported + forecast.later} />
            <ul className="forecast-legend small">
              <li>
                <Send size={13} className="text-play" aria-hidden /> <b>{forecast.canTake}</b> <span className="dim">sent</span>
              </li>
              <li>
                <MessageSquareOff size={13} className="dim" aria-hidden /> <b>{forecast.unsupported}</b> <span className="dim">unsupported</span>
              </li>
              <li>
                <Clock size={13} className="text-warning" aria-hidden /> <b>{forecast.later}</b> <span className="dim">later, while away</span>
              </li>
            </ul>
          </div>
          {plexWords(forecast, byId) && (
            <p className="forecast-plex small">
              <MessageSquareOff size={14} className="text-warning" aria-hidden />
              {plexWords(forecast, byId)}
            </p>
          )}
          <ul className="forecast-rows">
            {forecast.servers.map((row) => (
              <li key={row.serverId}>
                <span className="inline">
                  <VendorGlyph kind={byId.get(row.serverId)?.kind ?? null} />
                  <span className="strong clip">{row.serverAlias}</span>
                </span>
                <span className="forecast-share">
                  <ForecastBar counts={row} of={most} />
                </span>
                <span className="small">{words(row)}</span>
                <span className="small dim forecast-reason">
                  {row.reason ?? '–'}
                  {row.stale && <span className="text-warning"> The numbers are old.</span>} {row.code && !PLAIN.includes(row.code) && <code>{row.code}</code>}
                </span>
              </li>
            ))}
          </ul>
          <p className="panel-note small dim">“Sent” means that the media server took the text for that player. It is never counted as seen.</p>
        </>
      )}
    </section>
  );
}
