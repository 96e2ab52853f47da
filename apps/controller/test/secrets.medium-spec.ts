import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ControllerHarness } from './controller-harness.js';
import { failing, healthy } from './fake-agent-host.js';

const KEY = 'canary-media-server-key-8d1f';
const PASSWORD = 'canary password of ana';

let harness: ControllerHarness;

beforeAll(async () => {
  harness = await ControllerHarness.start();
  await harness.addRoles();
});
afterAll(() => harness?.close());

const answers: string[] = [];
async function send(query: string, input: object, token?: string | null): Promise<void> {
  answers.push((await harness.gql(query, { input }, token === undefined ? {} : { token })).text);
}

describe('secrets', () => {
  it('stand in no answer, no log line, no event and no table, whatever goes right or wrong with them', async () => {
    const REGISTER = 'mutation ($input: RegisterServerInput!) { registerServer(input: $input) { server { id alias url stateReason credential { fingerprint } } test { message warnings } } }';
    const UPDATE = 'mutation ($input: UpdateServerInput!) { updateServer(input: $input) { id credential { fingerprint } } }';
    const IMPORT = 'mutation ($input: ImportServersInput!) { importServers(input: $input) { results { url alias message changes { field from to } } } }';
    const client = await harness.socket().acknowledged();
    client.subscribe('1', 'subscription { serversChanged { id alias url credential { fingerprint addedAt rev } } }');
    const server = { alias: 'Canary', url: 'http://canary.example', token: KEY };
    await send(REGISTER, { ...server, idempotencyKey: 'a' });
    await send(REGISTER, { ...server, idempotencyKey: 'b' });
    await send(REGISTER, { ...server, idempotencyKey: 'a', alias: 'Other' });
    await send(REGISTER, { ...server, idempotencyKey: 'c', alias: 9, url: 'http://x.example' });
    await send(REGISTER, { ...server, idempotencyKey: 'd', alias: 'With login', url: `http://me:${KEY}@x.example` });
    await send(IMPORT, { idempotencyKey: 'e', rows: [{ url: `http://me:${KEY}@y.example`, token: KEY }, { url: 'http://canary.example', token: `${KEY}-2` }] });
    harness.host.answer = () => failing('SERVER_REJECTED_KEY', 'unknown-key');
    await send(REGISTER, { ...server, idempotencyKey: 'f', alias: 'Refused', url: 'http://refused.example' });
    harness.host.answer = () => {
      throw new Error(`the host fell over ${KEY}`);
    };
    await send(REGISTER, { ...server, idempotencyKey: 'g', alias: 'Broken', url: 'http://broken.example' });
    harness.host.answer = (plain) => healthy(plain.url);
    const { rows } = await harness.pool.query(`SELECT id FROM server WHERE alias = 'Canary'`);
    await harness.owner.query('ALTER TABLE server_credential RENAME TO credential_gone');
    await send(UPDATE, { id: rows[0].id, token: `${KEY}-3` });
    await harness.owner.query('ALTER TABLE credential_gone RENAME TO server_credential');
    await send(UPDATE, { id: rows[0].id, token: `${KEY}-4` });

    const operator = await harness.addOperator('operator', { password: PASSWORD });
    const SIGN_IN = 'mutation ($input: SignInInput!) { signIn(input: $input) { expiresAt } }';
    await send(SIGN_IN, { name: operator.name, password: PASSWORD }, null);
    await send(SIGN_IN, { name: operator.name, password: `${PASSWORD} wrong` }, null);
    await send(SIGN_IN, { name: 7, password: PASSWORD }, null);
    await harness.post(`{"query":"mutation { signIn(input: { name: \\"x\\", password: \\"${PASSWORD}\\" ) }"}`).then((answer) => answers.push(answer.text));
    client.close();

    const tables = ['server', 'server_credential', 'audit_event', 'idempotency', 'command_outbox', 'sign_in', 'operator'];
    const stored = await Promise.all(tables.map(async (table) => JSON.stringify((await harness.owner.query(`SELECT t::text FROM ${table} t`)).rows)));
    const places = { answers: answers.join('\n'), log: harness.log.join('\n'), events: JSON.stringify(client.messages), tables: stored.join('\n') };
    for (const [place, text] of Object.entries(places)) {
      expect(text.length).toBeGreaterThan(100);
      for (const secret of [KEY, PASSWORD, operator.token, Buffer.from(KEY).toString('hex'), Buffer.from(KEY).toString('base64').slice(0, 24)]) {
        expect({ place, leaks: text.includes(secret) }).toEqual({ place, leaks: false });
      }
    }
    expect(answers.some((text) => text.includes('IDEMPOTENCY_CONFLICT'))).toBe(true);
  });
});
