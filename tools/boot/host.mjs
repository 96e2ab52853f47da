// The one host process: started as a child, spoken to over two pipes of JSON lines (3: from it, 4: to it).
import { EventEmitter } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { logTail, startChild } from './children.mjs';
import { Failure } from './failure.mjs';
import { readJsonLines } from './json-lines.mjs';
import { notStarted, untilReady } from './probe.mjs';
import { RestartPolicy } from './restart-policy.mjs';

/** Longer than the host itself waits for its broker and its database, on a machine that has much else to do. */
const START_MS = 180_000;
const ASK_MS = 5_000;
const DRAIN_MS = 10_000;

/** Asks /health/ready; what is not ready yet comes as `waitsFor`. */
function askReady(url) {
  return new Promise((resolve) => {
    const asked = request(new URL('/health/ready', url), { timeout: ASK_MS }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ ok: response.statusCode === 200, waitsFor: notReady(text) }));
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve({ ok: false, waitsFor: 'it does not listen yet' }));
    asked.end();
  });
}

/** Names of the checks that failed, from the answer of /health/ready. */
function notReady(text) {
  try {
    const failed = Object.entries(JSON.parse(text).checks ?? {}).filter(([, check]) => !check.ok);
    if (failed.length > 0) return `not ready: ${failed.map(([name, { detail }]) => (detail ? `${name} (${detail})` : name)).join(', ')}`;
  } catch {
    // an answer that is none says as much as no answer
  }
  return 'it says that it is not ready';
}

/** Emits `servers` (count), `code` ({ code, expiresAt }), `demo-registered`, `restarting` (ms), `gave-up` (Failure). */
export class Host extends EventEmitter {
  #start;
  #policy = new RestartPolicy();
  #child = null;
  #timer = null;
  #stopping = false;

  /** @param {{ root: string, dataDir: string, env: object, url: string }} settings */
  constructor({ root, dataDir, env, url }) {
    super();
    this.url = url;
    this.log = join(dataDir, 'logs', 'host.log');
    this.#start = () => startChild({ name: 'host', program: process.execPath, args: [join(root, 'apps/usher/dist/main.js')], cwd: root, env, log: this.log, pipes: 2 });
  }

  get pid() {
    return this.#child?.pid;
  }

  /** Starts the process and waits until it answers /health/ready; F13 when it does not. */
  async start() {
    const child = this.#launch();
    let waitsFor = 'it does not listen yet';
    const ask = async () => {
      const answer = await askReady(this.url);
      waitsFor = answer.waitsFor;
      return answer;
    };
    const ready = await untilReady(ask, () => child.exit !== null, START_MS);
    if (!ready) {
      const ended = child.exit !== null;
      const error = `${notStarted('the host', child.exit, START_MS)}${ended ? '' : `: ${waitsFor}`}`;
      await this.stop();
      throw new Failure({ id: 'F13', error, why: logTail(this.log), next: [`read ${this.log}`, ...(ended ? [] : ['a very busy machine may need longer: start again when it is calmer'])] });
    }
    child.exited.then(() => this.#onExit());
  }

  #launch() {
    const child = this.#start();
    this.#child = child;
    readJsonLines(child.process.stdio[3], (message) => this.emit(message.event, message));
    child.process.stdio[4].on('error', () => undefined);
    return child;
  }

  /** Hands the demo fleet to the host, which registers it. */
  sendDemo(servers) {
    this.#child?.process.stdio[4].write(`${JSON.stringify({ event: 'demo', servers })}\n`);
  }

  #onExit() {
    if (this.#stopping) return;
    const delayMs = this.#policy.next(Date.now());
    if (delayMs === null) {
      this.emit('gave-up', new Failure({ id: 'F12', error: 'the host stopped five times in two minutes', why: logTail(this.log), next: `read ${this.log}` }));
      return;
    }
    this.emit('restarting', delayMs);
    this.#timer = setTimeout(() => {
      this.#launch().exited.then(() => this.#onExit());
    }, delayMs);
  }

  async stop() {
    this.#stopping = true;
    clearTimeout(this.#timer);
    // A process that waits for our next order in a blocking read could not exit.
    this.#child?.process.stdio[4].end();
    await this.#child?.stop('SIGTERM', DRAIN_MS);
  }
}
