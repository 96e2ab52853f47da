import type { ErrorCode } from '@usher/contracts';
import type { Mistake } from './bad-inputs.js';

export interface DetailWorld {
  /** A server that can do everything, with the session `s1`, the download `a1` and the fixed task `a2`. */
  readonly serverId: string;
  /** A read-only one, and one that can do nothing. */
  readonly readOnlyId: string;
  readonly plainId: string;
  /** An id of nothing. */
  readonly foreignId: string;
}

export interface DetailBadInput {
  readonly operation: string;
  readonly mistake: Mistake;
  /** In words, for the page that lists them. */
  readonly given: string;
  readonly variables: (world: DetailWorld) => Record<string, unknown>;
  readonly as: Role;
  readonly code: ErrorCode;
}

type Role = 'anonymous' | 'viewer' | 'operator' | 'superadmin';
type Variables = DetailBadInput['variables'];

const ofServer = (field: string, selection: string, more = '', variables = '') => `query ($serverId: ID!${variables}) { ${field}(serverId: $serverId${more}) ${selection} }`;
const order = (field: string, input: string, selection = '') => `mutation ($input: ${input}!) { ${field}(input: $input) ${selection} }`;

/** How each operation is called; the variables come from the row. */
export const DETAIL_DOCUMENTS: Readonly<Record<string, string>> = {
  serverHost: ofServer('serverHost', '{ at unavailable told { cpuPercent } metrics { cores disks { path freeBytes } gpus { name } } }'),
  serverTasks: ofServer('serverTasks', '{ vendorId name state canStart }'),
  serverDevices: ofServer('serverDevices', '{ vendorId name lastSeenAt }'),
  serverLog: ofServer('serverLog', '{ vendorId at severity text }', ', limit: $limit', ', $limit: Int'),
  serverHistory: ofServer('serverHistory', '{ vendorId at title }', ', limit: $limit', ', $limit: Int'),
  serverBackups: ofServer('serverBackups', '{ name at sizeBytes }'),
  recentlyAdded: ofServer('recentlyAdded', '{ at item { title files { path } } }', ', limit: $limit', ', $limit: Int'),
  findOnServer: ofServer('findOnServer', '{ title guids files { path streams { type codec } } }', ', imdb: $imdb', ', $imdb: String'),
  libraryHealth: ofServer('libraryHealth', '{ items missingPoster examples { title missing } }', ', libraryId: $libraryId', ', $libraryId: ID!'),
  userDiscovery: ofServer('userDiscovery', '{ latest { item { title } } favorites { type count } }', ', userId: $userId', ', $userId: ID!'),
  playlists: ofServer('playlists', '{ vendorId name mediaType }', ', userId: $userId', ', $userId: ID!'),
  collections: ofServer('collections', '{ vendorId name smart }'),
  findSubtitles: ofServer('findSubtitles', '{ vendorId title language }', ', itemId: $itemId, language: $language', ', $itemId: ID!, $language: String!'),
  serverEfficiency: ofServer('serverEfficiency', '{ serverAlias error code advice report { mode pace pollEveryMs push { connects } endpoints { endpoint p95Ms } } }'),
  serverCurves: ofServer('serverCurves', '{ serverAlias error code curves { range since from stepMs points { at observedMs sessionCalls p95Ms cpuPercent memoryUsedBytes } total { onlineMs session { calls p95Ms } all { errors } } } }', ', range: $range', ', $range: CurveRange!'),
  curves: 'query ($range: CurveRange!, $serverIds: [ID!]) { curves(range: $range, serverIds: $serverIds) { serverAlias error code curves { points { sessionCalls } } } }',
  efficiency: 'query ($serverIds: [ID!]) { efficiency(serverIds: $serverIds) { serverAlias error code advice report { pace } } }',
  startServerTask: order('startServerTask', 'StartServerTaskInput'),
  revokeDevice: order('revokeDevice', 'RevokeDeviceInput'),
  triggerBackup: order('triggerBackup', 'TriggerBackupInput'),
  fetchSubtitle: order('fetchSubtitle', 'FetchSubtitleInput'),
  createLibrary: order('createLibrary', 'CreateLibraryInput', '{ serverId vendorId name }'),
  removeLibrary: order('removeLibrary', 'RemoveLibraryInput'),
  ensurePlaylist: order('ensurePlaylist', 'EnsurePlaylistInput', '{ vendorId name }'),
  ensureCollection: order('ensureCollection', 'EnsureCollectionInput', '{ vendorId name }'),
  removePlaylist: order('removePlaylist', 'RemovePlaylistInput'),
  removeCollection: order('removeCollection', 'RemoveCollectionInput'),
  setUserEnabled: order('setUserEnabled', 'SetUserEnabledInput'),
  setUserPassword: order('setUserPassword', 'SetUserPasswordInput'),
  cancelActivity: order('cancelActivity', 'CancelActivityInput'),
  activityPage: `query ($filter: ActivityFilter, $page: Int! = 1, $size: Int! = 10) { activityPage(filter: $filter, page: $page, size: $size) {
    total page pages rows { id kind state serverAlias title problem code next cancellable } stats { total online problem byKind { kind count } waitingServers } } }`,
  exportActivities: 'query ($format: ExportFormat!, $filter: ActivityFilter) { exportActivities(format: $format, filter: $filter) }',
  session: 'query ($id: ID!) { session(id: $id) { id address identityId identityName flags { mismatchId rule text } } }',
  sessionMirror: 'query ($id: ID!) { sessionMirror(id: $id) { id live endedAt session { id address } events { kind text } bitRates { at kbps } } }',
  mismatches: `query ($filter: MismatchFilter) { mismatches(filter: $filter) { open checkedAt rules { rule runs reason }
    mismatches { id rule severity state text why ignoredUntil resolution resolvedBy evidence { serverAlias sessionId } } } }`,
  mismatchComparison: `query ($id: ID!) { mismatchComparison(id: $id) { mismatch { id state resolution } personId personName verdict distanceKm allowable
    sides { evidence { serverAlias } session { id } sinceAt networkKey networkLabel networkDays } facts { side text detail at }
    lanes { serverAlias parts { together } } habits { network servers days watchedMs compared } moreHabits ledgerFrom ledgerCut allowances { id networks note allowedBy } } }`,
  forgetMismatchAllowance: 'mutation ($id: ID!) { forgetMismatchAllowance(id: $id) }',
  resolveMismatch: order('resolveMismatch', 'ResolveMismatchInput', '{ id state resolution resolvedBy }'),
  ignoreMismatch: order('ignoreMismatch', 'IgnoreMismatchInput', '{ id state ignoredUntil }'),
  checkWatchStates: 'mutation ($identityId: ID!) { checkWatchStates(identityId: $identityId) }',
};

const server: Variables = ({ serverId }) => ({ serverId });
const serverAnd = (more: Record<string, unknown>): Variables => ({ serverId }) => ({ serverId, ...more });
const input = (more: Record<string, unknown>): Variables => ({ serverId }) => ({ input: { serverId, ...more } });
const items = { name: 'Mine', itemIds: ['i1', 'i2'] };

interface Good {
  readonly needs: Exclude<Role, 'anonymous'>;
  readonly variables: Variables;
}

/** Orders that a read-only server refuses, and one that cannot do them. */
export const DETAIL_ORDERS: Readonly<Record<string, Good>> = {
  startServerTask: { needs: 'operator', variables: input({ taskId: 't1' }) },
  revokeDevice: { needs: 'operator', variables: input({ deviceId: 'd1' }) },
  triggerBackup: { needs: 'operator', variables: input({}) },
  fetchSubtitle: { needs: 'operator', variables: input({ itemId: 'i1', subtitleId: 'x' }) },
  createLibrary: { needs: 'operator', variables: input({ name: 'Films', type: 'MOVIES', folders: ['/films'] }) },
  removeLibrary: { needs: 'operator', variables: input({ libraryId: 'l1' }) },
  ensurePlaylist: { needs: 'operator', variables: input({ userId: 'u1', ...items }) },
  ensureCollection: { needs: 'operator', variables: input({ libraryId: 'l1', ...items }) },
  removePlaylist: { needs: 'operator', variables: input({ userId: 'u1', playlistId: 'p1' }) },
  removeCollection: { needs: 'operator', variables: input({ collectionId: 'c1' }) },
  setUserEnabled: { needs: 'operator', variables: input({ userId: 'u1', enabled: false }) },
  setUserPassword: { needs: 'superadmin', variables: input({ userId: 'u1', password: 'correct horse' }) },
};

/** Good variables of every other operation whose subject is there from the start. */
export const DETAIL_QUESTIONS: Readonly<Record<string, Good>> = {
  serverHost: { needs: 'viewer', variables: server },
  serverTasks: { needs: 'viewer', variables: server },
  serverDevices: { needs: 'operator', variables: server },
  serverLog: { needs: 'operator', variables: serverAnd({ limit: 10 }) },
  serverHistory: { needs: 'operator', variables: serverAnd({ limit: 10 }) },
  serverBackups: { needs: 'viewer', variables: server },
  recentlyAdded: { needs: 'viewer', variables: serverAnd({ limit: 10 }) },
  findOnServer: { needs: 'viewer', variables: serverAnd({ imdb: 'tt0078748' }) },
  libraryHealth: { needs: 'viewer', variables: serverAnd({ libraryId: 'l1' }) },
  userDiscovery: { needs: 'viewer', variables: serverAnd({ userId: 'u1' }) },
  playlists: { needs: 'viewer', variables: serverAnd({ userId: 'u1' }) },
  collections: { needs: 'viewer', variables: server },
  findSubtitles: { needs: 'viewer', variables: serverAnd({ itemId: 'i1', language: 'eng' }) },
  serverEfficiency: { needs: 'operator', variables: server },
  serverCurves: { needs: 'operator', variables: serverAnd({ range: 'DAY' }) },
};

const REST: Readonly<Record<string, Good>> = {
  efficiency: { needs: 'operator', variables: () => ({}) },
  curves: { needs: 'operator', variables: () => ({ range: 'DAY' }) },
  cancelActivity: { needs: 'operator', variables: ({ serverId }) => ({ input: { id: `${serverId}:a1` } }) },
  activityPage: { needs: 'viewer', variables: () => ({}) },
  exportActivities: { needs: 'viewer', variables: () => ({ format: 'CSV' }) },
  session: { needs: 'viewer', variables: ({ serverId }) => ({ id: `${serverId}:s1` }) },
  sessionMirror: { needs: 'viewer', variables: ({ serverId }) => ({ id: `${serverId}:s1` }) },
  mismatches: { needs: 'operator', variables: () => ({}) },
  mismatchComparison: { needs: 'operator', variables: ({ foreignId }) => ({ id: foreignId }) },
  forgetMismatchAllowance: { needs: 'operator', variables: ({ foreignId }) => ({ id: foreignId }) },
  resolveMismatch: { needs: 'operator', variables: ({ foreignId }) => ({ input: { id: foreignId, resolution: 'Spoke to her.' } }) },
  ignoreMismatch: { needs: 'operator', variables: ({ foreignId }) => ({ input: { id: foreignId } }) },
  checkWatchStates: { needs: 'operator', variables: ({ foreignId }) => ({ identityId: foreignId }) },
};

const ALL: Readonly<Record<string, Good>> = { ...DETAIL_ORDERS, ...DETAIL_QUESTIONS, ...REST };
const BELOW = { viewer: [], operator: ['viewer'], superadmin: ['viewer', 'operator'] } as const;

type Case = readonly [mistake: Mistake, given: string, variables: Variables, code: ErrorCode];

function rows(operation: string, as: Role, cases: readonly Case[]): DetailBadInput[] {
  return cases.map(([mistake, given, variables, code]) => ({ operation, mistake, given, variables, as, code }));
}

const wrongRoles: DetailBadInput[] = Object.entries(ALL).flatMap(([operation, { needs, variables }]) => [
  { operation, mistake: 'wrong role', given: 'nobody signed in', variables, as: 'anonymous', code: 'UNAUTHENTICATED' },
  ...BELOW[needs].map((as): DetailBadInput => ({ operation, mistake: 'wrong role', given: `role ${as}`, variables, as, code: 'FORBIDDEN' })),
]);

/** What everything about one server refuses; `swap` puts another server into good variables. */
const aboutServers: DetailBadInput[] = Object.entries({ ...DETAIL_ORDERS, ...DETAIL_QUESTIONS }).flatMap(([operation, { needs, variables }]) => {
  const swap = (id: (world: DetailWorld) => unknown): Variables => (world) => variables({ ...world, serverId: id(world) as string });
  return rows(operation, needs, [
    ['malformed', 'a server id that is none', swap(() => 'attic'), 'VALIDATION_FAILED'],
    ['wrong type', 'an object as server id', swap(() => ({ id: 1 })), 'VALIDATION_FAILED'],
    ['foreign id', 'a server of nobody', swap(({ foreignId }) => foreignId), 'NOT_FOUND'],
  ]);
});

const LONG = 'x'.repeat(2_001);

/** Every operation on details, activities, mirrors and mismatches against bad input: each row is a test. */
export const DETAIL_BAD_INPUTS: readonly DetailBadInput[] = [
  ...wrongRoles,
  ...aboutServers,
  ...['serverLog', 'serverHistory', 'recentlyAdded'].flatMap((operation) =>
    rows(operation, 'operator', [
      ['malformed', 'a limit of 0', serverAnd({ limit: 0 }), 'VALIDATION_FAILED'],
      ['oversized', 'a limit of 501', serverAnd({ limit: 501 }), 'VALIDATION_FAILED'],
    ]),
  ),
  ...rows('findOnServer', 'viewer', [
    ['missing', 'no id at all', server, 'VALIDATION_FAILED'],
    ['oversized', 'an id of 51 characters', serverAnd({ imdb: 'x'.repeat(51) }), 'VALIDATION_FAILED'],
  ]),
  ...rows('libraryHealth', 'viewer', [['missing', 'a blank library', serverAnd({ libraryId: ' ' }), 'VALIDATION_FAILED']]),
  ...rows('userDiscovery', 'viewer', [['oversized', 'a user id of 2,001 characters', serverAnd({ userId: LONG }), 'VALIDATION_FAILED']]),
  ...rows('playlists', 'viewer', [['missing', 'a blank user', serverAnd({ userId: ' ' }), 'VALIDATION_FAILED']]),
  ...rows('findSubtitles', 'viewer', [
    ['malformed', 'a language of one letter', serverAnd({ itemId: 'i1', language: 'e' }), 'VALIDATION_FAILED'],
    ['missing', 'a blank item', serverAnd({ itemId: '', language: 'eng' }), 'VALIDATION_FAILED'],
  ]),
  ...rows('serverCurves', 'operator', [
    ['missing', 'no range', server, 'VALIDATION_FAILED'],
    ['wrong type', 'a range that is none', serverAnd({ range: 'MONTH' }), 'VALIDATION_FAILED'],
  ]),
  ...rows('curves', 'operator', [
    ['malformed', 'an id that is none', () => ({ range: 'DAY', serverIds: ['attic'] }), 'VALIDATION_FAILED'],
    ['wrong type', 'a number as range', () => ({ range: 24 }), 'VALIDATION_FAILED'],
  ]),
  ...rows('efficiency', 'operator', [['malformed', 'an id that is none', () => ({ serverIds: ['attic'] }), 'VALIDATION_FAILED']]),
  ...rows('startServerTask', 'operator', [['missing', 'no task', input({}), 'VALIDATION_FAILED'], ['missing', 'a blank task', input({ taskId: ' ' }), 'VALIDATION_FAILED']]),
  ...rows('revokeDevice', 'operator', [['oversized', 'a device id of 2,001 characters', input({ deviceId: LONG }), 'VALIDATION_FAILED']]),
  ...rows('triggerBackup', 'operator', [['oversized', 'an idempotency key of 201 characters', input({ idempotencyKey: 'x'.repeat(201) }), 'VALIDATION_FAILED']]),
  ...rows('fetchSubtitle', 'operator', [['oversized', 'a subtitle id of 2,001 characters', input({ itemId: 'i1', subtitleId: LONG }), 'VALIDATION_FAILED']]),
  ...rows('createLibrary', 'operator', [
    ['missing', 'no folders', input({ name: 'Films', type: 'MOVIES', folders: [] }), 'VALIDATION_FAILED'],
    ['wrong type', 'an unknown type', input({ name: 'Films', type: 'CARS', folders: ['/a'] }), 'VALIDATION_FAILED'],
    ['missing', 'a blank name', input({ name: ' ', type: 'MOVIES', folders: ['/a'] }), 'VALIDATION_FAILED'],
  ]),
  ...rows('removeLibrary', 'operator', [['missing', 'a blank library', input({ libraryId: ' ' }), 'VALIDATION_FAILED']]),
  ...rows('ensurePlaylist', 'operator', [['missing', 'no items', input({ userId: 'u1', name: 'Mine', itemIds: [] }), 'VALIDATION_FAILED'], ['missing', 'a blank name', input({ userId: 'u1', name: ' ', itemIds: ['i1'] }), 'VALIDATION_FAILED']]),
  ...rows('ensureCollection', 'operator', [['oversized', 'a name of 2,001 characters', input({ libraryId: 'l1', name: LONG, itemIds: ['i1'] }), 'VALIDATION_FAILED']]),
  ...rows('removePlaylist', 'operator', [['missing', 'a blank playlist', input({ userId: 'u1', playlistId: '' }), 'VALIDATION_FAILED']]),
  ...rows('removeCollection', 'operator', [['missing', 'a blank collection', input({ collectionId: '' }), 'VALIDATION_FAILED']]),
  ...rows('setUserEnabled', 'operator', [['wrong type', 'a word for enabled', input({ userId: 'u1', enabled: 'yes' }), 'VALIDATION_FAILED']]),
  ...rows('setUserPassword', 'superadmin', [
    ['missing', 'an empty password', input({ userId: 'u1', password: '' }), 'VALIDATION_FAILED'],
    ['oversized', 'a password of 201 characters', input({ userId: 'u1', password: 'x'.repeat(201) }), 'VALIDATION_FAILED'],
  ]),
  ...rows('cancelActivity', 'operator', [
    ['malformed', 'a stream', ({ serverId }) => ({ input: { id: `stream:${serverId}:s1` } }), 'VALIDATION_FAILED'],
    ['malformed', 'a run', ({ foreignId }) => ({ input: { id: `run:${foreignId}` } }), 'VALIDATION_FAILED'],
    ['malformed', 'a problem', ({ serverId }) => ({ input: { id: `problem:${serverId}` } }), 'VALIDATION_FAILED'],
    ['malformed', 'an id that is none', () => ({ input: { id: 'scan' } }), 'VALIDATION_FAILED'],
    ['foreign id', 'work that is not there', ({ serverId }) => ({ input: { id: `${serverId}:gone` } }), 'NOT_FOUND'],
    ['foreign id', 'work of an unknown server', ({ foreignId }) => ({ input: { id: `${foreignId}:a1` } }), 'NOT_FOUND'],
    ['malformed', 'work that cannot be cancelled', ({ serverId }) => ({ input: { id: `${serverId}:a2` } }), 'CAPABILITY_MISSING'],
  ]),
  ...rows('activityPage', 'viewer', [
    ['malformed', 'a size of 11', () => ({ size: 11 }), 'VALIDATION_FAILED'],
    ['malformed', 'page 0', () => ({ page: 0 }), 'VALIDATION_FAILED'],
    ['wrong type', 'an unknown kind', () => ({ filter: { kinds: ['PARTY'] } }), 'VALIDATION_FAILED'],
    ['oversized', 'a search of 2,001 characters', () => ({ filter: { search: LONG } }), 'VALIDATION_FAILED'],
    ['malformed', 'an id that is none', () => ({ filter: { serverIds: ['attic'] } }), 'VALIDATION_FAILED'],
  ]),
  ...rows('exportActivities', 'viewer', [['wrong type', 'an unknown format', () => ({ format: 'XML' }), 'VALIDATION_FAILED'], ['missing', 'no format', () => ({}), 'VALIDATION_FAILED']]),
  ...rows('session', 'viewer', [['malformed', 'an id that is none', () => ({ id: 's1' }), 'VALIDATION_FAILED']]),
  ...rows('sessionMirror', 'viewer', [
    ['malformed', 'an id that is none', () => ({ id: 's1' }), 'VALIDATION_FAILED'],
    ['foreign id', 'a session of nobody', ({ serverId }) => ({ id: `${serverId}:gone` }), 'NOT_FOUND'],
  ]),
  ...rows('mismatches', 'operator', [
    ['wrong type', 'an unknown rule', () => ({ filter: { rules: ['TALL'] } }), 'VALIDATION_FAILED'],
    ['malformed', 'an id that is none', () => ({ filter: { serverIds: ['attic'] } }), 'VALIDATION_FAILED'],
  ]),
  ...rows('mismatchComparison', 'operator', [
    ['malformed', 'an id that is none', () => ({ id: 'm1' }), 'VALIDATION_FAILED'],
    ['foreign id', 'a mismatch of nobody', ({ foreignId }) => ({ id: foreignId }), 'NOT_FOUND'],
  ]),
  ...rows('forgetMismatchAllowance', 'operator', [
    ['malformed', 'an id that is none', () => ({ id: 'a1' }), 'VALIDATION_FAILED'],
    ['foreign id', 'an allowance of nobody', ({ foreignId }) => ({ id: foreignId }), 'NOT_FOUND'],
  ]),
  ...rows('resolveMismatch', 'operator', [
    ['malformed', 'an id that is none', () => ({ input: { id: 'm1', resolution: 'Spoke to her.' } }), 'VALIDATION_FAILED'],
    ['malformed', 'two letters as resolution', ({ foreignId }) => ({ input: { id: foreignId, resolution: 'ok' } }), 'VALIDATION_FAILED'],
    ['foreign id', 'a mismatch of nobody', ({ foreignId }) => ({ input: { id: foreignId, resolution: 'Spoke to her.' } }), 'NOT_FOUND'],
    ['malformed', 'a flag that is kept and networks that are allowed', ({ foreignId }) => ({ input: { id: foreignId, resolution: 'Her VPN.', keepFlag: true, allowNetworks: ['wan:192.0.2.1', 'wan:192.0.2.2'] } }), 'VALIDATION_FAILED'],
    ['malformed', 'one network to allow', ({ foreignId }) => ({ input: { id: foreignId, resolution: 'Her VPN.', allowNetworks: ['wan:192.0.2.1'] } }), 'VALIDATION_FAILED'],
    ['oversized', '7 networks to allow', ({ foreignId }) => ({ input: { id: foreignId, resolution: 'Her VPN.', allowNetworks: [1, 2, 3, 4, 5, 6, 7].map((last) => `wan:192.0.2.${last}`) } }), 'VALIDATION_FAILED'],
  ]),
  ...rows('ignoreMismatch', 'operator', [
    ['malformed', '0 days', ({ foreignId }) => ({ input: { id: foreignId, days: 0 } }), 'VALIDATION_FAILED'],
    ['oversized', 'a note of 2,001 characters', ({ foreignId }) => ({ input: { id: foreignId, days: 7, note: LONG } }), 'VALIDATION_FAILED'],
    ['oversized', '366 days', ({ foreignId }) => ({ input: { id: foreignId, days: 366 } }), 'VALIDATION_FAILED'],
    ['foreign id', 'a mismatch of nobody', ({ foreignId }) => ({ input: { id: foreignId } }), 'NOT_FOUND'],
  ]),
  ...rows('checkWatchStates', 'operator', [
    ['malformed', 'no id at all', () => ({ identityId: 'ada' }), 'VALIDATION_FAILED'],
    ['foreign id', 'a person that is not there', ({ foreignId }) => ({ identityId: foreignId }), 'NOT_FOUND'],
  ]),
];
