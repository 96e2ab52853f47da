import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  AgentLink,
  BusServer,
  HubConnection,
  SysConnection,
  type AgentLinkOptions,
  type CommandJournal,
  type FactBatch,
  type FenceStore,
  type JournalEntry,
} from '@usher/bus';
import {
  agentHello,
  heartbeatState,
  sessionsState,
  uuidv7,
  type AgentConfig,
  type Heartbeat,
  type Session,
  type TrustedKey,
} from '@usher/contracts';
import { createPool, PrismaService } from '@usher/database';
import { createLogger } from '@usher/platform';
import { systemClock, type Clock } from '@usher/resilience';
import { AgentKeys, enrollmentProof, KeyRing, makeEnrollmentToken, mintHubUser, mintSysUser, parseEnrollmentToken, renderBrokerConf, sealCredential } from '@usher/security';
import { eventually, startNats, startPostgres, type NatsServer, type TestDatabase } from '@usher/testing';
import type { Pool } from 'pg';
import { AgentsModule } from '../src/agents/agents.module.js';
import { Actor, type OperatorRole } from '../src/auth/actor.js';
import type { ControllerConfig } from '../src/config.js';
import { ChangesModule } from '../src/graphql/changes.module.js';
import { HistoryModule } from '../src/history/history.module.js';
import { InfrastructureModule, type Infrastructure } from '../src/infrastructure.module.js';
import { LibrariesModule } from '../src/libraries/libraries.module.js';
import { ServerStateModule } from '../src/servers/server-state.module.js';
import { SessionsModule } from '../src/sessions/sessions.module.js';
import { UsersModule } from '../src/users/users.module.js';

/** Everything that was logged, to look at when a test fails. */
export const logLines: string[] = [];
const logger = createLogger({ service: 'controller', level: 'debug', destination: { write: (line: string) => void logLines.push(line) } });

@Module({ imports: [ChangesModule, AgentsModule, ServerStateModule, LibrariesModule, UsersModule, SessionsModule, HistoryModule] })
class LiveRooms {}

export function actorOf(role: OperatorRole): Actor {
  const signedIn = { operatorId: uuidv7(), name: role, role, signInId: uuidv7(), kind: 'console' as const, provenAt: null, expiresAt: new Date(Date.now() + 3_600_000) };
  return new Actor(signedIn, '192.0.2.1');
}

class TestJournal implements CommandJournal {
  readonly entries = new Map<string, JournalEntry>();

  async find(commandId: string): Promise<JournalEntry | null> {
    return this.entries.get(commandId) ?? null;
  }

  async intent(commandId: string, argsSha256: string, op: string): Promise<void> {
    this.entries.set(commandId, { commandId, argsSha256, op, state: 'intent', at: Date.now() });
  }

  async done(commandId: string, outcome: NonNullable<JournalEntry['outcome']>): Promise<void> {
    this.entries.set(commandId, { ...this.entries.get(commandId)!, state: 'done', outcome });
  }

  async acknowledged(): Promise<void> {
    await Promise.resolve();
  }
}

class TestFences implements FenceStore {
  private readonly epochs = new Map<string, number>();

  highest(name: string): number {
    return this.epochs.get(name) ?? 0;
  }

  async raise(name: string, epoch: number): Promise<void> {
    this.epochs.set(name, epoch);
  }
}

/** One controller process: the live rooms with everything real around them. */
export class TestController {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly pool: Pool,
    private readonly closeInfrastructure: () => Promise<void>,
  ) {}

  static async start(fleet: LiveFleet, clock: Clock = systemClock): Promise<TestController> {
    const pool = createPool(fleet.database.url, { max: 8 });
    const prisma = new PrismaService(pool);
    const hub = await HubConnection.connect({ url: fleet.nats.url, creds: await mintHubUser(fleet.ring, 'controller'), service: 'controller', logger });
    const sys = await SysConnection.connect({ url: fleet.nats.url, creds: await mintSysUser(fleet.ring), ring: fleet.ring, logger });
    const config = { natsUrl: fleet.nats.url, controllerUrl: 'http://127.0.0.1:8747', port: 8747 } as ControllerConfig;
    const given: Infrastructure = { config, logger, clock, processId: uuidv7(), pool, prisma, ring: fleet.ring, hub, sys };
    const root = { module: LiveRooms, imports: [InfrastructureModule.of(given)] };
    const app = await NestFactory.create<NestFastifyApplication>(root, new FastifyAdapter({ bodyLimit: 262_144 }), { logger: false });
    app.connectMicroservice({ strategy: app.get(BusServer) });
    await app.init();
    await app.startAllMicroservices();
    await app.getHttpAdapter().getInstance().ready();
    return new TestController(app, pool, async () => {
      await sys.close();
      await hub.close();
      await prisma.close();
      await pool.end();
    });
  }

  async post(url: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
    const answer = await this.app.inject({ method: 'POST', url, payload: JSON.stringify(body) ?? '', headers: { 'content-type': 'application/json' } });
    return { status: answer.statusCode, body: answer.json() };
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.closeInfrastructure();
  }
}

/** What an agent does, by hand: enrolls over HTTP, links over its own account, and says what the test wants. */
export class TestAgent {
  readonly commands: { name: string; args: unknown }[] = [];
  readonly handlers = new Map<string, (args: unknown) => Promise<unknown>>();
  readonly spoolEpoch = uuidv7();
  link!: AgentLink;
  config!: AgentConfig;
  credential: string | null = null;
  private seq = Date.now();

  constructor(
    readonly fleet: LiveFleet,
    readonly keys: AgentKeys,
    readonly serverId: string,
    public agentId: string,
    public userJwt: string,
    readonly trusted: TrustedKey[],
  ) {}

  async connect(refuse?: AgentLinkOptions['refuse']): Promise<void> {
    const { keys, userJwt, serverId, agentId } = this;
    this.link = new AgentLink({
      url: this.fleet.nats.url, keys, userJwt, serverId, agentId, logger,
      trustedKeys: () => this.trusted,
      journal: new TestJournal(),
      fences: new TestFences(),
      ...(refuse && { refuse }),
      dispatch: async (name, args) => {
        this.commands.push({ name, args });
        return (await this.handlers.get(name)?.(args)) ?? {};
      },
    });
    const connected = new Promise<void>((resolve) => this.link.onConnected(resolve));
    this.link.start();
    await connected;
  }

  hello(more: Partial<{ protocol: { min: number; max: number }; configRev: number; credentialRev: number; sentAt: string }> = {}) {
    const sentAt = this.fleet.time();
    return this.link.ask(agentHello, { agentId: this.agentId, protocol: { min: 1, max: 1 }, agentVersion: '0.1.0', configRev: 0, credentialRev: 0, sentAt, ...more });
  }

  beat(vendor: Partial<Heartbeat['vendor']> = {}, spoolPending = 0): void {
    const at = this.fleet.time();
    this.link.publishState(heartbeatState, {
      seq: this.nextSeq(), at, agentId: this.agentId, agentVersion: '0.1.0', configRev: 1, credentialRev: 1, spoolPending,
      vendor: { status: 'online', reason: null, code: null, since: at, latencyMs: 5, ...vendor },
      live: { mode: 'push', lastPollAt: at, lastPushAt: at, sessionCallsLastHour: 3, otherCallsLastHour: 2 },
    });
  }

  show(sessions: Session[]): number {
    const seq = this.nextSeq();
    this.link.publishState(sessionsState, { seq, part: 0, parts: 1, at: new Date().toISOString(), source: 'push', sessions });
    return seq;
  }

  batch(first: number, facts: { contract: string; body: unknown; seq?: number }[], spoolEpoch = this.spoolEpoch): FactBatch {
    const at = new Date().toISOString();
    return { spoolEpoch, first, facts: facts.map((fact, i) => ({ seq: first + i, id: uuidv7(), at, class: 'result', ...fact })) };
  }

  nextSeq(): number {
    return (this.seq = Math.max(this.seq + 1, Date.now()));
  }
}

/** A database, a broker and a key ring; controllers and agents are added by the test. */
export class LiveFleet {
  readonly controllers: TestController[] = [];
  readonly agents: TestAgent[] = [];
  readonly pool: Pool;
  /** The time that agents see. */
  now: () => number = Date.now;

  private constructor(
    readonly folder: string,
    readonly database: TestDatabase,
    readonly ring: KeyRing,
    private readonly conf: string,
    public nats: NatsServer,
  ) {
    this.pool = createPool(database.url, { max: 4 });
  }

  static async start(): Promise<LiveFleet> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'usher-live-'));
    const database = await startPostgres();
    const ring = await KeyRing.loadOrCreate(path.join(folder, 'keyring.json'));
    const conf = await renderBrokerConf(ring, { port: 4222, resolverDir: path.join(folder, 'accounts') });
    return new LiveFleet(folder, database, ring, conf, await startNats({ conf }));
  }

  time(): string {
    return new Date(this.now()).toISOString();
  }

  async addController(clock?: Clock): Promise<TestController> {
    const controller = await TestController.start(this, clock);
    this.controllers.push(controller);
    return controller;
  }

  async removeController(controller: TestController): Promise<void> {
    this.controllers.splice(this.controllers.indexOf(controller), 1);
    await controller.close();
  }

  /** A registered server that nobody has probed yet, with its sealed credential. */
  async addServer(more: { readOnly?: boolean; connection?: 'direct' | 'remote' } = {}): Promise<string> {
    const serverId = uuidv7();
    const url = `http://${serverId}.invalid`;
    await this.pool.query(
      `INSERT INTO server (id, alias, slug, url, normalized_url, kind, read_only, connection) VALUES ($1, $5, $5, $2, $2, 'jellyfin', $3, $4)`,
      [serverId, url, more.readOnly ?? false, more.connection ?? 'remote', serverId],
    );
    const plain = { origin: url, token: 'media-server-key', kind: 'jellyfin' as const, tls: { verify: true }, rev: 1 };
    const sealed = sealCredential(this.ring, { serverId, kind: 'media-server' }, plain);
    await this.pool.query(
      `INSERT INTO server_credential (server_id, kind, rev, dek_ver, kek_id, wrapped_dek, ciphertext, fp) VALUES ($1, 'media-server', 1, $2, $3, $4, $5, $6)`,
      [serverId, sealed.dekVersion, sealed.kekId, sealed.wrappedDek, sealed.ciphertext, sealed.fingerprint],
    );
    return serverId;
  }

  async addToken(serverId: string, ttlMs = 60_000): Promise<string> {
    const { token, tokenId, secretSha256 } = makeEnrollmentToken({ controllerUrl: 'http://127.0.0.1:8747' });
    await this.pool.query(`INSERT INTO enrollment_token (id, secret_sha256, server_id, expires_at) VALUES ($1, $2, $3, now() + $4::interval)`, [
      tokenId, secretSha256, serverId, `${ttlMs} milliseconds`,
    ]);
    return token;
  }

  newKeys(): Promise<AgentKeys> {
    return AgentKeys.loadOrCreate(path.join(this.folder, uuidv7()));
  }

  /** The body of an enrollment that would be accepted. */
  async enrollment(controller: TestController, token: string, keys: AgentKeys): Promise<Record<string, unknown>> {
    const { i: tokenId, secret } = parseEnrollmentToken(token);
    const { body } = await controller.post('/agents/enroll/challenge', { tokenId });
    const nonce = body['nonce'] as string;
    return { tokenId, secret, nkeyPub: keys.nkeyPub, sigPub: keys.sigPub, boxPub: keys.boxPub, nonce, sig: enrollmentProof(keys, { tokenId, nonce }) };
  }

  /** Enrolls and connects an agent; with `isUp` it has also beaten once and every controller has heard it. */
  async addAgent(serverId: string, refuse?: AgentLinkOptions['refuse']): Promise<TestAgent> {
    const keys = await this.newKeys();
    const controller = this.controllers[0]!;
    const { status, body } = await controller.post('/agents/enroll', await this.enrollment(controller, await this.addToken(serverId), keys));
    if (status !== 200) throw new Error(`enrollment answered ${status}: ${JSON.stringify(body)}`);
    const agent = new TestAgent(this, keys, serverId, body['agentId'] as string, body['userJwt'] as string, body['keys'] as TrustedKey[]);
    agent.config = body['config'] as AgentConfig;
    agent.credential = body['credential'] as string | null;
    this.agents.push(agent);
    await agent.connect(refuse);
    return agent;
  }

  /** A hub login as the bundled agent host has it. */
  async hostConnection(): Promise<HubConnection> {
    return await HubConnection.connect({ url: this.nats.url, creds: await mintHubUser(this.ring, 'agent-host'), service: 'agent-host', logger });
  }

  async restartBroker(): Promise<void> {
    const { port } = this.nats;
    await this.nats.kill();
    this.nats = await startNats({ conf: this.conf, port });
  }

  async stopBroker(): Promise<void> {
    await this.nats.kill();
  }

  async serverRow(serverId: string): Promise<Record<string, unknown>> {
    const { rows } = await this.pool.query('SELECT * FROM server WHERE id = $1', [serverId]);
    return rows[0] as Record<string, unknown>;
  }

  async close(): Promise<void> {
    await Promise.all(this.agents.map((agent) => agent.link.stop()));
    for (const controller of this.controllers) await controller.close();
    await this.pool.end();
    await this.nats.close();
    await this.database.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

export { eventually };

/** A session that plays a film, unless told otherwise. */
export function sessionOf(vendorId: string, more: Partial<Session> = {}): Session {
  return {
    vendorId, userId: 'u1', userName: 'Ada', deviceId: 'd1', deviceName: 'TV', client: 'Web', clientVersion: '1', address: '203.0.113.7', network: 'wan',
    lastSeenAt: new Date().toISOString(), controls: { stop: true, pause: true, seek: true, message: true }, ghost: false,
    item: { itemId: 'i1', type: 'movie', title: 'A Film', seriesTitle: null, seasonNumber: null, episodeNumber: null, year: 2001, durationMs: 6_000_000 },
    stream: {
      playbackId: uuidv7(), startedAt: new Date().toISOString(), positionMs: 1_000, state: 'playing', delivery: 'direct-play', container: 'mkv',
      bitRateKbps: 8_000, sourceBitRateKbps: 8_000, video: null, audio: null, subtitle: null, transcode: null,
    },
    ...more,
  };
}
