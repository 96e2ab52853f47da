import type { ErrorCode } from '@usher/contracts';

/** What a row of the table tries. */
export type Mistake = 'missing' | 'wrong type' | 'oversized' | 'malformed' | 'foreign id' | 'wrong role' | 'repeated';

export interface World {
  /** A registered server, and its alias and address. */
  readonly serverId: string;
  readonly alias: string;
  readonly url: string;
  /** A server that was removed. */
  readonly removedId: string;
  /** An id of nothing. */
  readonly foreignId: string;
  /** A name of the operator who signs in by password. */
  readonly operatorName: string;
}

export interface BadInput {
  readonly operation: string;
  readonly mistake: Mistake;
  /** In words, for the page that lists them. */
  readonly given: string;
  readonly variables: (world: World) => Record<string, unknown>;
  readonly as: 'anonymous' | 'viewer' | 'operator' | 'superadmin';
  readonly code: ErrorCode;
  readonly field?: string;
}

/** How each operation is called; the variables come from the row. */
export const DOCUMENTS: Readonly<Record<string, string>> = {
  servers: 'query ($filter: ServerFilter) { servers(filter: $filter) { id } }',
  server: 'query ($id: ID, $alias: String) { server(id: $id, alias: $alias) { id } }',
  createFirstOperator: 'mutation ($input: CreateFirstOperatorInput!) { createFirstOperator(input: $input) { token } }',
  signIn: 'mutation ($input: SignInInput!) { signIn(input: $input) { token } }',
  signInWithCode: 'mutation ($input: SignInWithCodeInput!) { signInWithCode(input: $input) { token } }',
  signOut: 'mutation { signOut }',
  stepUp: 'mutation ($password: String!) { stepUp(password: $password) }',
  testServerConnection: 'mutation ($input: TestServerConnectionInput!) { testServerConnection(input: $input) { ok code } }',
  registerServer: 'mutation ($input: RegisterServerInput!) { registerServer(input: $input) { server { id } } }',
  updateServer: 'mutation ($input: UpdateServerInput!) { updateServer(input: $input) { id } }',
  removeServer: 'mutation ($input: RemoveServerInput!) { removeServer(input: $input) { id } }',
  importServers: 'mutation ($input: ImportServersInput!) { importServers(input: $input) { failed results { status code field } } }',
  refreshServer: 'mutation ($id: ID!) { refreshServer(id: $id) { id } }',
  acceptHardening: 'mutation ($input: AcceptHardeningInput!) { acceptHardening(input: $input) { id } }',
  revokeHardening: 'mutation ($input: RevokeHardeningInput!) { revokeHardening(input: $input) { id } }',
};

const PASSWORD = 'a long password';
const newServer = { idempotencyKey: 'k', alias: 'Fresh', url: 'http://fresh.example:8096', token: 'tok-en' };
const row = { url: 'http://row.example:8096', token: 'tok-en', alias: 'Row' };
/** An entry that every server of these tests has. */
const entry = { code: 'plain-http', reason: 'Only at home.' };

/** Good variables of every operation that asks for a role. */
export const GOOD: Readonly<Record<string, { needs: 'viewer' | 'operator'; variables: (world: World) => Record<string, unknown> }>> = {
  servers: { needs: 'viewer', variables: () => ({}) },
  server: { needs: 'viewer', variables: (world) => ({ id: world.serverId }) },
  signOut: { needs: 'viewer', variables: () => ({}) },
  stepUp: { needs: 'viewer', variables: () => ({ password: PASSWORD }) },
  testServerConnection: { needs: 'operator', variables: () => ({ input: { url: newServer.url, token: newServer.token } }) },
  registerServer: { needs: 'operator', variables: () => ({ input: newServer }) },
  updateServer: { needs: 'operator', variables: (world) => ({ input: { id: world.serverId, region: 'north' } }) },
  removeServer: { needs: 'operator', variables: (world) => ({ input: { id: world.serverId, confirmAlias: world.alias } }) },
  importServers: { needs: 'operator', variables: () => ({ input: { idempotencyKey: 'k', rows: [row] } }) },
  refreshServer: { needs: 'operator', variables: (world) => ({ id: world.serverId }) },
  acceptHardening: { needs: 'operator', variables: (world) => ({ input: { serverId: world.serverId, ...entry } }) },
  revokeHardening: { needs: 'operator', variables: (world) => ({ input: { serverId: world.serverId, code: entry.code } }) },
};

type Case = readonly [mistake: Mistake, given: string, variables: BadInput['variables'], code: ErrorCode, field?: string];

function rows(operation: string, as: BadInput['as'], cases: readonly Case[]): BadInput[] {
  return cases.map(([mistake, given, variables, code, field]) => ({ operation, mistake, given, variables, as, code, ...(field !== undefined && { field }) }));
}

/** The same mistakes of a field wherever inputs share it. */
function input(base: Record<string, unknown>, change: Record<string, unknown>): BadInput['variables'] {
  return () => ({ input: { ...base, ...change } });
}

function without(base: Record<string, unknown>, name: string): BadInput['variables'] {
  return () => ({ input: Object.fromEntries(Object.entries(base).filter(([key]) => key !== name)) });
}

const wrongRoles: BadInput[] = Object.entries(GOOD).flatMap(([operation, { needs, variables }]) => [
  { operation, mistake: 'wrong role', given: 'nobody signed in', variables, as: 'anonymous', code: 'UNAUTHENTICATED' },
  ...(needs === 'operator' ? [{ operation, mistake: 'wrong role', given: 'role viewer', variables, as: 'viewer', code: 'FORBIDDEN' } as const] : []),
]);

const first = { code: 'AAAAA-AAAAA', name: 'ana', password: 'correct horse' };
const byCode = { code: 'AAAAA-AAAAA', name: 'ana', newPassword: 'correct horse' };

/** Every public operation of sign-in and registry against bad input: each row is a test, and a line of the page of bad inputs. */
export const BAD_INPUTS: readonly BadInput[] = [
  ...wrongRoles,
  ...rows('servers', 'viewer', [
    ['wrong type', 'a word where a list of kinds is expected', () => ({ filter: { kinds: 'ROKU' } }), 'VALIDATION_FAILED', 'filter.kinds'],
    ['wrong type', 'an unknown field', () => ({ filter: { vendor: 'PLEX' } }), 'VALIDATION_FAILED'],
  ]),
  ...rows('server', 'viewer', [
    ['missing', 'neither id nor alias', () => ({}), 'VALIDATION_FAILED', 'id'],
    ['malformed', 'an id that is none', () => ({ id: "1' OR 1=1" }), 'NOT_FOUND'],
    ['foreign id', 'an id of nothing', (world) => ({ id: world.foreignId }), 'NOT_FOUND'],
    ['foreign id', 'an unknown alias', () => ({ alias: 'nowhere' }), 'NOT_FOUND'],
    ['wrong type', 'a list as alias', () => ({ alias: ['a', 'b'] }), 'VALIDATION_FAILED', 'alias'],
  ]),
  ...rows('createFirstOperator', 'anonymous', [
    ['missing', 'no name', without(first, 'name'), 'VALIDATION_FAILED', 'name'],
    ['missing', 'an empty code', input(first, { code: ' ' }), 'VALIDATION_FAILED', 'code'],
    ['wrong type', 'a number as password', input(first, { password: 12345678901 }), 'VALIDATION_FAILED', 'password'],
    ['oversized', 'a name of 65 characters', input(first, { name: 'n'.repeat(65) }), 'VALIDATION_FAILED', 'name'],
    ['malformed', 'a password of 9 characters', input(first, { password: '123456789' }), 'VALIDATION_FAILED', 'password'],
    ['malformed', 'the name as password', input(first, { name: 'ana-of-usher', password: 'Ana-of-Usher' }), 'VALIDATION_FAILED', 'password'],
    ['repeated', 'a superadmin exists already', input(first, {}), 'FORBIDDEN'],
  ]),
  ...rows('signIn', 'anonymous', [
    ['missing', 'no password', without({ name: 'ana', password: 'x' }, 'password'), 'VALIDATION_FAILED', 'password'],
    ['wrong type', 'an object as name', input({ password: 'x' }, { name: { first: 'ana' } }), 'VALIDATION_FAILED', 'name'],
    ['oversized', 'a password of 257 characters', input({ name: 'ana' }, { password: 'p'.repeat(257) }), 'VALIDATION_FAILED', 'password'],
    ['foreign id', 'an unknown name', input({ password: PASSWORD }, { name: 'nobody' }), 'SIGN_IN_FAILED'],
    ['malformed', 'a wrong password', (world) => ({ input: { name: world.operatorName, password: 'wrong' } }), 'SIGN_IN_FAILED'],
  ]),
  ...rows('signInWithCode', 'anonymous', [
    ['missing', 'no code', without(byCode, 'code'), 'VALIDATION_FAILED', 'code'],
    ['oversized', 'a code of 41 characters', input(byCode, { code: 'A'.repeat(41) }), 'VALIDATION_FAILED', 'code'],
    ['malformed', 'a short new password', input(byCode, { newPassword: 'short' }), 'VALIDATION_FAILED', 'newPassword'],
    ['foreign id', 'a code that was never made', input(byCode, {}), 'SIGN_IN_FAILED'],
  ]),
  ...rows('stepUp', 'operator', [
    ['missing', 'no password', () => ({}), 'VALIDATION_FAILED'],
    ['oversized', 'a password of 257 characters', () => ({ password: 'p'.repeat(257) }), 'VALIDATION_FAILED', 'password'],
    ['malformed', 'a wrong password', () => ({ password: 'wrong' }), 'SIGN_IN_FAILED'],
  ]),
  ...rows('testServerConnection', 'operator', [
    ['missing', 'neither address nor server', () => ({ input: {} }), 'VALIDATION_FAILED', 'url'],
    ['missing', 'an address without key', () => ({ input: { url: 'http://a.example' } }), 'VALIDATION_FAILED', 'token'],
    ['missing', "a registered server's stored key for another address", (world) => ({ input: { serverId: world.serverId, url: 'http://elsewhere.example' } }), 'VALIDATION_FAILED', 'token'],
    ['wrong type', 'a number as key', () => ({ input: { url: 'http://a.example', token: 5 } }), 'VALIDATION_FAILED', 'token'],
    ['oversized', 'a key of 4097 characters', () => ({ input: { url: 'http://a.example', token: 't'.repeat(4097) } }), 'VALIDATION_FAILED', 'token'],
    ['malformed', 'a certificate that is none', () => ({ input: { url: 'https://a.example', token: 't', tls: { caPem: 'hello' } } }), 'VALIDATION_FAILED', 'tls.caPem'],
    ['foreign id', 'a server of nobody', (world) => ({ input: { serverId: world.foreignId } }), 'NOT_FOUND'],
    ['foreign id', 'a removed server', (world) => ({ input: { serverId: world.removedId } }), 'NOT_FOUND'],
  ]),
  ...rows('registerServer', 'operator', [
    ...['idempotencyKey', 'alias', 'url', 'token'].map((name): Case => ['missing', `no ${name}`, without(newServer, name), 'VALIDATION_FAILED', name]),
    ['missing', 'an empty alias', input(newServer, { alias: '  ' }), 'VALIDATION_FAILED', 'alias'],
    ['wrong type', 'a number as alias', input(newServer, { alias: 7 }), 'VALIDATION_FAILED', 'alias'],
    ['wrong type', 'an unknown vendor', input(newServer, { kind: 'KODI' }), 'VALIDATION_FAILED', 'kind'],
    ['wrong type', 'a field that does not exist', input(newServer, { serverId: 'x' }), 'VALIDATION_FAILED', 'serverId'],
    ['oversized', 'an alias of 65 characters', input(newServer, { alias: 'a'.repeat(65) }), 'VALIDATION_FAILED', 'alias'],
    ['oversized', 'a key of 4097 characters', input(newServer, { token: 't'.repeat(4097) }), 'VALIDATION_FAILED', 'token'],
    ['oversized', 'an address of 2001 characters', input(newServer, { url: `http://${'a'.repeat(1994)}` }), 'VALIDATION_FAILED', 'url'],
    ['oversized', '51 tags', input(newServer, { tags: Array.from({ length: 51 }, (_, i) => `t${i}`) }), 'VALIDATION_FAILED', 'tags'],
    ['oversized', 'an idempotency key of 201 characters', input(newServer, { idempotencyKey: 'k'.repeat(201) }), 'VALIDATION_FAILED', 'idempotencyKey'],
    ['malformed', 'an address without http', input(newServer, { url: '192.168.1.9:8096' }), 'VALIDATION_FAILED', 'url'],
    ['malformed', 'an address with a password', input(newServer, { url: 'http://me:secret@a.example' }), 'VALIDATION_FAILED', 'url'],
    ['malformed', 'an address with a query', input(newServer, { url: 'http://a.example/?x=1' }), 'VALIDATION_FAILED', 'url'],
    ['malformed', 'a key with a line break', input(newServer, { token: 'a\nb' }), 'VALIDATION_FAILED', 'token'],
    ['malformed', 'an alias of signs only', input(newServer, { alias: '!!!' }), 'VALIDATION_FAILED', 'alias'],
    ['malformed', 'a latitude of 91', input(newServer, { location: { label: 'x', lat: 91, lon: 0 } }), 'VALIDATION_FAILED', 'location.lat'],
    ['malformed', 'a weight of 0', input(newServer, { weight: 0 }), 'VALIDATION_FAILED', 'weight'],
    ['malformed', 'sessions polled every second', input(newServer, { poll: { sessionsS: 1 } }), 'VALIDATION_FAILED', 'poll.sessionsS'],
    ['malformed', 'an ignored device that names nothing', input(newServer, { ignoredDevices: [{}] }), 'VALIDATION_FAILED', 'ignoredDevices.0'],
    ['wrong role', 'role operator makes a primary server', input(newServer, { role: 'PRIMARY' }), 'FORBIDDEN'],
    ['repeated', 'an address that is registered', (world) => ({ input: { ...newServer, url: `${world.url}/` } }), 'SERVER_ALREADY_REGISTERED', 'url'],
    ['repeated', 'an alias that is taken, written otherwise', (world) => ({ input: { ...newServer, alias: world.alias.toUpperCase() } }), 'VALIDATION_FAILED', 'alias'],
    ['repeated', 'an idempotency key of another request', input(newServer, { idempotencyKey: 'taken' }), 'IDEMPOTENCY_CONFLICT', 'idempotencyKey'],
  ]),
  ...rows('updateServer', 'operator', [
    ['missing', 'no id', () => ({ input: { alias: 'x' } }), 'VALIDATION_FAILED', 'id'],
    ['wrong type', 'a word as read-only switch', (world) => ({ input: { id: world.serverId, readOnly: 'yes' } }), 'VALIDATION_FAILED', 'readOnly'],
    ['oversized', 'a region of 101 characters', (world) => ({ input: { id: world.serverId, region: 'r'.repeat(101) } }), 'VALIDATION_FAILED', 'region'],
    ['malformed', 'an address without http', (world) => ({ input: { id: world.serverId, url: 'a.example' } }), 'VALIDATION_FAILED', 'url'],
    ['foreign id', 'an id of nothing', (world) => ({ input: { id: world.foreignId, alias: 'x' } }), 'NOT_FOUND'],
    ['foreign id', 'a removed server', (world) => ({ input: { id: world.removedId, alias: 'x' } }), 'NOT_FOUND'],
    ['wrong role', 'role operator changes the primary server', (world) => ({ input: { id: world.serverId, role: 'PRIMARY' } }), 'FORBIDDEN'],
  ]),
  ...rows('removeServer', 'operator', [
    ['missing', 'no typed alias', (world) => ({ input: { id: world.serverId } }), 'VALIDATION_FAILED', 'confirmAlias'],
    ['malformed', 'another alias typed', (world) => ({ input: { id: world.serverId, confirmAlias: 'other' } }), 'VALIDATION_FAILED', 'confirmAlias'],
    ['foreign id', 'an id of nothing', (world) => ({ input: { id: world.foreignId, confirmAlias: 'x' } }), 'NOT_FOUND'],
    ['repeated', 'a removed server', (world) => ({ input: { id: world.removedId, confirmAlias: 'Removed' } }), 'NOT_FOUND'],
  ]),
  ...rows('importServers', 'operator', [
    ['missing', 'no rows', () => ({ input: { idempotencyKey: 'k' } }), 'VALIDATION_FAILED', 'rows'],
    ['wrong type', 'a row without address', () => ({ input: { idempotencyKey: 'k', rows: [{ token: 't', alias: 'a' }] } }), 'VALIDATION_FAILED', 'rows[0].url'],
    ['oversized', '1001 rows', () => ({ input: { idempotencyKey: 'k', rows: Array.from({ length: 1001 }, (_, i) => ({ url: `http://h${i}` })) } }), 'VALIDATION_FAILED', 'rows'],
    ['repeated', 'an idempotency key of another request', () => ({ input: { idempotencyKey: 'taken', rows: [row] } }), 'IDEMPOTENCY_CONFLICT', 'idempotencyKey'],
  ]),
  ...rows('refreshServer', 'operator', [
    ['missing', 'no id', () => ({}), 'VALIDATION_FAILED'],
    ['foreign id', 'an id of nothing', (world) => ({ id: world.foreignId }), 'NOT_FOUND'],
    ['foreign id', 'a removed server', (world) => ({ id: world.removedId }), 'NOT_FOUND'],
  ]),
  ...rows('acceptHardening', 'operator', [
    ['missing', 'no reason', (world) => ({ input: { serverId: world.serverId, code: entry.code } }), 'VALIDATION_FAILED', 'reason'],
    ['missing', 'a reason of blanks', (world) => ({ input: { serverId: world.serverId, ...entry, reason: '    ' } }), 'VALIDATION_FAILED', 'reason'],
    ['oversized', 'a reason of 501 characters', (world) => ({ input: { serverId: world.serverId, ...entry, reason: 'r'.repeat(501) } }), 'VALIDATION_FAILED', 'reason'],
    ['wrong type', 'a word as end', (world) => ({ input: { serverId: world.serverId, ...entry, until: 'tomorrow' } }), 'VALIDATION_FAILED'],
    ['malformed', 'an end in the past', (world) => ({ input: { serverId: world.serverId, ...entry, until: '2020-01-01T00:00:00Z' } }), 'VALIDATION_FAILED', 'until'],
    ['malformed', 'evidence that is not what stands there', (world) => ({ input: { serverId: world.serverId, ...entry, evidence: 'Something else.' } }), 'VALIDATION_FAILED', 'evidence'],
    ['malformed', 'a server id that is none', () => ({ input: { serverId: 'attic', ...entry } }), 'NOT_FOUND', 'serverId'],
    ['foreign id', 'an id of nothing', (world) => ({ input: { serverId: world.foreignId, ...entry } }), 'NOT_FOUND', 'serverId'],
    ['foreign id', 'a removed server', (world) => ({ input: { serverId: world.removedId, ...entry } }), 'NOT_FOUND', 'serverId'],
    ['foreign id', 'an entry that this server does not have', (world) => ({ input: { serverId: world.serverId, ...entry, code: 'no-lock-out' } }), 'NOT_FOUND', 'code'],
    ['repeated', 'an idempotency key of another request', (world) => ({ input: { serverId: world.serverId, ...entry, idempotencyKey: 'taken' } }), 'IDEMPOTENCY_CONFLICT', 'idempotencyKey'],
  ]),
  ...rows('revokeHardening', 'operator', [
    ['missing', 'no entry', (world) => ({ input: { serverId: world.serverId } }), 'VALIDATION_FAILED', 'code'],
    ['oversized', 'a reason of 501 characters', (world) => ({ input: { serverId: world.serverId, code: entry.code, reason: 'r'.repeat(501) } }), 'VALIDATION_FAILED', 'reason'],
    ['foreign id', 'an id of nothing', (world) => ({ input: { serverId: world.foreignId, code: entry.code } }), 'NOT_FOUND', 'serverId'],
    ['foreign id', 'a removed server', (world) => ({ input: { serverId: world.removedId, code: entry.code } }), 'NOT_FOUND', 'serverId'],
    ['foreign id', 'an entry that nobody accepted', (world) => ({ input: { serverId: world.serverId, code: entry.code } }), 'NOT_FOUND', 'code'],
  ]),
];

/** Rows of an import that are refused one by one, while the rest is applied. */
export const BAD_IMPORT_ROWS: readonly { given: string; row: (world: World) => Record<string, unknown>; code: ErrorCode; field: string | null }[] = [
  { given: 'no token for a new server', row: () => ({ url: 'http://r.example', alias: 'r' }), code: 'VALIDATION_FAILED', field: 'token' },
  { given: 'neither alias nor external key', row: () => ({ url: 'http://r.example', token: 't' }), code: 'VALIDATION_FAILED', field: 'alias' },
  { given: 'an address without http', row: () => ({ url: 'r.example', alias: 'r', token: 't' }), code: 'VALIDATION_FAILED', field: 'url' },
  { given: 'an alias of 65 characters', row: () => ({ url: 'http://r.example', alias: 'r'.repeat(65), token: 't' }), code: 'VALIDATION_FAILED', field: 'alias' },
  { given: 'a remote server', row: () => ({ url: 'http://r.example', alias: 'r', token: 't', connection: 'REMOTE' }), code: 'VALIDATION_FAILED', field: 'connection' },
  { given: 'the alias of another server', row: (world) => ({ url: 'http://r.example', alias: world.alias, token: 't' }), code: 'VALIDATION_FAILED', field: 'alias' },
];
