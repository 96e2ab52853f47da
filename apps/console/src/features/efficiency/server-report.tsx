import { CircleAlert, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Age } from '../../components/ticking.js';
import { absolute, count, duration } from '../../format/units.js';
import { BREAKER_WORDS, hitRate, intervalText, MODE_WORDS, PACE_WORDS, reconnectsOf, type Report, type ServerCost } from './figures.js';
import { ms, percent, Unknown } from './fleet-table.js';

const time = (at: string | null): number | null => (at === null ? null : Date.parse(at));

/** Calls by endpoint, the most used first. */
export function EndpointTable({ endpoints, title, note, most = Number.POSITIVE_INFINITY, aside }: { endpoints: Report['endpoints']; title: string; note: string; most?: number; aside?: ReactNode }): ReactNode {
  const rows = endpoints.toSorted((a, b) => b.calls - a.calls).slice(0, most);
  return (
    <section className="panel" aria-label={title}>
      <div className="panel-head">
        <h2>{title}</h2>
        <span className="small dim">{note}</span>
        {aside}
      </div>
      {rows.length === 0 ? (
        <p className="panel-body dim">No call in the last hour.</p>
      ) : (
        <table className="table call-table wide-calls">
          <thead>
            <tr>
              <th scope="col">Call</th>
              <th scope="col">Kind</th>
              <th scope="col" className="num">Count</th>
              <th scope="col" className="num">Average, ms</th>
              <th scope="col" className="num">p95, ms</th>
              <th scope="col" className="num">Errors</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.kind} ${row.endpoint}`}>
                <td><code>{row.endpoint}</code></td>
                <td className="dim">{row.kind === 'SESSION' ? 'sessions' : 'other'}</td>
                <td className="num">{count(row.calls)}</td>
                <td className="num dim">{ms(row.calls === 0 ? null : row.averageMs)}</td>
                <td className="num dim">{ms(row.calls === 0 ? null : row.p95Ms)}</td>
                <td className={`num ${row.errors > 0 ? 'text-danger' : 'dim'}`}>{count(row.errors)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const many = (value: number, tone = 'text-warning') => <span className={value > 0 ? tone : 'dim'}>{count(value)}</span>;

function Push({ report }: { report: Report }): ReactNode {
  const { push, at, since } = report;
  const spanMs = Date.parse(at) - Date.parse(since);
  return (
    <dl className="facts">
      <Fact label="Read by">
        {MODE_WORDS[report.mode]}, lists every {intervalText(report.pollEveryMs)} <span className="dim">({PACE_WORDS[report.pace]})</span>
      </Fact>
      <Fact label="Socket">{push.openSince ? <>open for <Age atMs={time(push.openSince)} /></> : <span className="dim">not open</span>}</Fact>
      <Fact label="Up-time">
        {duration(push.upMs)} {spanMs > 0 && <span className="dim">{percent(Math.min(1, push.upMs / spanMs))} since {absolute(Date.parse(since))}</span>}
      </Fact>
      <Fact label="Reconnects">{many(reconnectsOf(report))}</Fact>
      <Fact label="Silent deaths">
        {many(push.silentDeaths)} <span className="dim">open sockets that said nothing any more</span>
      </Fact>
      <Fact label="Messages">
        {count(push.messages)} <span className="dim">{count(push.folded)} made needless by a newer one</span>
      </Fact>
      <Fact label="Last poll, push">
        <Age atMs={time(report.lastPollAt)} />, <Age atMs={time(report.lastPushAt)} />
      </Fact>
      {push.lastFailure && <Fact label="Last failure">{push.lastFailure}</Fact>}
    </dl>
  );
}

function Calls({ report }: { report: Report }): ReactNode {
  const { calls, breaker, pausedUntil } = report;
  return (
    <dl className="facts">
      <Fact label="Breaker">
        <span className={breaker === 'CLOSED' ? undefined : 'text-warning'}>{BREAKER_WORDS[breaker]}</span>
      </Fact>
      {pausedUntil && <Fact label="Paused until">{absolute(Date.parse(pausedUntil))} <span className="dim">the server asked for it</span></Fact>}
      <Fact label="Shared">
        {count(calls.coalesced)} <span className="dim">askers took the answer of a call under way</span>
      </Fact>
      <Fact label="Retries">{many(calls.retries)}</Fact>
      <Fact label="Too many calls">
        {many(calls.rateLimited)} <span className="dim">answers said so</span>
      </Fact>
      <Fact label="Refused here">
        {many(calls.shed)} <span className="dim">queue full or breaker open</span>
      </Fact>
    </dl>
  );
}

function Caches({ report }: { report: Report }): ReactNode {
  if (report.caches.length === 0) return <p className="panel-body dim">No cache is used for this server.</p>;
  return (
    <table className="table call-table">
      <thead>
        <tr>
          <th scope="col">Cache</th>
          <th scope="col" className="num">Kept</th>
          <th scope="col" className="num">Hits</th>
          <th scope="col" className="num">Share</th>
          <th scope="col" className="num">Pushed out</th>
        </tr>
      </thead>
      <tbody>
        {report.caches.map((cache) => (
          <tr key={cache.name}>
            <td>{cache.name}</td>
            <td className="num dim">{count(cache.entries)} of {count(cache.capacity)}</td>
            <td className="num">{count(cache.hits)}</td>
            <td className="num">{percent(hitRate([{ ...report, caches: [cache] }]))}</td>
            <td className="num dim">{count(cache.evictions)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Everything that one server's picture costs it. */
export function ServerReport({ cost }: { cost: ServerCost }): ReactNode {
  const { report, advice } = cost;
  if (!report) {
    return (
      <p className="callout warning eff-silent">
        <CircleAlert size={15} className="text-warning" aria-hidden />
        <span>{cost.serverAlias}: {cost.error ?? 'its agent has not told yet.'}</span>
        {cost.code && <code>{cost.code}</code>}
      </p>
    );
  }
  return (
    <div className="eff-columns">
      <div className="stack-panels">
        {advice.length > 0 && (
          <section className="panel" aria-label={`Advice for ${cost.serverAlias}`}>
            <div className="panel-head">
              <h2>Advice</h2>
            </div>
            <ul className="panel-body stack tight">
              {advice.map((sentence) => (
                <li key={sentence} className="inline eff-advice">
                  <TriangleAlert size={14} className="text-warning" aria-hidden />
                  <span>{sentence}</span>
                </li>
              ))}
            </ul>
          </section>
        )}
        <EndpointTable endpoints={report.endpoints} title={`Calls to ${cost.serverAlias}`} note="last hour, by endpoint" />
      </div>
      <div className="stack-panels">
        <section className="panel" aria-label="Push">
          <div className="panel-head"><h2>Push</h2></div>
          <div className="panel-body"><Push report={report} /></div>
        </section>
        <section className="panel" aria-label="Care with calls">
          <div className="panel-head">
            <h2>Care with calls</h2>
            <span className="small dim">since {absolute(Date.parse(report.since))}</span>
          </div>
          <div className="panel-body"><Calls report={report} /></div>
        </section>
        <section className="panel" aria-label="Caches">
          <div className="panel-head"><h2>Caches</h2></div>
          <Caches report={report} />
        </section>
        <section className="panel" aria-label="Not understood">
          <div className="panel-head">
            <h2>Not understood</h2>
            <span className="small dim">values that became unknown, by field</span>
          </div>
          {report.unknownValues.length === 0 ? (
            <p className="panel-body dim">Everything that {cost.serverAlias} answered was understood.</p>
          ) : (
            <dl className="panel-body facts eff-unknown">
              {report.unknownValues.map(({ field, count: times }) => (
                <Fact key={field} label={field}>{times > 0 ? `${count(times)} times` : <Unknown />}</Fact>
              ))}
            </dl>
          )}
        </section>
      </div>
    </div>
  );
}
