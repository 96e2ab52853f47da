import { deliveryMark, mainTitle, type DeliveryMark } from '../../format/media.js';
import { answers, conditionOf } from '../../live/condition.js';
import { playing } from '../../live/totals.js';
import type { FleetServer, LiveSession, ServerSnapshot } from '../../live/live-types.js';

export interface StreamFilter {
  readonly kind?: DeliveryMark | undefined;
  readonly q?: string | undefined;
}

export type Density = 'comfortable' | 'compact' | 'narrow';

interface RowBase {
  readonly key: string;
  /** px, with the gap below the last row of a server. */
  readonly height: number;
  readonly server: FleetServer;
  readonly last: boolean;
}

export type GridRow = RowBase &
  (
    | { readonly kind: 'server'; readonly open: boolean }
    | { readonly kind: 'session'; readonly sessionId: string; readonly stale: boolean }
    | { readonly kind: 'note' }
    | { readonly kind: 'more'; readonly hidden: number }
  );

const GAP = 8;
const HEIGHTS = {
  comfortable: { server: 42, session: 48, note: 40 },
  compact: { server: 42, session: 36, note: 36 },
  narrow: { server: 62, session: 118, note: 64 },
} as const;
const MORE_HEIGHT = 44;
const FIRST_ON_A_PHONE = 2;

/** Whether a session passes the filter of the address. */
export function passes(session: LiveSession, filter: StreamFilter): boolean {
  if (!session.stream || !session.item) return false;
  if (filter.kind && deliveryMark(session.stream) !== filter.kind) return false;
  const needle = filter.q?.trim().toLowerCase();
  if (!needle) return true;
  return [mainTitle(session.item), session.item.title, session.userName, session.deviceName, session.client].some((word) => word?.toLowerCase().includes(needle));
}

/** Opened until somebody closes it: servers with streams; on a phone those that fail stay closed. */
export function opensByItself(server: FleetServer, snapshot: ServerSnapshot | undefined, density: Density): boolean {
  const fails = !answers(conditionOf(server, snapshot?.stale));
  return playing(snapshot).length > 0 && !(fails && density === 'narrow');
}

interface GridInput {
  readonly servers: readonly FleetServer[];
  readonly snapshots: ReadonlyMap<string, ServerSnapshot>;
  readonly filter: StreamFilter;
  readonly density: Density;
  /** Server id → opened or closed by hand. */
  readonly opened: Readonly<Record<string, boolean>>;
  /** Servers whose further sessions are shown on a phone. */
  readonly whole: ReadonlySet<string>;
}

/** All rows of the Overview in order, with their heights, for one virtual list. A filter hides servers without a match. */
export function gridRows({ servers, snapshots, filter, density, opened, whole }: GridInput): GridRow[] {
  const heights = HEIGHTS[density];
  const filtered = Boolean(filter.kind ?? filter.q);
  const rows: GridRow[] = [];
  for (const server of servers) {
    const snapshot = snapshots.get(server.id);
    const sessions = playing(snapshot).filter((session) => passes(session, filter));
    if (filtered && sessions.length === 0) continue;
    const live = answers(conditionOf(server, snapshot?.stale));
    const open = filtered || (opened[server.id] ?? opensByItself(server, snapshot, density));
    const group: GridRow[] = [{ kind: 'server', key: server.id, height: heights.server, server, last: false, open }];
    if (open) {
      const shown = density === 'narrow' && !whole.has(server.id) ? sessions.slice(0, FIRST_ON_A_PHONE) : sessions;
      for (const { id } of shown) {
        group.push({ kind: 'session', key: id, height: heights.session, server, last: false, sessionId: id, stale: !live });
      }
      const hidden = sessions.length - shown.length;
      if (hidden > 0) group.push({ kind: 'more', key: `more:${server.id}`, height: MORE_HEIGHT, server, last: false, hidden });
      if (!live || sessions.length === 0) group.push({ kind: 'note', key: `note:${server.id}`, height: heights.note, server, last: false });
    }
    const end = group.pop()!;
    rows.push(...group, { ...end, last: true, height: end.height + GAP });
  }
  return rows;
}
