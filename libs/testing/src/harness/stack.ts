import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { repositoryRoot } from '../config.js';
import { eventually } from '../eventually.js';
import { freePort, spawnBound, type BoundProcess } from './bound-process.js';
import { startNats, type NatsServer } from './nats.js';
import { startPostgres, type TestDatabase } from './postgres.js';

/** `usher`: all services in one process. The others run apart; `second-router` only when a test starts it. */
export type ServiceName = 'usher' | 'controller' | 'router' | 'second-router' | 'migration' | 'agent';

export interface StackOptions {
  readonly mode: 'all-in-one' | 'split';
  /** Added to the environment of every service. */
  readonly env?: Readonly<Record<string, string>>;
  /** `/media/usher` when it is served below a path. */
  readonly basePath?: string;
  /** Gets everything that the services write. */
  readonly onLog?: (text: string) => void;
}

/** The built product with a database and a broker of its own. Run `npm run build`, or the test runner, first. */
export class Stack {
  private readonly processes = new Map<ServiceName, BoundProcess>();

  private constructor(
    readonly options: StackOptions,
    readonly dataDir: string,
    readonly port: number,
    /** Of the services that run apart. */
    private readonly ports: Readonly<Record<'agent' | 'router' | 'second-router' | 'migration', number>>,
    readonly database: TestDatabase,
    private broker: NatsServer,
  ) {}

  static async start(options: StackOptions): Promise<Stack> {
    const dataDir = await mkdtemp(path.join(os.tmpdir(), 'usher-stack-'));
    const [database, port, agent, router, secondRouter, migration, natsPort] = await Promise.all([startPostgres(), freePort(), freePort(), freePort(), freePort(), freePort(), freePort()]);
    await runHostCommand('broker-config', { USHER_DATA_DIR: dataDir, USHER_NATS_PORT: String(natsPort) });
    const broker = await startNats({ conf: await readFile(path.join(dataDir, 'nats', 'nats.conf'), 'utf8'), port: natsPort });
    const stack = new Stack(options, dataDir, port, { agent, router, 'second-router': secondRouter, migration }, database, broker);
    try {
      for (const name of stack.services) await stack.startService(name);
    } catch (error) {
      await stack.close();
      throw error;
    }
    return stack;
  }

  /** Without trailing slash. */
  get url(): string {
    return `http://127.0.0.1:${this.port}${this.options.basePath ?? ''}`;
  }

  get brokerUrl(): string {
    return this.broker.url;
  }

  /** Processes of this stack, in the order in which they start. */
  get services(): readonly ServiceName[] {
    return this.options.mode === 'all-in-one' ? ['usher'] : ['controller', 'router', 'migration', 'agent'];
  }

  /** The process that answers links. */
  get routerService(): ServiceName {
    return this.options.mode === 'all-in-one' ? 'usher' : 'router';
  }

  /** A route's link, at the process that answers it: what a proxy in front would do. */
  linkAt(url: string): string {
    return this.options.mode === 'all-in-one' ? url : url.replace(`:${this.port}/`, `:${this.ports.router}/`);
  }

  /** The process that carries migrations out. */
  get migrationService(): ServiceName {
    return this.options.mode === 'all-in-one' ? 'usher' : 'migration';
  }

  /** The process that carries the agents. */
  get agentService(): ServiceName {
    return this.options.mode === 'all-in-one' ? 'usher' : 'agent';
  }

  /** The process that answers the API. */
  get controllerService(): ServiceName {
    return this.options.mode === 'all-in-one' ? 'usher' : 'controller';
  }

  log(name: ServiceName): string {
    return this.processes.get(name)?.log() ?? '';
  }

  pidOf(name: ServiceName): number {
    const pid = this.processes.get(name)?.child.pid;
    if (pid === undefined) throw new Error(`${name} does not run`);
    return pid;
  }

  /** Starts a service and waits until it is ready. */
  async startService(name: ServiceName): Promise<void> {
    const app = name === 'second-router' ? 'router' : name;
    const child = spawnBound(process.execPath, [path.join(repositoryRoot(), 'apps', app, 'dist', 'main.js')], { deathSignal: 'TERM', cwd: this.dataDir, env: this.environment(name), onLog: this.options.onLog });
    this.processes.set(name, child);
    const port = name in this.ports ? this.ports[name as keyof typeof this.ports] : undefined;
    const address = port === undefined ? this.url : `http://127.0.0.1:${port}`;
    await eventually(
      async () => {
        if (child.hasExited()) return true;
        const answer = await fetch(`${address}/health/ready`).catch(() => null);
        return answer?.status === 200;
      },
      { timeoutMs: 30_000 },
    );
    if (child.hasExited()) throw new Error(`${name} exited: ${child.log()}`);
  }

  /** SIGKILL: as if the process had never had a chance. */
  async kill(name: ServiceName): Promise<void> {
    await this.processes.get(name)?.stop('SIGKILL');
    this.processes.delete(name);
  }

  async killBroker(): Promise<void> {
    await this.broker.kill();
  }

  /** The same broker again, with what it had on disk. */
  async startBroker(): Promise<void> {
    const conf = await readFile(path.join(this.dataDir, 'nats', 'nats.conf'), 'utf8');
    this.broker = await startNats({ conf, port: this.broker.port });
  }

  /** The one-time code that the first start wrote for a host without supervisor. */
  async signInCode(): Promise<string> {
    const file = path.join(this.dataDir, 'sign-in-code');
    let code = '';
    await eventually(async () => {
      code = (await readFile(file, 'utf8').catch(() => '')).split('\n')[0] ?? '';
      return code !== '';
    });
    return code;
  }

  async close(): Promise<void> {
    for (const child of [...this.processes.values()].reverse()) await child.stop('SIGTERM');
    await this.broker.close();
    await this.database.close();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  private environment(name: ServiceName): Record<string, string> {
    const { basePath = '', env } = this.options;
    return {
      USHER_DATA_DIR: this.dataDir,
      USHER_DATABASE_URL: this.database.url,
      USHER_NATS_URL: this.broker.url,
      USHER_PORT: String(this.port),
      USHER_AGENT_PORT: String(this.ports.agent),
      USHER_ROUTER_PORT: String(this.ports[name === 'second-router' ? name : 'router']),
      USHER_MIGRATION_PORT: String(this.ports.migration),
      USHER_PUBLIC_URL: `http://127.0.0.1:${this.port}${basePath}`,
      USHER_CONTROLLER_URL: `http://127.0.0.1:${this.port}${basePath}`,
      USHER_EGRESS: 'home',
      USHER_CONSOLE_DIR: path.join(repositoryRoot(), 'apps', 'console', 'dist'),
      // nobody listens there: tests reach nothing outside, and those that need plex.tv name a stand-in
      USHER_PLEX_TV_URL: 'http://127.0.0.1:9',
      ...env,
    };
  }
}

async function runHostCommand(command: string, env: Record<string, string>): Promise<void> {
  const child = spawnBound(process.execPath, [path.join(repositoryRoot(), 'apps/usher/dist/main.js'), command], { deathSignal: 'TERM', env });
  child.child.ref();
  await child.exited;
  if (child.child.exitCode !== 0) throw new Error(`${command} failed: ${child.log()}`);
}
