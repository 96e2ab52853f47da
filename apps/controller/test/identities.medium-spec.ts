import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { uuidv7 } from '@usher/contracts';
import { WhereaboutsRepository } from '../src/routes/whereabouts.repository.js';
import { ControllerHarness, type GraphqlAnswer } from './controller-harness.js';
import { IDENTITY_BAD_INPUTS, IDENTITY_DOCUMENTS, IDENTITY_GOOD, type IdentityWorld } from './identity-bad-inputs.js';

const PERSON = 'id displayName accounts { serverId userVendorId userName evidence linkedBy isThere plays30d watchedMs30d streams } emails { email source verifiedBy } merges { id fromName undoneAt }';

let harness: ControllerHarness;
let world: IdentityWorld;

const ask = async (query: string, variables: Record<string, unknown> = {}, as: 'viewer' | 'operator' | 'superadmin' = 'superadmin'): Promise<GraphqlAnswer> => harness.gql(query, variables, { token: (await harness.addOperator(as)).token });
const call = async (operation: string, variables: Record<string, unknown>) => {
  const { data, errors } = await ask(IDENTITY_DOCUMENTS[operation]!, variables);
  expect(errors).toBeUndefined();
  return data![operation];
};
const personOf = async (id: string) => (await ask(`query ($id: ID!) { identity(id: $id) { ${PERSON} } }`, { id })).data!['identity'];
const state = async () => {
  const { rows } = await harness.pool.query(`SELECT (SELECT jsonb_agg(i ORDER BY i.id) FROM identity i) i, (SELECT jsonb_agg(u ORDER BY u.server_id, u.user_vendor_id) FROM identity_user u) u,
    (SELECT jsonb_agg(e ORDER BY e.identity_id, e.email) FROM identity_email e) e, (SELECT count(*) FROM identity_refusal) r`);
  return JSON.stringify(rows);
};
const actions = async () => (await harness.pool.query<{ action: string }>(`SELECT action FROM audit_event WHERE action ~ '^(identity|email)' ORDER BY seq`)).rows.map(({ action }) => action);
const account = (serverId: string, userVendorId: string) => ({ serverId, userVendorId });

async function addServer(alias: string, kind: string, users: readonly { name: string; email?: string; admin?: boolean }[]): Promise<string> {
  const id = uuidv7();
  await harness.pool.query(`INSERT INTO server (id, alias, slug, url, normalized_url, kind, connection, state, machine_id) VALUES ($1, $2, $2, $3, $3, $4, 'remote', 'online', $2)`, [id, alias, `http://${alias}.example`, kind]);
  for (const { name, email = null, admin = false } of users) {
    await harness.pool.query('INSERT INTO media_user (server_id, vendor_id, name, email, is_administrator, enabled, read_at) VALUES ($1, $2, $2, $3, $4, true, now())', [id, name, email, admin]);
  }
  return id;
}

beforeAll(async () => {
  harness = await ControllerHarness.start();
  await harness.addRoles();
  const jellyfin = await addServer('attic', 'jellyfin', [{ name: 'ana' }, { name: 'ben' }, { name: 'boss', admin: true }]);
  const plex = await addServer('harbor', 'plex', [{ name: 'ana', email: 'Ana@Martin.example' }]);
  const emby = await addServer('cabin', 'emby', [{ name: 'ana', email: 'ana@martin.example' }, { name: 'anna' }]);
  world = { jellyfin, plex, emby, anaId: '', benId: '', foreignId: uuidv7() };
});
afterAll(() => harness?.close());
beforeEach(async () => {
  await harness.pool.query('DELETE FROM identity_refusal');
  await harness.pool.query('DELETE FROM identity_merge');
  await harness.pool.query('DELETE FROM identity');
  const [anaId, benId] = [uuidv7(), uuidv7()];
  await harness.pool.query(`INSERT INTO identity (id, display_name) VALUES ($1, 'Ana Martin'), ($2, 'ben')`, [anaId, benId]);
  await harness.pool.query(`INSERT INTO identity_user (server_id, user_vendor_id, identity_id, user_name, evidence, linked_by) VALUES ($3, 'ana', $1, 'ana', 'operator', 'sam'), ($3, 'ben', $2, 'ben', 'operator', 'sam')`, [anaId, benId, world.jellyfin]);
  await harness.pool.query(`INSERT INTO identity_email (identity_id, email, source, verified_at, verified_by) VALUES ($1, 'ana@martin.example', 'operator', now(), 'sam')`, [anaId]);
  world = { ...world, anaId, benId };
});

describe('bad input', () => {
  it.each(IDENTITY_BAD_INPUTS.map((row) => [`${row.operation}: ${row.given} (${row.mistake}) as ${row.as} is ${row.code}`, row] as const))('%s', async (_, row) => {
    const before = await state();
    const token = row.as === 'anonymous' ? null : (await harness.addOperator(row.as)).token;
    const answer = await harness.gql(IDENTITY_DOCUMENTS[row.operation]!, row.variables(world), { token });
    expect(answer.errors?.[0]?.extensions.code).toBe(row.code);
    expect(answer.errors![0]!.extensions.next).not.toBe('');
    expect(await state()).toBe(before);
  });

  it('covers every operation', () => {
    const covered = new Set(IDENTITY_BAD_INPUTS.map((row) => row.operation));
    expect(Object.keys(IDENTITY_DOCUMENTS).filter((name) => !covered.has(name))).toEqual([]);
    expect(Object.keys(IDENTITY_GOOD)).toEqual(Object.keys(IDENTITY_DOCUMENTS));
  });
});

describe('a person', () => {
  it('has accounts on several servers, what they watched, and the address that plex.tv tells', async () => {
    await harness.pool.query(
      `INSERT INTO playback (id, server_id, session_vendor_id, user_id, user_name, network, item_id, item_type, title, started_at, position_ms, watched_ms, delivery) VALUES ($1, $2, 's', 'ana', 'ana', 'lan', 'i', 'movie', 'Dune', now(), 0, 60000, 'direct-play')`,
      [uuidv7(), world.plex],
    );
    await call('linkUsers', { input: { accounts: [account(world.plex, 'ana')], identityId: world.anaId, evidence: 'EMAIL' } });
    const person = await personOf(world.anaId);
    expect(person).toMatchObject({ displayName: 'Ana Martin', emails: [{ email: 'ana@martin.example', source: 'operator' }] });
    expect(person.accounts).toMatchObject([
      { serverId: world.jellyfin, evidence: 'operator', plays30d: 0, isThere: true },
      { serverId: world.plex, evidence: 'email', plays30d: 1, watchedMs30d: 60_000, streams: 0 },
    ]);
    const list = await ask(`query ($s: String) { identities(search: $s, first: 1) { totalCount linkedAccounts accounts pageInfo { hasNextPage endCursor } edges { node { displayName } } } }`, { s: 'MARTIN' });
    expect(list.data!['identities']).toMatchObject({ totalCount: 1, linkedAccounts: 3, accounts: 6, pageInfo: { hasNextPage: false }, edges: [{ node: { displayName: 'Ana Martin' } }] });
    const history = await ask('query ($id: ID!) { playbacks(filter: { identityId: $id }) { totalCount edges { node { title } } } }', { id: world.anaId });
    expect(history.data!['playbacks']).toEqual({ totalCount: 1, edges: [{ node: { title: 'Dune' } }] });
    expect((await ask('query ($id: ID!) { playbacks(filter: { identityId: $id }) { totalCount } }', { id: world.benId })).data!['playbacks']).toEqual({ totalCount: 0 });
    await harness.pool.query('DELETE FROM playback');
  });

  it('stands beside each account, with the address for operators only', async () => {
    const query = 'query ($serverId: ID!) { users(serverId: $serverId) { name identity { id displayName email isEmailVerified } } }';
    const users = async (as: 'viewer' | 'operator') => (await ask(query, { serverId: world.jellyfin }, as)).data!['users'];
    expect(await users('operator')).toEqual([
      { name: 'ana', identity: { id: world.anaId, displayName: 'Ana Martin', email: 'ana@martin.example', isEmailVerified: true } },
      { name: 'ben', identity: { id: world.benId, displayName: 'ben', email: null, isEmailVerified: false } },
      { name: 'boss', identity: null },
    ]);
    expect((await users('viewer'))[0].identity.email).toBeNull();
  });

  it('pages by name, and finds no pattern where a sign stands', async () => {
    const query = 'query ($after: String, $search: String) { identities(first: 1, after: $after, search: $search) { totalCount pageInfo { hasNextPage endCursor } edges { node { id } } } }';
    const first = (await ask(query)).data!['identities'];
    expect(first).toMatchObject({ totalCount: 2, pageInfo: { hasNextPage: true }, edges: [{ node: { id: world.anaId } }] });
    const second = (await ask(query, { after: first.pageInfo.endCursor })).data!['identities'];
    expect(second).toMatchObject({ pageInfo: { hasNextPage: false }, edges: [{ node: { id: world.benId } }] });
    expect((await ask(query, { search: '%' })).data!['identities'].totalCount).toBe(0);
  });

  it('is linked once for two requests at once, and forgotten with the last account', async () => {
    const given = { input: { accounts: [account(world.emby, 'anna')] } };
    const [one, other] = await Promise.all([call('linkUsers', given), call('linkUsers', given)]);
    expect(one).toEqual(other);
    expect(await call('unlinkUser', { input: account(world.emby, 'anna') })).toBe(true);
    expect(await call('unlinkUser', { input: account(world.emby, 'anna') })).toBe(false);
    expect((await ask(IDENTITY_DOCUMENTS['identity']!, { id: one.id })).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
    expect((await actions()).slice(-2)).toEqual(['identity.linked', 'identity.unlinked']);
  });

  it('may have two accounts on one server when somebody says so', async () => {
    const { id } = await call('linkUsers', { input: { accounts: [account(world.emby, 'ana'), account(world.emby, 'anna')], allowSameServer: true } });
    expect((await personOf(id)).accounts).toHaveLength(2);
  });
});

describe('routing', () => {
  it('takes linked accounts first, and nobody who is somebody else', async () => {
    const whereabouts = new WhereaboutsRepository(harness.pool);
    const evidences = async () => Object.fromEntries((await whereabouts.accountsOf(world.jellyfin, 'ana')).map(({ serverId, userId, evidence }) => [serverId, `${userId} by ${evidence}`]));
    const { jellyfin, plex, emby } = world;
    expect(await evidences()).toEqual({ [jellyfin]: 'ana by given', [plex]: 'ana by name', [emby]: 'ana by name' });
    await call('linkUsers', { input: { accounts: [account(emby, 'anna')], identityId: world.anaId } });
    await call('linkUsers', { input: { accounts: [account(plex, 'ana')], identityId: world.benId } });
    expect(await evidences()).toEqual({ [jellyfin]: 'ana by given', [emby]: 'anna by identity' });
    await call('unlinkUser', { input: account(plex, 'ana') });
    expect(await evidences()).toMatchObject({ [plex]: 'ana by name' });
    await call('refuseIdentitySuggestion', { key: `${plex}:ana|${jellyfin}:ana` });
    expect(await evidences()).toEqual({ [jellyfin]: 'ana by given', [emby]: 'anna by identity' });
  });
});

describe('during an outage', () => {
  it.each(Object.keys(IDENTITY_GOOD))('%s with a broken database is INTERNAL and says nothing of it', async (operation) => {
    const { token } = await harness.addOperator('superadmin');
    const tables = ['identity', 'identity_merge', 'identity_email', 'identity_refusal', 'identity_user'];
    for (const table of tables) await harness.owner.query(`ALTER TABLE ${table} RENAME TO ${table}_gone`);
    try {
      const answer = await harness.gql(IDENTITY_DOCUMENTS[operation]!, IDENTITY_GOOD[operation]!.variables(world), { token });
      expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'INTERNAL', family: 'bug' });
      expect(answer.text).not.toMatch(/relation "|does not exist|SELECT|stack/i);
    } finally {
      for (const table of tables) await harness.owner.query(`ALTER TABLE ${table}_gone RENAME TO ${table}`);
    }
  });
});

describe('suggestions', () => {
  const suggestions = async () => (await ask('{ identitySuggestions { key evidence isProof isUnlikely detail one { userVendorId identityName email } other { serverId userVendorId identityId } } }')).data!['identitySuggestions'];

  it('say why, proof first; what is refused does not come back, also for other accounts of the two', async () => {
    const before = await suggestions();
    expect(before.map(({ evidence, isProof }: { evidence: string; isProof: boolean }) => [evidence, isProof])).toEqual([['VERIFIED_EMAIL', true], ['SAME_EMAIL', false], ['SAME_EMAIL', false]]);
    await call('linkUsers', { input: { accounts: [account(world.plex, 'ana')], identityId: world.anaId } });
    const [left, ...none] = await suggestions();
    expect(none).toEqual([]);
    expect(left).toMatchObject({ evidence: 'SAME_EMAIL', detail: expect.stringContaining('not verified') });
    expect(await call('refuseIdentitySuggestion', { key: left.key })).toBe(true);
    expect(await call('refuseIdentitySuggestion', { key: left.key })).toBe(false);
    expect(await suggestions()).toEqual([]);
    await call('linkUsers', { input: { accounts: [account(world.emby, 'ana')], identityId: world.anaId } });
    expect((await harness.pool.query('SELECT key FROM identity_refusal')).rows).toEqual([]);
  });
});

describe('a merge', () => {
  it('makes one person of two and two of one again, exactly', async () => {
    await call('addIdentityEmail', { input: { identityId: world.benId, email: 'ana@martin.example' } });
    await call('addIdentityEmail', { input: { identityId: world.benId, email: 'ben@okafor.example' } });
    const before = await state();
    expect(await call('mergeIdentities', { input: { fromId: world.benId, intoId: world.anaId, displayName: 'Ana Okafor', allowSameServer: true } })).toEqual({ id: world.anaId });
    const merged = await personOf(world.benId);
    expect(merged).toMatchObject({ id: world.anaId, displayName: 'Ana Okafor', accounts: [{ userVendorId: 'ana' }, { userVendorId: 'ben' }], merges: [{ fromName: 'ben', undoneAt: null }] });
    expect(merged.emails).toMatchObject([{ email: 'ana@martin.example', verifiedBy: expect.any(String) }, { email: 'ben@okafor.example', verifiedBy: null }]);
    const [{ id }] = merged.merges;
    expect(await call('undoIdentityMerge', { id })).toEqual({ id: world.benId });
    expect(await state()).toBe(before);
    expect(await call('undoIdentityMerge', { id })).toEqual({ id: world.benId });
    expect((await actions()).slice(-2)).toEqual(['identity.merged', 'identity.merge_undone']);
  });

  it('is not undone over later changes, nor after 30 days', async () => {
    await call('mergeIdentities', { input: { fromId: world.benId, intoId: world.anaId, allowSameServer: true } });
    const [{ id }] = (await personOf(world.anaId)).merges;
    await harness.pool.query(`UPDATE identity_merge SET at = now() - interval '31 days'`);
    expect((await ask(IDENTITY_DOCUMENTS['undoIdentityMerge']!, { id })).errors?.[0]?.extensions).toMatchObject({ code: 'VALIDATION_FAILED', details: { reason: 'window' } });
    await harness.pool.query('UPDATE identity_merge SET at = now()');
    await call('unlinkUser', { input: account(world.jellyfin, 'ben') });
    const before = await state();
    expect((await ask(IDENTITY_DOCUMENTS['undoIdentityMerge']!, { id })).errors?.[0]?.extensions).toMatchObject({ code: 'IDENTITY_CONFLICT', details: { reason: 'changed-since' } });
    expect(await state()).toBe(before);
  });
});

describe('a file of addresses', () => {
  const csv = ['user,server,email', 'ben,Attic,Ben@Okafor.example', 'ana,attic,ana@martin.example', 'anna,cabin,ana@martin.example', 'boss,attic,\u0430na@martin.example', 'leo,attic,leo@brandt.example', 'ben,atic,ben@okafor.example', 'ben,attic,ben@okafor', 'ben,attic'].join('\n');
  const query = 'mutation ($input: ImportIdentityEmailsInput!) { importIdentityEmails(input: $input) { applied added same held refused rows { line column status code message } } }';

  it('is tried without a trace, kept once, and tells line, column and code of what it refuses', async () => {
    const { token } = await harness.addOperator('operator');
    const before = await state();
    const run = async (dryRun: boolean, idempotencyKey = 'file') => (await harness.gql(query, { input: { idempotencyKey, csv, dryRun } }, { token })).data!['importIdentityEmails'];
    const trial = await run(true);
    expect(trial).toMatchObject({ applied: false, added: 1, same: 1, held: 1, refused: 5 });
    expect(trial.rows).toMatchObject([
      { line: 2, status: 'ADDED', code: null },
      { line: 3, status: 'SAME' },
      { line: 4, status: 'HELD', code: 'EMAIL_UNVERIFIED' },
      { line: 5, column: 12, status: 'REFUSED', code: 'VALIDATION_FAILED', message: expect.stringContaining('ana@martin.example') },
      { line: 6, column: 1, code: 'NOT_FOUND' },
      { line: 7, column: 5, code: 'NOT_FOUND', message: expect.stringContaining('attic?') },
      { line: 8, column: 11, code: 'VALIDATION_FAILED' },
      { line: 9, column: 5, code: 'VALIDATION_FAILED' },
    ]);
    expect(await state()).toBe(before);
    expect(await run(false)).toMatchObject({ applied: true, added: 1, held: 1, refused: 5 });
    const after = await state();
    expect((await personOf(world.benId)).emails).toEqual([{ email: 'ben@okafor.example', source: 'import', verifiedBy: null }]);
    expect(await run(false)).toMatchObject({ added: 1 });
    expect(await run(false, 'again')).toMatchObject({ added: 0, same: 3, refused: 5 });
    expect(await state()).toBe(after);
  });
});
