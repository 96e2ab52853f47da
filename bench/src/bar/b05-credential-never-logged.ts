// B05: the lowest log level, forced errors at every vendor call, metrics on: 0 marks in output, files, GraphQL over HTTP
// and WebSocket, metrics.
import { eventually, freePort, type Fault, type Simulator } from '@usher/testing';
import { runBar } from '../support/bar.js';
import { MarkSearch } from '../support/mark-search.js';
import { inWorld, type Registered, type World } from '../support/world.js';

const FAULTS: readonly Fault[] = [
  { kind: 'status', status: 401 },
  { kind: 'status', status: 403 },
  { kind: 'status', status: 500, body: 'failed' },
  { kind: 'html' },
  { kind: 'rate-limit', retryAfterS: 1 },
  { kind: 'starting' },
  { kind: 'cut' },
  { kind: 'hang' },
  { kind: 'refuse' },
];
/** What a server could say back about the key that it was given. */
const echo = ({ adminKey }: Simulator): Fault => ({ kind: 'status', status: 500, body: `wrong api_key=${adminKey} token ${adminKey}` });

const TEST = 'mutation ($input: TestServerConnectionInput!) { testServerConnection(input: $input) { ok code reason message next warnings stages { name verdict } } }';

async function provoke({ operator }: World, { id, simulator }: Registered): Promise<string[]> {
  const texts: string[] = [];
  const mutate = async (query: string, variables: object) => void texts.push((await operator.send(query, variables)).text);
  const playing = simulator.control.startPlayback();
  const sessionId = `${id}:${playing.sessionId}`;
  for (const fault of [...FAULTS, echo(simulator)]) {
    await simulator.control.setFault(fault);
    await mutate(TEST, { input: { serverId: id } });
    await mutate('mutation ($input: StopSessionInput!) { stopSession(input: $input) { outcome } }', { input: { sessionId, idempotencyKey: crypto.randomUUID() } });
    await mutate('mutation ($id: ID!) { refreshServer(id: $id) { state stateReason } }', { id });
    await simulator.control.setFault({ kind: 'drop-sockets' });
    await simulator.control.clearFault();
  }
  await mutate(TEST, { input: { url: `${simulator.url}/?api_key=${simulator.adminKey}`, token: simulator.adminKey } });
  await mutate(TEST, { input: { url: simulator.url.replace('127.0.0.1', `${simulator.adminKey}.invalid`), token: simulator.adminKey } });
  await mutate(`mutation ($input: TestServerConnectionInput!) { testServerConnection(input: $input) { nothing } }`, { input: { serverId: id, token: simulator.adminKey } });
  return texts;
}

await runBar('B05', async (bar) => {
  const metricsPort = await freePort();
  await inWorld(
    async (world) => {
      const servers = [await world.register('jellyfin', 'Attic'), await world.register('emby', 'Basement'), await world.register('plex', 'Studio')];
      const keys = servers.map(({ simulator }) => simulator.adminKey);
      const client = world.operator.connect();
      const heard: string[] = [];
      const listener = { next: (data: unknown) => void heard.push(JSON.stringify(data)), error: (error: unknown) => void heard.push(JSON.stringify(error)), complete: () => undefined };
      client.subscribe({ query: 'subscription { serversChanged { id state stateCode stateReason stateNext url hardening { code evidence } } }' }, listener);
      client.subscribe({ query: 'subscription { sessionsChanged { serverId source stale sessions { id userName address } } }' }, listener);
      const answers = (await Promise.all(servers.map((server) => provoke(world, server)))).flat();
      // a key that is taken away, and one that is given anew
      for (const { simulator } of servers) simulator.control.rotateKey();
      for (const { id } of servers) answers.push((await world.operator.send(TEST, { input: { serverId: id } })).text);
      const marks = [...keys, ...servers.map(({ simulator }) => simulator.adminKey)];
      await eventually(() => heard.length > 0);
      const search = new MarkSearch(bar, marks);
      search.text(`graphql-http-${answers.length}-answers`, answers.join('\n'));
      search.text(`graphql-websocket-${heard.length}-messages`, heard.join('\n'));
      search.text('metrics', await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text());
      search.text('stdout-and-stderr', world.log);
      await search.folder('data-folder', world.stack.dataDir);
      await client.dispose();
    },
    { USHER_LOG_LEVEL: 'debug', USHER_METRICS: 'true', USHER_METRICS_PORT: String(metricsPort) },
  );
  bar.notRun('traces', 'traces are not exported yet');
  bar.notRun('route-addresses', 'there is no router yet');
});
