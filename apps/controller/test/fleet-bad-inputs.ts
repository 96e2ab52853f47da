import { sessionIdOf, uuidv7, type ErrorCode } from '@usher/contracts';
import type { Mistake } from './bad-inputs.js';

export interface FleetWorld {
  /** A linked server with session `s1`, its alias, and one that is primary. */
  readonly serverId: string;
  readonly alias: string;
  readonly primaryId: string;
  readonly readOnlyId: string;
  readonly plexId: string;
  readonly plexAlias: string;
  /** A server that was removed. */
  readonly removedId: string;
  /** An id of nothing. */
  readonly foreignId: string;
  /** A notice that ended, a window that goes on, and one that was canceled. */
  readonly noticeId: string;
  readonly windowId: string;
  readonly canceledWindowId: string;
}

export interface FleetBadInput {
  readonly operation: string;
  readonly mistake: Mistake;
  /** In words, for the page that lists them. */
  readonly given: string;
  readonly variables: (world: FleetWorld) => Record<string, unknown>;
  readonly as: 'anonymous' | 'viewer' | 'operator' | 'superadmin';
  readonly code: ErrorCode;
  readonly field?: string;
}

/** How each operation is called; the variables come from the row. */
export const FLEET_DOCUMENTS: Readonly<Record<string, string>> = {
  setPrimaryServer: 'mutation ($input: SetPrimaryServerInput!) { setPrimaryServer(input: $input) { id role } }',
  linkServer: 'mutation ($id: ID!) { linkServer(id: $id) { id role } }',
  unlinkServer: 'mutation ($id: ID!) { unlinkServer(id: $id) { id role } }',
  notices: 'query ($filter: NoticeFilter, $first: Int, $after: String) { notices(filter: $filter, first: $first, after: $after) { totalCount } }',
  notice: 'query ($id: ID!) { notice(id: $id) { id } }',
  noticeForecast: 'query ($targets: NoticeTargetsInput!) { noticeForecast(targets: $targets) { canTake } }',
  sendNotice: 'mutation ($input: SendNoticeInput!) { sendNotice(input: $input) { id } }',
  cancelNotice: 'mutation ($input: CancelNoticeInput!) { cancelNotice(input: $input) { id } }',
  maintenanceWindows: 'query ($range: MaintenanceRange, $otherTimeZone: String) { maintenanceWindows(range: $range, otherTimeZone: $otherTimeZone) { id } }',
  maintenanceWindow: 'query ($id: ID!, $otherTimeZone: String) { maintenanceWindow(id: $id, otherTimeZone: $otherTimeZone) { id } }',
  maintenancePreview: 'query ($window: MaintenanceWindowInput!) { maintenancePreview(window: $window) { repeats } }',
  scheduleMaintenance: 'mutation ($input: ScheduleMaintenanceInput!) { scheduleMaintenance(input: $input) { id } }',
  updateMaintenance: 'mutation ($input: UpdateMaintenanceInput!) { updateMaintenance(input: $input) { id } }',
  cancelMaintenance: 'mutation ($input: CancelMaintenanceInput!) { cancelMaintenance(input: $input) { id } }',
  scanLibrary: 'mutation ($input: ScanLibraryInput!) { scanLibrary(input: $input) { action } }',
  refreshLibrary: 'mutation ($input: RefreshLibraryInput!) { refreshLibrary(input: $input) { action } }',
  refreshItem: 'mutation ($input: RefreshItemInput!) { refreshItem(input: $input) { action } }',
  restartServer: 'mutation ($input: RestartServerInput!) { restartServer(input: $input) { action } }',
  activities: 'query ($serverIds: [ID!]) { activities(serverIds: $serverIds) { serverId } }',
};

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
const window = (world: FleetWorld) => ({ title: 'New disks', serverIds: [world.serverId], timeZone: 'Europe/Paris', startLocal: `${inDays(20).slice(0, 10)}T02:00`, durationMin: 30 });
const notice = (world: FleetWorld) => ({ idempotencyKey: uuidv7(), text: 'Down at ten', targets: { serverIds: [world.serverId] } });
const action = (world: FleetWorld) => ({ idempotencyKey: uuidv7(), serverId: world.serverId });

/** Good variables of every operation. */
export const FLEET_GOOD: Readonly<Record<string, { needs: 'viewer' | 'operator' | 'superadmin'; variables: (world: FleetWorld) => Record<string, unknown> }>> = {
  setPrimaryServer: { needs: 'superadmin', variables: (world) => ({ input: { id: world.primaryId, confirmAlias: 'Primary' } }) },
  linkServer: { needs: 'operator', variables: (world) => ({ id: world.serverId }) },
  unlinkServer: { needs: 'operator', variables: (world) => ({ id: world.plexId }) },
  notices: { needs: 'operator', variables: () => ({ first: 5 }) },
  notice: { needs: 'operator', variables: (world) => ({ id: world.noticeId }) },
  noticeForecast: { needs: 'operator', variables: () => ({ targets: { allLinked: true } }) },
  sendNotice: { needs: 'operator', variables: (world) => ({ input: { ...notice(world), showAt: inDays(1) } }) },
  cancelNotice: { needs: 'operator', variables: (world) => ({ input: { id: world.noticeId } }) },
  maintenanceWindows: { needs: 'viewer', variables: () => ({}) },
  maintenanceWindow: { needs: 'viewer', variables: (world) => ({ id: world.windowId }) },
  maintenancePreview: { needs: 'operator', variables: (world) => ({ window: window(world) }) },
  scheduleMaintenance: { needs: 'operator', variables: (world) => ({ input: { idempotencyKey: uuidv7(), window: window(world) } }) },
  updateMaintenance: { needs: 'operator', variables: (world) => ({ input: { id: world.windowId, title: 'Newer disks' } }) },
  cancelMaintenance: { needs: 'operator', variables: (world) => ({ input: { id: world.canceledWindowId } }) },
  scanLibrary: { needs: 'operator', variables: (world) => ({ input: action(world) }) },
  refreshLibrary: { needs: 'operator', variables: (world) => ({ input: { ...action(world), libraryId: 'l1' } }) },
  refreshItem: { needs: 'operator', variables: (world) => ({ input: { ...action(world), itemId: 'i1' } }) },
  restartServer: { needs: 'operator', variables: (world) => ({ input: { ...action(world), confirmAlias: world.alias } }) },
  activities: { needs: 'viewer', variables: () => ({}) },
};

type Case = readonly [mistake: Mistake, given: string, variables: FleetBadInput['variables'], code: ErrorCode, field?: string];

function rows(operation: string, as: FleetBadInput['as'], cases: readonly Case[]): FleetBadInput[] {
  return cases.map(([mistake, given, variables, code, field]) => ({ operation, mistake, given, variables, as, code, ...(field !== undefined && { field }) }));
}

const wrongRoles: FleetBadInput[] = Object.entries(FLEET_GOOD).flatMap(([operation, { needs, variables }]) => [
  { operation, mistake: 'wrong role', given: 'nobody signed in', variables, as: 'anonymous', code: 'UNAUTHENTICATED' },
  ...(needs !== 'viewer' ? [{ operation, mistake: 'wrong role', given: 'role viewer', variables, as: 'viewer', code: 'FORBIDDEN' } as const] : []),
  ...(needs === 'superadmin' ? [{ operation, mistake: 'wrong role', given: 'role operator', variables, as: 'operator', code: 'FORBIDDEN' } as const] : []),
]);

const sent = (change: (world: FleetWorld) => Record<string, unknown>): FleetBadInput['variables'] => (world) => ({ input: { ...notice(world), ...change(world) } });
const planned = (change: (world: FleetWorld) => Record<string, unknown>): FleetBadInput['variables'] => (world) => ({ input: { idempotencyKey: uuidv7(), window: { ...window(world), ...change(world) } } });
const updated = (change: (world: FleetWorld) => Record<string, unknown>): FleetBadInput['variables'] => (world) => ({ input: { id: world.windowId, ...change(world) } });

/** What every order to a server refuses. */
function onServer(operation: string, rest: Record<string, unknown>): FleetBadInput[] {
  const input = (change: (world: FleetWorld) => Record<string, unknown>): FleetBadInput['variables'] => (world) => ({ input: { ...action(world), ...rest, ...change(world) } });
  return rows(operation, 'operator', [
    ['missing', 'no server', () => ({ input: { idempotencyKey: 'k', ...rest } }), 'VALIDATION_FAILED', 'serverId'],
    ['missing', 'no idempotency key', (world) => ({ input: { serverId: world.serverId, ...rest } }), 'VALIDATION_FAILED', 'idempotencyKey'],
    ['oversized', 'an idempotency key of 201 characters', input(() => ({ idempotencyKey: 'k'.repeat(201) })), 'VALIDATION_FAILED', 'idempotencyKey'],
    ['wrong type', 'a list as server', input((world) => ({ serverId: [world.serverId, 'x'] })), 'VALIDATION_FAILED'],
    ['malformed', 'an id that is none', input(() => ({ serverId: "1' OR 1=1" })), 'NOT_FOUND'],
    ['foreign id', 'a server of nobody', input((world) => ({ serverId: world.foreignId })), 'NOT_FOUND'],
    ['foreign id', 'a removed server', input((world) => ({ serverId: world.removedId })), 'NOT_FOUND'],
    ['wrong role', 'a read-only server', input((world) => ({ serverId: world.readOnlyId, ...(rest['confirmAlias'] !== undefined && { confirmAlias: 'Vault' }) })), 'SERVER_READ_ONLY'],
  ]);
}

/** Every operation of notices, windows, primary and linked servers, remote actions and activities against bad input: each row is a test. */
export const FLEET_BAD_INPUTS: readonly FleetBadInput[] = [
  ...wrongRoles,
  ...rows('setPrimaryServer', 'superadmin', [
    ['missing', 'no typed alias', (world) => ({ input: { id: world.serverId } }), 'VALIDATION_FAILED', 'confirmAlias'],
    ['malformed', 'another alias typed', (world) => ({ input: { id: world.serverId, confirmAlias: 'other' } }), 'VALIDATION_FAILED', 'confirmAlias'],
    ['foreign id', 'an id of nothing', (world) => ({ input: { id: world.foreignId, confirmAlias: 'x' } }), 'NOT_FOUND'],
    ['foreign id', 'a removed server', (world) => ({ input: { id: world.removedId, confirmAlias: 'Removed' } }), 'NOT_FOUND'],
  ]),
  ...['linkServer', 'unlinkServer'].flatMap((operation) =>
    rows(operation, 'operator', [
      ['missing', 'no id', () => ({}), 'VALIDATION_FAILED'],
      ['malformed', 'an id that is none', () => ({ id: 'attic' }), 'NOT_FOUND'],
      ['foreign id', 'an id of nothing', (world) => ({ id: world.foreignId }), 'NOT_FOUND'],
      ['foreign id', 'a removed server', (world) => ({ id: world.removedId }), 'NOT_FOUND'],
    ]),
  ),
  ...rows('unlinkServer', 'operator', [['repeated', 'the primary server', (world) => ({ id: world.primaryId }), 'VALIDATION_FAILED', 'id']]),
  ...rows('notices', 'operator', [
    ['malformed', 'a page of none', () => ({ first: 0 }), 'VALIDATION_FAILED', 'first'],
    ['oversized', 'a page of 101 rows', () => ({ first: 101 }), 'VALIDATION_FAILED', 'first'],
    ['malformed', 'a cursor that is not ours', () => ({ after: 'nonsense' }), 'VALIDATION_FAILED', 'after'],
    ['wrong type', 'an unknown state', () => ({ filter: { states: ['SEEN'] } }), 'VALIDATION_FAILED'],
    ['malformed', 'a window id that is none', () => ({ filter: { windowId: 'x' } }), 'VALIDATION_FAILED', 'filter.windowId'],
    ['malformed', 'a server id that is none', () => ({ filter: { serverIds: ['attic'] } }), 'VALIDATION_FAILED', 'serverIds'],
  ]),
  ...rows('notice', 'operator', [
    ['malformed', 'an id that is none', () => ({ id: "x' OR 1=1" }), 'NOT_FOUND'],
    ['foreign id', 'an id of nothing', (world) => ({ id: world.foreignId }), 'NOT_FOUND'],
    ['malformed', 'five characters of an id', () => ({ id: 'abcde' }), 'NOT_FOUND'],
  ]),
  ...['noticeForecast', 'sendNotice'].flatMap((operation) => {
    const targets = (make: (world: FleetWorld) => unknown): FleetBadInput['variables'] => (operation === 'sendNotice' ? sent((world) => ({ targets: make(world) })) : (world) => ({ targets: make(world) }));
    return rows(operation, 'operator', [
      ['missing', 'no target', targets(() => ({})), 'VALIDATION_FAILED', 'targets'],
      ['malformed', 'two kinds of target', targets((world) => ({ allLinked: true, serverIds: [world.serverId] })), 'VALIDATION_FAILED', 'targets'],
      ['missing', 'an empty list of servers', targets(() => ({ serverIds: [] })), 'VALIDATION_FAILED', 'targets.serverIds'],
      ['malformed', 'a server id that is none', targets(() => ({ serverIds: ['attic'] })), 'VALIDATION_FAILED', 'serverIds'],
      ['oversized', '1001 servers', targets((world) => ({ serverIds: Array.from({ length: 1_001 }, () => world.serverId) })), 'VALIDATION_FAILED', 'serverIds'],
      ['oversized', '1001 sessions', targets((world) => ({ sessionIds: Array.from({ length: 1_001 }, (_, i) => sessionIdOf(world.serverId, `x${i}`)) })), 'VALIDATION_FAILED', 'targets.sessionIds'],
      ['foreign id', 'a server of nobody', targets((world) => ({ serverIds: [world.foreignId] })), 'NOT_FOUND'],
      ['foreign id', 'a removed server', targets((world) => ({ serverIds: [world.removedId] })), 'NOT_FOUND'],
      ['malformed', 'a session id that is none', targets(() => ({ sessionIds: ['attic:1'] })), 'VALIDATION_FAILED', 'targets.sessionIds'],
      ['foreign id', 'a session of nobody', targets((world) => ({ sessionIds: [sessionIdOf(world.serverId, 'gone')] })), 'NOT_FOUND'],
      ['foreign id', 'a session of an unknown server', targets((world) => ({ sessionIds: [sessionIdOf(world.foreignId, 's1')] })), 'NOT_FOUND'],
      ['wrong type', 'a word where a switch is expected', targets(() => ({ allLinked: 'yes' })), 'VALIDATION_FAILED'],
    ]);
  }),
  ...rows('sendNotice', 'operator', [
    ['missing', 'no text', (world) => ({ input: { idempotencyKey: 'k', targets: notice(world).targets } }), 'VALIDATION_FAILED', 'text'],
    ['missing', 'a blank text', sent(() => ({ text: '  ' })), 'VALIDATION_FAILED', 'text'],
    ['oversized', 'a text of 501 characters', sent(() => ({ text: 'x'.repeat(501) })), 'VALIDATION_FAILED', 'text'],
    ['malformed', 'a text with a control character', sent(() => ({ text: 'a\u0007b' })), 'VALIDATION_FAILED', 'text'],
    ['wrong type', 'a number as text', sent(() => ({ text: 7 })), 'VALIDATION_FAILED', 'text'],
    ['oversized', 'an idempotency key of 201 characters', sent(() => ({ idempotencyKey: 'k'.repeat(201) })), 'VALIDATION_FAILED', 'idempotencyKey'],
    ['missing', 'an empty idempotency key', sent(() => ({ idempotencyKey: '' })), 'VALIDATION_FAILED', 'idempotencyKey'],
    ['malformed', 'a time that is over', sent(() => ({ showAt: inDays(-1) })), 'VALIDATION_FAILED', 'showAt'],
    ['malformed', 'a time in two years', sent(() => ({ showAt: inDays(730) })), 'VALIDATION_FAILED', 'showAt'],
    ['malformed', 'an end before its beginning', sent(() => ({ showAt: inDays(2), expiresAt: inDays(1) })), 'VALIDATION_FAILED', 'expiresAt'],
    ['malformed', 'an end 25 hours later', sent(() => ({ expiresAt: inDays(25 / 24) })), 'VALIDATION_FAILED', 'expiresAt'],
    ['malformed', 'a time without zone', sent(() => ({ showAt: '2030-01-01T00:00:00' })), 'VALIDATION_FAILED'],
  ]),
  ...rows('cancelNotice', 'operator', [
    ['missing', 'no id', () => ({ input: {} }), 'VALIDATION_FAILED', 'id'],
    ['malformed', 'an id that is none', () => ({ input: { id: 'x' } }), 'NOT_FOUND'],
    ['foreign id', 'an id of nothing', (world) => ({ input: { id: world.foreignId } }), 'NOT_FOUND'],
    ['repeated', 'a notice that ended', (world) => ({ input: { id: world.noticeId } }), 'VALIDATION_FAILED', 'id'],
  ]),
  ...rows('maintenanceWindows', 'viewer', [
    ['malformed', 'an end before its beginning', () => ({ range: { from: inDays(2), to: inDays(1) } }), 'VALIDATION_FAILED', 'range.to'],
    ['oversized', 'a range of 401 days', () => ({ range: { from: inDays(0), to: inDays(401) } }), 'VALIDATION_FAILED', 'range.to'],
    ['malformed', 'a zone that is none', () => ({ otherTimeZone: 'Mars/Olympus' }), 'VALIDATION_FAILED', 'otherTimeZone'],
    ['malformed', 'a server id that is none', () => ({ range: { serverIds: ['attic'] } }), 'VALIDATION_FAILED', 'serverIds'],
  ]),
  ...rows('maintenanceWindow', 'viewer', [
    ['malformed', 'an id that is none', () => ({ id: 'x' }), 'NOT_FOUND'],
    ['foreign id', 'an id of nothing', (world) => ({ id: world.foreignId }), 'NOT_FOUND'],
    ['malformed', 'a zone that is none', (world) => ({ id: world.windowId, otherTimeZone: '+02:00' }), 'VALIDATION_FAILED', 'otherTimeZone'],
  ]),
  ...rows('scheduleMaintenance', 'operator', [
    ['missing', 'no title', planned(() => ({ title: ' ' })), 'VALIDATION_FAILED', 'title'],
    ['oversized', 'a title of 101 characters', planned(() => ({ title: 'x'.repeat(101) })), 'VALIDATION_FAILED', 'title'],
    ['missing', 'no servers', planned(() => ({ serverIds: [] })), 'VALIDATION_FAILED', 'serverIds'],
    ['malformed', 'a server id that is none', planned(() => ({ serverIds: ['attic'] })), 'VALIDATION_FAILED', 'serverIds'],
    ['foreign id', 'a server of nobody', planned((world) => ({ serverIds: [world.foreignId] })), 'NOT_FOUND'],
    ['foreign id', 'a removed server', planned((world) => ({ serverIds: [world.serverId, world.removedId] })), 'NOT_FOUND'],
    ['malformed', 'an offset as zone', planned(() => ({ timeZone: '+01:00' })), 'VALIDATION_FAILED', 'timeZone'],
    ['malformed', 'the 30th of February', planned(() => ({ startLocal: '2028-02-30T02:00' })), 'VALIDATION_FAILED', 'startLocal'],
    ['malformed', 'a time with a zone', planned(() => ({ startLocal: '2028-02-10T02:00Z' })), 'VALIDATION_FAILED', 'startLocal'],
    ['malformed', 'a date that is over', planned(() => ({ startLocal: '2020-01-01T02:00' })), 'VALIDATION_FAILED', 'startLocal'],
    ['malformed', 'a date in ten years', planned(() => ({ startLocal: '2040-01-01T02:00' })), 'VALIDATION_FAILED', 'startLocal'],
    ['malformed', 'no length', planned(() => ({ durationMin: 0 })), 'VALIDATION_FAILED', 'durationMin'],
    ['oversized', 'more than a week', planned(() => ({ durationMin: 10_081 })), 'VALIDATION_FAILED', 'durationMin'],
    ['wrong type', 'half a minute', planned(() => ({ durationMin: 0.5 })), 'VALIDATION_FAILED'],
    ['malformed', 'a rule that could never come true', planned(() => ({ rrule: 'FREQ=DAILY;BYSETPOS=4' })), 'VALIDATION_FAILED', 'rrule'],
    ['malformed', 'a rule of seconds', planned(() => ({ rrule: 'FREQ=SECONDLY' })), 'VALIDATION_FAILED', 'rrule'],
    ['oversized', 'a rule of 300 characters', planned(() => ({ rrule: `FREQ=WEEKLY;BYDAY=${'MO,'.repeat(100)}MO` })), 'VALIDATION_FAILED', 'rrule'],
    ['malformed', 'draining for two days', planned(() => ({ drainMin: 2_880 })), 'VALIDATION_FAILED', 'drainMin'],
    ['malformed', 'a notice after the start', planned(() => ({ noticeMin: [-5] })), 'VALIDATION_FAILED', 'noticeMin.0'],
    ['oversized', 'seven notices', planned(() => ({ noticeMin: [1, 2, 3, 4, 5, 6, 7] })), 'VALIDATION_FAILED', 'noticeMin'],
    ['oversized', 'a text of 501 characters', planned(() => ({ noticeText: 'x'.repeat(501) })), 'VALIDATION_FAILED', 'noticeText'],
    ['missing', 'an empty idempotency key', (world) => ({ input: { idempotencyKey: '', window: window(world) } }), 'VALIDATION_FAILED', 'idempotencyKey'],
  ]),
  ...rows('maintenancePreview', 'operator', [
    ['malformed', 'a zone that is none', (world) => ({ window: { ...window(world), timeZone: 'Mars/Olympus' } }), 'VALIDATION_FAILED', 'timeZone'],
    ['foreign id', 'a server of nobody', (world) => ({ window: { ...window(world), serverIds: [world.foreignId] } }), 'NOT_FOUND'],
    ['missing', 'no start', (world) => ({ window: { ...window(world), startLocal: undefined } }), 'VALIDATION_FAILED'],
  ]),
  ...rows('updateMaintenance', 'operator', [
    ['missing', 'no id', () => ({ input: { title: 'x' } }), 'VALIDATION_FAILED', 'id'],
    ['foreign id', 'an id of nothing', (world) => ({ input: { id: world.foreignId, title: 'x' } }), 'NOT_FOUND'],
    ['malformed', 'an id that is none', () => ({ input: { id: 'x', title: 'x' } }), 'NOT_FOUND'],
    ['repeated', 'a window that was canceled', (world) => ({ input: { id: world.canceledWindowId, title: 'x' } }), 'VALIDATION_FAILED', 'id'],
    ['malformed', 'a date that is over, and no rule', updated(() => ({ startLocal: '2020-01-01T02:00', rrule: '' })), 'VALIDATION_FAILED', 'startLocal'],
    ['foreign id', 'a server of nobody', updated((world) => ({ serverIds: [world.foreignId] })), 'NOT_FOUND'],
    ['malformed', 'a rule that is none', updated(() => ({ rrule: 'sometimes' })), 'VALIDATION_FAILED', 'rrule'],
    ['oversized', 'a title of 101 characters', updated(() => ({ title: 'x'.repeat(101) })), 'VALIDATION_FAILED', 'title'],
  ]),
  ...rows('cancelMaintenance', 'operator', [
    ['missing', 'no id', () => ({ input: {} }), 'VALIDATION_FAILED', 'id'],
    ['foreign id', 'an id of nothing', (world) => ({ input: { id: world.foreignId } }), 'NOT_FOUND'],
    ['foreign id', 'a date that it has not', (world) => ({ input: { id: world.windowId, occurrenceAt: '2031-01-01T00:00:00Z' } }), 'NOT_FOUND', 'occurrenceAt'],
  ]),
  ...onServer('scanLibrary', {}),
  ...rows('scanLibrary', 'operator', [
    ['oversized', 'a library id of 201 characters', (world) => ({ input: { ...action(world), libraryId: 'x'.repeat(201) } }), 'VALIDATION_FAILED', 'libraryId'],
    ['missing', 'an empty library id', (world) => ({ input: { ...action(world), libraryId: ' ' } }), 'VALIDATION_FAILED', 'libraryId'],
  ]),
  ...onServer('refreshLibrary', { libraryId: 'l1' }),
  ...rows('refreshLibrary', 'operator', [
    ['missing', 'no library', (world) => ({ input: action(world) }), 'VALIDATION_FAILED', 'libraryId'],
    ['wrong type', 'an unknown mode', (world) => ({ input: { ...action(world), libraryId: 'l1', mode: 'DEEP' } }), 'VALIDATION_FAILED'],
  ]),
  ...onServer('refreshItem', { itemId: 'i1' }),
  ...rows('refreshItem', 'operator', [
    ['missing', 'no item', (world) => ({ input: action(world) }), 'VALIDATION_FAILED', 'itemId'],
    ['oversized', 'an item id of 201 characters', (world) => ({ input: { ...action(world), itemId: 'x'.repeat(201) } }), 'VALIDATION_FAILED', 'itemId'],
  ]),
  ...onServer('restartServer', { confirmAlias: 'Attic' }),
  ...rows('restartServer', 'operator', [
    ['missing', 'no typed alias', (world) => ({ input: action(world) }), 'VALIDATION_FAILED', 'confirmAlias'],
    ['malformed', 'another alias typed', (world) => ({ input: { ...action(world), confirmAlias: 'other' } }), 'VALIDATION_FAILED', 'confirmAlias'],
    ['foreign id', 'a Plex, which has no such order', (world) => ({ input: { ...action(world), serverId: world.plexId, confirmAlias: world.plexAlias } }), 'CAPABILITY_MISSING'],
  ]),
  ...rows('activities', 'viewer', [
    ['malformed', 'an id that is none', () => ({ serverIds: ['attic'] }), 'VALIDATION_FAILED', 'serverIds'],
    ['oversized', '1001 ids', (world) => ({ serverIds: Array.from({ length: 1_001 }, () => world.serverId) }), 'VALIDATION_FAILED', 'serverIds'],
  ]),
];
