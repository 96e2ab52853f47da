import { ACTIVITY_KINDS, type ActivityKind, type ActivityOrder, type ActivityRow } from './activity-row.js';

export interface ListFilter {
  readonly search: string | null;
  /** Null = all. */
  readonly kinds: ReadonlySet<ActivityKind> | null;
  readonly serverIds: ReadonlySet<string> | null;
}

export interface ListOrder {
  readonly order: ActivityOrder;
  readonly descending: boolean;
}

export interface ListStats {
  readonly total: number;
  readonly online: number;
  readonly problem: number;
  readonly byKind: readonly { readonly kind: ActivityKind; readonly count: number }[];
}

/** What search and servers leave, and of that what the kinds leave. */
export function filtered(rows: readonly ActivityRow[], { search, kinds, serverIds }: ListFilter): { readonly all: ActivityRow[]; readonly ofKinds: ActivityRow[] } {
  const words = (search ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const all = rows.filter((row) => (!serverIds || serverIds.has(row.serverId)) && words.every((word) => textOf(row).includes(word)));
  return { all, ofKinds: kinds ? all.filter(({ kind }) => kinds.has(kind)) : all };
}

/** A number such as S01·E05 is found as `s01`, as `e05` and as `s01e05`. */
function textOf({ title, subtitle, kind, userName, serverAlias }: ActivityRow): string {
  const text = [title, subtitle, kind, userName, serverAlias].filter(Boolean).join('\n').toLowerCase();
  return text.includes('·') ? `${text}\n${text.replaceAll('·', '')}` : text;
}

/** What has no value of the order stands last in both directions; ids break ties, so that pages are stable. */
export function ordered(rows: readonly ActivityRow[], { order, descending }: ListOrder): ActivityRow[] {
  const keyed = rows.map((row) => ({ row, key: KEYS[order](row) }));
  const sign = descending ? -1 : 1;
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) return a.key === b.key ? compare(a.row.id, b.row.id) : a.key === null ? 1 : -1;
    return sign * compare(a.key, b.key) || compare(a.row.id, b.row.id);
  });
  return keyed.map(({ row }) => row);
}

const KEYS: Readonly<Record<ActivityOrder, (row: ActivityRow) => string | number | null>> = {
  started: ({ startedAt }) => (startedAt === null ? null : Date.parse(startedAt)),
  title: ({ title, subtitle }) => `${title}\n${subtitle ?? ''}`.toLowerCase(),
  progress: ({ progressPercent }) => progressPercent,
  kind: ({ kind }) => ACTIVITY_KINDS.indexOf(kind),
  server: ({ serverAlias }) => serverAlias.toLowerCase(),
};

function compare<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function statsOf(rows: readonly ActivityRow[]): ListStats {
  return {
    total: rows.length,
    online: rows.filter(({ kind, state }) => kind === 'download' && state === 'running').length,
    problem: rows.filter(({ state }) => state === 'failed' || state === 'stalled').length,
    byKind: ACTIVITY_KINDS.map((kind) => ({ kind, count: rows.filter((row) => row.kind === kind).length })),
  };
}

/** The page asked for, or the last one when fewer are left. Pages count from 1. */
export function pageOf(rows: readonly ActivityRow[], page: number, size: number): { readonly rows: ActivityRow[]; readonly page: number; readonly pages: number } {
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const shown = Math.min(page, pages);
  return { rows: rows.slice((shown - 1) * size, shown * size), page: shown, pages };
}
