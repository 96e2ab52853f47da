// The demo fleet: simulators in a child process. The product does not know that they are simulated.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { logTail, startChild } from './children.mjs';
import { Failure } from './failure.mjs';
import { readJsonLines } from './json-lines.mjs';
import { notStarted } from './probe.mjs';
import { RestartPolicy } from './restart-policy.mjs';

/** Longer than any machine needs that is not stuck. */
const START_MS = 120_000;

export class DemoFleet {
  #root;
  #folder;
  #log;
  #count;
  #child = null;
  #policy = new RestartPolicy();
  #stopping = false;
  #timer = null;
  #onServers = () => undefined;

  constructor({ root, dataDir, count }) {
    this.#root = root;
    this.#folder = join(dataDir, 'demo');
    this.#log = join(dataDir, 'logs', 'demo.log');
    this.#count = count;
    this.file = join(this.#folder, 'fleet.json');
  }

  /** Whether this data directory has shown a demo fleet before. */
  get wasShown() {
    return existsSync(this.file);
  }

  get pid() {
    return this.#child?.pid;
  }

  /** Starts the simulators. @returns {Promise<object[]>} one row per server, for the import */
  async start() {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    let exit = null;
    const servers = await new Promise((resolve) => {
      const child = this.#launch(resolve);
      const timer = setTimeout(() => resolve(null), START_MS);
      timer.unref();
      child.exited.then((ended) => {
        exit = ended;
        resolve(null);
      });
    });
    if (!servers && !this.#stopping) throw new Failure({ id: 'F13', error: notStarted('the demo fleet', exit, START_MS), why: logTail(this.#log), next: 'npm start -- --no-demo' });
    return servers ?? [];
  }

  #launch(onServers) {
    const env = { ...process.env, USHER_DEMO_DIR: this.#folder, USHER_DEMO_SERVERS: String(this.#count) };
    const child = startChild({ name: 'demo', program: process.execPath, args: [join(this.#root, 'libs/testing/dist/demo-main.js')], cwd: this.#root, env, log: this.#log, stdout: 'pipe' });
    this.#child = child;
    readJsonLines(child.process.stdout, (message) => message.ready && onServers(message.servers));
    child.exited.then(() => this.#onExit());
    return child;
  }

  /** Simulators that end by themselves come back, with the same patience as the host; the product runs on without them. */
  #onExit() {
    const delayMs = this.#stopping ? null : this.#policy.next(Date.now());
    if (delayMs === null) return;
    this.#timer = setTimeout(() => this.#launch((servers) => this.#onServers(servers)), delayMs);
  }

  /** Called with the rows again whenever the simulators came back. */
  onServers(listener) {
    this.#onServers = listener;
  }

  /** True when these rows are not what was registered last. */
  hasChanged(servers) {
    return !this.wasShown || readFileSync(this.file, 'utf8') !== JSON.stringify(servers);
  }

  remember(servers) {
    writeFileSync(this.file, JSON.stringify(servers), { mode: 0o600 });
  }

  async stop() {
    this.#stopping = true;
    clearTimeout(this.#timer);
    await this.#child?.stop('SIGTERM');
  }
}
