import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { DeliveryBadge } from '../../components/delivery-badge.js';
import { VendorGlyph } from '../../components/glyphs.js';
import { Poster } from '../../components/poster.js';
import { ProgressBar } from '../../components/progress-bar.js';
import { Position } from '../../components/ticking.js';
import { mainTitle, secondLine } from '../../format/media.js';
import { clockTime, count } from '../../format/units.js';
import { answers, conditionOf } from '../../live/condition.js';
import { useNow, useServers, useSession, useSnapshot } from '../../live/live-context.js';
import type { FleetServer, LiveSession } from '../../live/live-types.js';
import { sessionKey } from '../overview/session-key.js';
import { compareRows, type Side } from './mismatch-words.js';
import type { Comparison } from './use-comparison.js';

const MINUTE_MS = 60_000;

/** What plays, with a way to the stream. */
function Playing({ server, session, stale }: { server: FleetServer; session: LiveSession; stale: boolean }): ReactNode {
  const { item, stream } = session;
  if (!item || !stream) return null;
  return (
    <div className="mm-playing">
      <Poster item={item} stale={stale} large />
      <div>
        <div className="mm-badge">
          <DeliveryBadge stream={stream} stale={stale} />
        </div>
        <Link to="/" search={(old) => ({ ...old, session: sessionKey(server, session.id) })} className="strong" title="Open the stream">
          {mainTitle(item)}
        </Link>
        <div className="small dim">{secondLine(item, stream)}</div>
        <ProgressBar session={session} stale={stale} />
        <div className="inline small">
          <Position session={session} stale={stale} />
          <span className="push dim num">{item.durationMs ? clockTime(item.durationMs) : 'no end'}</span>
        </div>
      </div>
    </div>
  );
}

/** Head of one column: where it was seen, and what plays there now. */
function Head({ side }: { side: Side }): ReactNode {
  const { serverId, serverAlias, sessionId, item } = side.evidence;
  const server = useServers()?.find(({ id }) => id === serverId);
  const snapshot = useSnapshot(serverId);
  const session = useSession(serverId, sessionId ?? '');
  const live = server && session?.stream ? session : null;
  return (
    <>
      <span className="inline strong">
        <VendorGlyph kind={server?.kind ?? null} size={14} />
        {serverAlias}
      </span>
      {live && server ? (
        <Playing server={server} session={live} stale={!answers(conditionOf(server, snapshot?.stale))} />
      ) : (
        sessionId !== null && (
          <span className="dim block">
            {item ?? 'A stream'}
            {snapshot && <span className="small block">ended, or not listed now</span>}
          </span>
        )
      )}
    </>
  );
}

/** A line between the places of two servers, where both are known. */
function Distance({ sides, km }: { sides: readonly Side[]; km: number }): ReactNode {
  const places = [...new Set(sides.flatMap(({ evidence }) => evidence.place ?? []))];
  return (
    <div className="mm-distance">
      <b>{places[0]}</b>
      <span className="mm-distance-line" aria-hidden />
      <span>
        <b className="num">{count(km)} km</b> <span className="small dim">apart</span>
      </span>
      <span className="mm-distance-line" aria-hidden />
      <b>{places[1] ?? places[0]}</b>
    </div>
  );
}

/** What each side says. Rows that contradict have a ground; many sides scroll sideways in themselves. */
export function SideBySide({ comparison }: { comparison: Comparison }): ReactNode {
  const { mismatch, sides, distanceKm } = comparison;
  const nowMs = useNow(MINUTE_MS);
  return (
    <section className="panel" aria-labelledby="mm-compare">
      <div className="panel-head">
        <h2 id="mm-compare">{sides.length > 1 ? 'Side by side' : 'What was seen'}</h2>
        {sides.length > 1 && <span className="aside small dim">what contradicts has a ground</span>}
      </div>
      {distanceKm !== null && <Distance sides={sides} km={distanceKm} />}
      <div className={sides.length > 2 ? 'table-scroll' : undefined} role="group" aria-labelledby="mm-compare" tabIndex={sides.length > 2 ? 0 : undefined}>
        <table className={`table mm-compare ${sides.length > 2 ? 'many' : sides.length === 1 ? 'one' : ''}`}>
          <thead>
            <tr>
              <th scope="col">
                <span className="dim">{sides.some(({ evidence }) => evidence.sessionId !== null) ? 'Plays' : <span className="sr-only">What</span>}</span>
              </th>
              {sides.map((side, index) => (
                <th key={index} scope="col">
                  <Head side={side} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {compareRows(mismatch.rule, sides, nowMs).map(({ label, cells, differs }) => (
              <tr key={label} className={differs ? 'mm-differs' : undefined}>
                <th scope="row">{label}</th>
                {cells.map((cell, index) => (
                  <td key={index}>
                    {cell ? (
                      <>
                        {cell.text} {cell.detail && <span className="small dim">{cell.detail}</span>}
                      </>
                    ) : (
                      <span className="faint">not known</span>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
