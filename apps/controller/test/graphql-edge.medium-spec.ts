import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aliases, fragmentBomb, nested } from './attacks.js';
import { ControllerHarness } from './controller-harness.js';

let harness: ControllerHarness;

beforeAll(async () => {
  harness = await ControllerHarness.start();
  await harness.addRoles();
});
afterAll(() => harness?.close());

const freshToken = async () => (await harness.addOperator('operator')).token;
const INTROSPECTION = '__schema { types { name } }';

describe('GraphQL over HTTP', () => {
  it('answers an open question without sign-in', async () => {
    const answer = await harness.gql('{ setupState { needsFirstOperator version demo insecure } viewer { name } }', {}, { token: null });
    expect(answer.status).toBe(200);
    expect(answer.data).toEqual({ setupState: { needsFirstOperator: false, version: '0.1.0', demo: false, insecure: true }, viewer: null });
    expect(answer.headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  const attacks: [string, string][] = [
    ['introspection', `{ ${INTROSPECTION} }`],
    ['200 aliases', `{ ${aliases(200, 'setupState { version }')} }`],
    ['16 aliases in fragments', `{ ...f ...g } fragment f on Query { ${aliases(8, 'setupState { demo }')} } fragment g on Query { ${aliases(8, 'setupState { version }')} }`],
    ['depth 50', `{ ${nested(50, 'servers')} }`],
    ['a fragment bomb', fragmentBomb('query', 'Query', 'setupState { version }', 20)],
    ['fragments in a circle', '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }'],
    ['1000 tokens', `{ setupState { ${'version '.repeat(1200)} } }`],
    ['lists in lists in lists', `{ ${aliases(15, 'sessions { sessions { id serverId userId userName deviceName client clientVersion address network ghost controls { stop pause seek message } item { title type year } } }')} }`],
    ['an unknown field with a near name', '{ setupStat { version } }'],
  ];

  it.each(attacks)('refuses %s before anything runs', async (_, query) => {
    const answer = await harness.gql(query, {}, { token: await freshToken() });
    expect(answer.status).toBe(400);
    expect(answer.data ?? null).toBeNull();
    for (const error of answer.errors!) expect(error.extensions.code).toBe('VALIDATION_FAILED');
    expect(answer.text).not.toMatch(/did you mean|stack/i);
  });

  it.each([
    ['GET', () => fetch(`${harness.listener.url}/graphql?query={viewer{id}}`)],
    ['GET that changes something', () => fetch(`${harness.listener.url}/graphql?query=mutation{signOut}`, { headers: { 'apollo-require-preflight': '1' } })],
    ['a form', () => fetch(`${harness.listener.url}/graphql`, { method: 'POST', body: new URLSearchParams({ query: '{viewer{id}}' }) })],
    ['text', () => fetch(`${harness.listener.url}/graphql`, { method: 'POST', body: '{"query":"{viewer{id}}"}', headers: { 'content-type': 'text/plain' } })],
    ['a batch', () => fetch(`${harness.listener.url}/graphql`, { method: 'POST', body: '[{"query":"{viewer{id}}"}]', headers: { 'content-type': 'application/json' } })],
    ['broken JSON', () => fetch(`${harness.listener.url}/graphql`, { method: 'POST', body: '{"query":', headers: { 'content-type': 'application/json' } })],
  ])('refuses %s', async (_, send) => {
    const response = await send();
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'VALIDATION_FAILED' } }] });
  });

  it('repeats no value of a variable that does not fit', async () => {
    const answer = await harness.gql(
      'mutation ($input: RegisterServerInput!) { registerServer(input: $input) { server { id } } }',
      { input: { alias: 5, token: 'canary-4711-canary', url: 'http://a', idempotencyKey: 'k' } },
      { token: await freshToken() },
    );
    expect(answer.errors![0]!.extensions).toMatchObject({ code: 'VALIDATION_FAILED', details: { field: 'alias' } });
    expect(answer.text).not.toContain('canary-4711-canary');
  });

  it('limits the rate of one sign-in and nobody else', async () => {
    const token = await freshToken();
    // In one breath: a slow machine may answer sixty so slowly that its allowance grows back meanwhile.
    const answers = await Promise.all(Array.from({ length: 400 }, () => harness.gql('{ viewer { id } }', {}, { token })));
    const limited = answers.filter((answer) => answer.status === 429);
    expect(limited.length).toBeGreaterThan(0);
    expect(limited[0]!.errors![0]!.extensions).toMatchObject({ code: 'RATE_LIMITED' });
    expect(limited[0]!.errors![0]!.extensions.details['retryAfterMs']).toBeGreaterThan(0);
    expect(limited[0]!.headers.get('retry-after')).not.toBeNull();
    expect((await harness.gql('{ viewer { id } }', {}, { token: await freshToken() })).status).toBe(200);
  });
});

describe('GraphQL over WebSocket', () => {
  const CHANGED = 'serversChanged { id }';

  it('needs a sign-in', async () => {
    expect(await harness.socket({ token: null }).closed).toEqual({ code: 4401, reason: 'UNAUTHENTICATED' });
    expect(await harness.socket({ token: 'A'.repeat(43) }).closed).toEqual({ code: 4401, reason: 'UNAUTHENTICATED' });
  });

  it('refuses a foreign origin and takes our own', async () => {
    await expect(harness.socket({ origin: 'https://evil.example' }).opened).rejects.toThrow('403');
    await expect(harness.socket({ origin: 'null' }).opened).rejects.toThrow('403');
    const own = harness.socket({ origin: harness.listener.url });
    await own.acknowledged();
    own.close();
  });

  it('takes the cookie of a browser', async () => {
    const client = harness.socket({ token: null, cookie: `usher_sid=${harness.tokens.viewer}`, origin: harness.listener.url });
    await client.acknowledged();
    client.close();
  });

  const attacks: [string, string][] = [
    ['introspection', `subscription { ${CHANGED} ${INTROSPECTION} }`],
    ['introspection as a query', `{ ${INTROSPECTION} }`],
    ['a query', '{ viewer { id } }'],
    ['a mutation', 'mutation { signOut }'],
    ['two operations', `subscription A { ${CHANGED} } query B { viewer { id } }`],
    ['200 aliases', `subscription { serversChanged { ${aliases(200, 'id')} } }`],
    ['depth 50', `subscription { ${nested(50, 'serversChanged')} }`],
    ['a fragment bomb', fragmentBomb('subscription', 'Subscription', CHANGED, 20)],
    ['1000 tokens', `subscription { serversChanged { ${'id '.repeat(1200)} } }`],
    ['what cannot be parsed', 'subscription {'],
  ];

  it.each(attacks)('refuses %s', async (_, query) => {
    const client = await harness.socket({ token: await freshToken() }).acknowledged();
    client.subscribe('1', query);
    const { payload } = await client.until((message) => message.type === 'error');
    for (const error of payload) expect(error.extensions.code).toBe('VALIDATION_FAILED');
    expect(JSON.stringify(payload)).not.toMatch(/did you mean|stack|locations/i);
    expect(client.messages.some((message) => message.type === 'next')).toBe(false);
    client.close();
  });

  it('leaks no text of an error, neither of a failing start nor of a failing event', async () => {
    const client = await harness.socket({ token: await freshToken() }).acknowledged();
    client.subscribe('live', 'subscription { serversChanged { id alias } }');
    await harness.owner.query('ALTER TABLE server RENAME TO server_gone');
    try {
      client.subscribe('start', 'subscription { sessionsChanged { serverId } }');
      await harness.emitChange('server', ['01a1fea4-8217-75cf-b70a-74e087ccd7a6']);
      const { payload } = await client.until((message) => message.id === 'live' && message.type !== 'complete');
      const errors = Array.isArray(payload) ? payload : payload.errors;
      expect(errors[0]).toMatchObject({ message: 'Something went wrong inside Usher.', extensions: { code: 'INTERNAL' } });
      expect(JSON.stringify(client.messages)).not.toMatch(/relation "|does not exist|stack/i);
    } finally {
      await harness.owner.query('ALTER TABLE server_gone RENAME TO server');
    }
    client.close();
  });

  it('holds at most eight subscriptions on one connection', async () => {
    const client = await harness.socket({ token: await freshToken() }).acknowledged();
    for (let i = 0; i < 9; i++) client.subscribe(`s${i}`, `subscription { ${CHANGED} }`);
    const { payload } = await client.until((message) => message.type === 'error');
    expect(payload[0].extensions.code).toBe('RATE_LIMITED');
    client.send({ type: 'complete', id: 's0' });
    client.close();
  });

  it('closes when the sign-in ends', async () => {
    const token = await freshToken();
    const client = await harness.socket({ token }).acknowledged();
    await harness.gql('mutation { signOut }', {}, { token });
    expect(await client.closed).toEqual({ code: 4401, reason: 'UNAUTHENTICATED' });
  });

  it('closes when the role falls', async () => {
    const { id, token } = await harness.addOperator('operator');
    const client = await harness.socket({ token }).acknowledged();
    await harness.pool.query(`UPDATE operator SET role = 'viewer' WHERE id = $1`, [id]);
    await harness.emitChange('operator', [id]);
    expect(await client.closed).toEqual({ code: 4403, reason: 'FORBIDDEN' });
  });

  it('refuses a message that is too large', async () => {
    const client = await harness.socket({ token: await freshToken() }).acknowledged();
    client.subscribe('1', `subscription { serversChanged { id } } #${'x'.repeat(300_000)}`);
    expect((await client.closed).code).toBe(1009);
  });

  it('tells of servers that are registered, changed and removed', async () => {
    const { token } = await harness.addOperator('operator');
    const client = await harness.socket({ token }).acknowledged();
    client.subscribe('1', 'subscription { serversChanged { id alias state readOnly credential { fingerprint } } }');
    const seen = (fits: (server: { alias: string; state: string; readOnly: boolean }) => boolean) =>
      client.until((message) => message.type === 'next' && fits(message.payload.data.serversChanged));
    const made = await harness.gql('mutation ($input: RegisterServerInput!) { registerServer(input: $input) { server { id } } }', { input: { idempotencyKey: 'live', alias: 'Live', url: 'http://live.example', token: 'key-of-live' } }, { token });
    const { id } = made.data!['registerServer'].server;
    await seen((server) => server.alias === 'Live' && server.state === 'PENDING');
    await harness.gql('mutation ($input: UpdateServerInput!) { updateServer(input: $input) { id } }', { input: { id, readOnly: true } }, { token });
    await seen((server) => server.readOnly);
    await harness.gql('mutation ($input: RemoveServerInput!) { removeServer(input: $input) { id } }', { input: { id, confirmAlias: 'Live' } }, { token });
    const last = await seen((server) => server.state === 'HISTORICAL');
    expect(last.payload.data.serversChanged).toMatchObject({ id, credential: null });
    client.close();
  });
});
