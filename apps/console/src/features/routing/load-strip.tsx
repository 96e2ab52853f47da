import type { ReactNode } from 'react';
import { VendorGlyph } from '../../components/glyphs.js';
import { Age } from '../../components/ticking.js';
import { plural } from '../../format/units.js';
import type { FleetServer } from '../../live/live-types.js';
import { LoadBar } from './load-bar.js';
import { isDrawn, share, standingWords, type Load } from './routing-words.js';

/** What nobody measured or typed about a machine. */
function assumedWords({ coresAssumed, uplinkAssumed, cores }: Load): string {
  return [coresAssumed ? plural(cores, 'core') : '', uplinkAssumed ? 'uplink' : ''].filter(Boolean).join(', ');
}

function Cell({ server, load }: { server: FleetServer; load: Load | undefined }): ReactNode {
  const drawn = load !== undefined && isDrawn(load);
  const standing = load ? standingWords(load) : { word: 'not known', tone: 'dim' as const };
  const deciding = load?.parts.find(({ part }) => part === load.deciding);
  const assumed = load ? assumedWords(load) : '';
  return (
    <li className="load-cell">
      <span className="inline">
        <VendorGlyph kind={server.kind} size={14} />
        <span className="strong clip">{server.alias}</span>
      </span>
      {drawn ? <LoadBar now={load.utilization ?? 0} reserved={deciding?.reserved ?? 0} gate={load.gate} /> : <span className="load-bar none" aria-hidden />}
      <span className="inline load-line">
        <b>{drawn ? share(load.utilization ?? 0) : '–'}</b>
        {standing ? (
          <span className={`push small ${standing.tone === 'dim' ? 'dim' : `text-${standing.tone}`}`}>
            {standing.word} {load?.standing === 'blind' && load.reportedAt && <Age atMs={Date.parse(load.reportedAt)} />}
          </span>
        ) : (
          <span className="push small dim clip">
            {load?.streams ? (
              <>
                {load.deciding ?? 'load'} · {load.streams}
                <span className="sr-only"> streams</span>
              </>
            ) : (
              'idle'
            )}
          </span>
        )}
      </span>
      {assumed && <span className="small faint">{assumed} assumed</span>}
    </li>
  );
}

/** The load of every server as the router counts it: used, reserved, gate. */
export function LoadStrip({ servers, loads }: { servers: readonly FleetServer[]; loads: ReadonlyMap<string, Load> }): ReactNode {
  return (
    <ul className="panel load-strip" aria-label="Load of the servers">
      {servers.map((server) => (
        <Cell key={server.id} server={server} load={loads.get(server.id)} />
      ))}
    </ul>
  );
}
