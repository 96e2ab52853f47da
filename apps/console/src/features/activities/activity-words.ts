import type { ActivityKind, ActivityOrder, ConsoleActivityRowsFragment } from '@usher/api-client';
import { bitRate } from '../../format/units.js';
import { answers, conditionOf } from '../../live/condition.js';
import type { FleetServer } from '../../live/live-types.js';

export type ActivityPage = ConsoleActivityRowsFragment;
export type ActivityRow = ActivityPage['rows'][number];

/** In the order of the chips. */
export const KINDS: readonly ActivityKind[] = ['STREAM', 'TRANSCODE', 'PAUSE', 'DOWNLOAD', 'SCAN', 'CONVERSION', 'TASK', 'RUN', 'PROBLEM'];

export const KIND_WORDS: Readonly<Record<ActivityKind, string>> = {
  STREAM: 'Stream',
  TRANSCODE: 'Transcode',
  PAUSE: 'Paused',
  DOWNLOAD: 'Download',
  SCAN: 'Scan',
  CONVERSION: 'Conversion',
  TASK: 'Task',
  RUN: 'Run',
  PROBLEM: 'Problem',
};

const STREAM_KINDS: readonly ActivityKind[] = ['STREAM', 'TRANSCODE', 'PAUSE'];
const STREAM_PREFIX = 'stream:';

/** The fleet-wide id of the session that a row stands for; null for everything else. */
export function sessionIdOf({ id }: Pick<ActivityRow, 'id'>): string | null {
  return id.startsWith(STREAM_PREFIX) ? id.slice(STREAM_PREFIX.length) : null;
}

/** What goes on in one word or number: speed, bit rate, or the state. */
export function stateText({ kind, state, speed, bitRateKbps }: Pick<ActivityRow, 'kind' | 'state' | 'speed' | 'bitRateKbps'>): string {
  if (state !== 'RUNNING') return state.toLowerCase();
  const told = [speed === null ? null : `${speed.toFixed(1)}×`, bitRateKbps === null || kind === 'CONVERSION' ? null : bitRate(bitRateKbps)].filter((word) => word !== null);
  return told.length > 0 ? told.join(' · ') : 'running';
}

/** Why a row cannot be canceled, as a sentence with its code; null when it can. The API decides again. */
export function whyNoCancel(row: Pick<ActivityRow, 'id' | 'kind' | 'cancellable'>, server: FleetServer | undefined, operator: boolean): string | null {
  if (row.kind === 'PROBLEM') return 'A problem ends when its cause is gone.';
  if (row.kind === 'RUN') return 'A run is paused or ended on its own page.';
  if (STREAM_KINDS.includes(row.kind) || sessionIdOf(row) !== null) return 'A stream is stopped in its session.';
  if (!operator) return 'Needs the role operator. FORBIDDEN';
  if (server?.readOnly) return `${server.alias} is read-only. SERVER_READ_ONLY`;
  if (server && !answers(conditionOf(server))) return `${server.alias} does not answer now. ${server.stateCode ?? 'SERVER_UNREACHABLE'}`;
  return row.cancellable ? null : 'This media server cannot end such work. CAPABILITY_MISSING';
}

/** Rows that came, went or mean something else now. Progress alone is no change. */
export function countChanges(before: readonly ActivityRow[], after: readonly ActivityRow[]): number {
  const meaning = ({ kind, state, title, subtitle, userName, code }: ActivityRow) => JSON.stringify([kind, state, title, subtitle, userName, code]);
  const old = new Map(before.map((row) => [row.id, meaning(row)]));
  const now = new Set(after.map(({ id }) => id));
  return after.filter((row) => old.get(row.id) !== meaning(row)).length + before.filter(({ id }) => !now.has(id)).length;
}

/** What the address asks for, as texts. */
export interface ActivitySearch {
  q?: string | undefined;
  type?: string | undefined;
  page?: string | undefined;
  size?: string | undefined;
  sort?: string | undefined;
}

export const SIZES = [10, 25, 50, 100] as const;

export const ORDERS: readonly { value: string; label: string; order: ActivityOrder; descending: boolean }[] = [
  { value: '-started', label: 'Newest first', order: 'STARTED', descending: true },
  { value: 'started', label: 'Oldest first', order: 'STARTED', descending: false },
  { value: 'kind', label: 'By type', order: 'KIND', descending: false },
  { value: '-kind', label: 'By type, backwards', order: 'KIND', descending: true },
  { value: 'title', label: 'By title', order: 'TITLE', descending: false },
  { value: '-title', label: 'By title, Z to A', order: 'TITLE', descending: true },
  { value: 'server', label: 'By server', order: 'SERVER', descending: false },
  { value: '-server', label: 'By server, Z to A', order: 'SERVER', descending: true },
  { value: '-progress', label: 'Most progress first', order: 'PROGRESS', descending: true },
  { value: 'progress', label: 'Least progress first', order: 'PROGRESS', descending: false },
];
export const FIRST_ORDER = ORDERS[0]!;

/** `download,scan` of the address → kinds; words that are none are left out. */
export function kindsOf(type: string | undefined): ActivityKind[] {
  const wanted = new Set((type ?? '').toUpperCase().split(','));
  return KINDS.filter((kind) => wanted.has(kind));
}

/** The way back, undefined for all. */
export function typeOf(kinds: readonly ActivityKind[]): string | undefined {
  return kinds.length === 0 ? undefined : KINDS.filter((kind) => kinds.includes(kind)).join(',').toLowerCase();
}

export const orderOf = (sort: string | undefined) => ORDERS.find(({ value }) => value === sort) ?? FIRST_ORDER;
export const sizeOf = (size: string | undefined): number => SIZES.find((value) => String(value) === size) ?? SIZES[0];

/** The question that an address asks. `serverIds` null = all servers. */
export function variablesOf(search: ActivitySearch, serverIds: string[] | null) {
  const kinds = kindsOf(search.type);
  const { order, descending } = orderOf(search.sort);
  const filter = { search: search.q?.trim() || null, kinds: kinds.length > 0 ? kinds : null, serverIds };
  return { filter, page: Math.max(1, Math.trunc(Number(search.page)) || 1), size: sizeOf(search.size), order, descending };
}
