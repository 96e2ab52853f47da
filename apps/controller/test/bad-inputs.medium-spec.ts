import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { uuidv7 } from '@usher/contracts';
import { BAD_IMPORT_ROWS, BAD_INPUTS, DOCUMENTS, GOOD, type World } from './bad-inputs.js';
import { ControllerHarness } from './controller-harness.js';

let harness: ControllerHarness;
let world: World;

beforeAll(async () => {
  harness = await ControllerHarness.start();
  await harness.addRoles();
  const register = async (alias: string, url: string, idempotencyKey: string) => {
    const answer = await harness.gql(DOCUMENTS['registerServer']!, { input: { idempotencyKey, alias, url, token: 'key-of-it' } });
    return answer.data!['registerServer'].server.id as string;
  };
  const serverId = await register('Attic', 'http://attic.example:8096', 'taken');
  const removedId = await register('Removed', 'http://removed.example:8096', 'removed');
  await harness.gql(DOCUMENTS['removeServer']!, { input: { id: removedId, confirmAlias: 'Removed' } });
  const { name: operatorName } = await harness.addOperator('operator');
  world = { serverId, alias: 'Attic', url: 'http://attic.example:8096', removedId, foreignId: uuidv7(), operatorName };
});
afterAll(() => harness?.close());

/** Each row signs in anew, so that no row meets the limits of another; a repeat must come from the same person. */
async function tokenFor(role: (typeof BAD_INPUTS)[number]['as']): Promise<string | null> {
  return role === 'anonymous' ? null : (await harness.addOperator(role)).token;
}

async function fleet(): Promise<string> {
  const { rows } = await harness.pool.query('SELECT s.*, c.rev FROM server s LEFT JOIN server_credential c ON c.server_id = s.id ORDER BY s.id');
  return JSON.stringify(rows.map(({ last_seen_at: _seen, ...row }) => row));
}

describe('bad input', () => {
  it.each(BAD_INPUTS.map((row) => [`${row.operation}: ${row.given} (${row.mistake}) is ${row.code}`, row] as const))('%s', async (_, row) => {
    await harness.pool.query('DELETE FROM sign_in_attempt');
    const before = await fleet();
    const token = row.mistake === 'repeated' && row.as === 'operator' ? harness.tokens.operator : await tokenFor(row.as);
    const answer = await harness.gql(DOCUMENTS[row.operation]!, row.variables(world), { token });
    expect(answer.errors?.[0]?.extensions.code).toBe(row.code);
    if (row.field !== undefined) expect(answer.errors![0]!.extensions.details['field']).toBe(row.field);
    expect(answer.errors![0]!.extensions.correlationId).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.errors![0]!.extensions.next).not.toBe('');
    expect(await fleet()).toBe(before);
  });

  it('covers every operation of sign-in and registry', () => {
    const covered = new Set(BAD_INPUTS.map((row) => row.operation));
    expect([...Object.keys(DOCUMENTS)].filter((name) => !covered.has(name))).toEqual([]);
  });

  it.each(BAD_IMPORT_ROWS.map((bad) => [bad.given, bad] as const))('importServers reports a row with %s and applies the others', async (_, bad) => {
    const good = { url: `http://good-${BAD_IMPORT_ROWS.indexOf(bad)}.example`, alias: `Good ${BAD_IMPORT_ROWS.indexOf(bad)}`, token: 't' };
    const answer = await harness.gql(DOCUMENTS['importServers']!, { input: { idempotencyKey: uuidv7(), rows: [bad.row(world), good] } }, { token: await tokenFor('operator') });
    expect(answer.errors).toBeUndefined();
    expect(answer.data!['importServers']).toEqual({ failed: 1, results: [{ status: 'ERROR', code: bad.code, field: bad.field }, { status: 'CREATE', code: null, field: null }] });
  });

  it('answers a body above 256 KiB with 413 and JSON', async () => {
    const answer = await harness.post(JSON.stringify({ query: '{ viewer { id } }', variables: { pad: 'x'.repeat(300_000) } }), { token: harness.tokens.viewer });
    expect(answer.status).toBe(413);
    expect(answer.errors![0]!.extensions).toMatchObject({ code: 'VALIDATION_FAILED', details: { reason: 'too-large' } });
  });
});

describe('during an outage', () => {
  const needsHost = ['testServerConnection', 'registerServer', 'importServers'];

  it.each(needsHost)('%s without an agent host is AGENT_OFFLINE and saves nothing', async (operation) => {
    await harness.host.pause();
    try {
      const before = await fleet();
      const answer = await harness.gql(DOCUMENTS[operation]!, GOOD[operation]!.variables(world), { token: await tokenFor('operator') });
      expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'AGENT_OFFLINE', family: 'fleet' });
      expect(await fleet()).toBe(before);
    } finally {
      await harness.host.resume();
    }
  });

  it('refreshServer without an agent is AGENT_OFFLINE', async () => {
    const answer = await harness.gql(DOCUMENTS['refreshServer']!, { id: world.serverId }, { token: await tokenFor('operator') });
    expect(answer.errors?.[0]?.extensions.code).toBe('AGENT_OFFLINE');
  });

  it.each(Object.keys(GOOD).filter((name) => name !== 'signOut' && name !== 'stepUp'))('%s with a broken database is INTERNAL and says nothing of it', async (operation) => {
    const token = await tokenFor('operator');
    await harness.owner.query('ALTER TABLE server RENAME TO server_gone');
    try {
      const answer = await harness.gql(DOCUMENTS[operation]!, GOOD[operation]!.variables(world), { token });
      expect(answer.errors?.[0]?.message).toBe('Something went wrong inside Usher.');
      expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'INTERNAL', family: 'bug' });
      expect(answer.text).not.toMatch(/relation "|does not exist|postgres|SELECT|stack/i);
    } finally {
      await harness.owner.query('ALTER TABLE server_gone RENAME TO server');
    }
  });

  it.each(['createFirstOperator', 'signIn', 'signInWithCode', 'signOut', 'stepUp'])('%s with a broken database is INTERNAL', async (operation) => {
    const token = await tokenFor('operator');
    const variables = {
      createFirstOperator: { input: { code: 'AAAAA-AAAAA', name: 'ana', password: 'correct horse' } },
      signIn: { input: { name: 'ana', password: 'x' } },
      signInWithCode: { input: { code: 'AAAAA-AAAAA', name: 'ana', newPassword: 'correct horse' } },
      signOut: {},
      stepUp: { password: 'a long password' },
    }[operation]!;
    await harness.owner.query('ALTER TABLE operator RENAME TO operator_gone');
    try {
      const answer = await harness.gql(DOCUMENTS[operation]!, variables, { token });
      expect(answer.errors?.[0]?.extensions.code).toBe('INTERNAL');
      expect(answer.text).not.toMatch(/relation "|does not exist|stack/i);
    } finally {
      await harness.owner.query('ALTER TABLE operator_gone RENAME TO operator');
    }
  });
});
