import { ConsoleLibraryHealthDocument } from '@usher/api-client';
import { useState, type ReactNode } from 'react';
import { useQuery } from 'urql';
import { count } from '../../format/units.js';
import type { FleetServer } from '../../live/live-types.js';
import { ReadPanel, Unknown, useMayRead } from './detail-parts.js';
import type { ServerDetail } from './server-page.js';

const MISSING = { POSTER: 'poster', OVERVIEW: 'overview', IDS: 'provider ids', SUBTITLES: 'subtitles' } as const;

function Share({ label, missing, items }: { label: string; missing: number | null; items: number }): ReactNode {
  const share = missing === null || items === 0 ? null : missing / items;
  return (
    <div className="host-cell">
      <div className="small dim">{label}</div>
      <div className="panel-figure">
        {missing === null ? <span className="small faint">not reported</span> : <span className={missing > 0 ? 'text-warning' : undefined}>{count(missing)}</span>}{' '}
        {share !== null && <span className="small dim">{(share * 100).toFixed(share > 0 && share < 0.01 ? 1 : 0)} %</span>}
      </div>
    </div>
  );
}

function Health({ server, libraryId }: { server: FleetServer; libraryId: string }): ReactNode {
  const [{ data, error }, read] = useQuery({ query: ConsoleLibraryHealthDocument, variables: { serverId: server.id, libraryId } });
  const health = data?.libraryHealth.libraryVendorId === libraryId ? data.libraryHealth : undefined;
  return (
    <ReadPanel title="Metadata health" note={health && `${count(health.items)} titles looked at`} server={server} needs={{ capability: 'metadata.health', what: 'tell how well its titles are described' }} ready={!!health} error={error} onRetry={() => read({ requestPolicy: 'network-only' })}>
      {health && (
        <>
          <div className="host-cells">
            <Share label="No poster" missing={health.missingPoster} items={health.items} />
            <Share label="No overview" missing={health.missingOverview} items={health.items} />
            <Share label="No provider ids" missing={health.missingIds} items={health.items} />
            <Share label="No subtitles" missing={health.missingSubtitles} items={health.items} />
          </div>
          {health.examples.length > 0 && (
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">Some of them</th>
                  <th scope="col">Missing</th>
                </tr>
              </thead>
              <tbody>
                {health.examples.map((example) => (
                  <tr key={example.itemId}>
                    <td>{example.title}</td>
                    <td className="dim">{example.missing.length > 0 ? example.missing.map((part) => MISSING[part]).join(', ') : <Unknown />}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </>
      )}
    </ReadPanel>
  );
}

/** How well the titles of one library are described. It is read when a library is chosen, as it may take the server a while. */
export function LibraryHealth({ server, libraries }: { server: FleetServer; libraries: ServerDetail['libraries'] }): ReactNode {
  const [libraryId, setLibraryId] = useState('');
  const mayRead = useMayRead(server, 'metadata.health', false);
  if (libraries.length === 0) return null;
  return (
    <>
      {mayRead && (
        <label className="inline health-choice">
          <span className="dim">Check the metadata of</span>
          <select className="input filter-select" value={libraryId} onChange={(event) => setLibraryId(event.target.value)}>
            <option value="">choose a library</option>
            {libraries.map(({ vendorId, name }) => (
              <option key={vendorId} value={vendorId}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      {(libraryId || !mayRead) && <Health server={server} libraryId={libraryId} />}
    </>
  );
}
