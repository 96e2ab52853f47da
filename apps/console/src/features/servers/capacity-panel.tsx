import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { problemOf } from '../../api/problem.js';
import { ErrorState, LoadingRows } from '../../components/state-view.js';
import { mbps } from '../../format/units.js';
import type { FleetServer } from '../../live/live-types.js';
import { useCapacity } from './use-capacity.js';

/** Where a number comes from; an assumed one is amber, as it may be wrong. */
export function Origin({ typed, assumed }: { typed: boolean; assumed: boolean }): ReactNode {
  if (typed) return <span className="small dim">as you typed</span>;
  return assumed ? <span className="small text-warning">assumed</span> : <span className="small dim">measured</span>;
}

function Facts({ server }: { server: FleetServer }): ReactNode {
  const { capacity, counted, error, reread } = useCapacity(server.id);
  if (error) return <ErrorState title="Usher could not read the capacity" problem={problemOf(error)} onRetry={reread} />;
  if (!capacity) return <LoadingRows rows={3} height={32} label="Loading the capacity" />;
  const none = <span className="faint">no router counts with it now</span>;
  const uplink = capacity.uplinkKbps ?? counted?.uplinkKbps;
  return (
    <dl className="panel-body facts">
      <div>
        <dt>Cores</dt>
        <dd>
          {capacity.cores ?? counted?.cores ?? none} {(capacity.cores !== null || counted) && <Origin typed={capacity.cores !== null} assumed={counted?.coresAssumed ?? true} />}
        </dd>
      </div>
      <div>
        <dt>Uplink</dt>
        <dd>
          {uplink === undefined ? none : `${mbps(uplink)} Mbps`} {uplink !== undefined && <Origin typed={capacity.uplinkKbps !== null} assumed={counted?.uplinkAssumed ?? true} />}
        </dd>
      </div>
      <div>
        <dt>Weight</dt>
        <dd>
          {capacity.weight} <span className="small dim">{capacity.weight === 1 ? 'like the others' : capacity.weight > 1 ? 'preferred' : 'avoided'}</span>
        </dd>
      </div>
      <div>
        <dt>Transcodes</dt>
        <dd>
          {capacity.hardware ? 'in hardware' : 'in software'}
          {capacity.transcodeLimit !== null && `, at most ${capacity.transcodeLimit}`}
        </dd>
      </div>
      {capacity.machine !== null && (
        <div>
          <dt>Machine</dt>
          <dd>
            {capacity.machine} <span className="small dim">shared with servers of this name</span>
          </dd>
        </div>
      )}
    </dl>
  );
}

/** What the router counts with, and which of it nobody measured or typed. */
export function CapacityPanel({ server }: { server: FleetServer }): ReactNode {
  return (
    <section className="panel" aria-labelledby="capacity-head">
      <div className="panel-head">
        <h2 id="capacity-head">Capacity</h2>
        <span className="small dim">for routing</span>
        <Link to="/servers/$alias/{-$tab}" params={{ alias: server.slug, tab: 'settings' }} hash="capacity" className="link aside">
          Change<span className="sr-only"> the capacity of {server.alias}</span>
        </Link>
      </div>
      <Facts server={server} />
    </section>
  );
}
