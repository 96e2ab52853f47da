import { ERROR_CODES, isErrorCode, sessionIdOf, type Activity, type NowPlaying, type RunProgress, type RunState, type ServerState, type Session, type Stream } from '@usher/contracts';

/** In front of ids of rows that are not work of a media server. */
export const STREAM_PREFIX = 'stream:';
export const RUN_PREFIX = 'run:';
export const PROBLEM_PREFIX = 'problem:';

export const ACTIVITY_KINDS = ['stream', 'transcode', 'pause', 'download', 'scan', 'conversion', 'task', 'run', 'problem'] as const;
export type ActivityKind = (typeof ACTIVITY_KINDS)[number];

export const ACTIVITY_STATES = ['running', 'paused', 'failed', 'stalled'] as const;
export type ActivityState = (typeof ACTIVITY_STATES)[number];

export const ACTIVITY_ORDERS = ['started', 'title', 'progress', 'kind', 'server'] as const;
export type ActivityOrder = (typeof ACTIVITY_ORDERS)[number];

/** One line of the activities: a stream, running work, a migration run, or a server that fails. */
export interface ActivityRow {
  readonly id: string;
  readonly kind: ActivityKind;
  readonly state: ActivityState;
  readonly serverId: string;
  readonly serverAlias: string;
  readonly title: string;
  readonly subtitle: string | null;
  readonly userName: string | null;
  readonly deviceName: string | null;
  readonly progressPercent: number | null;
  readonly speed: number | null;
  readonly bitRateKbps: number | null;
  readonly startedAt: string | null;
  readonly cancellable: boolean;
  readonly problem: string | null;
  readonly code: string | null;
  readonly next: string | null;
  readonly href: string | null;
}

export interface ActivityServer {
  readonly id: string;
  readonly alias: string;
  readonly slug: string;
  readonly state: ServerState;
  readonly stateCode: string | null;
  readonly stateReason: string | null;
  /** ISO time. */
  readonly stateSince: string;
  readonly readOnly: boolean;
}

/** A migration run that has not ended, or that failed in the last day. */
export interface ActivityRun {
  readonly id: string;
  readonly planId: string;
  readonly state: RunState;
  readonly step: string | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly startedAt: string;
  readonly sourceAlias: string;
  readonly target: { readonly id: string; readonly alias: string };
  /** As the migration service told last; null before it told anything. */
  readonly progress: Pick<RunProgress, 'counts' | 'rowsPerSecond'> | null;
}

const NOTHING = { subtitle: null, userName: null, deviceName: null, progressPercent: null, speed: null, bitRateKbps: null, cancellable: false, problem: null, code: null, next: null, href: null } as const;

/** A stream, and a second row when its conversion cannot keep up. */
export function rowsOfSession({ id: serverId, alias, slug }: ActivityServer, session: Session): ActivityRow[] {
  const { stream, item } = session;
  if (!stream) return [];
  const id = sessionIdOf(serverId, session.vendorId);
  const names = item ? namesOf(item) : { title: 'Unknown title', subtitle: null };
  const shared = {
    serverId,
    serverAlias: alias,
    userName: session.userName,
    deviceName: session.deviceName,
    progressPercent: item?.durationMs ? Math.min(100, percent(stream.positionMs, item.durationMs)) : null,
    bitRateKbps: stream.bitRateKbps,
    startedAt: stream.startedAt,
    href: `/?session=${encodeURIComponent(`${slug}:${session.vendorId}`)}`,
  };
  const speed = stream.transcode?.speed ?? null;
  const isPaused = stream.state === 'paused';
  const row: ActivityRow = {
    ...NOTHING,
    ...shared,
    ...names,
    id: `${STREAM_PREFIX}${id}`,
    kind: isPaused ? 'pause' : stream.delivery === 'transcode' ? 'transcode' : 'stream',
    state: session.ghost ? 'stalled' : isPaused ? 'paused' : 'running',
    speed,
    problem: session.ghost ? 'Still listed, but not heard of for 90 seconds.' : null,
  };
  if (isPaused || session.ghost || !isTooSlow(stream)) return [row];
  const slow = `The conversion runs at ${speed} of real time: playback will stop to wait for it.`;
  return [row, { ...row, id: `${PROBLEM_PREFIX}${id}`, kind: 'problem', state: 'stalled', title: 'Transcode below real time', subtitle: names.title, problem: slow, next: 'Limit its bit rate, let hardware convert, or move people to another server.' }];
}

export function rowOfActivity({ id: serverId, alias, slug, readOnly }: ActivityServer, activity: Activity): ActivityRow {
  const { vendorId, type, title, subtitle, progressPercent, state, cancellable, userName, deviceName, problem, startedAt } = activity;
  const isWrong = state !== 'running';
  return {
    ...NOTHING,
    id: sessionIdOf(serverId, vendorId),
    kind: type,
    state,
    serverId,
    serverAlias: alias,
    title,
    subtitle,
    userName,
    deviceName,
    progressPercent,
    startedAt,
    cancellable: cancellable && !readOnly,
    problem: problem ?? (state === 'stalled' ? 'No progress for ten minutes.' : null),
    next: isWrong ? 'Look at the log of the media server; cancel it and start it again.' : null,
    href: `/servers/${slug}/tasks`,
  };
}

export function rowOfRun(run: ActivityRun): ActivityRow {
  const { id, planId, state, step, code, message, startedAt, sourceAlias, target, progress } = run;
  const { rows, new: untouched, intent } = progress?.counts ?? { rows: 0, new: 0, intent: 0 };
  const failed = state === 'failed';
  return {
    ...NOTHING,
    id: `${RUN_PREFIX}${id}`,
    kind: 'run',
    state: failed ? 'failed' : state === 'paused' || state === 'awaiting-decision' ? 'paused' : 'running',
    serverId: target.id,
    serverAlias: target.alias,
    title: `${sourceAlias} → ${target.alias}`,
    subtitle: step,
    progressPercent: rows > 0 ? percent(rows - untouched - intent, rows) : null,
    speed: progress?.rowsPerSecond ?? null,
    startedAt,
    problem: message,
    code,
    next: nextOf(code),
    href: `/migrations/${planId}/run`,
  };
}

/** Null for a server that works, or that waits for its first word. */
export function rowOfProblem({ id, alias, slug, state, stateCode, stateReason, stateSince }: ActivityServer, lastStreams: number): ActivityRow | null {
  if (stateCode === null && state !== 'offline' && state !== 'degraded') return null;
  const title = state === 'degraded' ? `${alias} is degraded` : state === 'pending' ? `${alias} was never reached` : `${alias} is offline`;
  const lost = lastStreams > 0 ? `${lastStreams} ${lastStreams === 1 ? 'stream' : 'streams'} when it was last heard of` : null;
  return {
    ...NOTHING,
    id: `${PROBLEM_PREFIX}${id}`,
    kind: 'problem',
    state: state === 'degraded' ? 'stalled' : 'failed',
    serverId: id,
    serverAlias: alias,
    title,
    subtitle: lost,
    startedAt: stateSince,
    problem: stateReason,
    code: stateCode,
    next: nextOf(stateCode),
    href: `/servers/${slug}`,
  };
}

function nextOf(code: string | null): string | null {
  return isErrorCode(code) ? ERROR_CODES[code].next : null;
}

function isTooSlow({ transcode, delivery }: Stream): boolean {
  return delivery === 'transcode' && transcode !== null && transcode.speed !== null && transcode.speed < 1 && transcode.throttled !== true;
}

/** A film with its year; an episode under the name of its series. */
function namesOf({ title, seriesTitle, seasonNumber, episodeNumber, year }: NowPlaying): { title: string; subtitle: string | null } {
  if (seriesTitle === null) return { title, subtitle: year === null ? null : String(year) };
  const number = (letter: string, value: number | null) => (value === null ? null : `${letter}${String(value).padStart(2, '0')}`);
  const numbers = [number('S', seasonNumber), number('E', episodeNumber)].filter((part) => part !== null).join('·');
  return { title: seriesTitle, subtitle: [numbers, title].filter(Boolean).join(' ') };
}

function percent(part: number, whole: number): number {
  return Math.round((part / whole) * 1_000) / 10;
}
