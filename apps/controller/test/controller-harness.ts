import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { HubBus, HubConnection } from '@usher/bus';
import { controllerChanged, uuidv7 } from '@usher/contracts';
import { createPool } from '@usher/database';
import { createLogger, listen, loadConfig, type Listener } from '@usher/platform';
import { hashPassword, KeyRing, mintHubUser, randomToken, renderBrokerConf, Secret, sha256 } from '@usher/security';
import { freePort, startNats, startPostgres, type NatsServer, type TestDatabase } from '@usher/testing';
import type { Pool } from 'pg';
import WebSocket from 'ws';
import type { OperatorRole } from '../src/auth/actor.js';
import { controllerVars } from '../src/config.js';
import { start, type StartedController } from '../src/index.js';
import { FakeAgentHost } from './fake-agent-host.js';

const NOBODY = { byAccount: () => undefined, byServer: () => undefined };

/** What came over the wire: tests look into it as they like. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Wire = any;

export interface GraphqlAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly data: Record<string, Wire> | null | undefined;
  readonly errors: { message: string; path?: unknown; extensions: { code: string; family: string; next: string; details: Record<string, unknown>; correlationId: string } }[] | undefined;
}

export interface CallOptions {
  readonly token?: string | null;
  readonly headers?: Record<string, string>;
}

export interface HarnessOptions {
  readonly env?: Record<string, string>;
}

/** A controller with a database, a broker and a played agent host of its own. */
export class ControllerHarness {
  readonly tokens: Record<OperatorRole, string> = { viewer: '', operator: '', superadmin: '' };
  readonly log: string[] = [];
  private readonly ends: (() => Promise<unknown>)[] = [];
  db!: TestDatabase;
  pool!: Pool;
  /** As the owner of the tables, to break them. */
  owner!: Pool;
  nats!: NatsServer;
  ring!: KeyRing;
  host!: FakeAgentHost;
  controller!: StartedController;
  listener!: Listener;
  private otherHub: HubConnection | null = null;
  private env: Record<string, string> = {};

  static async start(options: HarnessOptions = {}): Promise<ControllerHarness> {
    const harness = new ControllerHarness();
    try {
      await harness.open(options);
      return harness;
    } catch (error) {
      await harness.close();
      throw error;
    }
  }

  private async open({ env = {} }: HarnessOptions): Promise<void> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'usher-controller-'));
    this.ends.unshift(() => rm(folder, { recursive: true, force: true }));
    const keyRingFile = path.join(folder, 'keyring.json');
    this.ring = await KeyRing.loadOrCreate(keyRingFile);
    const natsPort = await freePort();
    const conf = await renderBrokerConf(this.ring, { port: natsPort, resolverDir: path.join(folder, 'accounts') });
    [this.db, this.nats] = await Promise.all([startPostgres(), startNats({ conf, port: natsPort })]);
    this.ends.unshift(() => Promise.all([this.db.close(), this.nats.close()]));
    this.pool = createPool(this.db.url, { max: 4 });
    this.owner = createPool(this.db.ownerUrl, { max: 2 });
    this.ends.unshift(() => Promise.all([this.pool.end(), this.owner.end()]));
    this.env = {
      USHER_DATA_DIR: folder,
      USHER_DATABASE_URL: this.db.url,
      USHER_NATS_URL: this.nats.url,
      USHER_KEYRING_FILE: keyRingFile,
      USHER_LOG_LEVEL: 'debug',
      ...env,
    };
    await this.restart();
    this.ends.unshift(() => this.controller.stop());
    this.ends.unshift(() => this.listener.close());
    this.host = await FakeAgentHost.start({ natsUrl: this.nats.url, ring: this.ring, logger: createLogger({ service: 'agent-host', level: 'error' }) });
    this.ends.unshift(() => this.host.stop());
  }

  /** The controller and its listener, anew; those before must be stopped. */
  async restart(env: Record<string, string> = {}): Promise<void> {
    const logTo = { write: (line: string) => void this.log.push(line) };
    this.controller = await start(loadConfig(controllerVars, { ...this.env, ...env }), { logTo });
    this.listener = await listen({ bind: '127.0.0.1', port: 0, handle: this.controller.handle, upgrade: this.controller.upgrade });
  }

  /** For another controller of the same fleet. */
  get environment(): Readonly<Record<string, string>> {
    return this.env;
  }

  get keyRingFile(): string {
    return this.env['USHER_KEYRING_FILE']!;
  }

  async close(): Promise<void> {
    for (const end of this.ends.splice(0)) await end();
  }

  /** An operator with a signed-in token, written straight into the tables. */
  async addOperator(role: OperatorRole, { provenMsAgo = 0, password = 'a long password' } = {}): Promise<{ id: string; name: string; token: string }> {
    const [id, token, name] = [uuidv7(), randomToken(32), `${role} ${randomToken(4)}`];
    await this.pool.query('INSERT INTO operator (id, name, role, password_hash) VALUES ($1, $2, $3, $4)', [id, name, role, await hashPassword(Secret.of(password))]);
    await this.pool.query(
      `INSERT INTO sign_in (id, operator_id, token_sha256, kind, proven_at, expires_at) VALUES ($1, $2, $3, 'cli', now() - $4::interval, now() + interval '1 hour')`,
      [uuidv7(), id, sha256(token), `${provenMsAgo} milliseconds`],
    );
    return { id, name, token };
  }

  async addRoles(): Promise<void> {
    for (const role of ['viewer', 'operator', 'superadmin'] as const) this.tokens[role] = (await this.addOperator(role)).token;
  }

  async gql(query: string, variables: Record<string, unknown> = {}, { token = this.tokens.operator, headers = {} }: CallOptions = {}): Promise<GraphqlAnswer> {
    return this.post(JSON.stringify({ query, variables }), { token, headers });
  }

  async post(body: string, { token = null, headers = {} }: CallOptions = {}): Promise<GraphqlAnswer> {
    const response = await fetch(`${this.listener.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }), ...headers },
      body,
    });
    const text = await response.text();
    const json = text.startsWith('{') ? (JSON.parse(text) as Pick<GraphqlAnswer, 'data' | 'errors'>) : { data: undefined, errors: undefined };
    return { status: response.status, headers: response.headers, text, data: json.data, errors: json.errors };
  }

  /** As another controller would tell it after its commit. */
  async emitChange(kind: 'server' | 'operator', ids: string[]): Promise<void> {
    this.otherHub ??= await this.connectOther();
    const options = { connection: this.otherHub, signer: this.ring.commandKey('controller'), directory: NOBODY, presence: { isOnline: () => false }, fleetEpoch: () => 1 };
    new HubBus(options).publishServiceState(controllerChanged, { kind, ids });
  }

  private async connectOther(): Promise<HubConnection> {
    const logger = createLogger({ service: 'other', level: 'error' });
    const hub = await HubConnection.connect({ url: this.nats.url, creds: await mintHubUser(this.ring, 'controller'), service: 'controller', logger });
    this.ends.unshift(() => hub.close());
    return hub;
  }

  socket(options: { token?: string | null; origin?: string; cookie?: string } = {}): LiveClient {
    return new LiveClient(this.listener.url.replace('http', 'ws') + '/graphql', { token: this.tokens.operator, ...options });
  }
}

interface LiveMessage {
  readonly type: string;
  readonly id?: string;
  readonly payload?: Wire;
}

/** graphql-transport-ws by hand, so that tests can say what no client would. */
export class LiveClient {
  readonly messages: LiveMessage[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly opened: Promise<void>;
  private readonly ws: WebSocket;
  private waiters: (() => void)[] = [];

  constructor(url: string, { token, origin, cookie }: { token?: string | null; origin?: string; cookie?: string }) {
    this.ws = new WebSocket(url, 'graphql-transport-ws', { headers: { ...(origin && { origin }), ...(cookie && { cookie }) } });
    this.opened = new Promise((resolve, reject) => {
      this.ws.once('open', () => resolve());
      this.ws.once('error', reject);
    });
    this.opened.catch(() => undefined);
    this.closed = new Promise((resolve) => this.ws.once('close', (code, reason) => resolve({ code, reason: String(reason) })));
    this.ws.on('open', () => this.send({ type: 'connection_init', ...(token && { payload: { token } }) }));
    this.ws.on('message', (data) => {
      this.messages.push(JSON.parse(String(data)) as LiveMessage);
      for (const waiter of this.waiters.splice(0)) waiter();
    });
  }

  send(message: object): void {
    this.ws.send(JSON.stringify(message));
  }

  async acknowledged(): Promise<this> {
    await this.until((message) => message.type === 'connection_ack');
    return this;
  }

  subscribe(id: string, query: string, variables: object = {}): void {
    this.send({ type: 'subscribe', id, payload: { query, variables } });
  }

  /** The first message that fits, also one that came already. */
  async until(fits: (message: LiveMessage) => boolean): Promise<LiveMessage> {
    for (;;) {
      const found = this.messages.find(fits);
      if (found) return found;
      await Promise.race([
        new Promise<void>((resolve) => this.waiters.push(resolve)),
        this.closed.then(({ code, reason }) => Promise.reject(new Error(`closed ${code} ${reason}`))),
      ]);
    }
  }

  close(): void {
    this.ws.close();
  }
}
