import { Link } from '@tanstack/react-router';
import { ArrowUp, ChevronDown, ChevronRight, Lock, Repeat, RotateCw } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { DutyBadges } from '../../components/duty-badges.js';
import { ConditionBadge, kindName, StateGlyph, VendorGlyph } from '../../components/glyphs.js';
import { StreamCounts } from '../../components/stream-counts.js';
import { Age } from '../../components/ticking.js';
import { mbps } from '../../format/units.js';
import { answers, conditionOf, conditionSince, type ServerCondition } from '../../live/condition.js';
import { useSnapshot } from '../../live/live-context.js';
import { sumsOf } from '../../live/totals.js';
import type { FleetServer, ServerSnapshot } from '../../live/live-types.js';
import { useRole } from '../auth/auth-context.js';
import { ServerMenu } from '../servers/server-menu.js';
import { useRefreshServer } from '../servers/use-refresh-server.js';

interface ServerRowProps {
  server: FleetServer;
  open: boolean;
  narrow: boolean;
  onToggle(server: FleetServer): void;
}

function LoadCell({ server }: { server: FleetServer }): ReactNode {
  const cpu = server.live.cpuPercent;
  if (cpu === null) return <span className="faint small">load not reported</span>;
  const level = cpu >= 90 ? 'danger' : cpu >= 70 ? 'warning' : 'neutral';
  return (
    <span className="load">
      <span className="meter" aria-hidden>
        <span className={`fill-${level}`} style={{ transform: `scaleX(${cpu / 100})` }} />
      </span>
      <span>{Math.round(cpu)} %</span>
      <span className="dim small">cpu</span>
    </span>
  );
}

/** `Push · 2 s`. */
export function SourceAge({ server, snapshot }: { server: FleetServer; snapshot: ServerSnapshot | undefined }): ReactNode {
  const source = snapshot?.source ?? server.live.source;
  const atMs = snapshot?.atMs ?? (server.live.at ? Date.parse(server.live.at) : null);
  if (source === 'NONE' || atMs === null) return <span className="faint small">no data yet</span>;
  return (
    <span className="source small">
      {source === 'PUSH' ? <span className="state-dot tiny" aria-hidden /> : <Repeat size={12} aria-hidden className="dim" />}
      <span>
        {source === 'PUSH' ? 'Push' : 'Poll'} · <Age atMs={atMs} />
      </span>
    </span>
  );
}

/** Code, cause and next action, in the columns of the data that a failing server lacks. */
function FailureCell({ server, condition, narrow }: { server: FleetServer; condition: ServerCondition; narrow: boolean }): ReactNode {
  const refresh = useRefreshServer();
  const operator = useRole('OPERATOR');
  return (
    <>
      {!narrow && server.stateCode && (
        <span className={`code clip ${condition === 'offline' ? 'text-danger' : 'text-warning'}`}>
          <code>{server.stateCode}</code>
          {server.stateReason && <span className="dim failure-reason"> · {server.stateReason}</span>}
        </span>
      )}
      {operator && (
        <button type="button" className={narrow ? 'link' : 'button small'} onClick={() => refresh(server)}>
          {!narrow && <RotateCw size={12} aria-hidden />}
          Retry<span className="sr-only"> {server.alias}</span>
        </button>
      )}
      {!narrow && (
        <Link to="/servers/$alias/{-$tab}" params={{ alias: server.slug }} className="link">
          {condition === 'offline' ? 'How to fix' : 'Why?'}
          <span className="sr-only"> {server.alias}</span>
        </Link>
      )}
    </>
  );
}

function Facts({ server, condition, sinceMs }: { server: FleetServer; condition: ServerCondition; sinceMs: number }): ReactNode {
  return (
    <>
      {server.role === 'PRIMARY' && <span className="badge outline">Primary</span>}
      <ConditionBadge condition={condition} sinceMs={sinceMs} />
      {server.readOnly && (
        <span className="badge fact">
          <Lock size={12} aria-hidden />
          Read-only
        </span>
      )}
      <DutyBadges server={server} />
      {server.demo && <span className="badge fact">DEMO</span>}
      {answers(condition) && (
        <span className="dim small version clip">
          {kindName(server.kind)} {server.version}
          {server.updateAvailable && (
            <span className="accent" title="An update is available">
              <ArrowUp size={12} aria-hidden /> update
            </span>
          )}
        </span>
      )}
    </>
  );
}

/** One server: what it is, what it serves, how busy and how fresh it is. The row is a button's neighbour, not a button. */
export const ServerRow = memo(function ServerRow({ server, open, narrow, onToggle }: ServerRowProps): ReactNode {
  const snapshot = useSnapshot(server.id);
  const condition = conditionOf(server, snapshot?.stale);
  const live = answers(condition);
  const sums = sumsOf(snapshot);
  const Chevron = open ? ChevronDown : ChevronRight;
  const toggle = (
    <button type="button" className="row-toggle" aria-expanded={open} onClick={() => onToggle(server)} tabIndex={-1}>
      <Chevron size={14} aria-hidden />
      <StateGlyph condition={condition} />
      <VendorGlyph kind={server.kind} />
      <span className="server-name clip">{server.alias}</span>
    </button>
  );
  const sinceMs = conditionSince(server, condition, snapshot?.atMs);
  if (narrow) {
    return (
      <div role="rowheader" className="server-card">
        <div className="server-line">
          {toggle}
          {server.role === 'PRIMARY' && <span className="badge outline">Primary</span>}
          <DutyBadges server={server} />
          {live && <b className="server-total">{sums.streams}</b>}
        </div>
        <div className="server-line second">
          {live ? <StreamCounts sums={sums} live idle="Nothing playing" /> : <ConditionBadge condition={condition} sinceMs={sinceMs} />}
          {!live && <span className="dim small">{sums.streams} last known</span>}
          <span className="push dim small">{live ? `${mbps(sums.kbps)} Mbps` : <FailureCell server={server} condition={condition} narrow />}</span>
        </div>
      </div>
    );
  }
  return (
    <>
      <div role="rowheader" className="server-title">
        {toggle}
        <Facts server={server} condition={condition} sinceMs={sinceMs} />
      </div>
      <div role="gridcell">
        <StreamCounts sums={sums} live={live} idle="Nothing playing" />
      </div>
      {live ? (
        <>
          <div role="gridcell">
            <LoadCell server={server} />
          </div>
          <div role="gridcell" className={sums.kbps === 0 ? 'num faint' : 'num'}>
            {mbps(sums.kbps)}
          </div>
          <div role="gridcell" className="num">
            <SourceAge server={server} snapshot={snapshot} />
          </div>
        </>
      ) : (
        <div role="gridcell" aria-colspan={3} className="failure">
          <FailureCell server={server} condition={condition} narrow={false} />
        </div>
      )}
      <div role="gridcell">
        <ServerMenu server={server} />
      </div>
    </>
  );
});
