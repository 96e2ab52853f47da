import { Link } from '@tanstack/react-router';
import { ConsoleLibraryOverlapDocument } from '@usher/api-client';
import { ArrowRight, Layers } from 'lucide-react';
import type { ReactNode } from 'react';
import { useQuery } from 'urql';
import { problemOf } from '../../api/problem.js';
import { EmptyState, ErrorState, LoadingRows } from '../../components/state-view.js';
import { Age } from '../../components/ticking.js';
import { count, plural } from '../../format/units.js';
import type { FleetServer } from '../../live/live-types.js';
import { TIER_WORDS } from './plan-words.js';

/** Two selects: from which server, to which. A server cannot be both. */
export function PairSelects({ servers, from, to, onPair }: { servers: readonly FleetServer[]; from: string; to: string; onPair(from: string, to: string): void }): ReactNode {
  const select = (label: string, value: string, other: string, onValue: (slug: string) => void) => (
    <select className="input filter-select" aria-label={label} value={value} onChange={(event) => onValue(event.target.value)}>
      {servers.map(({ slug, alias }) => (
        <option key={slug} value={slug} disabled={slug === other}>
          {alias}
        </option>
      ))}
    </select>
  );
  return (
    <span className="inline pair">
      {select('Source', from, to, (slug) => onPair(slug, to))}
      <ArrowRight size={15} className="dim" aria-label="to" />
      {select('Target', to, from, (slug) => onPair(from, slug))}
    </span>
  );
}

function Bar({ both, only, most }: { both: number; only: number; most: number }): ReactNode {
  const width = (value: number) => ({ width: `${(value / Math.max(1, most)) * 100}%` });
  return (
    <span className="overlap-bar" aria-hidden>
      {both > 0 && <span className="part-same" style={width(both)} />}
      {only > 0 && <span className="part-copy" style={width(only)} />}
    </span>
  );
}

function Figures({ source, target }: { source: FleetServer; target: FleetServer }): ReactNode {
  const [{ data, error }, reread] = useQuery({ query: ConsoleLibraryOverlapDocument, variables: { sourceServerId: source.id, targetServerId: target.id }, requestPolicy: 'cache-and-network' });
  const overlap = data?.libraryOverlap;
  if (!overlap) return error ? <ErrorState title="Usher could not compare the two" problem={problemOf(error)} onRetry={() => reread({ requestPolicy: 'network-only' })} /> : <LoadingRows rows={4} height={36} label="Comparing the two" />;
  const unread = [overlap.sourceReadAt === null && source.alias, overlap.targetReadAt === null && target.alias].filter(Boolean).join(' and ');
  if (unread) {
    return (
      <EmptyState icon={Layers} title={`The titles of ${unread} were not read yet`}>
        They are read after a server is probed and every 24 h, without disturbing people who watch. A precheck reads them at once.
      </EmptyState>
    );
  }
  const most = Math.max(1, ...overlap.libraries.map(({ titles }) => titles));
  return (
    <div className="panel-body stack tight">
      <p>
        <span className="panel-number">{count(overlap.onBoth)}</span> of {plural(overlap.titles, 'title')} of {source.alias} {overlap.onBoth === 1 ? 'is' : 'are'} on {target.alias} too. {count(overlap.onlySource)} only on {source.alias}, {count(overlap.onlyTarget)} only on {target.alias}.
      </p>
      <ul className="overlap-rows">
        {overlap.libraries.map((row) => (
          <li key={row.libraryVendorId}>
            <span className="clip">{row.libraryName}</span>
            <Bar both={row.onBoth} only={row.onlySource} most={most} />
            <span className="num dim">
              {count(row.onBoth)} of {count(row.titles)}
            </span>
          </li>
        ))}
      </ul>
      <p className="small dim">
        {overlap.tiers.filter((tier) => tier.count > 0).map(({ tier, count: number }) => `${count(number)} by ${TIER_WORDS[tier]}`).join(', ') || 'No title matches'}. Read <Age atMs={Date.parse(overlap.sourceReadAt ?? '')} /> and <Age atMs={Date.parse(overlap.targetReadAt ?? '')} suffix=" ago" />.
      </p>
    </div>
  );
}

/** What two servers have in common. The pair stands in the address. */
export function OverlapPanel({ servers, from, to, onPair }: { servers: readonly FleetServer[]; from: string | undefined; to: string | undefined; onPair(from: string, to: string): void }): ReactNode {
  const source = servers.find(({ slug }) => slug === from) ?? servers[0];
  const target = servers.find(({ slug }) => slug === to && slug !== source?.slug) ?? servers.find((server) => server !== source);
  if (!source || !target) return null;
  return (
    <section className="panel" aria-labelledby="overlap-head">
      <div className="panel-head overlap-head">
        <h2 id="overlap-head">In common</h2>
        <PairSelects servers={servers} from={source.slug} to={target.slug} onPair={onPair} />
        <Link to="/libraries/precheck" search={(search) => ({ ...search, from: source.slug, to: target.slug })} className="button small aside">
          Precheck
        </Link>
      </div>
      <Figures key={`${source.id}${target.id}`} source={source} target={target} />
    </section>
  );
}
