import { readlink } from 'node:fs/promises';
import path from 'node:path';
import { createPool } from '@usher/database';
import { KeyRing } from '@usher/security';
import { eventually, Stack, VENDORS, type Simulator, type StackOptions } from '@usher/testing';
import type { ServerKind } from '@usher/contracts';
import { Operator, PASSWORD } from './operator.js';

type Pool = ReturnType<typeof createPool>;

export interface Registered {
  readonly id: string;
  readonly alias: string;
  readonly simulator: Simulator;
}

/** The built product, a superadmin, its database and its log. */
export class World {
  private readonly simulators: Simulator[] = [];

  private constructor(
    readonly stack: Stack,
    readonly operator: Operator,
    readonly pool: Pool,
    /** May be changed before a service is started again. */
    readonly env: Record<string, string>,
    private readonly written: string[],
  ) {}

  static async start(env: Record<string, string> = {}, mode: StackOptions['mode'] = 'all-in-one'): Promise<World> {
    const written: string[] = [];
    const stack = await Stack.start({ mode, env, onLog: (text) => written.push(text) });
    const pool = createPool(stack.database.ownerUrl, { max: 4 });
    const operator = await Operator.first(stack);
    await operator.ask('mutation ($password: String!) { stepUp(password: $password) }', { password: PASSWORD });
    return new World(stack, operator, pool, env, written);
  }

  /** Everything that the services wrote until now. */
  get log(): string {
    return this.written.join('');
  }

  keyRingFile(): string {
    return path.join(this.stack.dataDir, 'keys', 'keyring.json');
  }

  keyRing(): Promise<KeyRing> {
    return KeyRing.load(this.keyRingFile());
  }

  /** Folder of the database cluster, as its server process sees it. */
  async databaseFolder(): Promise<string> {
    const { rows } = await this.pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    return readlink(`/proc/${rows[0]!.pid}/cwd`);
  }

  async simulator(kind: ServerKind, name?: string): Promise<Simulator> {
    const simulator = await VENDORS[kind](name === undefined ? {} : { name });
    this.simulators.push(simulator);
    return simulator;
  }

  /** Registers a simulator and waits until it is online. */
  async register(kind: ServerKind, alias: string): Promise<Registered> {
    const simulator = await this.simulator(kind, alias);
    const input = { idempotencyKey: crypto.randomUUID(), alias, url: simulator.url, token: simulator.adminKey };
    // an agent host that runs apart may still be starting
    const { id } = await eventually(
      async () => {
        const query = 'mutation ($input: RegisterServerInput!) { registerServer(input: $input) { server { id } } }';
        return (await this.operator.ask<{ registerServer: { server: { id: string } } }>(query, { input })).registerServer.server;
      },
      { timeoutMs: 15_000, everyMs: 250 },
    );
    await this.untilState(id, 'ONLINE');
    return { id, alias, simulator };
  }

  async stateOf(id: string): Promise<{ state: string; stale: boolean }> {
    return (await this.operator.ask<{ server: { state: string; stale: boolean } }>('query ($id: ID!) { server(id: $id) { state stale } }', { id })).server;
  }

  async untilState(id: string, state: string, timeoutMs = 30_000): Promise<void> {
    await eventually(async () => (await this.stateOf(id)).state === state, { timeoutMs, everyMs: 150 });
  }

  async close(): Promise<void> {
    await this.pool.end();
    await Promise.all(this.simulators.map((simulator) => simulator.kill()));
    await this.stack.close();
  }
}

/** A world for one bar, closed whatever happens. */
export async function inWorld(work: (world: World) => Promise<void>, env: Record<string, string> = {}, mode: StackOptions['mode'] = 'all-in-one'): Promise<void> {
  const world = await World.start(env, mode);
  try {
    await work(world);
  } finally {
    await world.close();
  }
}
