import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { uuidv7 } from '@usher/contracts';
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
  harness.host.atOnce = 0;
});
afterAll(() => harness?.close());

const IMPORT = `mutation ($input: ImportServersInput!) { importServers(input: $input) { created updated unchanged failed applied
  results { index line alias url status serverId matchedBy code field message next changes { field from to } test { ok code reason } } } }`;

interface Row {
  index: number;
  line: number | null;
  alias: string | null;
  url: string;
  status: string;
  serverId: string | null;
  matchedBy: string | null;
  code: string | null;
  field: string | null;
  next: string | null;
  changes: { field: string; from: string | null; to: string | null }[];
  test: { ok: boolean; reason: string | null } | null;
}
interface Result {
  created: number;
  updated: number;
  unchanged: number;
  failed: number;
  applied: boolean;
  results: Row[];
}

async function run(rows: object[], options: object = {}, as = token): Promise<Result> {
  const answer = await send(rows, options, as);
  expect(answer.errors).toBeUndefined();
  return answer.data!['importServers'];
}
const send = (rows: object[], options: object = {}, as = token): Promise<GraphqlAnswer> =>
  harness.gql(IMPORT, { input: { idempotencyKey: uuidv7(), rows, ...options } }, { token: as });

let count = 0;
/** Rows that no other test has, in the plain shape of an import file. */
function file(size: number): { externalKey: string; url: string; token: string; alias: string }[] {
  return Array.from({ length: size }, () => {
    count += 1;
    return { externalKey: `Key${count}`, url: `https://i${count}.example`, token: `token-${count}`, alias: `Imported ${count}` };
  });
}

async function serversOf(rows: { url: string }[]): Promise<number> {
  const { rows: found } = await harness.pool.query('SELECT 1 FROM server WHERE url = ANY($1)', [rows.map((row) => row.url)]);
  return found.length;
}

describe('an import', () => {
  it('creates what is new, in the order of the file, and changes nothing the second time', async () => {
    const rows = file(9);
    const first = await run(rows.map((row, i) => ({ ...row, line: i + 2 })));
    expect(first).toMatchObject({ created: 9, updated: 0, unchanged: 0, failed: 0, applied: true });
    expect(first.results.map((row) => [row.index, row.line, row.alias])).toEqual(rows.map((row, i) => [i, i + 2, row.alias]));
    expect(harness.host.atOnce).toBeLessThanOrEqual(4);
    await eventually(() => first.results.every((row) => harness.host.adopted.includes(row.serverId!)));
    const before = await harness.pool.query('SELECT id, config_rev, updated_at FROM server ORDER BY id');
    harness.host.tested.length = 0;
    const second = await run(rows);
    expect(second).toMatchObject({ created: 0, updated: 0, unchanged: 9, failed: 0, applied: true });
    expect(second.results.every((row) => row.matchedBy === 'externalKey' && row.status === 'SAME')).toBe(true);
    expect(harness.host.tested).toEqual([]);
    expect((await harness.pool.query('SELECT id, config_rev, updated_at FROM server ORDER BY id')).rows).toEqual(before.rows);
  });

  it('saves nothing in a dry run, and says what it would do', async () => {
    const rows = file(2);
    const result = await run(rows, { dryRun: true });
    expect(result).toMatchObject({ created: 2, applied: false });
    expect(result.results.every((row) => row.serverId === null && row.test!.ok)).toBe(true);
    expect(await serversOf(rows)).toBe(0);
  });

  it('applies good rows and reports each bad one', async () => {
    const rows = file(4);
    const answers: Record<string, ReturnType<typeof failing>> = {
      [rows[1]!.url]: failing('SERVER_REJECTED_KEY', 'unknown-key'),
      [rows[2]!.url]: failing('SERVER_UNREACHABLE', 'refused'),
    };
    harness.host.answer = (plain) => answers[plain.url] ?? healthy(plain.url);
    const result = await run(rows);
    expect(result).toMatchObject({ created: 2, failed: 2, applied: true });
    expect(result.results.map((row) => row.code)).toEqual([null, 'SERVER_REJECTED_KEY', 'SERVER_UNREACHABLE', null]);
    expect(result.results[1]!.next).toMatch(/API key/);
    expect(await serversOf(rows)).toBe(2);
    const allowed = await run(rows, { allowUnreachable: true });
    expect(allowed.results.map((row) => row.status)).toEqual(['SAME', 'ERROR', 'CREATE', 'SAME']);
  });

  it('is all or nothing when told to stop on errors', async () => {
    const rows = file(3);
    harness.host.answer = (plain) => (plain.url === rows[1]!.url ? failing('SERVER_REJECTED_KEY', 'unknown-key') : healthy(plain.url));
    expect(await run(rows, { stopOnError: true })).toMatchObject({ failed: 1, applied: false });
    expect(await serversOf(rows)).toBe(0);
    harness.host.answer = (plain) => healthy(plain.url);
    expect(await run(rows, { stopOnError: true })).toMatchObject({ created: 3, failed: 0, applied: true });
  });

  it('finds a server by its external key at a new address, else by the address however it is written', async () => {
    const [a, b] = file(2);
    harness.host.answer = (plain) => healthy(plain.url, 'jellyfin', `machine ${plain.token}`);
    await run([a!, { ...b!, externalKey: null }]);
    const moved = await run([{ ...a!, url: 'https://moved-i.example' }]);
    expect(moved.results[0]).toMatchObject({ status: 'UPDATE', matchedBy: 'externalKey', changes: [{ field: 'url', from: a!.url, to: 'https://moved-i.example' }] });
    const named = await run([{ url: `${b!.url.toUpperCase()}:443/`, externalKey: 'NewKey', token: b!.token }]);
    expect(named.results[0]).toMatchObject({ status: 'UPDATE', matchedBy: 'url', changes: [{ field: 'externalKey', from: null, to: 'NewKey' }] });
  });

  it('keeps the stored key when a row has none, and never shows one that changes', async () => {
    const [row] = file(1);
    await run([row!]);
    const kept = await run([{ url: row!.url, alias: 'Kept name' }]);
    expect(kept.results[0]).toMatchObject({ status: 'UPDATE', changes: [{ field: 'alias' }], test: null });
    const rotated = await run([{ url: row!.url, token: 'another-key' }]);
    expect(rotated.results[0]!.changes).toEqual([{ field: 'token', from: null, to: null }]);
  });

  it('refuses two rows that are one server, one key or one alias', async () => {
    const [a, b, c, d] = file(4);
    const result = await run([a!, { ...b!, url: `${a!.url}/` }, { ...c!, externalKey: a!.externalKey }, { ...d!, alias: a!.alias.toUpperCase() }]);
    expect(result.results.map((row) => [row.status, row.code, row.field])).toEqual([
      ['CREATE', null, null],
      ['ERROR', 'SERVER_ALREADY_REGISTERED', 'url'],
      ['ERROR', 'SERVER_ALREADY_REGISTERED', 'externalKey'],
      ['ERROR', 'VALIDATION_FAILED', 'alias'],
    ]);
  });

  it('refuses a row whose key and address point at two servers', async () => {
    const [a, b] = file(2);
    await run([a!, b!]);
    const result = await run([{ ...a!, url: b!.url }]);
    expect(result.results[0]).toMatchObject({ status: 'ERROR', code: 'SERVER_ALREADY_REGISTERED' });
  });

  it('asks for the password again before a registered key goes elsewhere', async () => {
    const [row] = file(1);
    await run([row!]);
    const { token: stale } = await harness.addOperator('operator', { provenMsAgo: 301_000 });
    harness.host.tested.length = 0;
    const answer = await send([{ externalKey: row!.externalKey, url: 'https://thief.example' }], { dryRun: true }, stale);
    expect(answer.errors![0]!.extensions.code).toBe('STEP_UP_REQUIRED');
    expect(harness.host.tested).toEqual([]);
    expect((await run(file(1), {}, stale)).created).toBe(1);
  });

  it('answers a repeat with the kept result', async () => {
    const input = { idempotencyKey: uuidv7(), rows: file(2) };
    const answers = [await harness.gql(IMPORT, { input }, { token }), await harness.gql(IMPORT, { input }, { token })];
    expect(answers[1]!.data).toEqual(answers[0]!.data);
    expect(harness.host.tested).toHaveLength(2);
  });

  it('registers a demo fleet for the host, marked as such', async () => {
    const rows = file(2);
    expect(await harness.controller.registerDemoServers(rows)).toBe(2);
    expect(await harness.controller.registerDemoServers(rows)).toBe(2);
    const { rows: found } = await harness.pool.query(`SELECT s.demo, a.actor FROM server s JOIN audit_event a ON a.server_id = s.id::text WHERE s.url = ANY($1)`, [rows.map((row) => row.url)]);
    expect(found).toEqual([{ demo: true, actor: 'host' }, { demo: true, actor: 'host' }]);
  });
});
