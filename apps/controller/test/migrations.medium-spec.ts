import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { uuidv7 } from '@usher/contracts';
import { MIGRATION_BAD_INPUTS, MIGRATION_CHANGES, MIGRATION_DOCUMENTS, MIGRATION_GOOD, MIGRATION_PROVEN } from './migration-bad-inputs.js';
import { codeOf, MigrationHarness } from './migration-harness.js';
import { makeRunProgress } from './played-migration.js';

let usher: MigrationHarness;

beforeAll(async () => {
  usher = await MigrationHarness.start();
  await usher.controller.pool.query(`INSERT INTO idempotency (operator_id, key, op, request_sha256, result) SELECT id, 'taken', 'registerServer', $1, '{}' FROM operator WHERE role = 'superadmin'`, [Buffer.alloc(32)]);
});
afterAll(() => usher?.close());
beforeEach(() => usher.reset());

describe('bad input', () => {
  it.each(MIGRATION_BAD_INPUTS.map((row) => [`${row.operation}: ${row.given} (${row.mistake}) as ${row.as} is ${row.code}`, row] as const))('%s', async (_, row) => {
    const token = row.as === 'anonymous' ? null : row.code === 'IDEMPOTENCY_CONFLICT' ? usher.controller.tokens.superadmin : (await usher.controller.addOperator(row.as)).token;
    const answer = await usher.ask(MIGRATION_DOCUMENTS[row.operation]!, row.variables(usher.world), token);
    expect(answer.errors?.[0]?.extensions.code).toBe(row.code);
    expect(answer.errors![0]!.extensions.next).not.toBe('');
    expect(answer.errors![0]!.extensions.correlationId).toMatch(/^[0-9a-f-]{36}$/);
    if (row.mistake !== 'foreign id') expect(usher.played.asked.filter(({ name }) => name !== 'plan.read')).toEqual([]);
  });

  it('covers every operation', () => {
    const covered = new Set(MIGRATION_BAD_INPUTS.map((row) => row.operation));
    expect(Object.keys(MIGRATION_DOCUMENTS).filter((name) => !covered.has(name))).toEqual([]);
    expect(Object.keys(MIGRATION_GOOD)).toEqual(expect.arrayContaining(Object.keys(MIGRATION_DOCUMENTS)));
  });

  it.each(MIGRATION_CHANGES)('%s below role superadmin is written down', async (operation) => {
    const { id, token } = await usher.controller.addOperator('operator');
    expect(codeOf(await usher.call(operation, undefined, token))).toBe('FORBIDDEN');
    const { rows } = await usher.controller.pool.query('SELECT action, payload FROM audit_event WHERE actor_id = $1', [id]);
    expect(rows).toEqual([{ action: expect.stringMatching(/_refused$/), payload: { role: 'operator' } }]);
  });

  it.each(MIGRATION_PROVEN)('%s asks for the password again', async (operation) => {
    const { token } = await usher.superadmin({ provenMsAgo: 301_000 });
    expect(codeOf(await usher.call(operation, undefined, token))).toBe('STEP_UP_REQUIRED');
    expect(usher.played.asked).toEqual([]);
  });

  it.each(Object.keys(MIGRATION_DOCUMENTS))('%s without the service is MIGRATION_OFFLINE, with a next action', async (operation) => {
    await usher.played.pause();
    try {
      const answer = await usher.call(operation);
      expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'MIGRATION_OFFLINE', family: 'fleet', next: expect.stringContaining('Start the migration service') });
    } finally {
      await usher.played.resume();
    }
  });
});

describe('what is live', () => {
  const RUN = 'subscription ($id: ID!) { runProgressChanged(id: $id) { state counts { done } throttle at } }';
  const at = (second: number) => `2026-11-21T21:00:0${second}.000Z`;

  it('tells the newest first, then each change of this run only, and nothing that was overtaken', async () => {
    const runId = uuidv7();
    const { token } = await usher.superadmin();
    const client = await usher.controller.socket({ token }).acknowledged();
    client.subscribe('1', RUN, { id: runId });
    client.subscribe('other', RUN, { id: uuidv7() });
    usher.played.tellRun(makeRunProgress({ runId, at: at(1) }));
    await client.until(({ type, payload }) => type === 'next' && payload.data.runProgressChanged.at === at(1));
    usher.played.tellRun(makeRunProgress({ runId, at: at(0), state: 'queued' }));
    usher.played.tellRun(makeRunProgress({ runId, at: at(2), state: 'paused', throttle: 'quiet-wait' }));
    const last = await client.until(({ type, payload }) => type === 'next' && payload.data.runProgressChanged.at === at(2));
    expect(last.payload.data.runProgressChanged).toMatchObject({ state: 'PAUSED', throttle: 'QUIET_WAIT', counts: { done: 8 } });
    expect(client.messages.filter(({ type }) => type === 'next').map(({ id, payload }) => [id, payload.data.runProgressChanged.at])).toEqual([['1', at(1)], ['1', at(2)]]);
    client.close();
    const late = await usher.controller.socket({ token }).acknowledged();
    late.subscribe('1', RUN, { id: runId });
    expect((await late.until(({ type }) => type === 'next')).payload.data.runProgressChanged.at).toBe(at(2));
    late.close();
  });

  it.each([
    ['viewer', 'FORBIDDEN', uuidv7()],
    ['operator', 'FORBIDDEN', uuidv7()],
    ['superadmin', 'VALIDATION_FAILED', 'attic'],
  ] as const)('is refused over WebSocket as over HTTP: %s is %s', async (role, code, id) => {
    const client = await usher.controller.socket({ token: (await usher.controller.addOperator(role)).token }).acknowledged();
    for (const field of ['planProgressChanged', 'runProgressChanged']) {
      client.subscribe(field, `subscription ($id: ID!) { ${field}(id: $id) { at } }`, { id });
      const { payload } = await client.until((message) => message.id === field && (message.type === 'error' || (message.type === 'next' && message.payload.errors)));
      const [error] = Array.isArray(payload) ? payload : payload.errors;
      expect(error.extensions).toMatchObject({ code, next: expect.any(String), correlationId: expect.any(String) });
    }
    client.close();
  });
});
