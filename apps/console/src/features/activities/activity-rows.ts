import { belowRealTime, deliveryMark, encoderWord, mainTitle, MARK_WORDS, secondLine, type DeliveryMark } from '../../format/media.js';
import { answers, CONDITION_WORDS, conditionOf, conditionSince } from '../../live/condition.js';
import { playing } from '../../live/totals.js';
import type { FleetServer, LiveSession, ServerSnapshot } from '../../live/live-types.js';
import type { Activity } from './use-activities.js';

/** In the order in which rows stand: what needs a person first, then what costs most. */
export const ROW_TYPES = ['problem', 'transcode', 'stream', 'pause', 'scan', 'task'] as const;
export type RowType = (typeof ROW_TYPES)[number];

export const TYPE_WORDS: Readonly<Record<RowType, string>> = { problem: 'Problem', transcode: 'Transcode', stream: 'Stream', pause: 'Paused', scan: 'Scan', task: 'Task' };

/** One line of the page: a stream, running work of a media server, or something that needs a person. */
export interface ActivityRow {
  readonly key: string;
  readonly type: RowType;
  readonly title: string;
  readonly subtitle: string;
  readonly user: string | null;
  readonly server: FleetServer;
  /** A stream, whose position moves by itself. */
  readonly session: LiveSession | null;
  /** Of a stream. */
  readonly mark: DeliveryMark | null;
  /** Of running work; null where the media server does not tell. */
  readonly percent: number | null;
  readonly state: string;
  /** Error code of a problem. */
  readonly code: string | null;
  readonly sinceMs: number;
}

/** What the filter of the address asks for: `work` is everything that runs besides streams. */
export type TypeFilter = RowType | 'work';

export const isWork = ({ type }: Pick<ActivityRow, 'type'>): boolean => type === 'scan' || type === 'task';

const EMPTY = { subtitle: '', user: null, session: null, mark: null, percent: null, state: '', code: null } as const;

function serverProblem(server: FleetServer, snapshot: ServerSnapshot | undefined): ActivityRow | null {
  const condition = conditionOf(server, snapshot?.stale);
  if (condition === 'online') return null;
  return {
    ...EMPTY,
    key: `problem:${server.id}`,
    type: 'problem',
    title: `${server.alias} is ${CONDITION_WORDS[condition].toLowerCase()}`,
    subtitle: server.stateReason ?? '',
    server,
    state: server.stateCode ? '' : CONDITION_WORDS[condition].toLowerCase(),
    code: server.stateCode,
    sinceMs: conditionSince(server, condition, snapshot?.atMs),
  };
}

function sessionRows(server: FleetServer, session: LiveSession): ActivityRow[] {
  const { stream, item } = session;
  if (!stream || !item) return [];
  const mark = deliveryMark(stream);
  const slow = belowRealTime(stream);
  const row: ActivityRow = {
    ...EMPTY,
    key: session.id,
    type: mark === 'paused' ? 'pause' : mark === 'transcode' ? 'transcode' : 'stream',
    title: mainTitle(item),
    subtitle: secondLine(item, stream),
    user: session.userName,
    server,
    session,
    mark,
    state: mark === 'transcode' ? encoderWord(stream) || 'speed not told' : MARK_WORDS[mark].toLowerCase(),
    sinceMs: Date.parse(stream.startedAt),
  };
  if (!slow) return [row];
  return [{ ...row, key: `slow:${session.id}`, type: 'problem', title: 'Transcode below real time', subtitle: mainTitle(item) }, row];
}

function workRow(server: FleetServer, activity: Activity): ActivityRow {
  return {
    ...EMPTY,
    key: activity.id,
    type: activity.type === 'SCAN' ? 'scan' : 'task',
    title: activity.title,
    subtitle: activity.subtitle ?? '',
    server,
    percent: activity.progressPercent,
    state: activity.progressPercent === 0 ? 'begins' : 'running',
    sinceMs: Date.parse(activity.startedAt),
  };
}

/** Everything that goes on, in the order of the page. Last-known sessions of servers that do not answer are no activity. */
export function activityRows(servers: readonly FleetServer[], snapshots: ReadonlyMap<string, ServerSnapshot>, activities: readonly Activity[]): ActivityRow[] {
  const rows = servers.flatMap((server) => {
    const snapshot = snapshots.get(server.id);
    const problem = serverProblem(server, snapshot);
    const live = answers(conditionOf(server, snapshot?.stale));
    return [
      ...(problem ? [problem] : []),
      ...(live ? playing(snapshot).flatMap((session) => sessionRows(server, session)) : []),
      ...activities.filter(({ serverId }) => serverId === server.id).map((activity) => workRow(server, activity)),
    ];
  });
  return rows.toSorted((a, b) => ROW_TYPES.indexOf(a.type) - ROW_TYPES.indexOf(b.type) || b.sinceMs - a.sinceMs || a.key.localeCompare(b.key));
}

/** Whether a row passes the filter; the text is looked for in title, second line, person, server and type. */
export function passesFilter(row: ActivityRow, type: TypeFilter | undefined, text: string): boolean {
  if (type === 'work' ? !isWork(row) : type !== undefined && row.type !== type) return false;
  const needle = text.trim().toLowerCase();
  return needle === '' || [row.title, row.subtitle, row.user, row.server.alias, TYPE_WORDS[row.type], row.code].some((word) => word?.toLowerCase().includes(needle));
}
