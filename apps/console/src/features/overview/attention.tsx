import { Link } from '@tanstack/react-router';
import { CircleCheck, Flag, Ghost, TriangleAlert, Unplug, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { kindName } from '../../components/glyphs.js';
import { Age } from '../../components/ticking.js';
import { belowRealTime, mainTitle, reasonSentences } from '../../format/media.js';
import { CONDITION_WORDS, conditionOf, conditionSince } from '../../live/condition.js';
import { playing } from '../../live/totals.js';
import { isHint } from '../../live/hints.js';
import type { FleetServer, ServerSnapshot } from '../../live/live-types.js';
import { useRole } from '../auth/auth-context.js';
import { RULE_WORDS } from '../mismatches/rule-words.js';
import { sessionKey } from './session-key.js';

interface Attention {
  readonly key: string;
  readonly icon: LucideIcon;
  readonly tone: 'danger' | 'warning';
  readonly title: string;
  readonly text: string;
  readonly sinceMs: number | null;
  readonly server: FleetServer;
  readonly session?: string;
  readonly mismatch?: string;
}

function attentionOf(server: FleetServer, snapshot: ServerSnapshot | undefined): Attention[] {
  const condition = conditionOf(server, snapshot?.stale);
  const items: Attention[] = [];
  if (condition !== 'online') {
    items.push({
      key: server.id,
      icon: condition === 'offline' ? Unplug : TriangleAlert,
      tone: condition === 'offline' ? 'danger' : 'warning',
      title: `${server.alias} is ${CONDITION_WORDS[condition].toLowerCase()}`,
      text: [server.stateReason, server.stateNext].filter(Boolean).join(' ') || `${kindName(server.kind)} has sent nothing new.`,
      sinceMs: conditionSince(server, condition, snapshot?.atMs),
      server,
    });
    if (condition !== 'degraded') return items;
  }
  for (const session of playing(snapshot)) {
    const name = `${server.alias}, ${session.item ? mainTitle(session.item) : ''}`;
    const shared = { key: session.id, tone: 'warning' as const, server, session: sessionKey(server, session.id), sinceMs: null };
    if (session.stream && belowRealTime(session.stream)) {
      const [reason] = reasonSentences(session.stream);
      items.push({ ...shared, icon: TriangleAlert, title: 'Transcode below real time', text: `${name} at ${session.stream.transcode?.speed?.toFixed(1)}×. ${reason ?? ''}` });
    } else if (session.ghost) {
      items.push({ ...shared, icon: Ghost, title: 'Stream without a sign of life', text: `${name}: listed, but not heard of for 90 seconds.` });
    }
  }
  return items;
}

/** Flags of the streams, each once, though it stands on every stream that it belongs to. */
function flagged(servers: readonly FleetServer[], snapshots: ReadonlyMap<string, ServerSnapshot>): Attention[] {
  const items = new Map<string, Attention>();
  for (const server of servers) {
    for (const session of playing(snapshots.get(server.id))) {
      for (const flag of session.flags) {
        const { mismatchId, rule, text } = flag;
        // A ghost has its own row, from the stream itself.
        if (rule === 'GHOST' || isHint(flag) || items.has(mismatchId)) continue;
        const who = session.identityName ?? session.userName ?? 'Unknown viewer';
        items.set(mismatchId, { key: mismatchId, icon: Flag, tone: 'danger', title: `${who}: ${RULE_WORDS[rule].toLowerCase()}`, text: `${server.alias}, ${session.item ? mainTitle(session.item) : 'a stream'}: ${text}.`, sinceMs: null, server, mismatch: mismatchId, session: sessionKey(server, session.id) });
      }
    }
  }
  return [...items.values()];
}

const MOST = 4;

/** What a person should look at, worst first. */
export function AttentionRail({ servers, snapshots }: { servers: readonly FleetServer[]; snapshots: ReadonlyMap<string, ServerSnapshot> }): ReactNode {
  const operator = useRole('OPERATOR');
  const items = [...servers.flatMap((server) => attentionOf(server, snapshots.get(server.id))), ...flagged(servers, snapshots)].toSorted((a, b) => Number(b.tone === 'danger') - Number(a.tone === 'danger'));
  return (
    <aside className="rail" aria-label="Needs attention">
      <div className="rail-head">
        <h2>Needs attention</h2>
        <span>{items.length}</span>
      </div>
      {items.length === 0 && (
        <p className="rail-calm dim">
          <CircleCheck size={15} aria-hidden /> Nothing needs you now.
        </p>
      )}
      <ul>
        {items.slice(0, MOST).map(({ key, icon: Icon, tone, title, text, sinceMs, server, session, mismatch }) => (
          <li key={key} className="rail-item">
            <Icon size={14} className={`text-${tone}`} aria-hidden />
            <div className="rail-text">
              <div className="rail-title">
                <span>{title}</span>
                {sinceMs !== null && (
                  <span className="dim small">
                    <Age atMs={sinceMs} />
                  </span>
                )}
              </div>
              <p className="small dim">{text}</p>
              {mismatch && operator ? (
                <Link to="/users/mismatches/{-$id}" params={{ id: mismatch }} className="link small">
                  Compare<span className="sr-only"> {title}</span>
                </Link>
              ) : session ? (
                <Link to="/" search={(search) => ({ ...search, session })} className="link small">
                  Open the stream
                </Link>
              ) : (
                <Link to="/servers/$alias/{-$tab}" params={{ alias: server.slug }} className="link small">
                  How to fix<span className="sr-only"> {server.alias}</span>
                </Link>
              )}
            </div>
          </li>
        ))}
      </ul>
      {items.length > MOST && (
        <Link to="/servers" search={(search) => ({ ...search, state: 'problem' })} className="link small">
          {items.length - MOST} more
        </Link>
      )}
    </aside>
  );
}
