import 'reflect-metadata';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { BusServer, HandleAsk, HandleFactBatch, HandleState, HubBus, HubConnection, SysConnection, type AgentDirectory, type AgentMessageContext, type FactBatch } from '@usher/bus';
import { activitiesState, agentHello, describeHost, heartbeatState, loadState, sessionsState, uuidv7, type AgentConfig, type ConnectionTestResult, type CredentialPlain, type ActivitiesState, type Heartbeat, type SessionsState } from '@usher/contracts';
import { InMemoryMediaServer, type ConnectionTestRequest, type MediaServerOptions } from '@usher/media-server';
import { listen, sendJson, type Listener, type StartedService } from '@usher/platform';
import { KeyRing, makeEnrollmentToken, mintAccount, mintAgentUser, mintHubUser, mintSysUser, renderBrokerConf, sealTo, sha256, verifyEnrollmentProof, type EnrollmentClaim, type JWK } from '@usher/security';
import { eventually, startNats, type NatsServer } from '@usher/testing';
import { z } from 'zod';
import { start } from '../src/index.js';
import { recordingLogger } from './support.js';

type Fact = FactBatch['facts'][number];

/** A busy machine may take long to say that it took a command. */
const PATIENCE_MS = 20_000;

interface KnownAgent {
  serverId: string;
  agentId: string;
  acctPub: string;
  boxPub: JWK;
  sigPub: JWK;
}

/** What the controller keeps, as far as the agent can see. */
export class FakeController {
  readonly agents = new Map<string, KnownAgent>();
  readonly hellos: z.infer<typeof agentHello.request>[] = [];
  /** By server: facts in the order of their application, each once. */
  readonly facts = new Map<string, Fact[]>();
  /** How often each (agent, epoch, number) arrived. */
  readonly arrivals = new Map<string, number>();
  readonly sessions = new Map<string, SessionsState>();
  readonly activities = new Map<string, ActivitiesState>();
  readonly heartbeats = new Map<string, Heartbeat>();
  readonly loads = new Set<string>();
  readonly configs = new Map<string, AgentConfig>();
  readonly credentials = new Map<string, CredentialPlain>();
  /** Set to lose the next answers to batches of facts after they were stored. */
  loseAnswers = 0;

  readonly directory: AgentDirectory = {
    byAccount: (acctPub) => [...this.agents.values()].find((agent) => agent.acctPub === acctPub),
    byServer: (serverId) => this.agents.get(serverId),
  };

  factsOf(serverId: string, contract: string): Fact[] {
    return (this.facts.get(serverId) ?? []).filter((fact) => fact.contract === contract);
  }
}

/** The listeners get what they serve by this: one harness per test file. */
let current: { controller: FakeController; ring: KeyRing };

@Controller()
class FakeControllerListener {
  @HandleAsk(agentHello)
  async hello(request: z.infer<typeof agentHello.request>, { serverId }: AgentMessageContext): Promise<z.infer<typeof agentHello.reply>> {
    const { controller, ring } = current;
    controller.hellos.push(request);
    const credential = controller.credentials.get(serverId)!;
    const isCurrent = request.credentialRev === credential.rev;
    return {
      protocol: 1,
      controllerTime: new Date().toISOString(),
      fleetEpoch: 1,
      fleetId: ring.fleetId,
      config: controller.configs.get(serverId)!,
      credential: isCurrent ? null : await sealTo(controller.agents.get(serverId)!.boxPub, credential),
      keys: ring.trustedKeys(),
    };
  }

  @HandleFactBatch()
  async appended(batch: FactBatch, { serverId, agentId }: AgentMessageContext): Promise<{ through: number }> {
    const { controller } = current;
    for (const fact of batch.facts) {
      const key = `${agentId}/${batch.spoolEpoch}/${fact.seq}`;
      const seen = controller.arrivals.get(key) ?? 0;
      controller.arrivals.set(key, seen + 1);
      if (seen === 0) controller.facts.set(serverId, [...(controller.facts.get(serverId) ?? []), fact]);
    }
    if (controller.loseAnswers-- > 0) throw new Error('the answer is lost');
    return { through: batch.facts.at(-1)!.seq };
  }

  @HandleState(sessionsState)
  sessions(body: SessionsState, { serverId }: AgentMessageContext): void {
    current.controller.sessions.set(serverId, body);
  }

  @HandleState(activitiesState)
  activities(body: ActivitiesState, { serverId }: AgentMessageContext): void {
    current.controller.activities.set(serverId, body);
  }

  @HandleState(heartbeatState)
  heartbeat(body: Heartbeat, { serverId }: AgentMessageContext): void {
    current.controller.heartbeats.set(serverId, body);
  }

  @HandleState(loadState)
  load(_body: z.infer<typeof loadState.body>, { serverId }: AgentMessageContext): void {
    current.controller.loads.add(serverId);
  }
}

@Module({ controllers: [FakeControllerListener] })
class FakeControllerModule {}

const Claim = z.object({ tokenId: z.string(), secret: z.string(), nkeyPub: z.string(), sigPub: z.any(), boxPub: z.any(), nonce: z.string(), sig: z.string() });

/** A real broker, a fake controller on its hub side, and the agent host under test with media servers in memory. */
export class TestFleet {
  readonly controller = new FakeController();
  readonly vendors = new Map<string, InMemoryMediaServer>();
  readonly tests: ConnectionTestRequest[] = [];
  readonly log = recordingLogger();
  bus!: HubBus;
  /** The hub as the migration service sees it. */
  migration!: HubBus;
  /** Requests to `/agents/enroll*` are refused while this is false. */
  isEnrollmentOpen = true;
  private readonly tokens = new Map<string, { serverId: string; secretSha256: string }>();
  private readonly closers: (() => Promise<void>)[] = [];
  private host: StartedService | null = null;
  private nats!: NatsServer;
  private http!: Listener;
  private sys!: SysConnection;

  private constructor(
    readonly folder: string,
    readonly ring: KeyRing,
    private readonly conf: string,
    private readonly adapters: 'memory' | 'real',
  ) {}

  /** @param adapters `memory` for servers without a network, `real` for the vendors' adapters */
  static async start(folder: string, adapters: 'memory' | 'real' = 'memory'): Promise<TestFleet> {
    await mkdir(path.join(folder, 'keys'), { recursive: true });
    const ring = await KeyRing.loadOrCreate(path.join(folder, 'keys', 'keyring.json'));
    const conf = await renderBrokerConf(ring, { port: 4222, resolverDir: path.join(folder, 'accounts') });
    const fleet = new TestFleet(folder, ring, conf, adapters);
    await fleet.open();
    return fleet;
  }

  get dataDir(): string {
    return path.join(this.folder, 'data');
  }

  private async open(): Promise<void> {
    const { ring, controller, log } = this;
    current = { controller, ring };
    this.nats = await startNats({ conf: this.conf });
    const url = this.nats.url;
    await writeFile(path.join(this.folder, 'keys', 'agent-host.creds'), await mintHubUser(ring, 'agent-host'), { mode: 0o600 });
    this.sys = await SysConnection.connect({ url, creds: await mintSysUser(ring), ring, logger: log.logger });
    const hub = await HubConnection.connect({ url, creds: await mintHubUser(ring, 'controller'), service: 'controller', logger: log.logger });
    const app = await NestFactory.createMicroservice<MicroserviceOptions>(FakeControllerModule, {
      strategy: new BusServer({ hub, directory: controller.directory, logger: log.logger }),
      logger: false,
      abortOnError: false,
    });
    await app.listen();
    this.bus = new HubBus({ connection: hub, signer: ring.commandKey('controller'), directory: controller.directory, presence: { isOnline: () => true }, fleetEpoch: () => 1, acceptWithinMs: PATIENCE_MS });
    const migrationHub = await HubConnection.connect({ url, creds: await mintHubUser(ring, 'migration'), service: 'migration', logger: log.logger });
    this.migration = new HubBus({ connection: migrationHub, signer: ring.commandKey('migration'), directory: controller.directory, presence: { isOnline: () => true }, fleetEpoch: () => 1, acceptWithinMs: PATIENCE_MS });
    this.http = await listen({ bind: '127.0.0.1', port: 0, handle: (request, response) => void this.serve(request, response).catch(() => sendJson(response, 500, {})) });
    this.closers.push(() => this.http.close(), () => app.close(), () => migrationHub.close(), () => hub.close(), () => this.sys.close());
    await this.startHost();
  }

  async startHost(): Promise<void> {
    this.host = await start(
      {
        logLevel: 'debug',
        dataDir: this.dataDir,
        natsUrl: this.nats.url,
        natsCaFile: undefined,
        bind: '127.0.0.1',
        healthPort: 0,
        controllerUrl: undefined,
        credsFile: path.join(this.folder, 'keys', 'agent-host.creds'),
        egress: 'home',
        allowPrivateCidrs: [],
        plexTvUrl: 'https://plex.tv',
      },
      { logger: this.log.logger, ...(this.adapters === 'memory' && { vendors: { createServer: (options) => this.createServer(options), testConnection: (request) => this.testConnection(request) } }) },
    );
    // it subscribes before it says so, but the broker may hear of it later
    await eventually(() => this.bus.serviceCommand(describeHost, {}));
  }

  async stopHost(): Promise<void> {
    await this.host?.stop();
    this.host = null;
  }

  health() {
    return this.host!.health();
  }

  /** As if the broker's machine had lost power; it comes back at the same address. */
  async killBroker(): Promise<() => Promise<void>> {
    const { port } = this.nats;
    await this.nats.kill();
    return async () => {
      this.nats = await startNats({ conf: this.conf, port });
    };
  }

  /** A server in memory that the controller has saved, with a token for an agent of it. */
  register(config: Partial<AgentConfig> = {}): { serverId: string; token: string; vendor: InMemoryMediaServer } {
    const vendor = new InMemoryMediaServer('jellyfin');
    const origin = `http://127.0.0.1:${20_000 + this.vendors.size}`;
    this.vendors.set(origin, vendor);
    return { ...this.registerAt({ origin, token: `key-of-${origin}`, kind: 'jellyfin' }, config), vendor };
  }

  registerAt(credential: Pick<CredentialPlain, 'origin' | 'token' | 'kind'>, config: Partial<AgentConfig> = {}): { serverId: string; token: string } {
    const serverId = uuidv7();
    this.controller.configs.set(serverId, { rev: 1, readOnly: false, poll: { sessionsS: 10, librariesS: 21_600, serverS: 300 }, ignoredDevices: [], ...config });
    this.controller.credentials.set(serverId, { ...credential, tls: { verify: true }, rev: 1 });
    return { serverId, token: this.tokenFor(serverId) };
  }

  tokenFor(serverId: string): string {
    const { token, tokenId, secretSha256 } = makeEnrollmentToken({ controllerUrl: this.http.url });
    this.tokens.set(tokenId, { serverId, secretSha256: secretSha256.toString('hex') });
    return token;
  }

  async close(): Promise<void> {
    await this.stopHost();
    for (const close of this.closers) await close();
    await this.nats.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  private createServer(options: MediaServerOptions): InMemoryMediaServer {
    const vendor = this.vendors.get(options.origin)!;
    options.onStatus?.({ status: 'online', reason: null, code: null, since: new Date().toISOString(), latencyMs: 1 });
    // The server outlives its adapters.
    vendor.close = async () => undefined;
    return vendor;
  }

  private async testConnection(request: ConnectionTestRequest): Promise<ConnectionTestResult> {
    this.tests.push(request);
    const vendor = this.vendors.get(request.url);
    if (vendor) return { ok: true, profile: vendor.profile, latencyMs: 1, warnings: [] };
    return { ok: false, code: 'SERVER_UNREACHABLE', message: 'The name was not found.', reason: 'dns', tlsProblem: null, kind: null, retryAfterMs: null };
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as unknown;
    if (!this.isEnrollmentOpen) return sendJson(response, 503, {});
    if (request.url === '/agents/enroll/challenge') return sendJson(response, 200, { nonce: sha256(JSON.stringify(body)).toString('base64url') });
    const claim = Claim.parse(body);
    const token = this.tokens.get(claim.tokenId);
    this.tokens.delete(claim.tokenId);
    if (token?.secretSha256 !== sha256(claim.secret).toString('hex')) {
      return sendJson(response, 403, { code: 'ENROLLMENT_REFUSED', message: 'The enrollment was refused.', details: { reason: 'token' }, next: 'Make a new one.' });
    }
    verifyEnrollmentProof(claim as EnrollmentClaim, claim.sig);
    sendJson(response, 200, await this.enroll(token.serverId, claim as EnrollmentClaim));
  }

  private async enroll(serverId: string, { nkeyPub, boxPub, sigPub }: EnrollmentClaim): Promise<object> {
    const agentId = uuidv7();
    const { acctPub, jwt } = await mintAccount(this.ring, { serverId, agentId });
    await eventually(() => this.sys.pushAccount(jwt));
    this.controller.agents.set(serverId, { serverId, agentId, acctPub, boxPub, sigPub });
    return {
      agentId,
      serverId,
      userJwt: await mintAgentUser(this.ring, { acctPub, nkeyPub, serverId, agentId }),
      brokerUrls: [this.nats.url],
      keys: this.ring.trustedKeys(),
      fleetEpoch: 1,
      generation: 1,
      config: this.controller.configs.get(serverId),
      credential: await sealTo(boxPub, this.controller.credentials.get(serverId)!),
    };
  }
}
