import { Link } from '@tanstack/react-router';
import { ArrowDown, ArrowUp, ExternalLink, Server, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { ActionMenu, type MenuAction } from '../../components/action-menu.js';
import { VendorGlyph } from '../../components/glyphs.js';
import { absolute, moment } from '../../format/units.js';
import { useNarrow } from '../../frame/use-media.js';
import { useNow } from '../../live/live-context.js';
import type { FleetServer } from '../../live/live-types.js';
import { sessionKey } from '../overview/session-key.js';
import { KIND_FILLS, KindBadge } from './activity-kind.js';
import { sessionIdOf, stateText, whyNoCancel, type ActivityRow, type orderOf } from './activity-words.js';

/** Bar and percentage; the percentage stands beside the bar, and an en dash where nobody tells. */
function Progress({ row: { kind, progressPercent: percent } }: { row: ActivityRow }): ReactNode {
  if (kind === 'PROBLEM' && percent === null) return null;
  return (
    <span className="activity-progress">
      <span className="meter" aria-hidden>
        <span className={KIND_FILLS[kind]} style={{ transform: `scaleX(${(percent ?? 0) / 100})` }} />
      </span>
      <span className="num">{percent === null ? <span className="faint" title="not reported">–</span> : `${Math.round(percent)} %`}</span>
    </span>
  );
}

/** A place inside the console that the API names, such as `/migrations/…` or `/?session=…`. */
function Place({ href, className, children }: { href: string; className: string; children: ReactNode }): ReactNode {
  const [path, query] = href.split('?');
  return (
    <Link to={path as '/'} search={(kept) => ({ servers: kept.servers, ...Object.fromEntries(new URLSearchParams(query)) })} className={className}>
      {children}
    </Link>
  );
}

interface LineProps {
  row: ActivityRow;
  server: FleetServer | undefined;
  operator: boolean;
  onCancel(row: ActivityRow): void;
  onOpen(row: ActivityRow, what: 'session' | 'server'): void;
}

function Title({ row, server }: Pick<LineProps, 'row' | 'server'>): ReactNode {
  const sessionId = sessionIdOf(row);
  const title = <span className="strong">{row.title}</span>;
  const named = () => {
    if (sessionId && server) {
      return (
        <Link to="/" search={(search) => ({ servers: search.servers, session: sessionKey(server, sessionId) })} className="activity-link" data-list-item>
          {title}
        </Link>
      );
    }
    return row.href && row.kind !== 'PROBLEM' ? <Place href={row.href} className="activity-link">{title}</Place> : title;
  };
  return (
    <>
      <span className="clip block">
        {named()} <span className="dim">{row.subtitle}</span>
      </span>
      {(row.problem ?? row.next) && (
        <span className="small dim block activity-why">
          {row.problem} {row.next && <>Next: {row.next}</>}
        </span>
      )}
    </>
  );
}

function Act({ row, server, operator, onCancel, onOpen }: LineProps): ReactNode {
  if (row.kind === 'PROBLEM' && (row.href || server)) {
    const words = (
      <>
        {row.code ? 'Fix' : 'Open'}
        <span className="sr-only"> {row.title}</span>
      </>
    );
    return row.href ? <Place href={row.href} className="link">{words}</Place> : <Link to="/servers/$alias/{-$tab}" params={{ alias: server!.slug }} className="link">{words}</Link>;
  }
  const off = whyNoCancel(row, server, operator);
  if (!off) {
    return (
      <button type="button" className="icon-button" aria-label={`Cancel ${row.title} on ${row.serverAlias}`} title="Cancel…" onClick={() => onCancel(row)}>
        <X size={15} aria-hidden />
      </button>
    );
  }
  const actions = (): MenuAction[] => [
    ...(sessionIdOf(row) && server ? [{ label: 'Open the session', icon: ExternalLink, run: () => onOpen(row, 'session') }] : []),
    ...(server ? [{ label: `Open ${server.alias}`, icon: Server, run: () => onOpen(row, 'server') }] : []),
    { label: 'Cancel…', icon: X, off, run: () => undefined },
  ];
  return <ActionMenu label={`Actions on ${row.title}`} actions={actions} />;
}

function Line(props: LineProps): ReactNode {
  const { row, server } = props;
  const nowMs = useNow(60_000);
  const bad = row.kind === 'PROBLEM' || row.state === 'FAILED' || row.state === 'STALLED';
  const sinceMs = row.startedAt === null ? null : Date.parse(row.startedAt);
  return (
    <tr className={bad ? 'activity-problem' : undefined}>
      <td data-cell="type">
        <KindBadge kind={row.kind} />
      </td>
      <td data-cell="title">
        <Title row={row} server={server} />
      </td>
      <td data-cell="user">
        <span className="clip block" title={row.deviceName ?? undefined}>{row.userName ?? <span className="faint">–</span>}</span>
      </td>
      <td data-cell="server">
        {server ? (
          <Link to="/servers/$alias/{-$tab}" params={{ alias: server.slug }} className="inline activity-link">
            <VendorGlyph kind={server.kind} size={14} />
            <span className="clip">{server.alias}</span>
          </Link>
        ) : (
          <span className="dim clip">{row.serverAlias}</span>
        )}
      </td>
      <td data-cell="progress">
        <Progress row={row} />
      </td>
      <td data-cell="state" className={bad ? 'text-danger' : 'dim'}>
        {row.code ? <code>{row.code}</code> : stateText(row)}
      </td>
      <td data-cell="since" className="num dim" title={sinceMs === null ? undefined : absolute(sinceMs)}>
        {sinceMs === null ? '–' : moment(sinceMs, nowMs)}
      </td>
      <td data-cell="act" className="num">
        <Act {...props} />
      </td>
    </tr>
  );
}

type Chosen = ReturnType<typeof orderOf>;

/** A column head that orders by its column; pressed again it turns the order around. Where heads are not seen it is a word only. */
function Head({ order, word, first, chosen, onSort, num = false }: { order: Chosen['order']; word: string; first: string; chosen: Chosen; onSort(sort: string): void; num?: boolean }): ReactNode {
  const narrow = useNarrow();
  const on = chosen.order === order;
  const Arrow = chosen.descending ? ArrowDown : ArrowUp;
  const turned = chosen.value.startsWith('-') ? chosen.value.slice(1) : `-${chosen.value}`;
  return (
    <th scope="col" className={num ? 'num' : undefined} aria-sort={on ? (chosen.descending ? 'descending' : 'ascending') : undefined}>
      {narrow ? (
        word
      ) : (
        <button type="button" className="sort-button" onClick={() => onSort(on ? turned : first)}>
          {word}
          {on && <Arrow size={12} aria-hidden />}
        </button>
      )}
    </th>
  );
}

interface TableProps extends Pick<LineProps, 'operator' | 'onCancel' | 'onOpen'> {
  rows: readonly ActivityRow[];
  byId: ReadonlyMap<string, FleetServer>;
  chosen: Chosen;
  busy: boolean;
  onSort(sort: string): void;
}

/** One page of activities. */
export function ActivityTable({ rows, byId, chosen, busy, onSort, ...acts }: TableProps): ReactNode {
  const head = { chosen, onSort };
  return (
    <table className="table activity-table" aria-busy={busy || undefined}>
      <thead>
        <tr>
          <Head order="KIND" word="Type" first="kind" {...head} />
          <Head order="TITLE" word="Title" first="title" {...head} />
          <th scope="col">User</th>
          <Head order="SERVER" word="Server" first="server" {...head} />
          <Head order="PROGRESS" word="Progress" first="-progress" {...head} />
          <th scope="col">State</th>
          <Head order="STARTED" word="Since" first="-started" num {...head} />
          <th scope="col">
            <span className="sr-only">Action</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Line key={row.id} row={row} server={byId.get(row.serverId)} {...acts} />
        ))}
      </tbody>
    </table>
  );
}
