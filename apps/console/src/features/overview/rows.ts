import { deliveryMark, mainTitle, type DeliveryMark } from '../../format/media.js';
import { answers, conditionOf } from '../../live/condition.js';
import { playing } from '../../live/totals.js';
import type { FleetServer, LiveSession, ServerSnapshot } from '../../live/live-types.js';

export interface StreamFilter {
  readonly kind?: DeliveryMark | undefined;
  readonly q?: string | undefined;
}

/** What can be chosen; a narrow window has a form of its own. */
export const DENSITIES = ['comfortable', 'compact', 'cards'] as const;
export type WideDensity = (typeof DENSITIES)[number];
export type Density = WideDensity | 'narrow';

interface RowBase {
  readonly key: string;
  /** px that the list goes on by: with the gap below, and none for a card that has others at its right. */
  readonly height: number;
  /** px of the row itself. */
  readonly body: number;
  readonly server: FleetServer;
  readonly last: boolean;
}

export type GridRow = RowBase &
  (
    | { readonly kind: 'server'; readonly open: boolean }
    /** `column` of `columns`: where a card stands in its line, from the left. */
    | { readonly kind: 'session'; readonly sessionId: string; readonly stale: boolean; readonly column?: number; readonly columns?: number }
    | { readonly kind: 'note' }
    | { readonly kind: 'more'; readonly hidden: number }
  );

const GAP = 8;
const HEIGHTS = {
  comfortable: { server: 42, session: 48, note: 40 },
  compact: { server: 42, session: 36, note: 36 },
  cards: { server: 42, session: 196, note: 40 },
  narrow: { server: 62, session: 118, note: 64 },
} as const;
const MORE_HEIGHT = 44;
export const CARD_GAP = 10;
const CARD_WIDTH = 260;
const FIRST_ON_A_PHONE = 2;

/** How many cards fit beside each other. */
export const cardColumns = (width: number): number => Math.max(1, Math.floor((width + CARD_GAP) / (CARD_WIDTH + CARD_GAP)));

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
  /** Cards beside each other. */
  readonly columns: number;
  /** Server id → opened or closed by hand. */
  readonly opened: Readonly<Record<string, boolean>>;
  /** Servers whose further sessions are shown on a phone. */
  readonly whole: ReadonlySet<string>;
}

/** All rows of the Overview in order, with their heights, for one virtual list. A filter hides servers without a match. */
export function gridRows({ servers, snapshots, filter, density, columns, opened, whole }: GridInput): GridRow[] {
  const heights = HEIGHTS[density];
  const filtered = Boolean(filter.kind ?? filter.q);
  const rows: GridRow[] = [];
  for (const server of servers) {
    const snapshot = snapshots.get(server.id);
    const sessions = playing(snapshot).filter((session) => passes(session, filter));
    if (filtered && sessions.length === 0) continue;
    const live = answers(conditionOf(server, snapshot?.stale));
    const open = filtered || (opened[server.id] ?? opensByItself(server, snapshot, density));
    const base = (key: string, body: number): RowBase => ({ key, height: body, body, server, last: false });
    const group: GridRow[] = [{ ...base(server.id, heights.server), kind: 'server', open }];
    if (open) {
      const shown = density === 'narrow' && !whole.has(server.id) ? sessions.slice(0, FIRST_ON_A_PHONE) : sessions;
      for (const { id } of shown) group.push({ ...base(id, heights.session), kind: 'session', sessionId: id, stale: !live });
      const hidden = sessions.length - shown.length;
      if (hidden > 0) group.push({ ...base(`more:${server.id}`, MORE_HEIGHT), kind: 'more', hidden });
      if (!live || sessions.length === 0) group.push({ ...base(`note:${server.id}`, heights.note), kind: 'note' });
    }
    const placed = density === 'cards' ? inLines(group, columns) : group;
    const end = placed.pop()!;
    rows.push(...placed, { ...end, last: true, height: end.height + GAP });
  }
  return rows;
}

/** Sessions become cards beside each other: the last one of a line carries its height, the others begin where it begins. */
function inLines(group: readonly GridRow[], columns: number): GridRow[] {
  const count = group.filter(({ kind }) => kind === 'session').length;
  return group.map((row, index) => {
    if (row.kind === 'server') return { ...row, height: row.body + (count > 0 ? CARD_GAP : 0) };
    if (row.kind !== 'session') return row;
    const at = index - 1;
    const endsLine = at % columns === columns - 1 || at === count - 1;
    return { ...row, height: endsLine ? row.body + CARD_GAP : 0, column: at % columns, columns };
  });
}

const isBeside = (row: GridRow | undefined) => row?.kind === 'session' && row.column !== undefined && row.column > 0;

/** Index of the first row of the line that a row stands in; outside of cards its own. */
export function lineStart(rows: readonly GridRow[], index: number): number {
  let start = index;
  while (isBeside(rows[start])) start--;
  return start;
}

/** Index of the last row of that line. */
export function lineEnd(rows: readonly GridRow[], index: number): number {
  let end = index;
  while (isBeside(rows[end + 1])) end++;
  return end;
}
