import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { eventually } from '@usher/testing';
import { freePort } from '../boot/probe.mjs';
import { findNatsProgram } from '../boot/nats-program.mjs';
import { leftOvers } from '../testing/environment.mjs';
import { root } from './cluster.js';

const LAST_LINE = 'Stop with Ctrl-C.';

/** One run of `npm start` in a scratch clone. */
export interface Run {
  process: ChildProcess;
  port: number;
  url: string;
  output(): string;
  errors(): string;
  exited: Promise<number | null>;
  /** Until the last line of a successful start. */
  ready(): Promise<void>;
}

/**
 * A clone with the real tools and migrations, and small stand-ins for the built host and simulators, so that the
 * supervisor is tested without building the product. Every process of it carries a mark by which it is found again.
 */
export class ScratchClone {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'usher-clone-')));
  readonly data = join(this.folder, '.usher');
  readonly #mark = randomUUID();
  readonly #runs: Run[] = [];

  constructor() {
    chmodSync(this.folder, 0o755);
    for (const name of ['package.json', 'package-lock.json', 'tools', 'prisma']) cpSync(join(root, name), join(this.folder, name), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'));
    for (const [from, to] of [['host.mjs', 'apps/usher/dist/main.js'], ['demo.mjs', 'libs/testing/dist/demo-main.js']] as const) {
      mkdirSync(dirname(join(this.folder, to)), { recursive: true });
      cpSync(join(root, 'tools/test/fixture', from), join(this.folder, to));
    }
  }

  #environment(more: Record<string, string>): NodeJS.ProcessEnv {
    const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('USHER_') && !name.startsWith('npm_')));
    const nats = process.env['USHER_TEST_NATS_SERVER'] ?? findNatsProgram([join(root, '.usher/apt')])?.program;
    return { ...clean, PATH: `${nats ? `${dirname(nats)}:` : ''}${process.env['PATH']}`, USHER_TEST_MARK: this.#mark, ...more };
  }

  /** Every living process that this clone started. */
  processes(): { pid: number; command: string }[] {
    return leftOvers(`USHER_TEST_MARK=${this.#mark}`);
  }

  async gone(): Promise<void> {
    await eventually(() => this.processes().length === 0, { timeoutMs: 10_000 });
  }

  async start(args: string[] = [], more: { env?: Record<string, string>; npm?: boolean; port?: number } = {}): Promise<Run> {
    const port = more.port ?? (await freePort());
    const words = ['--no-install', '--port', String(port), ...args];
    const [program, before] = more.npm ? ['npm', ['start', '--']] : [process.execPath, ['tools/start.mjs']];
    const child = spawn(program, [...before, ...words], { cwd: this.folder, env: this.#environment(more.env ?? {}), stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (errors += chunk));
    const exited = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
    const run: Run = {
      process: child,
      port,
      url: `http://127.0.0.1:${port}`,
      output: () => output,
      errors: () => errors,
      exited,
      ready: async () => {
        await eventually(() => output.includes(LAST_LINE) || child.exitCode !== null, { timeoutMs: 20_000 });
        if (!output.includes(LAST_LINE)) throw new Error(`it did not start: ${errors}`);
      },
    };
    this.#runs.push(run);
    return run;
  }

  async close(): Promise<void> {
    for (const { process: child } of this.#runs) if (child.exitCode === null) child.kill('SIGINT');
    await Promise.all(this.#runs.map(({ exited }) => exited));
    await this.gone();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
