import { Link } from '@tanstack/react-router';
import { ConsoleLatestRunsDocument, ConsoleRunProgressChangedDocument, type ConsoleLatestRunsQuery, type ConsoleRunProgressFragment } from '@usher/api-client';
import { Pause, Shuffle } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { useQuery } from 'urql';
import { useRole } from '../features/auth/auth-context.js';
import { usePageFeed } from '../live/page-feed.js';

const REREAD_MS = 60_000;
type Latest = ConsoleLatestRunsQuery['migrations']['edges'][number]['node'];

function Pill({ migration: { id, source, target }, given, reread }: { migration: Latest; given: ConsoleRunProgressFragment; reread(): void }): ReactNode {
  const [told, setTold] = useState(given);
  usePageFeed(
    ConsoleRunProgressChangedDocument,
    { id: given.runId },
    ({ runProgressChanged }) => {
      setTold(runProgressChanged);
      if (runProgressChanged.state !== given.state) reread();
    },
    reread,
  );
  const { counts, state } = told.at >= given.at ? told : given;
  const share = counts.rows === 0 ? 0 : (counts.rows - counts.new - counts.intent) / counts.rows;
  const Icon = state === 'PAUSED' ? Pause : Shuffle;
  const words = state === 'PAUSED' ? 'paused' : state === 'AWAITING_DECISION' ? 'wants a decision' : state === 'VERIFYING' ? 'reading back' : `${Math.floor(share * 100)} %`;
  return (
    <Link to="/migrations/$id/{-$step}" params={{ id }} className="run-pill" title={`Migration from ${source.alias} to ${target.alias}`}>
      <Icon size={14} className={state === 'RUNNING' || state === 'VERIFYING' ? 'dim' : 'text-warning'} aria-hidden />
      <span className="run-pill-names clip">
        {source.alias} → {target.alias}
      </span>
      <b>{words}</b>
    </Link>
  );
}

function Runs(): ReactNode {
  const [{ data }, read] = useQuery({ query: ConsoleLatestRunsDocument, requestPolicy: 'cache-and-network' });
  useEffect(() => {
    const timer = setInterval(() => read({ requestPolicy: 'network-only' }), REREAD_MS);
    return () => clearInterval(timer);
  }, [read]);
  const migration = data?.migrations.edges.map(({ node }) => node).find(({ run }) => run && !['DONE', 'ABORTED', 'FAILED'].includes(run.state));
  if (!migration?.run) return null;
  return <Pill key={migration.run.runId} migration={migration} given={migration.run} reread={() => read({ requestPolicy: 'network-only' })} />;
}

/** The newest run that has not ended, on every page; only superadmins may read it. */
export function RunPill(): ReactNode {
  return useRole('SUPERADMIN') && <Runs />;
}
