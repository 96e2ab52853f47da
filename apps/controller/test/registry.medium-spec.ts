import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { uuidv7 } from '@usher/contracts';
import { openCredential } from '@usher/security';
import { eventually } from '@usher/testing';
import { ControllerHarness, type GraphqlAnswer } from './controller-harness.js';
import { failing, healthy } from './fake-agent-host.js';

let harness: ControllerHarness;
let token: string;

beforeAll(async () => {
  harness = await ControllerHarness.start();
});
beforeEach(async () => {
  ({ token } = await harness.addOperator('operator'));
  harness.host.answer = (plain) => healthy(plain.url);
  harness.host.tested.length = 0;
});
afterAll(() => harness?.close());

const TEST_FIELDS = 'ok code reason tlsProblem message next kind name version versionTested warnings stages { name verdict }';
const REGISTER = `mutation ($input: RegisterServerInput!) { registerServer(input: $input) { server { id alias slug url kind state stateCode stateReason stateNext name version credential { fingerprint rev } poll { sessionsS } tags hardening { code } } test { ${TEST_FIELDS} } } }`;
const UPDATE = 'mutation ($input: UpdateServerInput!) { updateServer(input: $input) { id alias url readOnly region tags credential { rev } poll { sessionsS serverS } } }';
const REMOVE = 'mutation ($input: RemoveServerInput!) { removeServer(input: $input) { id state credential { rev } } }';
const TEST = `mutation ($input: TestServerConnectionInput!) { testServerConnection(input: $input) { ${TEST_FIELDS} } }`;

let count = 0;
/** A server that no other test has. */
function fresh(more: Record<string, unknown> = {}): Record<string, unknown> & { alias: string; url: string } {
  count += 1;
  return { idempotencyKey: `key ${count}`, alias: `Server ${count}`, url: `http://s${count}.example:8096`, token: `token-of-${count}`, ...more };
}

const call = (query: string, input: object, as = token) => harness.gql(query, { input }, { token: as });
const errorOf = (answer: GraphqlAnswer) => answer.errors?.[0]?.extensions;

async function registered(more: Record<string, unknown> = {}) {
  const input = fresh(more);
  const answer = await call(REGISTER, input);
  expect(answer.errors).toBeUndefined();
  return { input, server: answer.data!['registerServer'].server as { id: string; alias: string; credential: { rev: number } } };
}

async function storedCredential(serverId: string) {
  const { rows } = await harness.pool.query(`SELECT * FROM server_credential WHERE server_id = $1`, [serverId]);
  const row = rows[0]!;
  return openCredential(harness.ring, { serverId, kind: 'media-server' }, { dekVersion: row.dek_ver, kekId: row.kek_id, wrappedDek: row.wrapped_dek, ciphertext: row.ciphertext });
}

describe('registering', () => {
  it('tests, saves, seals, writes down who did it, and has the server adopted', async () => {
    const input = fresh({ url: 'HTTP://Attic.Example:80/emby/', tags: ['home', 'home'], poll: { sessionsS: 30 } });
    const answer = await call(REGISTER, input);
    const { server, test } = answer.data!['registerServer'];
    expect(server).toMatchObject({ slug: `server-${count}`, url: 'http://attic.example/emby', kind: 'JELLYFIN', state: 'PENDING', stateCode: null, tags: ['home'], poll: { sessionsS: 30 }, credential: { rev: 1 } });
    expect(server.credential.fingerprint).toMatch(/^[0-9A-F]{8}$/);
    expect(test).toMatchObject({ ok: true, kind: 'JELLYFIN', versionTested: true });
    expect(harness.host.tested).toEqual([{ url: 'http://attic.example/emby', token: input['token'], vendor: null, tls: { verify: true } }]);
    expect(await storedCredential(server.id)).toEqual({ origin: 'http://attic.example/emby', token: input['token'], kind: 'jellyfin', tls: { verify: true }, rev: 1 });
    const { rows } = await harness.pool.query('SELECT actor, action, correlation_id, payload FROM audit_event WHERE server_id = $1', [server.id]);
    expect(rows).toMatchObject([{ action: 'server.registered', payload: { alias: input.alias, url: 'http://attic.example/emby' } }]);
    expect(rows[0].correlation_id).toBe(answer.headers.get('x-correlation-id'));
    await eventually(() => harness.host.adopted.includes(server.id));
  });

  const refusals = [
    ['EGRESS_BLOCKED', null],
    ['SERVER_UNREACHABLE', 'not-a-media-server'],
    ['SERVER_REJECTED_KEY', 'unknown-key'],
    ['SERVER_REJECTED_KEY', 'not-administrator'],
    ['VENDOR_ANSWER_INVALID', null],
    ['SERVER_RATE_LIMITED', null],
  ] as const;

  it.each(refusals)('saves nothing for %s %s, whatever the operator allows', async (code, reason) => {
    harness.host.answer = () => failing(code, reason);
    const input = fresh({ allowUnreachable: true });
    const answer = await call(REGISTER, input);
    expect(errorOf(answer)).toMatchObject({ code, ...(reason && { details: { reason } }) });
    const { rows } = await harness.pool.query('SELECT 1 FROM server WHERE url = $1', [input.url]);
    expect(rows).toEqual([]);
  });

  it.each(['dns', 'refused', 'timeout', 'tls', 'starting'])('saves a server that fails by %s as pending, but only when told to', async (reason) => {
    harness.host.answer = () => failing('SERVER_UNREACHABLE', reason, reason === 'tls' ? 'expired' : null);
    const input = fresh({ kind: 'EMBY' });
    expect(errorOf(await call(REGISTER, input))).toMatchObject({ code: 'SERVER_UNREACHABLE', details: { reason } });
    const answer = await call(REGISTER, { ...input, idempotencyKey: uuidv7(), allowUnreachable: true });
    const { server, test } = answer.data!['registerServer'];
    expect(server).toMatchObject({ state: 'PENDING', stateCode: 'SERVER_UNREACHABLE', kind: 'EMBY' });
    expect(server.stateNext).toMatch(/Check/);
    expect(test).toMatchObject({ ok: false, reason });
  });

  it('finds out the kind of a server that was saved unreached, and only then has it adopted', async () => {
    harness.host.answer = () => failing('SERVER_UNREACHABLE', 'refused');
    const { server } = await registered({ allowUnreachable: true });
    expect(server).toMatchObject({ kind: null });
    expect(harness.host.adopted).not.toContain(server.id);
    harness.host.answer = (plain) => healthy(plain.url, 'plex');
    await eventually(() => harness.host.adopted.includes(server.id), { timeoutMs: 25_000 });
    expect(await storedCredential(server.id)).toMatchObject({ kind: 'plex', rev: 2 });
  });

  it('answers a repeat with the same server and does nothing again', async () => {
    const input = fresh();
    const answers = [await call(REGISTER, input), await call(REGISTER, { ...input })];
    expect(answers[1]!.data).toEqual(answers[0]!.data);
    expect(harness.host.tested).toHaveLength(1);
  });

  it('lets one of two equal calls at once win', async () => {
    const input = fresh();
    const answers = await Promise.all([call(REGISTER, input), call(REGISTER, input)]);
    const ids = answers.map((answer) => answer.data?.['registerServer'].server.id).filter(Boolean);
    expect(new Set(ids).size).toBe(1);
    const { rows } = await harness.pool.query('SELECT 1 FROM server WHERE url = $1', [input.url]);
    expect(rows).toHaveLength(1);
  });

  it('warns of a second registration of one installation', async () => {
    harness.host.answer = (plain) => healthy(plain.url, 'emby', 'one machine');
    const { input } = await registered();
    const answer = await call(REGISTER, fresh());
    expect(answer.data!['registerServer'].test.warnings).toEqual([expect.stringContaining(input.alias)]);
  });

  it('shows hardening to role operator and not to a viewer', async () => {
    const { server } = await registered();
    const seen = (as: string) => harness.gql('query ($id: ID) { server(id: $id) { hardening { code } } }', { id: server.id }, { token: as });
    expect((await seen(token)).data!['server'].hardening).toEqual([{ code: 'plain-http' }]);
    expect((await seen((await harness.addOperator('viewer')).token)).data!['server'].hardening).toEqual([]);
  });
});

describe('looking', () => {
  it('finds a server by id, end of id, alias and slug', async () => {
    const { server } = await registered({ alias: 'Größe Nord' });
    for (const variables of [{ id: server.id }, { id: server.id.slice(-8) }, { alias: 'größe nord' }, { alias: 'grosse-nord' }]) {
      const answer = await harness.gql('query ($id: ID, $alias: String) { server(id: $id, alias: $alias) { id } }', variables, { token });
      expect(answer.data).toEqual({ server: { id: server.id } });
    }
  });

  it('filters', async () => {
    const { server } = await registered({ tags: ['only-here'], alias: 'Find me' });
    const list = async (filter: object) => (await harness.gql('query ($filter: ServerFilter) { servers(filter: $filter) { id } }', { filter }, { token })).data!['servers'];
    for (const filter of [{ tags: ['only-here'] }, { text: 'FIND me' }, { ids: [server.id] }, { ids: [server.id], kinds: ['JELLYFIN'], states: ['PENDING'] }]) {
      expect(await list(filter)).toEqual([{ id: server.id }]);
    }
    expect(await list({ ids: [server.id], kinds: ['PLEX'] })).toEqual([]);
    expect(await list({ ids: ['not an id'] })).toEqual([]);
  });
});

describe('testing', () => {
  it('names the stage that failed and skips what comes after', async () => {
    harness.host.answer = () => failing('SERVER_UNREACHABLE', 'tls', 'wrong-host');
    const answer = await call(TEST, { url: 'https://a.example', token: 'tok' });
    expect(answer.data!['testServerConnection']).toMatchObject({ ok: false, code: 'SERVER_UNREACHABLE', reason: 'tls', tlsProblem: 'wrong-host' });
    expect(answer.data!['testServerConnection'].stages.map((stage: { verdict: string }) => stage.verdict)).toEqual(['OK', 'OK', 'FAILED', 'SKIPPED', 'SKIPPED', 'SKIPPED']);
    expect(answer.data!['testServerConnection'].next).not.toBeNull();
  });

  it("sends a registered server's stored key to its stored address", async () => {
    const { input, server } = await registered();
    harness.host.tested.length = 0;
    expect((await call(TEST, { serverId: server.id })).data!['testServerConnection'].ok).toBe(true);
    expect(harness.host.tested).toMatchObject([{ url: input.url, token: input['token'], vendor: 'jellyfin' }]);
  });
});

describe('updating', () => {
  it('changes settings without a test and raises the revision', async () => {
    const { server } = await registered();
    harness.host.tested.length = 0;
    const answer = await call(UPDATE, { id: server.id, alias: 'Renamed', readOnly: true, region: 'north', tags: ['a'], poll: { serverS: 600 } });
    expect(answer.data!['updateServer']).toMatchObject({ alias: 'Renamed', readOnly: true, region: 'north', tags: ['a'], poll: { sessionsS: 10, serverS: 600 }, credential: { rev: 1 } });
    expect(harness.host.tested).toEqual([]);
    expect((await call(UPDATE, { id: server.id, region: null, tags: null })).data!['updateServer']).toMatchObject({ region: null, tags: [], readOnly: true });
  });

  it('changes nothing when nothing differs', async () => {
    const { input, server } = await registered();
    const before = await harness.pool.query('SELECT config_rev, updated_at FROM server WHERE id = $1', [server.id]);
    await call(UPDATE, { id: server.id, alias: input.alias, token: input['token'], url: `${input.url}/` });
    expect((await harness.pool.query('SELECT config_rev, updated_at FROM server WHERE id = $1', [server.id])).rows).toEqual(before.rows);
  });

  it('tests a new key first and seals it under a new revision', async () => {
    const { input, server } = await registered();
    harness.host.tested.length = 0;
    harness.host.answer = () => failing('SERVER_REJECTED_KEY', 'unknown-key');
    expect(errorOf(await call(UPDATE, { id: server.id, token: 'bad-key' }))).toMatchObject({ code: 'SERVER_REJECTED_KEY' });
    expect(await storedCredential(server.id)).toMatchObject({ token: input['token'], rev: 1 });
    harness.host.answer = (plain) => healthy(plain.url);
    expect((await call(UPDATE, { id: server.id, token: 'good-key' })).data!['updateServer'].credential).toEqual({ rev: 2 });
    expect(await storedCredential(server.id)).toMatchObject({ token: 'good-key', origin: input.url, rev: 2 });
  });

  it.each([{ url: 'http://moved.example' }, { token: 'other' }, { tls: { verify: false } }])('asks for the password again before %j', async (change) => {
    const { server } = await registered();
    const { token: stale } = await harness.addOperator('operator', { provenMsAgo: 301_000 });
    harness.host.tested.length = 0;
    expect(errorOf(await call(UPDATE, { id: server.id, ...change }, stale))).toMatchObject({ code: 'STEP_UP_REQUIRED' });
    expect(harness.host.tested).toEqual([]);
  });

  it('refuses an address where another installation answers', async () => {
    const { server } = await registered();
    expect(errorOf(await call(UPDATE, { id: server.id, url: 'http://elsewhere.example' }))).toMatchObject({ code: 'VALIDATION_FAILED', details: { field: 'url' } });
  });

  it('moves a server whose installation answers at the new address', async () => {
    harness.host.answer = (plain) => healthy(plain.url, 'jellyfin', 'the same machine');
    const { input, server } = await registered();
    const answer = await call(UPDATE, { id: server.id, url: 'http://new-home.example' });
    expect(answer.data!['updateServer'].url).toBe('http://new-home.example');
    expect(await storedCredential(server.id)).toMatchObject({ origin: 'http://new-home.example', token: input['token'], rev: 2 });
  });

  it('lets one of two changes at once win, or both in turn, and never half of one', async () => {
    const { server } = await registered();
    const answers = await Promise.all([call(UPDATE, { id: server.id, region: 'north' }), call(UPDATE, { id: server.id, region: 'south' })]);
    const done = answers.filter((answer) => !answer.errors);
    expect(done.length).toBeGreaterThan(0);
    for (const answer of answers) if (answer.errors) expect(errorOf(answer)).toMatchObject({ code: 'SERVER_BUSY', retryable: true });
  });

  it('makes a primary server only for a superadmin, and only one', async () => {
    const { token: superadmin } = await harness.addOperator('superadmin');
    const [a, b] = [await registered(), await registered()];
    expect((await call(UPDATE, { id: a.server.id, role: 'PRIMARY' }, superadmin)).errors).toBeUndefined();
    expect(errorOf(await call(UPDATE, { id: b.server.id, role: 'PRIMARY' }, superadmin))).toMatchObject({ code: 'VALIDATION_FAILED', details: { field: 'role' } });
    const { rows } = await harness.pool.query('SELECT epoch FROM fleet');
    expect(Number(rows[0].epoch)).toBe(2);
  });
});

describe('removing', () => {
  it('keeps the row, destroys the key, retires the agent, and frees address and alias', async () => {
    const { input, server } = await registered();
    const answer = await call(REMOVE, { id: server.id, confirmAlias: input.alias });
    expect(answer.data!['removeServer']).toEqual({ id: server.id, state: 'HISTORICAL', credential: null });
    const { rows } = await harness.pool.query('SELECT 1 FROM server_credential WHERE server_id = $1', [server.id]);
    expect(rows).toEqual([]);
    await eventually(() => harness.host.retired.includes(server.id));
    const again = await call(REGISTER, { ...input, idempotencyKey: uuidv7() });
    expect(again.data!['registerServer'].server.id).not.toBe(server.id);
    const listed = await harness.gql('{ servers(filter: { includeHistorical: true }) { id } }', {}, { token });
    expect(listed.data!['servers'].map((row: { id: string }) => row.id)).toContain(server.id);
  });
});
