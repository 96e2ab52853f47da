// B30: depth, alias, token, directive, fragment, cycle, batch and size bombs, over HTTP and over WebSocket: 400/413 or a
// refused subscription in < 50 ms, event-loop delay < 50 ms; introspection, queries and mutations over WebSocket refused.
import type { Client } from 'graphql-ws';
import { runBar, type Bar } from '../support/bar.js';
import { Operator } from '../support/operator.js';
import { Pulse } from '../support/pulse.js';
import { percentile } from '../support/statistics.js';
import { inWorld, type World } from '../support/world.js';

const LIMIT_MS = 50;
/** The time of the whole way, so a check is repeated and its median counts: the machine may be busy with other things. */
const REPEATS = 5;

const FRAGMENTS = 20;
function fragmentBomb(kind: string, type: string, field: string): string {
  const bombs = Array.from({ length: FRAGMENTS }, (_, i) => `fragment f${i} on ${type} { x${i}: ${field} ...f${i + 1} ...f${i + 1} }`).join(' ');
  return `${kind} { ...f0 } ${bombs} fragment f${FRAGMENTS} on ${type} { ${field} }`;
}

const aliases = (count: number, field: string): string => Array.from({ length: count }, (_, i) => `a${i}: ${field}`).join(' ');
const deep = (levels: number, root: string): string => `${root} { ${'server { '.repeat(levels)} id ${'}'.repeat(levels)} }`;

function bombs(kind: 'query' | 'subscription', type: string, field: string, root: string): Record<string, string> {
  return {
    'depth-50': `${kind} { ${deep(50, root)} }`,
    'depth-2000': `${kind} { ${deep(2_000, root)} }`,
    'aliases-1000': `${kind} { ${aliases(1_000, field)} }`,
    'aliases-100': `${kind} { ${aliases(100, field)} }`,
    'tokens-200-kb': `${kind} { ${'id '.repeat(66_000)} }`,
    'directives-400': `${kind} { ${field.replace(/^\w+/, (name) => `${name} ${'@include(if: true) '.repeat(400)}`)} }`,
    'fragment-bomb-2^20': fragmentBomb(kind, type, field),
    'fragment-cycle': `${kind} { ...a } fragment a on ${type} { ...b } fragment b on ${type} { ...a }`,
    introspection: `${kind} { __schema { types { name fields { name type { name } } } } }`,
    'unknown-field': `${kind} { passwords }`,
    'syntax-error': `${kind} { {{{`,
  };
}

interface Try {
  readonly isRefused: boolean;
  readonly said: string;
  readonly ms: number;
}

async function overHttp(operator: Operator, body: string): Promise<Try> {
  const startedAt = performance.now();
  const { status, code, text } = await operator.post(body);
  const isRefused = status === 413 || status === 400;
  return { isRefused: isRefused && !text.includes('"data":{'), said: `${status} ${code}`, ms: performance.now() - startedAt };
}

function overSocket(client: Client, query: string): Promise<Try> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const end = (isRefused: boolean, said: string) => {
      stop();
      resolve({ isRefused, said, ms: performance.now() - startedAt });
    };
    const stop = client.subscribe(
      { query },
      {
        next: (answer) => end(answer.data === undefined || answer.data === null, answer.errors ? 'errors' : 'data'),
        error: (error) => end(true, Array.isArray(error) ? String((error[0] as { extensions?: { code?: string } }).extensions?.code ?? 'errors') : `closed ${(error as { code?: number }).code ?? ''}`),
        complete: () => end(false, 'complete'),
      },
    );
  });
}

async function checkEach(bar: Bar, world: World, edge: string, name: string, attempt: () => Promise<Try>): Promise<number> {
  const tries: Try[] = [];
  const stalls: number[] = [];
  for (let i = 0; i < REPEATS; i++) {
    const pulse = new Pulse(world.stack.url);
    tries.push(await attempt());
    stalls.push(await pulse.stop());
    await new Promise((resolve) => setTimeout(resolve, 55)); // below the rate of one sign-in
  }
  const ms = percentile(tries.map((each) => each.ms), 0.5);
  bar.check(`${edge}.${name}`, `${tries[0]!.said} in ${ms.toFixed(1)} ms`, `refused in < ${LIMIT_MS} ms`, tries.every(({ isRefused }) => isRefused) && ms < LIMIT_MS);
  return percentile(stalls, 0.5);
}

await runBar('B30', (bar) =>
  inWorld(async (world) => {
    const { operator } = world;
    const body = (query: string) => JSON.stringify({ query });
    const http: Record<string, string> = Object.fromEntries(Object.entries(bombs('query', 'Query', 'setupState { version }', 'servers')).map(([name, query]) => [name, body(query)]));
    http['batch-of-100'] = JSON.stringify(Array.from({ length: 100 }, () => ({ query: '{ viewer { name } }' })));
    http['size-400-kb'] = JSON.stringify({ query: '{ viewer { name } }', variables: { text: 'x'.repeat(400_000) } });
    http['nested-variables'] = `{"query":"{ viewer { name } }","variables":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`;
    http['not-json'] = '{"query":';
    const stalls: number[] = [];
    for (const [name, text] of Object.entries(http)) stalls.push(await checkEach(bar, world, 'http', name, () => overHttp(operator, text)));
    bar.equal('http.introspection-by-nobody', (await overHttp(new Operator(operator.url, null), body('{ __schema { types { name } } }'))).isRefused, true);

    const socket = bombs('subscription', 'Subscription', 'serversChanged { id }', 'serversChanged');
    socket['a-query'] = '{ servers { id } }';
    socket['a-mutation'] = 'mutation { signOut }';
    socket['introspection-query'] = '{ __schema { types { name } } }';
    for (const [name, query] of Object.entries(socket)) {
      stalls.push(
        await checkEach(bar, world, 'websocket', name, async () => {
          const client = operator.connect();
          await overSocket(client, 'subscription { nothing }'); // connected, signed in
          const result = await overSocket(client, query);
          await client.dispose();
          return result;
        }),
      );
    }
    const { viewer } = await operator.ask<{ viewer: object | null }>('{ viewer { name } }');
    bar.equal('still-signed-in', viewer !== null, true);
    bar.atMost('stall-of-the-process.worst-median', Math.max(...stalls), LIMIT_MS, 'ms');
  }),
);
