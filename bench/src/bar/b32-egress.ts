// B32: SSRF strings, names that resolve to blocked addresses, redirects, IPv6 forms, under `hosted`, and own ports and
// metadata under `home`: 0 connections to the trap.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { runBar, type Bar } from '../support/bar.js';
import { inWorld, type World } from '../support/world.js';

const TEST = 'mutation ($input: TestServerConnectionInput!) { testServerConnection(input: $input) { ok code reason } }';

/** A service of the private network that must not be reached. */
class Trap {
  connections = 0;
  private constructor(private readonly server: Server) {
    server.on('connection', () => (this.connections += 1));
  }

  static async start(): Promise<Trap> {
    const server = createServer((_request, response) => response.end('trapped'));
    const trap = new Trap(server);
    await new Promise<void>((resolve) => server.listen(0, '::', resolve));
    return trap;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** All the ways to write this machine, its networks and the metadata service. */
function addressesOf(port: number): string[] {
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []).filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address);
  const hosts = [
    'localhost', 'LOCALHOST', 'localhost.', 'sub.localhost', 'ip6-localhost', '127.0.0.1', '127.1', '127.0.1', '127.255.255.254', '2130706433', '0x7f000001', '0x7f.0.0.1', '0177.0.0.1', '017700000001', '0', '0.0.0.0',
    '１２７.０.０.１', '①②⑦.⓪.⓪.①', '127。0。0。1', '[::1]', '[::]', '[0:0:0:0:0:0:0:1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:ffff:127.0.0.1]', '[::127.0.0.1]', '[64:ff9b::127.0.0.1]', '[64:ff9b::7f00:1]', '[2002:7f00:1::]',
    '[fe80::1]', '[fc00::1]', '[fd00::1]', '[ff02::1]', '[100::1]', '[::ffff:0:127.0.0.1]', '10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1', '192.168.255.255', '100.64.0.1', '100.127.255.255',
    '169.254.169.254', '169.254.0.1', '2852039166', '0xa9fea9fe', '[::ffff:169.254.169.254]', '[fd00:ec2::254]', 'metadata.google.internal', '192.0.0.192', '198.18.0.1', '224.0.0.1', '239.255.255.250', '240.0.0.1', '255.255.255.255', '192.0.2.1', '203.0.113.1', ...own,
  ];
  return hosts.map((host) => `http://${host}:${port}/`);
}

const WRITTEN = (port: number): string[] => [
  `http://user:pass@127.0.0.1:${port}/`, `http://media.example@127.0.0.1:${port}/`, `http://127.0.0.1:${port}#@media.example/`, `http://media.example:80\\@127.0.0.1:${port}/`, `http:///127.0.0.1:${port}/`, `http:127.0.0.1:${port}`,
  `//127.0.0.1:${port}/`, `ftp://127.0.0.1:${port}/`, `file:///etc/passwd`, `gopher://127.0.0.1:${port}/_x`, `http://127.0.0.1:${port}\r\nHost: x/`, ` http://127.0.0.1:${port}/ `, `HTTP://127.0.0.1:${port}/`, `http://127.0.0.1:${port}/%2e%2e/`,
];

interface Result {
  readonly ok: boolean;
  readonly code: string | null;
}

async function test({ operator }: World, url: string): Promise<Result> {
  const { data, code } = await operator.send<{ testServerConnection: Result }>(TEST, { input: { url, token: 'a-token-for-a-trap' } });
  await new Promise((resolve) => setTimeout(resolve, 55));
  return { ok: data?.testServerConnection.ok ?? false, code: code ?? data?.testServerConnection.code ?? null };
}

const REFUSALS = new Set(['EGRESS_BLOCKED', 'VALIDATION_FAILED']);

async function checkHosted(bar: Bar): Promise<void> {
  await inWorld(async (world) => {
    const trap = await Trap.start();
    const urls = [...addressesOf(trap.port), ...WRITTEN(trap.port)];
    const other: string[] = [];
    for (const url of urls) {
      const { ok, code } = await test(world, url);
      // a name that nobody resolves here is unreachable: nothing was connected either
      if (ok || !(REFUSALS.has(code ?? '') || code === 'SERVER_UNREACHABLE')) other.push(`${url} ${code}`);
    }
    bar.equal(`hosted.${urls.length}-addresses.not-refused`, other.join(', '), '');
    bar.equal('hosted.trap-connections', trap.connections, 0);
    await trap.close();
  }, { USHER_EGRESS: 'hosted' });
}

async function checkHome(bar: Bar): Promise<void> {
  await inWorld(async (world) => {
    const trap = await Trap.start();
    const redirects = createServer((request, response) => {
      const to = request.url?.includes('metadata') ? 'http://169.254.169.254/latest/' : `http://127.0.0.1:${trap.port}/`;
      response.writeHead(302, { location: to }).end();
    });
    await new Promise<void>((resolve) => redirects.listen(0, '127.0.0.1', resolve));
    const { port } = redirects.address() as AddressInfo;
    for (const path of ['', 'metadata']) {
      const { ok } = await test(world, `http://127.0.0.1:${port}/${path}`);
      bar.equal(`home.redirect-${path === '' ? 'to-a-private-service' : path}.ok`, ok, false);
    }
    bar.equal('home.trap-connections-after-redirects', trap.connections, 0);
    const broker = new URL(world.stack.brokerUrl).port;
    const own = [`http://127.0.0.1:${world.stack.port}`, `http://localhost:${world.stack.port}`, `http://[::1]:${world.stack.port}`, `http://127.0.0.1:${broker}`, `http://127.0.0.1:${new URL(world.stack.database.url).port}`];
    for (const url of [...own, 'http://169.254.169.254/', 'http://[fe80::1]/', 'http://100.64.0.1/', 'http://224.0.0.1/', 'http://[64:ff9b::a9fe:a9fe]/']) {
      const { code } = await test(world, url);
      bar.check(`home ${url.replace(/:\d+$/, ':own-port')}`, code, 'EGRESS_BLOCKED', code === 'EGRESS_BLOCKED');
    }
    redirects.closeAllConnections();
    redirects.close();
    await trap.close();
    bar.notRun('rebinding-name-server', 'covered by the unit tests of the egress guard: this machine resolves through a server that the check cannot stand in for');
  });
}

await runBar('B32', async (bar) => {
  await checkHosted(bar);
  await checkHome(bar);
});
