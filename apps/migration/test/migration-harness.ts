import 'reflect-metadata';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Controller, Module, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { AgentLink, BusServer, HandleServiceCommand, HandleServiceState, HubBus, HubConnection, SysConnection, type AgentLinkOptions, type CommandJournal, type FenceStore, type JournalEntry } from '@usher/bus';
import { controllerChanged, describeFleet, planProgress, runProgress, uuidv7, type FleetServer, type PlanProgress, type RunProgress, type ServerKind, type ServiceCommandContract } from '@usher/contracts';
import { createPool } from '@usher/database';
import { createLogger } from '@usher/platform';
import { AgentKeys, KeyRing, mintAccount, mintAgentUser, mintHubUser, mintSysUser, renderBrokerConf, renderServiceLogin } from '@usher/security';
import { eventually, startNats, startPostgres, type NatsServer, type TestDatabase } from '@usher/testing';
import type { Pool } from 'pg';
import type { z } from 'zod';
import { readMigrationConfig } from '../src/config.js';
import { start, type StartedMigration } from '../src/start.js';
import { FakeServer } from './fake-server.js';

/** Everything that was logged, to look at when a test fails. */
export const logLines: string[] = [];
export const logger = createLogger({ service: 'migration', level: 'debug', destination: { write: (line: string) => void logLines.push(line) } });

class TestJournal implements CommandJournal {
  private readonly entries = new Map<string, JournalEntry>();

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

/** The controller, as far as the migration service speaks with it. */
const told: { plans: PlanProgress[]; runs: RunProgress[]; servers: FleetServer[]; keys: () => KeyRing | null } = { plans: [], runs: [], servers: [], keys: () => null };

@Controller()
class FakeController {
  @HandleServiceCommand(describeFleet)
  describe(): z.input<typeof describeFleet.reply> {
    return { fleetEpoch: 1, keys: told.keys()?.trustedKeys() ?? [], servers: told.servers };
  }

  @HandleServiceState(planProgress)
  plan(progress: PlanProgress): void {
    told.plans.push(progress);
  }

  @HandleServiceState(runProgress)
  run(progress: RunProgress): void {
    told.runs.push(progress);
  }
}

@Module({ controllers: [FakeController] })
class FakeControllerModule {}

export interface MigrationServer {
  readonly id: string;
  readonly fake: FakeServer;
  readonly link: AgentLink;
  readonly keys: AgentKeys;
  readonly agentId: string;
  /** What stands between a changing command and its handler. */
  guard: NonNullable<AgentLinkOptions['guard']>;
}

interface Parts {
  readonly folder: string;
  readonly database: TestDatabase;
  readonly pool: Pool;
  readonly ring: KeyRing;
  readonly nats: NatsServer;
  readonly hub: HubConnection;
  readonly sys: SysConnection;
  readonly bus: HubBus;
  readonly controller: INestMicroservice;
}

/** A real broker and database, a controller played by the test, agents played by it, and migration services. */
export class MigrationFleet {
  readonly services: StartedMigration[] = [];
  readonly servers: MigrationServer[] = [];
  readonly operator = { operatorId: uuidv7(), operatorName: 'Ola' };
  readonly told = told;

  private constructor(private readonly parts: Parts) {}

  get ring(): KeyRing {
    return this.parts.ring;
  }

  get pool(): Pool {
    return this.parts.pool;
  }

  /** As the controller speaks to services. */
  get bus(): HubBus {
    return this.parts.bus;
  }

  static async start(): Promise<MigrationFleet> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'usher-migration-'));
    const database = await startPostgres();
    const ring = await KeyRing.loadOrCreate(path.join(folder, 'keyring.json'));
    const conf = await renderBrokerConf(ring, { port: 4222, resolverDir: path.join(folder, 'accounts') });
    const nats = await startNats({ conf });
    const hub = await HubConnection.connect({ url: nats.url, creds: await mintHubUser(ring, 'controller'), service: 'controller', logger });
    const sys = await SysConnection.connect({ url: nats.url, creds: await mintSysUser(ring), ring, logger });
    Object.assign(told, { plans: [], runs: [], servers: [], keys: () => ring });
    const directory = { byAccount: () => undefined, byServer: () => undefined };
    const bus = new HubBus({ connection: hub, signer: ring.commandKey('controller'), directory, presence: { isOnline: () => false }, fleetEpoch: () => 1 });
    const controller = await NestFactory.createMicroservice<MicroserviceOptions>(FakeControllerModule, { strategy: new BusServer({ hub, directory, logger }), logger: false });
    await controller.listen();
    await writeFile(path.join(folder, 'migration.login.json'), await renderServiceLogin(ring, 'migration'), { mode: 0o600 });
    return new MigrationFleet({ folder, database, pool: createPool(database.url, { max: 4 }), ring, nats, hub, sys, bus, controller });
  }

  /** One migration process, ready to work. */
  async addService(): Promise<StartedMigration> {
    const { nats, database, folder } = this.parts;
    const service = await start(readMigrationConfig({ USHER_NATS_URL: nats.url, USHER_DATABASE_URL: database.url, USHER_DATA_DIR: folder, USHER_MIGRATION_LOGIN_FILE: path.join(folder, 'migration.login.json') }), { logger });
    this.services.push(service);
    await eventually(async () => {
      if (!(await service.health()).ready) throw new Error('not ready');
    });
    return service;
  }

  async removeService(service: StartedMigration): Promise<void> {
    this.services.splice(this.services.indexOf(service), 1);
    await service.stop();
  }

  /** A registered server with its agent. */
  async addServer(alias: string, kind: ServerKind): Promise<MigrationServer> {
    const { folder, ring, sys, nats } = this.parts;
    const [id, agentId] = [uuidv7(), uuidv7()];
    const fake = new FakeServer(kind);
    const keys = await AgentKeys.loadOrCreate(path.join(folder, id));
    const { acctPub, jwt } = await mintAccount(ring, { serverId: id, agentId });
    await sys.pushAccount(jwt);
    const userJwt = await mintAgentUser(ring, { acctPub, nkeyPub: keys.nkeyPub, serverId: id, agentId });
    const link = new AgentLink({
      url: nats.url, keys, userJwt, serverId: id, agentId, logger,
      trustedKeys: () => ring.trustedKeys(),
      journal: new TestJournal(),
      fences: new TestFences(),
      dispatch: (name, args) => fake.dispatch(name, args as never),
      guard: (claims, contract, args) => server.guard(claims, contract, args),
    });
    const server: MigrationServer = { id, fake, link, keys, agentId, guard: async () => undefined };
    const connected = new Promise<void>((resolve) => link.onConnected(resolve));
    link.start();
    await connected;
    this.servers.push(server);
    await this.pool.query(
      `INSERT INTO server (id, alias, slug, url, normalized_url, kind, connection, state, machine_id, version) VALUES ($1, $2, $3, $4, $4, $5, 'remote', 'online', $3, '12.0.0')`,
      [id, alias, id, `http://${id}.invalid`, kind],
    );
    await this.saveProfile(server, alias);
    told.servers = [...told.servers, { serverId: id, agentId, acctPub, kind, alias, viewerUrl: `http://${id}.invalid`, region: null, weight: 1, cores: null, uplinkKbps: null, transcodeLimit: null, hardware: false, machine: null, drain: null }];
    this.bus.publishServiceState(controllerChanged, { kind: 'server', ids: [id] });
    for (const service of this.services) {
      await eventually(async () => {
        const { fleet } = (await service.health()).checks;
        if (fleet?.detail !== `${told.servers.length} servers`) throw new Error('the service does not know the server yet');
      });
    }
    return server;
  }

  /** As after a probe. */
  async saveProfile({ id, fake }: MigrationServer, name: string, change: Record<string, unknown> = {}): Promise<void> {
    const profile = { kind: fake.kind, machineId: id, name, version: '12.0.0', versionTested: true, platform: null, updateAvailable: null, capabilities: fake.capabilities, hardening: [], ...change };
    await this.pool.query('UPDATE server SET profile = $2 WHERE id = $1', [id, JSON.stringify(profile)]);
  }

  ask<Req extends z.ZodType, Rep extends z.ZodType>(contract: ServiceCommandContract<Req, Rep>, request: z.input<Req>): Promise<z.output<Rep>> {
    return this.bus.serviceCommand(contract, request);
  }

  async close(): Promise<void> {
    for (const service of this.services) await service.stop();
    await Promise.all(this.servers.map(({ link }) => link.stop()));
    const { controller, sys, hub, pool, nats, database, folder } = this.parts;
    await controller.close();
    await sys.close();
    await hub.close();
    await pool.end();
    await nats.close();
    await database.close();
    await rm(folder, { recursive: true, force: true });
  }
}

export { eventually };
