// Starts everything in order, stays, and stops everything in order.
import { join } from 'node:path';
import { ensureInstalled } from '../install.mjs';
import { makeDataDir, removeServices, writeServices } from '../services.mjs';
import { ensureBuilt } from './build.mjs';
import { killGroup, logTail, running } from './children.mjs';
import { DemoFleet } from './demo.mjs';
import { asWriteFailure, Failure } from './failure.mjs';
import { Host } from './host.mjs';
import { takeLock } from './lock.mjs';
import { watchParents } from './parent-watch.mjs';
import { choosePort, configureBroker, findServices, startServices } from './prepare.mjs';

/** How long the last lines wait for the demo fleet and for a sign-in code before they are printed without them. */
const DEMO_MS = 10_000;
const CODE_MS = 2_000;
const patience = (ms) => new Promise((resolve) => setTimeout(resolve, ms, null).unref());

/** Thrown inside the start sequence when somebody asked to stop meanwhile. */
class Stopped extends Error {}

export class Supervisor {
  #lock = null;
  #services = {};
  #host = null;
  #demo = null;
  #stopping = null;
  #end;
  #readyMs = 0;

  /** @param {{ root: string, version: string, options: object, printer: object, env: object }} settings */
  constructor({ root, version, options, printer, env }) {
    Object.assign(this, { root, version, options, printer, env });
    this.started = Date.now();
    this.ended = new Promise((resolve) => (this.#end = resolve));
  }

  /** Resolves when everything runs; throws a Failure, after which `stop` still has to be called. */
  async start() {
    const { printer, options, root } = this;
    const { dataDir, mode } = options;
    this.#takeDirectory();
    printer.title(this.version, dataDir);
    watchParents(() => this.stop(0), this.env);
    if (options.install) await this.#step(() => ensureInstalled(root, (text) => printer.step('install', text)));
    const found = await this.#step(() => findServices({ root, dataDir, mode, env: this.env, onFetch: () => printer.step('nats', 'fetching the distribution\'s package, once') }));
    const fingerprint = await this.#step(() => ensureBuilt(root, (text) => printer.step('build', text)));
    const chosen = await this.#step(() => choosePort(options, this.env.USHER_BIND ?? '127.0.0.1'));
    await this.#step(() => configureBroker({ root, dataDir, fingerprint }));
    this.#demo = new DemoFleet({ root, dataDir, count: options.demoServers });
    const early = options.demo === 'on' || (options.demo === 'auto' && this.#demo.wasShown) ? this.#startDemo() : null;
    this.#services = await this.#step(() => startServices({ root, dataDir, mode, found, onUp: (name, service, ms) => printer.service(name, service, ms) }));
    this.#watchServices();
    const appUrl = await this.#step(() => this.#migrate());
    await this.#step(() => this.#startHost({ appUrl, port: chosen.port, early }));
    this.#lock.update({ url: this.#host.url });
    writeServices(dataDir, { ...this.#services, host: { source: 'host', version: this.version, host: '127.0.0.1', port: chosen.port, child: { pid: this.#host.pid } } });
    if (chosen.instead) printer.step('port', `${chosen.instead} is taken, using ${chosen.port}`);
    await Promise.race([this.demoShown, patience(DEMO_MS), this.ended]);
    printer.ready(this.#readyMs, this.#host.url);
    await this.#printCode();
    printer.line('Stop with Ctrl-C.');
  }

  async #step(work) {
    if (this.#stopping) throw new Stopped();
    const result = await work();
    if (this.#stopping) throw new Stopped();
    return result;
  }

  #takeDirectory() {
    const { dataDir } = this.options;
    try {
      makeDataDir(dataDir);
      const lock = takeLock(join(dataDir, 'lock'));
      if (!lock.owner) {
        this.#lock = lock;
        return;
      }
      const { pid, since, url } = lock.owner;
      throw new Failure({
        id: 'F3',
        error: 'Usher already runs on this data directory',
        why: `pid ${pid}, since ${since}${url ? `, ${url}` : ', still starting'}`,
        next: `${url ? `open ${url}` : 'wait for it'}, or choose another directory with --data DIR`,
      });
    } catch (error) {
      throw asWriteFailure(error, dataDir);
    }
  }

  /** Owner and application log in apart on our own server; on a given one as the operator says. */
  async #migrate() {
    const { migrate, provision, describeMigration } = await import('../migrate.mjs');
    const { postgres } = this.#services;
    const given = { ownerUrl: this.env.USHER_DATABASE_OWNER_URL ?? postgres.url, appUrl: postgres.url };
    const urls = postgres.source === 'given' ? given : await provision(postgres.url);
    const done = await migrate({ ...urls, variable: given.ownerUrl === postgres.url ? 'USHER_DATABASE_URL' : 'USHER_DATABASE_OWNER_URL' });
    this.printer.step('database', describeMigration(done));
    return urls.appUrl;
  }

  #hostEnvironment(appUrl, port) {
    const { USHER_DATABASE_OWNER_URL: _owner, ...env } = this.env;
    return {
      NODE_ENV: 'production',
      USHER_CONSOLE_DIR: join(this.root, 'apps/console/dist'),
      ...env,
      USHER_DATA_DIR: this.options.dataDir,
      USHER_DATABASE_URL: appUrl,
      USHER_NATS_URL: this.#services.nats.url,
      USHER_PORT: String(port),
      USHER_SUPERVISED: 'true',
      USHER_SIGN_IN: this.options.signIn ? 'force' : 'auto',
    };
  }

  async #startHost({ appUrl, port, early }) {
    const bind = this.env.USHER_BIND;
    const shown = !bind || bind === '0.0.0.0' || bind === '::' ? '127.0.0.1' : bind;
    const url = `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`;
    this.#host = new Host({ root: this.root, dataDir: this.options.dataDir, env: this.#hostEnvironment(appUrl, port), url });
    let announce;
    this.code = new Promise((resolve) => (announce = resolve));
    this.#host.on('code', (code) => (this.codePrinted ? this.printer.code(code) : announce(code)));
    this.#host.on('restarting', (ms) => this.printer.step('host', `stopped, starting again in ${ms / 1000} s`));
    this.#host.on('gave-up', (failure) => this.stop(1, failure));
    const counted = new Promise((resolve) => this.#host.once('servers', resolve));
    await this.#host.start();
    this.#readyMs = Date.now() - this.started;
    this.demoShown = counted.then((message) => this.#showDemo(message, early)).catch((error) => this.printer.step('demo', error.message));
  }

  #startDemo() {
    const servers = this.#demo.start();
    // Whoever awaits it later sees the error; until then it must not count as unhandled.
    servers.catch(() => undefined);
    return servers;
  }

  /** With `--demo`, when nothing is registered, or when simulated servers are. */
  async #showDemo({ count, demo }, early) {
    const { demo: wish } = this.options;
    const wanted = wish === 'on' || (wish === 'auto' && (count === 0 || (demo === undefined ? this.#demo.wasShown : demo > 0)));
    if (!wanted) {
      await this.#demo.stop();
      return;
    }
    const register = (rows) => {
      this.#host.once('demo-registered', () => this.#demo.remember(rows));
      this.#host.sendDemo(rows);
    };
    const servers = await (early ?? this.#demo.start());
    if (this.#stopping) return;
    if (count === 0 || wish === 'on' || this.#demo.hasChanged(servers)) register(servers);
    this.#demo.onServers((rows) => this.#demo.hasChanged(rows) && register(rows));
    const why = count === 0 ? 'none registered; --no-demo leaves them out' : '--no-demo leaves them out';
    this.printer.step('demo', `${servers.length} simulated servers (${why})`);
  }

  async #printCode() {
    const code = await Promise.race([this.code, patience(CODE_MS), this.ended]);
    this.codePrinted = true;
    if (code?.code) this.printer.code(code);
  }

  /** A service that ends by itself ends everything: nothing works without it. */
  #watchServices() {
    for (const [name, { child }] of Object.entries(this.#services)) {
      child?.exited.then(({ code, signal }) => {
        if (child.stopping || this.#stopping) return;
        const failure = new Failure({ id: 'F13', error: `${name} stopped by itself`, why: [`${signal ?? `code ${code}`}`, ...logTail(child.log)], next: `read ${child.log}` });
        this.stop(1, failure);
      });
    }
  }

  /** Simulators and host drain, then NATS, then PostgreSQL; then the marks in the directory go. */
  stop(exitCode, failure = null) {
    this.#stopping ??= this.#stopAll(exitCode, failure);
    return this.#stopping;
  }

  async #stopAll(exitCode, failure) {
    if (failure) process.stderr.write(`${failure}\n`);
    await Promise.all([this.#demo?.stop(), this.#host?.stop()]);
    const { nats, postgres } = this.#services;
    await nats?.child?.stop(nats.stopSignal);
    await postgres?.child?.stop(postgres.stopSignal);
    // A start that was interrupted half-way has children that nobody else knows.
    while (running.size > 0) await Promise.all([...running].map((child) => child.stop(child.name === 'postgres' ? 'SIGINT' : 'SIGTERM')));
    this.#release();
    this.#end(exitCode);
    return exitCode;
  }

  #release() {
    if (!this.#lock) return;
    removeServices(this.options.dataDir);
    this.#lock.release();
  }

  /** The second Ctrl-C. */
  killAll() {
    for (const child of running) killGroup(child.pid);
    this.#release();
  }

  static isStopped(error) {
    return error instanceof Stopped;
  }
}
