import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { CircleCheck, Download, Minimize2, Settings, Unplug } from 'lucide-react';
import { useEffect, useMemo, type ReactNode } from 'react';
import { problemOf } from '../../api/problem.js';
import { DeliveryBadge } from '../../components/delivery-badge.js';
import { VendorGlyph } from '../../components/glyphs.js';
import { Path } from '../../components/path.js';
import { Poster } from '../../components/poster.js';
import { ProgressBar } from '../../components/progress-bar.js';
import { EmptyState, ErrorState, LoadingRows } from '../../components/state-view.js';
import { Age, Position } from '../../components/ticking.js';
import { deliveryMark, MARK_WORDS, mainTitle, NETWORK_WORDS, reasonSentences, secondLine } from '../../format/media.js';
import { absolute, age, clockTime } from '../../format/units.js';
import { useServers } from '../../live/live-context.js';
import type { FleetServer, LiveSession } from '../../live/live-types.js';
import { preparedOf } from '../../live/progress.js';
import { saveFile } from '../migrations/save-file.js';
import { FlagWords } from '../overview/flags.js';
import { findByKey } from '../overview/session-key.js';
import { BitRateLine, bitRateSamples, rateWords } from './bit-rate-line.js';
import { CopyText } from './copy-text.js';
import { EventList, eventTime, KIND_WORDS, toneOf } from './event-list.js';
import { encoderWords, standsOut } from './lanes.js';
import { supportText } from './support-text.js';
import { AheadPanel, SwimLanes } from './swim-lanes.js';
import { useMirror, type Mirror, type MirrorEvent } from './use-mirror.js';
import './mirror.css';

const MOST_LOUD = 5;

function Strip({ server, session, stale }: { server: FleetServer; session: LiveSession; stale: boolean }): ReactNode {
  const { item, stream } = session;
  if (!item || !stream) return null;
  const preparedMs = preparedOf(session);
  return (
    <section className="panel mirror-strip" aria-label="Who plays what">
      <Poster item={item} stale={stale} />
      <div className="mirror-who">
        <span className="inline">
          <b className="strong">{session.identityName ?? session.userName ?? 'Unknown viewer'}</b>
          {session.identityName !== null && <span className="dim">{session.userName}</span>}
          <FlagWords flags={session.flags} />
        </span>
        <span className="small dim block">{[secondLine(item, stream), session.deviceName, [session.client, session.clientVersion].filter(Boolean).join(' '), NETWORK_WORDS[session.network], session.address].filter(Boolean).join(' · ')}</span>
      </div>
      <DeliveryBadge stream={stream} stale={stale} />
      <div className="mirror-progress">
        <ProgressBar session={session} stale={stale} />
        <div className="inline small">
          <Position session={session} stale={stale} />
          {preparedMs !== null && <span className="dim num">to {clockTime(preparedMs)}</span>}
          <span className="push dim num">{item.durationMs ? clockTime(item.durationMs) : server.alias}</span>
        </div>
      </div>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const STATE_WORDS = { PLAYING: 'plays', PAUSED: 'is paused', BUFFERING: 'buffers' } as const;

function Facts({ mirror, server, session }: { mirror: Mirror; server: FleetServer; session: LiveSession | null }): ReactNode {
  const stream = session?.stream;
  const prepared = session && preparedOf(session);
  const aheadMs = prepared === null || !stream ? null : Math.max(0, prepared - stream.positionMs);
  return (
    <section className="panel" aria-labelledby="mirror-facts">
      <div className="panel-head">
        <h2 id="mirror-facts">As {server.alias} reports it</h2>
        <span className="aside small dim">
          <Age atMs={Date.parse(mirror.endedAt ?? mirror.at)} suffix=" old" />
        </span>
      </div>
      <dl className="panel-body facts">
        <Fact name="Session">
          <code>{mirror.id.slice(-8)}</code>
        </Fact>
        {stream && session && (
          <>
            <Fact name="State">
              {mirror.live ? STATE_WORDS[stream.state] : 'last known'}, position <Position session={session} stale={!mirror.live} />
            </Fact>
            <Fact name="Method">{[MARK_WORDS[deliveryMark({ ...stream, state: 'PLAYING' })], stream.container?.toUpperCase()].filter(Boolean).join(', ')}</Fact>
            <Fact name="Encoder">{encoderWords(stream)}</Fact>
            <Fact name="Ahead">{prepared === null || aheadMs === null ? 'not reported' : `${age(aheadMs)}, to ${clockTime(prepared)}`}</Fact>
            <Fact name="Throttled">{stream.transcode?.throttled == null ? 'not reported' : stream.transcode.throttled ? 'yes, it waits for the player' : 'no'}</Fact>
            {reasonSentences(stream).length > 0 && <Fact name="Reasons">{reasonSentences(stream).join(', ')}</Fact>}
            <Fact name="Last heard">{session.lastSeenAt ? <Age atMs={Date.parse(session.lastSeenAt)} suffix=" ago" /> : 'not reported'}</Fact>
            {session.ghost && <Fact name="Ghost">listed, but not heard of for 90 s</Fact>}
          </>
        )}
        <Fact name="Usher adds">{session?.identityName ? `the person, ${session.identityName}` : 'no person is known for this account'}</Fact>
      </dl>
    </section>
  );
}

function StandsOut({ events }: { events: readonly MirrorEvent[] }): ReactNode {
  const loud = standsOut(events);
  return (
    <section className="panel" aria-labelledby="mirror-out">
      <div className="panel-head">
        <h2 id="mirror-out">What stands out</h2>
      </div>
      {loud.length === 0 ? (
        <p className="panel-body inline dim">
          <CircleCheck size={15} className="text-ok" aria-hidden /> Nothing since Usher looks at this stream.
        </p>
      ) : (
        <ul className="mirror-out">
          {loud.slice(0, MOST_LOUD).map((event) => (
            <li key={`${event.at}${event.text}`}>
              <Settings size={14} className={toneOf(event)} aria-hidden />
              <span>
                {event.text}
                <span className="small dim block">
                  {KIND_WORDS[event.kind]}, {eventTime(event.at)}
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Events({ events, alias }: { events: readonly MirrorEvent[]; alias: string }): ReactNode {
  return (
    <section className="panel" aria-labelledby="mirror-events">
      <div className="panel-head">
        <h2 id="mirror-events">Events</h2>
        <span className="small dim">the newest first, as Usher read them from {alias}</span>
        <span className="aside small dim">{events.length}</span>
      </div>
      {events.length === 0 ? (
        <p className="panel-body dim">Nothing has happened since Usher looks at this stream.</p>
      ) : (
        <div className="table-scroll" role="group" aria-labelledby="mirror-events" tabIndex={0}>
          <table className="table mirror-events">
            <thead>
              <tr>
                <th>Time</th>
                <th>Event</th>
                <th>What was seen</th>
                <th className="num">Position</th>
              </tr>
            </thead>
            <tbody>
              {events.toReversed().map((event) => (
                <tr key={`${event.at}${event.kind}${event.text}`}>
                  <td className="num dim">
                    <time dateTime={event.at} title={absolute(Date.parse(event.at))}>
                      {eventTime(event.at)}
                    </time>
                  </td>
                  <td className={toneOf(event)}>{KIND_WORDS[event.kind]}</td>
                  <td>{event.text}</td>
                  <td className="num">{event.positionMs === null ? '–' : clockTime(event.positionMs)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Board({ mirror, server, ahead }: { mirror: Mirror; server: FleetServer; ahead: ReturnType<typeof useMirror>['ahead'] }): ReactNode {
  const session = useMemo<LiveSession | null>(() => mirror.session && { ...mirror.session, positionAtMs: Date.parse(mirror.at) }, [mirror]);
  const rates = useMemo(() => bitRateSamples(mirror), [mirror]);
  return (
    <>
      {session && <Strip server={server} session={session} stale={!mirror.live} />}
      {!mirror.live && (
        <p className={`callout mirror-ended ${mirror.endedAt === null ? 'warning' : ''}`} role="status">
          {mirror.endedAt === null ? (
            `${server.alias} does not answer now. What is shown is the last that was known.`
          ) : (
            <>
              Ended <Age atMs={Date.parse(mirror.endedAt)} suffix=" ago" />. What is shown is the last that was known; it is kept for ten minutes.{' '}
              <Link to="/history" className="link">
                Open in History
              </Link>
            </>
          )}
        </p>
      )}
      <div className="mirror-columns">
        <div className="stack-panels">
          <SwimLanes mirror={mirror} />
          <section className="panel" aria-labelledby="mirror-rate">
            <div className="panel-head">
              <h2 id="mirror-rate">Bit rate</h2>
              <span className="small dim">Mbps, {mirror.live ? 'last 5 minutes' : 'the 5 minutes before the end'}</span>
              <span className="aside small dim num">{rateWords(rates, mirror.live)}</span>
            </div>
            <div className="panel-body">
              <BitRateLine mirror={mirror} stream={session?.stream ?? null} />
            </div>
          </section>
          {mirror.live && <AheadPanel ahead={ahead} />}
          <Events events={mirror.events} alias={server.alias} />
        </div>
        <div className="stack-panels">
          <StandsOut events={mirror.events} />
          <Facts mirror={mirror} server={server} session={session} />
        </div>
      </div>
    </>
  );
}

function MirrorOf({ server, sessionId, sessionKey }: { server: FleetServer; sessionId: string; sessionKey: string }): ReactNode {
  const navigate = useNavigate();
  const { mirror, error, reread, ahead } = useMirror(sessionId);
  const item = mirror?.session?.item;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector('[role="dialog"],[role="menu"]')) return;
      void navigate({ to: '/', search: (old) => ({ ...old, session: sessionKey }) });
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [navigate, sessionKey]);
  return (
    <>
      <div className="page-head mirror-head">
        <Path
          steps={[
            { to: '/servers/$alias/{-$tab}', params: { alias: server.slug }, label: server.alias },
            { to: '/servers/$alias/{-$tab}', params: { alias: server.slug, tab: 'sessions' }, label: 'Sessions' },
          ]}
        />
        <h1 tabIndex={-1} className="inline">
          <VendorGlyph kind={server.kind} />
          Mirror{item && `: ${mainTitle(item)}`}
        </h1>
        {mirror && (mirror.live ? <span className="inline small text-ok"><span className="state-dot" aria-hidden /> live</span> : <span className={`badge ${mirror.endedAt === null ? 'warning' : 'fact'}`}>{mirror.endedAt === null ? 'Stale' : 'Ended'}</span>)}
        <span className="small dim">read-only</span>
        <span className="push inline">
          {mirror && (
            <>
              <CopyText text={supportText(mirror, server)} label="Copy as text for support" className="button" />
              <button type="button" className="button" onClick={() => saveFile(`mirror-${mirror.id.slice(-8)}.json`, `${JSON.stringify(mirror, null, 2)}\n`, 'application/json')}>
                <Download size={14} aria-hidden />
                JSON
              </button>
            </>
          )}
          <Link to="/" search={(old) => ({ ...old, session: sessionKey })} className="button quiet">
            <Minimize2 size={14} aria-hidden />
            Back to drawer <kbd className="kbd">Esc</kbd>
          </Link>
        </span>
      </div>
      {mirror ? (
        <Board mirror={mirror} server={server} ahead={ahead} />
      ) : (
        <div className="panel">{error ? <ErrorState title={problemOf(error).code === 'NOT_FOUND' ? 'Usher keeps nothing of this stream' : 'Usher could not read the mirror'} problem={problemOf(error)} onRetry={reread} /> : <LoadingRows rows={8} height={48} label="Loading the mirror" />}</div>
      )}
    </>
  );
}

/** One stream as its server reports it, as it happens; nothing can be changed from here. */
export default function MirrorPage(): ReactNode {
  const { key } = useParams({ from: '/frame/sessions/$key/mirror' });
  const servers = useServers();
  const found = servers && findByKey(servers, key);
  if (found) return <MirrorOf key={found.sessionId} server={found.server} sessionId={found.sessionId} sessionKey={key} />;
  return (
    <>
      <div className="page-head">
        <h1 tabIndex={-1}>Mirror</h1>
      </div>
      <div className="panel">
        {servers ? (
          <EmptyState icon={Unplug} title="No server of this name" action={<Link to="/" className="button small">To the overview</Link>}>
            The link names a server that is not in the fleet, or that was renamed.
          </EmptyState>
        ) : (
          <LoadingRows rows={8} height={48} label="Loading the fleet" />
        )}
      </div>
    </>
  );
}
