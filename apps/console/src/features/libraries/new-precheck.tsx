import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { ConsoleLibrariesDocument, ConsolePlanLibraryDocument, type ConsoleLibraryFragment } from '@usher/api-client';
import { ArrowRight, LibraryBig, Server } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useClient, useQuery } from 'urql';
import { Path } from '../../components/path.js';
import { newIdempotencyKey } from '../../api/idempotency-key.js';
import { problemOf, type Problem } from '../../api/problem.js';
import { EmptyState, ErrorState, LoadingRows, ProblemNote } from '../../components/state-view.js';
import { count } from '../../format/units.js';
import { useServers } from '../../live/live-context.js';
import type { FleetServer } from '../../live/live-types.js';
import { useRole } from '../auth/auth-context.js';
import { PairSelects } from './overlap-panel.js';
import './libraries.css';

type LibraryRow = ConsoleLibraryFragment;

function Choice({ source, target, libraries }: { source: FleetServer; target: FleetServer; libraries: readonly LibraryRow[] }): ReactNode {
  const client = useClient();
  const navigate = useNavigate();
  const operator = useRole('OPERATOR');
  const own = libraries.filter(({ serverId }) => serverId === source.id);
  const theirs = libraries.filter(({ serverId }) => serverId === target.id);
  const [chosen, setChosen] = useState<ReadonlyMap<string, string>>(() => new Map(own.map(({ vendorId }) => [vendorId, ''])));
  const [state, setState] = useState<{ busy: boolean; problem: Problem | null }>({ busy: false, problem: null });
  const toggle = (id: string) => {
    const next = new Map(chosen);
    if (!next.delete(id)) next.set(id, '');
    setChosen(next);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!operator || chosen.size === 0 || state.busy) return;
    setState({ busy: true, problem: null });
    const rows = [...chosen].map(([sourceVendorId, targetVendorId]) => ({ sourceVendorId, targetVendorId: targetVendorId || null }));
    const { data, error } = await client.mutation(ConsolePlanLibraryDocument, { input: { sourceServerId: source.id, targetServerId: target.id, libraries: rows, idempotencyKey: newIdempotencyKey() } }).toPromise();
    setState({ busy: false, problem: error ? problemOf(error) : null });
    if (data) void navigate({ to: '/libraries/precheck/$id', params: { id: data.planLibrary.id } });
  };
  if (own.length === 0) {
    return (
      <EmptyState icon={LibraryBig} title={`No library of ${source.alias} is known`}>
        Choose another source, or wait until {source.alias} has been read.
      </EmptyState>
    );
  }
  return (
    <form onSubmit={(event) => void submit(event)}>
      <table className="table precheck-choice">
        <thead>
          <tr>
            <th scope="col">On {source.alias}</th>
            <th scope="col" className="num">Titles</th>
            <th scope="col">Into, on {target.alias}</th>
          </tr>
        </thead>
        <tbody>
          {own.map((library) => (
            <tr key={library.vendorId}>
              <td>
                <label className="choice">
                  <input type="checkbox" checked={chosen.has(library.vendorId)} onChange={() => toggle(library.vendorId)} />
                  <span>
                    {library.name} <span className="small dim">{library.type}</span>
                  </span>
                </label>
              </td>
              <td className="num">{library.itemCount === null ? <span className="faint">–</span> : count(library.itemCount)}</td>
              <td>
                <select
                  className="input"
                  aria-label={`Library of ${target.alias} for ${library.name}`}
                  disabled={!chosen.has(library.vendorId)}
                  value={chosen.get(library.vendorId) ?? ''}
                  onChange={(event) => setChosen(new Map(chosen).set(library.vendorId, event.target.value))}
                >
                  <option value="">suggested, or a new one</option>
                  {theirs.map(({ vendorId, name, type }) => (
                    <option key={vendorId} value={vendorId}>
                      {name} ({type})
                    </option>
                  ))}
                </select>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {state.problem && (
        <div className="panel-body">
          <ProblemNote problem={state.problem} />
        </div>
      )}
      <div className="plan-foot inner">
        <span className="small dim push-right">{operator ? 'Nothing is changed on either server. It takes seconds to minutes.' : 'A precheck needs the role operator. FORBIDDEN'}</span>
        <button type="submit" className="button primary" aria-disabled={!operator || chosen.size === 0 || state.busy || undefined}>
          Check {chosen.size === own.length ? 'all' : chosen.size} {chosen.size === 1 ? 'library' : 'libraries'}
          <ArrowRight size={15} aria-hidden />
        </button>
      </div>
    </form>
  );
}

function Pair({ servers }: { servers: readonly FleetServer[] }): ReactNode {
  const navigate = useNavigate();
  const { from, to } = useSearch({ from: '/frame/libraries/precheck' });
  const [{ data, error }, reread] = useQuery({ query: ConsoleLibrariesDocument, variables: { serverIds: null }, requestPolicy: 'cache-and-network' });
  const source = servers.find(({ slug }) => slug === from) ?? servers.find(({ slug }) => slug !== to);
  const target = servers.find((server) => server.slug === to && server !== source) ?? servers.find((server) => server !== source);
  if (!source || !target) {
    return (
      <EmptyState icon={Server} title="A copy needs two servers" action={<Link to="/servers" className="button small">To the servers</Link>}>
        Register a second one first.
      </EmptyState>
    );
  }
  const onPair = (slug: string, other: string) => void navigate({ to: '.', search: (old) => ({ ...old, from: slug, to: other }), replace: true });
  return (
    <>
      <div className="panel-head overlap-head">
        <h2>From, to</h2>
        <PairSelects servers={servers} from={source.slug} to={target.slug} onPair={onPair} />
      </div>
      {data && <Choice key={`${source.id}${target.id}`} source={source} target={target} libraries={data.libraries} />}
      {!data && (error ? <ErrorState title="Usher could not read the libraries" problem={problemOf(error)} onRetry={() => reread({ requestPolicy: 'network-only' })} /> : <LoadingRows rows={5} height={44} label="Loading the libraries" />)}
    </>
  );
}

/** Chooses what would be copied where; the check itself changes nothing. */
export default function NewPrecheck(): ReactNode {
  const servers = useServers();
  return (
    <>
      <div className="page-head">
        <Path steps={[{ to: '/libraries', label: 'Libraries' }]} />
        <h1 tabIndex={-1}>Precheck a copy</h1>
        <span className="small dim">what would be copied, and what stands in the way</span>
      </div>
      <div className="panel precheck-form">{servers ? <Pair servers={servers} /> : <LoadingRows rows={6} height={48} label="Loading the fleet" />}</div>
    </>
  );
}
