import type { ReactNode } from 'react';
import { VendorGlyph } from '../../components/glyphs.js';
import { Age } from '../../components/ticking.js';
import { absolute } from '../../format/units.js';
import { useServers } from '../../live/live-context.js';
import type { Grid } from './mismatch-words.js';
import type { Comparison } from './use-comparison.js';
import { CheckButton } from './watch-check.js';

/** Titles or libraries of which the servers say different things: a row for each, a column per server. */
export function GridByServer({ comparison: { mismatch, personId }, grid }: { comparison: Comparison; grid: Grid }): ReactNode {
  const servers = useServers();
  const isWatched = mismatch.rule === 'WATCH_STATE';
  return (
    <section className="panel" aria-labelledby="mm-compare">
      <div className="panel-head">
        <h2 id="mm-compare">Side by side</h2>
        {isWatched && mismatch.state === 'OPEN' && personId && <CheckButton identityId={personId} />}
      </div>
      <div className="table-scroll" role="group" aria-labelledby="mm-compare" tabIndex={0}>
        <table className="table mm-compare">
          <thead>
            <tr>
              <th scope="col">
                <span className="dim">{isWatched ? 'Title' : 'Library'}</span>
              </th>
              {grid.columns.map(({ serverId, serverAlias, userName }) => (
                <th key={serverId} scope="col">
                  <span className="inline strong">
                    <VendorGlyph kind={servers?.find(({ id }) => id === serverId)?.kind ?? null} size={14} />
                    {serverAlias}
                  </span>
                  {userName && <span className="small dim block">{userName}</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {grid.rows.map(({ item, values }) => (
              <tr key={item}>
                <th scope="row">{item}</th>
                {values.map((value, index) => (
                  <td key={index}>{value ?? <span className="faint">not reported</span>}</td>
                ))}
              </tr>
            ))}
            <tr>
              <th scope="row">Read</th>
              {grid.columns.map(({ serverId, at }) => (
                <td key={serverId} title={absolute(Date.parse(at))}>
                  <Age atMs={Date.parse(at)} suffix=" ago" />
                </td>
              ))}
            </tr>
          </tbody>
        </table>
      </div>
    </section>
  );
}
