// GraphQL over HTTP and WebSocket from the committed schema, with made-up data, and the built console below any base path.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { buildSchema, execute, GraphQLError, parse, subscribe, validate } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { makeActs } from './mock-acts.mjs';
import { makeFleet } from './mock-fleet.mjs';
import { makeIdentities } from './mock-identities.mjs';
import { makeLive } from './mock-live.mjs';
import { makeMigrations } from './mock-migrations.mjs';
import { makeOps } from './mock-ops.mjs';

const here = import.meta.dirname;
const DIST = join(here, '..', 'dist');
const SCHEMA = join(here, '..', '..', 'controller', 'src', 'schema.graphql');
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.json': 'application/json' };
/** Schema and built files are read once for all mocks of a process. */
let schemaOnce;
const readOnce = new Map();
const readKept = (path) => {
  if (!readOnce.has(path)) readOnce.set(path, readFile(path).catch(() => null));
  return readOnce.get(path);
};
/** As strict as the product's: no inline script, no inline style, nothing from elsewhere. */
const POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'; form-action 'self'";

const refuse = (code, message, next, details = {}) => new GraphQLError(message, { extensions: { code, next, details, correlationId: '0193a2c4-7e1b-7c3d-9a10-0193a2c40001' } });

/** A queue that a subscription reads; everything pushed before it is read waits. */
function channel(first) {
  const waiting = [...first];
  let wake = null;
  return {
    push(value) {
      waiting.push(value);
      wake?.();
    },
    async *read() {
      for (;;) {
        while (waiting.length > 0) yield waiting.shift();
        await new Promise((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

const STAGES = ['address', 'connection', 'tls', 'media server', 'key', 'administrator'];
function testOf({ url, token }) {
  const host = String(url ?? '');
  const base = { ok: true, code: null, reason: null, tlsProblem: null, message: null, next: null, kind: 'JELLYFIN', name: 'Kofi’s Jellyfin', version: '12.0.1', versionTested: true, latencyMs: 22, warnings: [] };
  const failedAt = host.includes('nowhere') ? 0 : host.includes('refused') ? 1 : token?.includes('wrong') ? 4 : -1;
  const stages = STAGES.map((name, index) => ({ name, verdict: failedAt < 0 || index < failedAt ? 'OK' : index === failedAt ? 'FAILED' : 'SKIPPED' }));
  if (failedAt === 4) return { ...base, ok: false, stages, code: 'SERVER_REJECTED_KEY', reason: 'unknown-key', message: 'The media server does not know this key.', next: 'Make a new API key at the media server as an administrator and store it here.', name: null, version: null, latencyMs: null };
  if (failedAt >= 0) return { ...base, ok: false, stages, code: 'SERVER_UNREACHABLE', reason: failedAt ? 'refused' : 'dns', message: failedAt ? 'Nothing answers at this port.' : 'The name of this address could not be found.', next: 'Check that the media server runs and that the address is right.', kind: null, name: null, version: null, latencyMs: null };
  return { ...base, stages };
}

function makeState(options) {
  const fleet = makeFleet(options);
  const listeners = { sessions: new Set(), servers: new Set() };
  let seq = Date.now();
  const snapshotOf = (server) => ({
    serverId: server.id,
    seq: (seq += 1),
    at: new Date(Date.now() - server.snapshotAgeMs).toISOString(),
    source: server.live.source,
    stale: server.stale || server.state === 'OFFLINE',
    sessions: fleet.sessions.get(server.id) ?? [],
  });
  return {
    fleet,
    listeners,
    snapshotOf,
    viewer: options.signedIn === false || options.needsSetup ? null : { id: 'op-1', name: 'Sam Moreau', role: options.role ?? 'SUPERADMIN' },
    needsSetup: options.needsSetup ?? false,
    failing: options.failing ? refuse('INTERNAL', 'Something went wrong inside Usher.', 'Report it with the correlation id.') : null,
    publish(server) {
      for (const listener of listeners.sessions) listener.push(snapshotOf(server));
    },
  };
}

function makeRoot(state, options) {
  const { fleet } = state;
  const find = ({ id, alias }) => {
    const server = fleet.servers.find((candidate) => candidate.id === id || candidate.slug === alias);
    if (!server) throw refuse('NOT_FOUND', 'There is no such server.', 'Check the name or id; list what exists and try again.');
    return server;
  };
  const signIn = (name) => {
    state.viewer = { id: 'op-1', name, role: 'SUPERADMIN' };
    state.needsSetup = false;
    return { operator: state.viewer, token: null, expiresAt: new Date(Date.now() + 8.64e7).toISOString() };
  };
  const { acts, ...actResolvers } = makeActs(state, options, { find, refuse, channel });
  state.acts = acts;
  const migrations = makeMigrations(state, options, { refuse, channel });
  const { enabledUser, ...ops } = makeOps(state, options, { find, refuse, channel });
  const session = (id) => [...fleet.sessions.values()].flat().find((candidate) => candidate.id === id);
  return {
    ...actResolvers,
    setupState: () => ({ needsFirstOperator: state.needsSetup, version: '0.1.0', demo: options.demo ?? false, insecure: options.insecure ?? false }),
    viewer: () => state.viewer,
    servers: () => {
      if (state.failing) throw state.failing;
      return fleet.servers;
    },
    server: find,
    sessions: () => fleet.servers.map(state.snapshotOf),
    users: () => Array.from({ length: 12 }, (_, index) => ({ serverId: fleet.servers[0].id, vendorId: `u${index}`, name: `Viewer ${index + 1}`, email: index % 3 ? null : `viewer${index}@example.com`, isAdministrator: index === 0, enabled: index !== 5, lastSeenAt: new Date(Date.now() - index * 5e6).toISOString() })).map(enabledUser),
    playbacks: () => {
      const nodes = [...fleet.sessions.values()].flat().slice(0, 40);
      return {
        totalCount: nodes.length,
        pageInfo: { hasNextPage: false, endCursor: null },
        edges: nodes.map((entry, index) => ({ cursor: String(index), node: { ...entry.item, ...entry, itemType: entry.item.type, id: `p${index}`, startedAt: entry.stream.startedAt, endedAt: new Date().toISOString(), watchedMs: entry.stream.positionMs, positionMs: entry.stream.positionMs, pauses: 0, delivery: entry.stream.delivery, reasons: [] } })),
      };
    },
    createFirstOperator: ({ input }) => {
      if (input.code !== 'K7QF9-3TMXA') throw refuse('SIGN_IN_FAILED', 'This sign-in code is wrong, used or too old.', 'Check the name and the password, or ask for a new sign-in code.', { reason: 'code' });
      return signIn(input.name);
    },
    signIn: ({ input }) => {
      if (input.password === 'locked') throw refuse('RATE_LIMITED', 'Too many failed sign-ins. Wait before you try again.', 'Wait for the time that the answer names, then repeat.', { retryAfterMs: 90_000 });
      if (input.password.length < 4) throw refuse('SIGN_IN_FAILED', 'Name or password is wrong.', 'Check the name and the password, or ask for a new sign-in code.', { reason: 'password' });
      return signIn(input.name);
    },
    signInWithCode: ({ input }) => signIn(input.name),
    signOut: () => {
      state.viewer = null;
      return true;
    },
    testServerConnection: ({ input }) => testOf(input),
    registerServer: ({ input }) => {
      const server = { ...makeFleet({ servers: 1, sessions: 0, healthy: true }).servers[0], id: '0193a2c4-0000-7000-8000-000000009999', alias: input.alias, slug: input.alias.toLowerCase().replace(/[^a-z0-9]+/g, '-'), role: input.role ?? 'LINKED' };
      fleet.servers.push(server);
      fleet.sessions.set(server.id, []);
      for (const listener of state.listeners.servers) listener.push(server);
      state.publish(server);
      return { server, test: testOf(input) };
    },
    updateServer: ({ input }) => {
      const server = find(input);
      if (input.token) throw refuse('STEP_UP_REQUIRED', 'This needs your password again.', 'Enter your password again, then repeat within five minutes.');
      Object.assign(server, Object.fromEntries(Object.entries(input).filter(([key, value]) => value !== null && !['tls', 'poll'].includes(key))));
      return server;
    },
    removeServer: ({ input }) => ({ ...find(input), state: 'HISTORICAL' }),
    refreshServer: find,
    importServers: ({ input }) => {
      const results = input.rows.map((row, index) => {
        const test = testOf(row);
        const status = test.ok ? (index % 3 === 1 ? 'UPDATE' : 'CREATE') : 'ERROR';
        return { index, line: row.line ?? index + 1, alias: row.alias ?? null, url: row.url, status, serverId: null, changes: status === 'UPDATE' ? [{ field: 'alias', from: 'old', to: row.alias }] : [], matchedBy: status === 'UPDATE' ? 'url' : null, test, code: test.code, message: test.message, field: null, next: test.next };
      });
      const count = (status) => results.filter((row) => row.status === status).length;
      return { results, created: count('CREATE'), updated: count('UPDATE'), unchanged: count('SAME'), failed: count('ERROR'), applied: !input.dryRun };
    },
    stopSession: ({ input }) => {
      const server = find({ id: input.sessionId.slice(0, 36) });
      fleet.sessions.set(server.id, fleet.sessions.get(server.id).filter(({ id }) => id !== input.sessionId));
      state.publish(server);
      return { outcome: 'DONE', session: null };
    },
    controlSession: ({ input }) => {
      const found = session(input.sessionId);
      const outcome = options.outcome ?? 'DONE';
      if (outcome === 'DONE') {
        const state = { PAUSE: 'PAUSED', RESUME: 'PLAYING' }[input.action] ?? found.stream.state;
        found.stream = { ...found.stream, state, positionMs: input.positionMs ?? found.stream.positionMs };
      }
      state.publish(find({ id: found.serverId }));
      return { outcome, session: found, note: input.action === 'LIMIT_BIT_RATE' && input.kbps == null ? 'No media server has an order that takes a limit away: the client was given one of 1,000 Mbps, above anything it plays. A limit of the viewer’s own has to be chosen again in the app.' : null };
    },
    sendSessionNotice: () => true,
    sessionsChanged: () => {
      const own = channel(fleet.servers.map((server) => ({ sessionsChanged: state.snapshotOf(server) })));
      const entry = { push: (snapshot) => own.push({ sessionsChanged: snapshot }) };
      state.listeners.sessions.add(entry);
      return own.read();
    },
    serversChanged: () => {
      const own = channel([]);
      state.listeners.servers.add({ push: (server) => own.push({ serversChanged: server }) });
      return own.read();
    },
    ...makeLive(state, options, { find, refuse, channel, session }),
    ...makeIdentities(state, options, { refuse }),
    ...migrations,
    ...ops,
  };
}

async function body(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

/**
 * Starts the mock. `dist` is the folder of the built console; `base` is the path below which everything is served, with a slash at both ends.
 * @returns {Promise<{ url: string, state: object, requests: string[], dropSockets(): void, close(): Promise<void> }>}
 */
export async function startMock(options = {}) {
  const base = options.base ?? '/';
  schemaOnce ??= readFile(SCHEMA, 'utf8').then(buildSchema);
  const schema = await schemaOnce;
  const state = makeState(options);
  const rootValue = makeRoot(state, options);
  const requests = [];
  const dist = options.dist ?? DIST;

  const answer = async (request, response) => {
    const path = new URL(request.url, 'http://mock').pathname;
    requests.push(path);
    if (path === `${base}graphql`) {
      if (options.delayMs) await new Promise((resolve) => setTimeout(resolve, options.delayMs));
      const { query, variables, operationName } = await body(request);
      const document = parse(query);
      const errors = validate(schema, document);
      const result = errors.length > 0 ? { errors } : await execute({ schema, document, rootValue, variableValues: variables, operationName });
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
      return;
    }
    const relative = normalize(path.slice(base.length - 1)).replace(/^\/+/, '');
    const known = TYPES[extname(relative)];
    const file = known ? relative : 'index.html';
    const content = await readKept(join(dist, file));
    if (!content) {
      response.writeHead(404).end();
      return;
    }
    const html = file === 'index.html';
    response.writeHead(200, { 'content-type': TYPES[extname(file)], 'content-security-policy': POLICY, 'x-content-type-options': 'nosniff' });
    response.end(html ? content.toString('utf8').replace('<head>', `<head><base href="${base}">`) : content);
  };

  const server = createServer((request, response) => void answer(request, response).catch((error) => response.writeHead(500).end(String(error))));
  let refusing = false;
  const sockets = new WebSocketServer({ server, path: `${base}graphql`, verifyClient: () => !refusing });
  const cleanup = useServer({ schema, execute, subscribe, roots: { subscription: rootValue } }, sockets);
  await new Promise((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}${base}`,
    state,
    requests,
    pushMirror: (change) => state.pushMirror(change),
    dropSockets: (refuse = false) => {
      refusing = refuse;
      sockets.clients.forEach((client) => client.terminate());
    },
    close: async () => {
      sockets.clients.forEach((client) => client.terminate());
      await cleanup.dispose();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
