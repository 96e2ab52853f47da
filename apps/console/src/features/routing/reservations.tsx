import { useState, type ReactNode } from 'react';
import { count, mbps } from '../../format/units.js';
import { useNow } from '../../live/live-context.js';
import type { FleetServer } from '../../live/live-types.js';
import { share, type Load } from './routing-words.js';

const FIRST = 6;

/** Load that a choice takes at once; it goes when a report shows the playback. */
export function Reservations({ loads, byId }: { loads: readonly Load[]; byId: ReadonlyMap<string, FleetServer> }): ReactNode {
  const nowMs = useNow(1_000);
  const [all, setAll] = useState(false);
  const rows = loads.flatMap(({ reservations }) => reservations).toSorted((a, b) => Date.parse(b.endsAt) - Date.parse(a.endsAt));
  return (
    <section className="panel" aria-labelledby="reservations-head">
      <div className="panel-head">
        <h2 id="reservations-head">Reservations</h2>
        <span className="small dim clip">counted at once, gone when a report shows them</span>
      </div>
      {rows.length === 0 ? (
        <p className="panel-body dim">Nothing is reserved now.</p>
      ) : (
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Placement</th>
              <th scope="col" className="num">Cores</th>
              <th scope="col" className="num">Mbps</th>
              <th scope="col" className="num">Ends in</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, all ? undefined : FIRST).map((row) => (
              <tr key={row.placementId}>
                <td>
                  <code className="dim">{row.placementId.slice(-8)}</code> <span className="strong">{row.title}</span> <span className="dim">{byId.get(row.serverId)?.alias}</span>
                </td>
                <td className="num">{share(row.cost)}</td>
                <td className="num">{mbps(row.bitRateKbps)}</td>
                <td className="num dim">{Math.max(0, Math.ceil((Date.parse(row.endsAt) - nowMs) / 1_000))} s</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {rows.length > FIRST && (
        <button type="button" className="link placements-more" onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `${count(rows.length - FIRST)} more`}
        </button>
      )}
    </section>
  );
}
