import { Link } from '@tanstack/react-router';
import { ArrowRight, Flag, TriangleAlert, Unplug } from 'lucide-react';
import type { ReactNode } from 'react';
import { MarkIcon } from '../../components/glyphs.js';
import { MARK_ORDER } from '../../components/stream-counts.js';
import { MARK_WORDS, type DeliveryMark } from '../../format/media.js';
import { mbps, plural } from '../../format/units.js';
import { useNarrow } from '../../frame/use-media.js';
import { conditionOf } from '../../live/condition.js';
import type { FleetTotals } from '../../live/totals.js';
import type { FleetServer, ServerSnapshot } from '../../live/live-types.js';

interface StripProps {
  totals: FleetTotals;
  servers: readonly FleetServer[];
  snapshots: ReadonlyMap<string, ServerSnapshot>;
  kind: DeliveryMark | undefined;
  onKind(kind: DeliveryMark | undefined): void;
}

function StreamsCell({ totals, kind, onKind }: Pick<StripProps, 'totals' | 'kind' | 'onKind'>): ReactNode {
  const marks = MARK_ORDER.filter((mark) => mark !== 'unknown' || totals.marks.unknown > 0);
  return (
    <section className="cell" aria-labelledby="cell-streams">
      <div className="cell-head">
        <h2 id="cell-streams">Streams</h2>
        {totals.lastKnown > 0 && <span>+{totals.lastKnown} last known, not counted</span>}
      </div>
      <p className="figure">
        <b>{totals.streams}</b> <span className="figure-word">{totals.streams === 0 ? 'nothing is playing' : `playing for ${plural(totals.people, 'person', 'people')}`}</span>
      </p>
      <div className="bar" aria-hidden>
        {totals.streams === 0 && <span />}
        {marks.filter((mark) => totals.marks[mark] > 0).map((mark) => (
          <span key={mark} className={`fill-${mark === 'unknown' ? 'neutral' : mark}`} style={{ flexGrow: totals.marks[mark] }} />
        ))}
      </div>
      <div className="legend">
        {marks.map((mark) => (
          <button key={mark} type="button" className="legend-item" aria-pressed={kind === mark} onClick={() => onKind(kind === mark ? undefined : mark)} title={`Show only: ${MARK_WORDS[mark].toLowerCase()}`}>
            <MarkIcon mark={mark} />
            <b>{totals.marks[mark]}</b> {MARK_WORDS[mark].toLowerCase()}
          </button>
        ))}
      </div>
    </section>
  );
}

function TranscodesCell({ totals }: Pick<StripProps, 'totals'>): ReactNode {
  const hardware = totals.transcodes - totals.software;
  const rest = Math.max(0, totals.streams - totals.transcodes);
  return (
    <section className="cell" aria-labelledby="cell-transcodes">
      <div className="cell-head">
        <h2 id="cell-transcodes">Transcodes</h2>
      </div>
      <p className="figure">
        <b>{totals.transcodes}</b> <span className="figure-word">of {plural(totals.streams, 'stream')}</span>
      </p>
      <div className="bar" aria-hidden>
        {hardware > 0 && <span className="fill-transcode" style={{ flexGrow: hardware }} />}
        {totals.software > 0 && <span className="hatched" style={{ flexGrow: totals.software }} />}
        {(rest > 0 || totals.streams === 0) && <span style={{ flexGrow: Math.max(1, rest) }} />}
      </div>
      <div className="legend">
        <span className="legend-item" title="Converted by an encoder chip, or not told how">
          <b>{hardware}</b> HW
        </span>
        <span className="legend-item" title="Converted by the processor alone">
          <b>{totals.software}</b> SW
        </span>
        {totals.slow > 0 && (
          <span className="legend-item text-warning push">
            <b>{totals.slow}</b> below 1.0×
          </span>
        )}
      </div>
    </section>
  );
}

function BandwidthCell({ totals }: Pick<StripProps, 'totals'>): ReactNode {
  const wan = totals.kbps - totals.lanKbps;
  return (
    <section className="cell" aria-labelledby="cell-bandwidth">
      <div className="cell-head">
        <h2 id="cell-bandwidth">Bandwidth</h2>
      </div>
      <p className="figure">
        <b>{mbps(totals.kbps)}</b> <span className="figure-word">Mbps</span>
      </p>
      <div className="bar" aria-hidden>
        {totals.lanKbps > 0 && <span className="fill-neutral" style={{ flexGrow: totals.lanKbps }} />}
        {wan > 0 && <span className="outlined" style={{ flexGrow: wan }} />}
        {totals.kbps === 0 && <span />}
      </div>
      <div className="legend">
        <span className="legend-item">
          <b>{mbps(totals.lanKbps)}</b> LAN
        </span>
        <span className="legend-item">
          <b>{mbps(wan)}</b> WAN
        </span>
      </div>
    </section>
  );
}

/** Up to so many servers have a segment each; more of them one per condition. */
const MOST_SEGMENTS = 24;
const SEGMENTS = { online: 'fill-ok', degraded: 'fill-warning', stale: 'fill-warning', offline: 'fill-danger', pending: '' } as const;

function ServersCell({ totals, servers, snapshots }: Pick<StripProps, 'totals' | 'servers' | 'snapshots'>): ReactNode {
  const { conditions } = totals;
  const problems = servers.length - conditions.online;
  const late = conditions.stale + conditions.degraded;
  return (
    <section className="cell" aria-labelledby="cell-servers">
      <div className="cell-head">
        <h2 id="cell-servers">Servers</h2>
        {problems > 0 && (
          <Link to="/servers" search={(search) => ({ ...search, state: 'problem' })} className="problems">
            {plural(problems, 'problem')} <ArrowRight size={12} aria-hidden />
          </Link>
        )}
      </div>
      <p className="figure">
        <b>{conditions.online}</b> <span className="figure-word">of {servers.length} online</span>
      </p>
      <div className="bar" aria-hidden>
        {servers.length <= MOST_SEGMENTS
          ? servers.map((server) => <span key={server.id} className={SEGMENTS[conditionOf(server, snapshots.get(server.id)?.stale)]} />)
          : Object.entries(conditions).map(([condition, share]) => share > 0 && <span key={condition} className={SEGMENTS[condition as keyof typeof SEGMENTS]} style={{ flexGrow: share }} />)}
      </div>
      <div className="legend">
        {problems === 0 && <span className="legend-item">all answer</span>}
        {late > 0 && (
          <span className="legend-item text-warning">
            <TriangleAlert size={13} aria-hidden />
            <b>{late}</b> {conditions.stale === late ? 'stale' : conditions.degraded === late ? 'degraded' : 'stale or degraded'}
          </span>
        )}
        {conditions.offline > 0 && (
          <span className="legend-item text-danger">
            <Unplug size={13} aria-hidden />
            <b>{conditions.offline}</b> offline
          </span>
        )}
        {conditions.pending > 0 && (
          <span className="legend-item">
            <b>{conditions.pending}</b> pending
          </span>
        )}
        {totals.flags > 0 && (
          <span className="legend-item text-danger">
            <Flag size={13} aria-hidden />
            <b>{totals.flags}</b> {totals.flags === 1 ? 'flag' : 'flags'}
          </span>
        )}
      </div>
    </section>
  );
}

/** On a phone the problems have a cell of their own, with the names. */
function ProblemsCell({ servers, snapshots }: Pick<StripProps, 'servers' | 'snapshots'>): ReactNode {
  const failing = servers.filter((server) => conditionOf(server, snapshots.get(server.id)?.stale) !== 'online');
  return (
    <section className="cell cell-problems" aria-labelledby="cell-problems">
      <div className="cell-head">
        <h2 id="cell-problems">Problems</h2>
      </div>
      <p className={failing.length > 0 ? 'figure text-danger' : 'figure'}>
        <b>{failing.length}</b>
      </p>
      {failing.length === 0 ? (
        <span className="small dim">none</span>
      ) : (
        <Link to="/servers" search={(search) => ({ ...search, state: 'problem' })} className="small dim clip problem-names">
          {failing.map(({ alias }) => alias).join(', ')}
        </Link>
      )}
    </section>
  );
}

/** The fleet in four cells. The legend of the streams is a filter as well. */
export function FleetStrip({ totals, servers, snapshots, kind, onKind }: StripProps): ReactNode {
  const narrow = useNarrow();
  return (
    <div className="panel fleet-strip">
      <StreamsCell totals={totals} kind={kind} onKind={onKind} />
      <TranscodesCell totals={totals} />
      <BandwidthCell totals={totals} />
      <ServersCell totals={totals} servers={servers} snapshots={snapshots} />
      {narrow && <ProblemsCell servers={servers} snapshots={snapshots} />}
    </div>
  );
}
