import { Link } from '@tanstack/react-router';
import { ConsoleServerEfficiencyDocument } from '@usher/api-client';
import { ArrowUp } from 'lucide-react';
import type { ReactNode } from 'react';
import { useQuery } from 'urql';
import { kindName } from '../../components/glyphs.js';
import { Age } from '../../components/ticking.js';
import { absolute, count } from '../../format/units.js';
import { CONDITION_WORDS, conditionOf, conditionSince } from '../../live/condition.js';
import { useSnapshot } from '../../live/live-context.js';
import { useRepeat } from '../../live/use-repeat.js';
import type { FleetServer } from '../../live/live-types.js';
import { onlineWords, sinceWords, type Curve } from '../efficiency/curve-lines.js';
import { goalsOf, hitRate, intervalText, MODE_WORDS, PACE_WORDS } from '../efficiency/figures.js';
import { EndpointTable } from '../efficiency/server-report.js';
import { ReadPanel, useMayRead } from './detail-parts.js';
import { HalfHourBar } from './half-hour-bar.js';

const EVERY_MS = 30_000;
const TOP = 6;
const when = (value: string | null) => (value ? Date.parse(value) : null);

function Fact({ label, children }: { label: string; children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** How the server is and was, since when, and what it runs. */
export function HealthPanel({ server, day }: { server: FleetServer; day: Curve | null }): ReactNode {
  const snapshot = useSnapshot(server.id);
  const condition = conditionOf(server, snapshot?.stale);
  const online = day && onlineWords(day.total);
  const since = day && sinceWords(day);
  return (
    <section className="panel" aria-labelledby="health-head">
      <div className="panel-head">
        <h2 id="health-head">Health</h2>
        <span className="aside small">
          {CONDITION_WORDS[condition]}
          {online && <span className="dim"> · {online} {since ? since.replace('collected ', '') : 'in 24 h'}</span>}
        </span>
      </div>
      {day && <HalfHourBar curve={day} />}
      <dl className="panel-body facts">
        <Fact label={condition === 'online' ? 'Online for' : 'Since'}>
          <Age atMs={conditionSince(server, condition, snapshot?.atMs)} />
        </Fact>
        <Fact label="Version">
          {kindName(server.kind)} {server.version ?? 'not told'}{' '}
          {server.updateAvailable ? (
            <span className="accent inline-flex">
              <ArrowUp size={12} aria-hidden /> update available
            </span>
          ) : (
            <span className="dim">{server.updateAvailable === false ? 'up to date' : 'updates not reported'}</span>
          )}
        </Fact>
        {!server.versionTested && server.version && <Fact label="Tested"><span className="text-warning">Usher was not tested with this version; what works is used.</span></Fact>}
        <Fact label="Last answer">
          <Age atMs={when(server.lastSeenAt)} suffix=" ago" />
        </Fact>
        <Fact label="Last playback">
          <Age atMs={when(server.lastPlaybackAt)} suffix=" ago" />
        </Fact>
        <Fact label="Registered">{absolute(Date.parse(server.createdAt))}</Fact>
      </dl>
    </section>
  );
}

/** How the picture of this server is kept, how old it is and what that costs the server. */
export function useLivePanels(server: FleetServer): { calls: ReactNode; updates: ReactNode } {
  const { live, poll } = server;
  const mayRead = useMayRead(server, null, true);
  const [{ data, error }, read] = useQuery({ query: ConsoleServerEfficiencyDocument, variables: { serverId: server.id }, pause: !mayRead, requestPolicy: 'cache-and-network' });
  const reread = () => read({ requestPolicy: 'network-only' });
  useRepeat(() => mayRead && reread(), EVERY_MS);
  const cost = data?.serverEfficiency;
  const report = cost?.report;
  const goals = report && goalsOf(report);
  const rate = report ? hitRate([report]) : null;
  const more = (
    <Link to="/efficiency" search={(old) => ({ servers: old.servers, server: server.slug })} className="link aside">
      All figures<span className="sr-only"> of {server.alias}</span>
    </Link>
  );
  const session = report?.calls.sessionLastHour ?? live.sessionCallsLastHour;
  const other = report?.calls.otherLastHour ?? live.otherCallsLastHour;
  const calls = report ? (
    <EndpointTable endpoints={report.endpoints} title="Calls" note="last hour, the most used first" most={TOP} aside={more} />
  ) : (
    <ReadPanel title="Calls" note="last hour" server={server} operator ready={!!cost} error={error} onRetry={reread}>
      <p className="panel-body dim">
        {cost?.error ?? 'The agent has not told yet.'} {cost?.code && <code>{cost.code}</code>}
      </p>
    </ReadPanel>
  );
  const updates = (
    <section className="panel" aria-labelledby="updates-head">
      <div className="panel-head">
        <h2 id="updates-head">Updates</h2>
        <span className="aside small">{report ? MODE_WORDS[report.mode] : { PUSH: 'Push', POLL: 'Poll', NONE: 'No data yet' }[live.source]}</span>
      </div>
      <dl className="panel-body facts">
        <Fact label="Carried by">{server.connection === 'DIRECT' ? 'bundled host, same machine' : 'its own agent'}</Fact>
        <Fact label="Last push">
          <Age atMs={when(live.lastPushAt)} suffix=" ago" />
        </Fact>
        <Fact label="Last poll">
          <Age atMs={when(live.lastPollAt)} suffix=" ago" />
          {report ? (
            <>
              , every {intervalText(report.pollEveryMs)} <span className="dim">({PACE_WORDS[report.pace]})</span>
            </>
          ) : (
            `, every ${poll.sessionsS} s without push`
          )}
        </Fact>
        <Fact label="Calls, 1 h">
          <span className={goals && session > goals.session ? 'text-warning' : undefined}>{count(session)}{goals && ` of ${count(goals.session)}`}</span> for sessions,{' '}
          <span className={goals && other > goals.other ? 'text-warning' : undefined}>{count(other)}{goals && ` of ${count(goals.other)}`}</span> others
        </Fact>
        {rate !== null && <Fact label="Cache hits">{Math.round(rate * 100)} %</Fact>}
      </dl>
      {cost && cost.advice.length > 0 && <p className="small text-warning host-why">{cost.advice.join(' ')}</p>}
    </section>
  );
  return { calls, updates };
}
