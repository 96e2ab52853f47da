import { sessionIdOf, type ErrorCode } from '@usher/contracts';
import type { Mistake } from './bad-inputs.js';

export interface LiveWorld {
  /** A server with one session that can be controlled. */
  readonly serverId: string;
  readonly sessionId: string;
  /** An id of nothing. */
  readonly foreignId: string;
}

export interface LiveBadInput {
  readonly operation: string;
  readonly mistake: Mistake;
  /** In words, for the page that lists them. */
  readonly given: string;
  readonly variables: (world: LiveWorld) => Record<string, unknown>;
  readonly as: 'anonymous' | 'viewer' | 'operator';
  readonly code: ErrorCode;
}

/** How each operation is called; the variables come from the row. */
export const LIVE_DOCUMENTS: Readonly<Record<string, string>> = {
  fleetOverview: 'query ($serverIds: [ID!]) { fleetOverview(serverIds: $serverIds) { servers streams } }',
  sessions: 'query ($serverIds: [ID!]) { sessions(serverIds: $serverIds) { serverId sessions { id } } }',
  libraries: 'query ($serverIds: [ID!]) { libraries(serverIds: $serverIds) { name } }',
  users: 'query ($serverId: ID!) { users(serverId: $serverId) { name } }',
  playbacks: 'query ($filter: PlaybackFilter, $first: Int, $after: String) { playbacks(filter: $filter, first: $first, after: $after) { totalCount } }',
  stopSession: 'mutation ($input: StopSessionInput!) { stopSession(input: $input) { outcome session { id } } }',
  controlSession: 'mutation ($input: ControlSessionInput!) { controlSession(input: $input) { outcome session { id } } }',
  sendSessionNotice: 'mutation ($input: SendSessionNoticeInput!) { sendSessionNotice(input: $input) }',
};

/** Good variables of every operation. */
export const LIVE_GOOD: Readonly<Record<string, { needs: 'viewer' | 'operator'; variables: (world: LiveWorld) => Record<string, unknown> }>> = {
  fleetOverview: { needs: 'viewer', variables: () => ({}) },
  sessions: { needs: 'viewer', variables: (world) => ({ serverIds: [world.serverId] }) },
  libraries: { needs: 'viewer', variables: (world) => ({ serverIds: [world.serverId] }) },
  users: { needs: 'viewer', variables: (world) => ({ serverId: world.serverId }) },
  playbacks: { needs: 'viewer', variables: () => ({ first: 10 }) },
  stopSession: { needs: 'operator', variables: (world) => ({ input: { sessionId: world.sessionId, reason: 'Good night' } }) },
  controlSession: { needs: 'operator', variables: (world) => ({ input: { sessionId: world.sessionId, action: 'SEEK', positionMs: 60_000 } }) },
  sendSessionNotice: { needs: 'operator', variables: (world) => ({ input: { sessionId: world.sessionId, text: 'Hello' } }) },
};

type Case = readonly [mistake: Mistake, given: string, variables: LiveBadInput['variables'], code: ErrorCode];

function rows(operation: string, as: LiveBadInput['as'], cases: readonly Case[]): LiveBadInput[] {
  return cases.map(([mistake, given, variables, code]) => ({ operation, mistake, given, variables, as, code }));
}

const wrongRoles: LiveBadInput[] = Object.entries(LIVE_GOOD).flatMap(([operation, { needs, variables }]) => [
  { operation, mistake: 'wrong role', given: 'nobody signed in', variables, as: 'anonymous', code: 'UNAUTHENTICATED' },
  ...(needs === 'operator' ? [{ operation, mistake: 'wrong role', given: 'role viewer', variables, as: 'viewer', code: 'FORBIDDEN' } as const] : []),
]);

const tooManyIds = (world: LiveWorld) => ({ serverIds: Array.from({ length: 1_001 }, () => world.serverId) });

const byServers = ['fleetOverview', 'sessions', 'libraries'].flatMap((operation) =>
  rows(operation, 'viewer', [
    ['malformed', 'an id that is none', () => ({ serverIds: ['attic'] }), 'VALIDATION_FAILED'],
    ['wrong type', 'an object as id', () => ({ serverIds: [{ id: 1 }] }), 'VALIDATION_FAILED'],
    ['oversized', '1001 ids', tooManyIds, 'VALIDATION_FAILED'],
  ]),
);

/** What every operation on one session refuses. */
function onSession(operation: string, rest: Record<string, unknown>): LiveBadInput[] {
  const input = (sessionId: unknown) => ({ input: { ...rest, sessionId } });
  return rows(operation, 'operator', [
    ['missing', 'no session', () => ({ input: rest }), 'VALIDATION_FAILED'],
    ['wrong type', 'a list as session', (world) => input([world.sessionId, 'x']), 'VALIDATION_FAILED'],
    ['malformed', 'an id that is none', () => input('attic:1'), 'VALIDATION_FAILED'],
    ['oversized', 'an id of 500 characters', (world) => input(sessionIdOf(world.serverId, 'x'.repeat(463))), 'VALIDATION_FAILED'],
    ['foreign id', 'a session of nobody', (world) => input(sessionIdOf(world.serverId, 'gone')), 'NOT_FOUND'],
    ['foreign id', 'a session of an unknown server', (world) => input(sessionIdOf(world.foreignId, 's1')), 'NOT_FOUND'],
  ]);
}

/** Every operation on what is live, on history, libraries and users against bad input: each row is a test. */
export const LIVE_BAD_INPUTS: readonly LiveBadInput[] = [
  ...wrongRoles,
  ...byServers,
  ...rows('users', 'viewer', [
    ['missing', 'no server', () => ({}), 'VALIDATION_FAILED'],
    ['malformed', 'an id that is none', () => ({ serverId: "1' OR 1=1" }), 'VALIDATION_FAILED'],
    ['foreign id', 'an id of nothing', (world) => ({ serverId: world.foreignId }), 'NOT_FOUND'],
  ]),
  ...rows('playbacks', 'viewer', [
    ['wrong type', 'a word as number of rows', () => ({ first: 'ten' }), 'VALIDATION_FAILED'],
    ['wrong type', 'an unknown field of the filter', () => ({ filter: { user: 'Ada' } }), 'VALIDATION_FAILED'],
    ['malformed', 'a page of none', () => ({ first: 0 }), 'VALIDATION_FAILED'],
    ['malformed', 'a cursor that is not ours', () => ({ after: 'nonsense' }), 'VALIDATION_FAILED'],
    ['malformed', 'an id that is none', () => ({ filter: { serverIds: ['attic'] } }), 'VALIDATION_FAILED'],
    ['oversized', 'a page of 201 rows', () => ({ first: 201 }), 'VALIDATION_FAILED'],
    ['oversized', 'a name of 201 characters', () => ({ filter: { userName: 'x'.repeat(201) } }), 'VALIDATION_FAILED'],
  ]),
  ...onSession('stopSession', {}),
  ...rows('stopSession', 'operator', [
    ['oversized', 'a reason of 501 characters', (world) => ({ input: { sessionId: world.sessionId, reason: 'x'.repeat(501) } }), 'VALIDATION_FAILED'],
    ['oversized', 'an idempotency key of 201 characters', (world) => ({ input: { sessionId: world.sessionId, idempotencyKey: 'x'.repeat(201) } }), 'VALIDATION_FAILED'],
  ]),
  ...onSession('controlSession', { action: 'PAUSE' }),
  ...rows('controlSession', 'operator', [
    ['missing', 'no action', (world) => ({ input: { sessionId: world.sessionId } }), 'VALIDATION_FAILED'],
    ['missing', 'a jump without position', (world) => ({ input: { sessionId: world.sessionId, action: 'SEEK' } }), 'VALIDATION_FAILED'],
    ['wrong type', 'an unknown action', (world) => ({ input: { sessionId: world.sessionId, action: 'DANCE' } }), 'VALIDATION_FAILED'],
    ['wrong type', 'a fraction as position', (world) => ({ input: { sessionId: world.sessionId, action: 'SEEK', positionMs: 1.5 } }), 'VALIDATION_FAILED'],
    ['malformed', 'a negative position', (world) => ({ input: { sessionId: world.sessionId, action: 'SEEK', positionMs: -1 } }), 'VALIDATION_FAILED'],
    ['oversized', 'a jump behind the end', (world) => ({ input: { sessionId: world.sessionId, action: 'SEEK', positionMs: 6_000_001 } }), 'VALIDATION_FAILED'],
    ['missing', 'a play without item', (world) => ({ input: { sessionId: world.sessionId, action: 'PLAY', positionMs: 1 } }), 'VALIDATION_FAILED'],
    ['malformed', 'a limit below 64 kbps', (world) => ({ input: { sessionId: world.sessionId, action: 'LIMIT_BIT_RATE', kbps: 63 } }), 'VALIDATION_FAILED'],
    ['malformed', 'a position with a pause', (world) => ({ input: { sessionId: world.sessionId, action: 'PAUSE', positionMs: 1 } }), 'VALIDATION_FAILED'],
  ]),
  ...onSession('sendSessionNotice', { text: 'Hello' }),
  ...rows('sendSessionNotice', 'operator', [
    ['missing', 'no text', (world) => ({ input: { sessionId: world.sessionId } }), 'VALIDATION_FAILED'],
    ['missing', 'a blank text', (world) => ({ input: { sessionId: world.sessionId, text: '  ' } }), 'VALIDATION_FAILED'],
    ['wrong type', 'a number as text', (world) => ({ input: { sessionId: world.sessionId, text: 7 } }), 'VALIDATION_FAILED'],
    ['oversized', 'a text of 501 characters', (world) => ({ input: { sessionId: world.sessionId, text: 'x'.repeat(501) } }), 'VALIDATION_FAILED'],
  ]),
];
