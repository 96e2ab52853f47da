import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as agentApp from '@usher/agent';
import * as controllerApp from '@usher/controller';
import { createPool } from '@usher/database';
import { createLogger, listen, type Listener, type StartedService } from '@usher/platform';
import * as routerApp from '@usher/router';
import { KeyRing, mintHubUser, renderBrokerConf, renderServiceLogin } from '@usher/security';
import { eventually, freePort, startEmby, startJellyfin, startNats, startPostgres, type Simulator, type SimulatorOptions } from '@usher/testing';
import type { Pool } from 'pg';

/** What came over the wire: tests look into it as they like. */
// oxlint-disable-next-line typescript/no-explicit-any
type Wire = any;

export interface Answer {
  readonly data: Record<string, Wire> | null;
  readonly errors: { message: string; extensions: { code: string; details: Record<string, Wire> } }[] | undefined;
}

export interface FleetServer {
  readonly simulator: Simulator;
  readonly alias: string;
  serverId: string;
}

type Vendors = readonly ((options: SimulatorOptions) => Promise<Simulator>)[];

interface FleetOptions {
  readonly servers?: number;
  readonly routers?: number;
  /** In turn. */
  readonly vendors?: Vendors;
}

interface RunningRouter {
  readonly service: routerApp.StartedRouter;
  readonly listener: Listener;
}

const LINK_PATH = /\/r\/([A-Za-z0-9_-]{22})$/;

/** Everything that routing needs, in one process: database, broker, controller, agent host, routers and simulated media servers. */
export class RoutingFleet {
  readonly servers: FleetServer[] = [];
  readonly routers: RunningRouter[] = [];
  readonly log: string[] = [];
  itemKey = '';
  agentHost!: StartedService;
  controller!: controllerApp.StartedController;
  pool!: Pool;
  private url = '';
  private token = '';
  private env: Record<string, string> = {};
  /** By server: the vendor's id of ana, and the title behind the indexed film. */
  readonly userIds = new Map<string, string>();
  readonly films = new Map<string, string>();
  private readonly ends: (() => Promise<unknown>)[] = [];
  private keys = 0;

  /** One film on `servers` simulated servers, with the viewer ana on each. */
  static async start({ servers = 2, routers = 1, vendors = [startJellyfin, startEmby] }: FleetOptions = {}): Promise<RoutingFleet> {
    const fleet = new RoutingFleet();
    try {
      await fleet.open(servers, routers, vendors);
      return fleet;
    } catch (error) {
      await fleet.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    for (const router of this.routers.splice(0)) await stop(router);
    for (const end of this.ends.splice(0)) await end();
  }

  async addRouter(): Promise<RunningRouter> {
    const service = await routerApp.start(routerApp.readRouterConfig(this.env), { logger: this.logger('router') });
    const listener = await listen({ bind: '127.0.0.1', port: 0, handle: service.handle });
    const router = { service, listener };
    this.routers.push(router);
    await eventually(async () => (await service.health()).ready);
    return router;
  }

  async stopRouter(router: RunningRouter): Promise<void> {
    this.routers.splice(this.routers.indexOf(router), 1);
    await stop(router);
  }

  async startAgentHost(): Promise<void> {
    this.agentHost = await agentApp.start(agentApp.readConfig(this.env), { logger: this.logger('agent') });
  }

  /** Asked again when this sign-in, or a person, asked too much: only the tests are that impatient. */
  async gql(query: string, variables: Record<string, unknown> = {}): Promise<Answer> {
    let answer = await this.post(query, variables);
    await eventually(
      async () => {
        const isTooMuch = answer.errors?.some(({ extensions }) => extensions.code === 'RATE_LIMITED') ?? false;
        if (isTooMuch) answer = await this.post(query, variables);
        return !isTooMuch;
      },
      { everyMs: 100 },
    );
    return answer;
  }

  private async post(query: string, variables: Record<string, unknown>): Promise<Answer> {
    const headers = { 'content-type': 'application/json', ...(this.token && { authorization: `Bearer ${this.token}` }) };
    const response = await fetch(`${this.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    return (await response.json()) as Answer;
  }

  async createRoute(given: Record<string, unknown> = {}): Promise<Answer> {
    const input = { itemKey: this.itemKey, userId: this.userId, client: { kind: 'Test', network: 'WAN' }, idempotencyKey: `key ${++this.keys}`, ...given };
    return await this.gql(
      `mutation ($input: CreateRouteInput!) { createRoute(input: $input) { url route { id state serverId positionMs moves } placement { id verdict serverId sentence candidates { serverId reason chosen } } } }`,
      { input },
    );
  }

  /** Follows a link at one router, as a browser would. */
  async visit(url: string, router = this.routers[0]!): Promise<{ status: number; location: string | null; retryAfter: string | null }> {
    const [, secret] = LINK_PATH.exec(url)!;
    const response = await fetch(`${router.listener.url}/r/${secret}`, { redirect: 'manual', headers: { 'user-agent': 'Mozilla/5.0' } });
    await response.text();
    return { status: response.status, location: response.headers.get('location'), retryAfter: response.headers.get('retry-after') };
  }

  /** The server to which a location leads. */
  serverAt(location: string | null): FleetServer | undefined {
    return this.servers.find(({ simulator }) => location?.startsWith(`${simulator.url}/`));
  }

  server(serverId: string): FleetServer {
    return this.servers.find((server) => server.serverId === serverId)!;
  }

  get userId(): string {
    return `${this.servers[0]!.serverId}:${this.userIds.get(this.servers[0]!.serverId)}`;
  }


  /** Waits until a router counts every server with a fresh report. */
  async ready(): Promise<void> {
    await eventually(
      async () => {
        const { data } = await this.gql('{ serverLoads { serverId standing reportedAt } }');
        const loads: Wire[] = data?.['serverLoads'] ?? [];
        return this.servers.every(({ serverId }) => loads.some((load) => load.serverId === serverId && /^(ready|slow-start)$/.test(load.standing) && load.reportedAt !== null));
      },
      { timeoutMs: 30_000, everyMs: 100 },
    );
  }

  private async open(servers: number, routers: number, vendors: Vendors): Promise<void> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'usher-routing-'));
    this.ends.unshift(() => rm(folder, { recursive: true, force: true }));
    const [database, natsPort, port] = await Promise.all([startPostgres(), freePort(), freePort()]);
    this.ends.unshift(() => database.close());
    const ring = await KeyRing.loadOrCreate(path.join(folder, 'keys', 'keyring.json'));
    const nats = await startNats({ conf: await renderBrokerConf(ring, { port: natsPort, resolverDir: path.join(folder, 'accounts') }), port: natsPort });
    this.ends.unshift(() => nats.close());
    await mkdir(path.join(folder, 'keys'), { recursive: true });
    await writeFile(path.join(folder, 'keys', 'agent-host.creds'), await mintHubUser(ring, 'agent-host'), { mode: 0o600 });
    await writeFile(path.join(folder, 'keys', 'router.login.json'), await renderServiceLogin(ring, 'router'), { mode: 0o600 });
    this.url = `http://127.0.0.1:${port}`;
    this.env = {
      USHER_DATA_DIR: folder,
      USHER_DATABASE_URL: database.url,
      USHER_NATS_URL: nats.url,
      USHER_PORT: String(port),
      USHER_PUBLIC_URL: this.url,
      USHER_CONTROLLER_URL: this.url,
      USHER_EGRESS: 'home',
      USHER_LOG_LEVEL: 'info',
    };
    this.pool = createPool(database.url, { max: 4 });
    this.ends.unshift(() => this.pool.end());
    this.controller = await controllerApp.start(controllerApp.readControllerConfig(this.env), { logTo: { write: (line: string) => void this.log.push(line) } });
    this.ends.unshift(() => this.controller.stop());
    const listener = await listen({ bind: '127.0.0.1', port, handle: this.controller.handle, upgrade: this.controller.upgrade });
    this.ends.unshift(() => listener.close());
    await this.startAgentHost();
    this.ends.unshift(() => this.agentHost.stop());
    await this.signIn();
    await this.addServers(servers, vendors);
    for (let at = 0; at < routers; at++) await this.addRouter();
    if (routers > 0) await this.ready();
  }

  private logger(service: string) {
    return createLogger({ service, level: 'info', destination: { write: (line: string) => void this.log.push(line) } });
  }

  private async signIn(): Promise<void> {
    const { code } = (await this.controller.issueSignInCode({ force: true }))!;
    const { data, errors } = await this.gql(`mutation ($input: CreateFirstOperatorInput!) { createFirstOperator(input: $input) { token } }`, {
      input: { code, name: 'sam', password: 'correct horse battery', returnToken: true },
    });
    if (errors) throw new Error(errors[0]!.message);
    this.token = data!['createFirstOperator'].token;
  }

  private async addServers(count: number, vendors: Vendors): Promise<void> {
    for (let at = 0; at < count; at++) {
      const simulator = await vendors[at % vendors.length]!({});
      this.ends.unshift(() => simulator.close());
      simulator.control.addUser({ name: 'ana' });
      this.servers.push({ simulator, alias: `server ${at}`, serverId: '' });
    }
    await this.controller.registerDemoServers(this.servers.map(({ simulator, alias }) => ({ externalKey: alias, url: simulator.url, token: simulator.adminKey, alias, kind: simulator.kind })));
    await eventually(
      async () => {
        const { rows } = await this.pool.query<{ id: string; alias: string; users: number }>(
          `SELECT s.id, s.alias, (SELECT count(*)::int FROM media_user u WHERE u.server_id = s.id AND u.name = 'ana') AS users FROM server s WHERE s.state = 'online'`,
        );
        for (const { id, alias } of rows) this.servers.find((server) => server.alias === alias)!.serverId = id;
        return rows.length === count && rows.every(({ users }) => users === 1);
      },
      { timeoutMs: 30_000, everyMs: 100 },
    );
    const { rows } = await this.pool.query<{ server_id: string; vendor_id: string }>(`SELECT server_id, vendor_id FROM media_user WHERE name = 'ana'`);
    for (const { server_id, vendor_id } of rows) this.userIds.set(server_id, vendor_id);
    await this.indexFilm();
  }

  /** The first film that every server holds, as soon as the index knows it. */
  private async indexFilm(): Promise<void> {
    await eventually(
      async () => {
        const { rows } = await this.pool.query<{ item_id: string; title: string; servers: string[] }>(
          `SELECT l.item_id, min(l.title) AS title, array_agg(DISTINCT l.server_id) AS servers FROM item_location l WHERE l.type = 'movie' GROUP BY l.item_id HAVING count(DISTINCT l.server_id) = $1 ORDER BY title LIMIT 1`,
          [this.servers.length],
        );
        const film = rows[0];
        if (!film) return false;
        this.itemKey = film.item_id;
        for (const serverId of film.servers) this.films.set(serverId, film.title);
        return true;
      },
      { timeoutMs: 30_000, everyMs: 100 },
    );
  }
}

async function stop({ service, listener }: RunningRouter): Promise<void> {
  await listener.close();
  await service.stop();
}
