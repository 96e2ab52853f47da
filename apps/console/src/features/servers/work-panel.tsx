import { Power, RefreshCw, ScanSearch } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Age } from '../../components/ticking.js';
import { answers, conditionOf } from '../../live/condition.js';
import { useLive, useSnapshot } from '../../live/live-context.js';
import type { FleetServer } from '../../live/live-types.js';
import { useActivities, type Activity } from '../activities/use-activities.js';
import { useRole } from '../auth/auth-context.js';
import { RefreshDialog, RestartDialog, ScanDialog } from './order-dialogs.js';
import type { ServerDetail } from './server-page.js';
import { whyNoOrder, type OrderKind } from './use-orders.js';

const ORDERS = [
  { kind: 'scan', label: 'Scan…', icon: ScanSearch },
  { kind: 'refresh', label: 'Refresh…', icon: RefreshCw },
  { kind: 'restart', label: 'Restart…', icon: Power },
] as const;

function WorkRow({ activity }: { activity: Activity }): ReactNode {
  const { title, subtitle, progressPercent: percent } = activity;
  return (
    <li className="work-row">
      <div className="inline">
        <span className="strong clip">{title}</span>
        {subtitle && <span className="small dim clip">{subtitle}</span>}
        <span className="push num">{percent === null ? <span className="faint" title="not reported">–</span> : `${Math.round(percent)} %`}</span>
      </div>
      <div className="meter" aria-hidden>
        <span className="fill-neutral" style={{ transform: `scaleX(${(percent ?? 0) / 100})` }} />
      </div>
    </li>
  );
}

interface Taken {
  readonly what: string;
  readonly atMs: number;
  /** Its state changed at this moment already before the order was taken. */
  readonly stateSince: string;
}

/** What became of the newest order. A restart is seen by the server going away and coming back. */
function TakenLine({ taken, server }: { taken: Taken; server: FleetServer }): ReactNode {
  const live = answers(conditionOf(server, useSnapshot(server.id)?.stale));
  const back = live && server.stateSince !== taken.stateSince;
  if (taken.what !== 'Restart') {
    return (
      <>
        {taken.what}: {server.alias} took the order <Age atMs={taken.atMs} suffix=" ago" />.
      </>
    );
  }
  return (
    <>
      Restart ordered <Age atMs={taken.atMs} suffix=" ago" />: {!live ? <span className="text-warning">{server.alias} is away</span> : back ? `${server.alias} is back` : `${server.alias} still answers`}.
    </>
  );
}

/** What the server works on besides streams, and the orders that it takes. */
export function WorkPanel({ server, detail }: { server: FleetServer; detail: ServerDetail }): ReactNode {
  const operator = useRole('OPERATOR');
  const { store } = useLive();
  const { activities } = useActivities();
  const [open, setOpen] = useState<OrderKind | null>(null);
  const [taken, setTaken] = useState<Taken | null>(null);
  const running = activities?.filter(({ serverId }) => serverId === server.id) ?? [];
  const reasons = ORDERS.map(({ kind }) => ({ kind, why: whyNoOrder(kind, server, operator) }));
  const whyOf = (kind: OrderKind) => reasons.find((reason) => reason.kind === kind)?.why ?? null;
  const dialog = { server, onClose: () => setOpen(null), onTaken: (what: string) => setTaken({ what, atMs: store.clock.now(), stateSince: server.stateSince }) };
  return (
    <section className="panel" aria-labelledby="work-head">
      <div className="panel-head">
        <h2 id="work-head">Running now</h2>
        <span className="small dim">{running.length > 0 ? running.length : activities && 'nothing runs'}</span>
      </div>
      {running.length > 0 && (
        <ul className="work-rows">
          {running.map((activity) => (
            <WorkRow key={activity.id} activity={activity} />
          ))}
        </ul>
      )}
      <div className="panel-body stack tight">
        <div className="inline work-orders">
          {ORDERS.map(({ kind, label, icon: Icon }) => {
            const off = whyOf(kind) !== null;
            return (
              <button key={kind} type="button" className={`button small ${kind === 'restart' && !off ? 'danger' : ''}`} aria-disabled={off || undefined} aria-describedby={off ? 'work-off' : undefined} onClick={off ? undefined : () => setOpen(kind)}>
                <Icon size={13} aria-hidden />
                {label}
              </button>
            );
          })}
        </div>
        {reasons.some(({ why }) => why !== null) && (
          <p className="small dim" id="work-off">
            {[...new Set(reasons.flatMap(({ why }) => why ?? []))].join(' ')}
          </p>
        )}
        <p className="small" role="status">
          {taken && <TakenLine taken={taken} server={server} />}
        </p>
      </div>
      {open === 'scan' && <ScanDialog {...dialog} libraries={detail.libraries} />}
      {open === 'refresh' && <RefreshDialog {...dialog} libraries={detail.libraries} />}
      {open === 'restart' && <RestartDialog {...dialog} />}
    </section>
  );
}
