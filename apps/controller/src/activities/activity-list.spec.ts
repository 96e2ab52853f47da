import { describe, expect, it } from '@jest/globals';
import type { Activity, Session, Stream } from '@usher/contracts';
import { exportRows } from './activity-export.js';
import { filtered, ordered, pageOf, statsOf } from './activity-list.js';
import { ACTIVITY_KINDS, rowOfActivity, rowOfProblem, rowOfRun, rowsOfSession, type ActivityRow, type ActivityServer } from './activity-row.js';

const AT = '2026-01-01T10:00:00.000Z';
const attic: ActivityServer = { id: 's1', alias: 'Attic', slug: 'attic', state: 'online', stateCode: null, stateReason: null, stateSince: AT, readOnly: false };

const session = (stream: Partial<Stream> = {}, more: Partial<Session> = {}) =>
  ({
    vendorId: 'v1', userName: 'Ada', deviceName: 'TV', ghost: false,
    item: { title: 'Part One', seriesTitle: 'Fallout', seasonNumber: 1, episodeNumber: 6, year: 2024, durationMs: 1_000 },
    stream: { positionMs: 180, state: 'playing', delivery: 'direct-play', startedAt: AT, bitRateKbps: 8_000, transcode: null, ...stream },
    ...more,
  }) as Session;
const activity = (more: Partial<Activity> = {}): Activity => ({
  vendorId: 'a1', type: 'download', title: 'Silo', subtitle: null, progressPercent: 61, libraryVendorId: null, state: 'running', cancellable: true, userName: 'Femi', deviceName: null, problem: null, startedAt: AT, ...more,
});
const row = (id: string, more: Partial<ActivityRow> = {}): ActivityRow => ({ ...rowOfActivity(attic, activity()), id, ...more });

describe('rows of activities', () => {
  it('of a stream name series and number, progress and where it is looked after', () => {
    expect(rowsOfSession(attic, session())).toEqual([expect.objectContaining({
      id: 'stream:s1:v1', kind: 'stream', state: 'running', serverAlias: 'Attic', title: 'Fallout', subtitle: 'S01·E06 Part One', userName: 'Ada', progressPercent: 18, href: '/?session=attic%3Av1', cancellable: false,
    })]);
  });

  it.each<[string, Partial<Stream>, Partial<Session>, string, string]>([
    ['a transcode', { delivery: 'transcode' }, {}, 'transcode', 'running'],
    ['a paused transcode', { delivery: 'transcode', state: 'paused' }, {}, 'pause', 'paused'],
    ['a ghost', {}, { ghost: true }, 'stream', 'stalled'],
  ])('of %s', (_, stream, more, kind, state) => {
    expect(rowsOfSession(attic, session(stream, more))).toEqual([expect.objectContaining({ kind, state })]);
  });

  it('of a transcode that cannot keep up are two: itself, and a problem', () => {
    const transcode = { speed: 0.9, throttled: false, reasons: [] } as unknown as Stream['transcode'];
    const [own, problem] = rowsOfSession(attic, session({ delivery: 'transcode', transcode }));
    expect(own).toMatchObject({ kind: 'transcode', state: 'running', speed: 0.9, problem: null });
    expect(problem).toMatchObject({ id: 'problem:s1:v1', kind: 'problem', state: 'stalled', subtitle: 'Fallout', problem: expect.stringContaining('0.9') });
    expect(rowsOfSession(attic, session({ delivery: 'transcode', transcode: { ...transcode!, throttled: true } }))).toHaveLength(1);
  });

  it('of a session that plays nothing are none', () => {
    expect(rowsOfSession(attic, { ...session(), stream: null })).toEqual([]);
  });

  it('of work say whether it can be cancelled: never on a read-only server', () => {
    expect(rowOfActivity(attic, activity())).toMatchObject({ id: 's1:a1', kind: 'download', cancellable: true, problem: null, next: null });
    expect(rowOfActivity({ ...attic, readOnly: true }, activity({ state: 'stalled' }))).toMatchObject({ cancellable: false, state: 'stalled', problem: expect.stringContaining('No progress') });
  });

  it('of a run show how far it is', () => {
    const run = { id: 'r1', planId: 'p1', state: 'paused', step: 'copy', code: 'AGENT_OFFLINE', message: 'Away.', startedAt: AT, sourceAlias: 'Attic', target: { id: 's2', alias: 'Cabin' } } as const;
    const counts = { rows: 100, new: 20, intent: 9, done: 71, verified: 0, skipped: 0, conflict: 0, failed: 0 };
    expect(rowOfRun({ ...run, progress: { counts, rowsPerSecond: 182 } })).toMatchObject({ id: 'run:r1', kind: 'run', state: 'paused', title: 'Attic → Cabin', progressPercent: 71, speed: 182, code: 'AGENT_OFFLINE', next: expect.stringContaining('machine') });
    expect(rowOfRun({ ...run, state: 'failed', progress: null })).toMatchObject({ state: 'failed', progressPercent: null });
  });

  it('of servers are there only for those that fail, with code and what to do', () => {
    expect(rowOfProblem(attic, 3)).toBeNull();
    expect(rowOfProblem({ ...attic, state: 'pending' }, 0)).toBeNull();
    const offline = { ...attic, state: 'offline', stateCode: 'SERVER_UNREACHABLE', stateReason: 'It refused.' } as const;
    expect(rowOfProblem(offline, 3)).toMatchObject({ id: 'problem:s1', kind: 'problem', state: 'failed', title: 'Attic is offline', subtitle: '3 streams when it was last heard of', problem: 'It refused.', code: 'SERVER_UNREACHABLE', next: expect.stringContaining('runs'), href: '/servers/attic' });
    expect(rowOfProblem({ ...offline, state: 'degraded' }, 0)).toMatchObject({ state: 'stalled', subtitle: null });
  });
});

describe('the list of activities', () => {
  const rows = [
    ...rowsOfSession(attic, session()),
    row('b', { kind: 'scan', title: 'Movies', userName: null, progressPercent: null, startedAt: '2026-01-01T11:00:00.000Z' }),
    row('c', { serverId: 's2', serverAlias: 'Cabin', state: 'failed', startedAt: null }),
    row('a', { serverId: 's2', serverAlias: 'Cabin' }),
  ];
  const find = (search: string) => filtered(rows, { search, kinds: null, serverIds: null }).all.map(({ id }) => id);

  it.each([
    ['S01', ['stream:s1:v1']], ['e06', ['stream:s1:v1']], ['s01e06', ['stream:s1:v1']], ['DOWNLOAD', ['c', 'a']], ['cabin femi', ['c', 'a']], ['cabin ada', []], ['fallout part', ['stream:s1:v1']], ['', ['stream:s1:v1', 'b', 'c', 'a']],
  ])('is searched for %j', (search, ids) => expect(find(search)).toEqual(ids));

  it('counts what the search leaves whatever its kind, and every kind', () => {
    const { all, ofKinds } = filtered(rows, { search: null, kinds: new Set(['scan']), serverIds: null });
    expect(ofKinds.map(({ id }) => id)).toEqual(['b']);
    const stats = statsOf(all);
    expect(stats).toMatchObject({ total: 4, online: 1, problem: 1 });
    expect(stats.byKind.map(({ kind }) => kind)).toEqual([...ACTIVITY_KINDS]);
    expect(stats.byKind.find(({ kind }) => kind === 'download')!.count).toBe(2);
    expect(filtered(rows, { search: null, kinds: null, serverIds: new Set(['s2']) }).all).toHaveLength(2);
  });

  it.each([
    ['started', true, ['b', 'a', 'stream:s1:v1', 'c']],
    ['started', false, ['a', 'stream:s1:v1', 'b', 'c']],
    ['title', false, ['stream:s1:v1', 'b', 'a', 'c']],
    ['progress', true, ['a', 'c', 'stream:s1:v1', 'b']],
    ['progress', false, ['stream:s1:v1', 'a', 'c', 'b']],
    ['kind', false, ['stream:s1:v1', 'a', 'c', 'b']],
    ['server', true, ['a', 'c', 'b', 'stream:s1:v1']],
  ] as const)('by %s, descending %s: what has no value stands last, ids break ties', (order, descending, ids) => {
    expect(ordered(rows, { order, descending }).map(({ id }) => id)).toEqual(ids);
    expect(ordered([...rows].reverse(), { order, descending }).map(({ id }) => id)).toEqual(ids);
  });

  it('has the last page when fewer are left than were asked for, and always one', () => {
    const many = Array.from({ length: 11 }, (_, index) => row(`r${index}`));
    expect(pageOf(many, 2, 10)).toMatchObject({ rows: [many[10]], page: 2, pages: 2 });
    expect(pageOf(many, 9, 10)).toMatchObject({ page: 2, pages: 2 });
    expect(pageOf([], 3, 10)).toEqual({ rows: [], page: 1, pages: 1 });
  });
});

describe('an export of activities', () => {
  const rows = [row('x', { title: '=HYPERLINK("http://x")', subtitle: '@SUM(1)', userName: '-1', deviceName: '+2', problem: 'two\nlines' }), row('y')];

  it('as CSV is safe in a spreadsheet and can be read back', () => {
    const csv = exportRows(rows, 'csv');
    expect(csv.startsWith('id,kind,state,')).toBe(true);
    expect(csv.endsWith('\r\n')).toBe(true);
    for (const cell of [`"'=HYPERLINK(""http://x"")"`, `"'@SUM(1)"`, `"'-1"`, `"'+2"`, '"two\nlines"']) expect(csv).toContain(cell);
  });

  it('as JSON and as one object a line holds the same', () => {
    const json = JSON.parse(exportRows(rows, 'json')) as object[];
    expect(json).toHaveLength(2);
    expect(json[0]).toMatchObject({ id: 'x', title: '=HYPERLINK("http://x")', cancellable: true });
    expect(exportRows(rows, 'ndjson').trim().split('\n').map((line) => JSON.parse(line) as object)).toEqual(json);
    expect(exportRows([], 'json')).toBe('[]');
    expect(exportRows([], 'ndjson')).toBe('');
  });
});
