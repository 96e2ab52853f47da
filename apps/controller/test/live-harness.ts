import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { BusServer, HubConnection, SysConnection, type AgentLinkOptions } from '@usher/bus';
import { uuidv7 } from '@usher/contracts';
import { createPool, PrismaService } from '@usher/database';
import { createLogger } from '@usher/platform';
import { systemClock, type Clock } from '@usher/resilience';
import { AgentKeys, KeyRing, mintHubUser, mintSysUser, renderBrokerConf, sealCredential } from '@usher/security';
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
import { addToken, enrollAgent, enrollmentBody, type TestAgent } from './live-agent.js';

/** Everything that was logged, to look at when a test fails. */
export const logLines: string[] = [];
const logger = createLogger({ service: 'controller', level: 'debug', destination: { write: (line: string) => void logLines.push(line) } });

@Module({ imports: [ChangesModule, AgentsModule, ServerStateModule, LibrariesModule, UsersModule, SessionsModule, HistoryModule] })
class LiveRooms {}

export function actorOf(role: OperatorRole): Actor {
  const signedIn = { operatorId: uuidv7(), name: role, role, signInId: uuidv7(), kind: 'console' as const, provenAt: null, expiresAt: new Date(Date.now() + 3_600_000) };
  return new Actor(signedIn, '192.0.2.1');
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

  addToken(serverId: string, ttlMs?: number): Promise<string> {
    return addToken(this.pool, serverId, ttlMs);
  }

  newKeys(): Promise<AgentKeys> {
    return AgentKeys.loadOrCreate(path.join(this.folder, uuidv7()));
  }

  /** The body of an enrollment that would be accepted. */
  enrollment(controller: TestController, token: string, keys: AgentKeys): Promise<Record<string, unknown>> {
    return enrollmentBody((url, body) => controller.post(url, body), token, keys);
  }

  /** Enrolls at the first controller, and connects. */
  async addAgent(serverId: string, refuse?: AgentLinkOptions['refuse']): Promise<TestAgent> {
    const surroundings = { logger, brokerUrl: () => this.nats.url, time: () => this.time() };
    const folder = path.join(this.folder, uuidv7());
    const agent = await enrollAgent({ post: (url, body) => this.controllers[0]!.post(url, body), pool: this.pool, folder, surroundings }, serverId, refuse);
    this.agents.push(agent);
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
export { sessionOf, type TestAgent } from './live-agent.js';
