import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { testConfig } from '../config.js';

/** Full path of the first executable of that name, in PATH and in the places that a short PATH leaves out. */
export function findProgram(name: string, searchPath = testConfig().path): string | undefined {
  const folders = [...searchPath.split(path.delimiter), '/usr/sbin', '/usr/local/sbin'].filter((folder) => folder !== '');
  return folders.map((folder) => path.join(folder, name)).find(isExecutable);
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A port of the loopback interface that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

export interface BoundOptions {
  /** Sent to the child when this process dies (Linux with `setpriv`). */
  readonly deathSignal: 'INT' | 'TERM';
  readonly uid?: number;
  readonly gid?: number;
  readonly cwd?: string;
  /** Added to a small environment; nothing else of ours reaches the child. */
  readonly env?: Readonly<Record<string, string>>;
  /** Gets everything that the child writes; `log()` keeps only the end of it. */
  readonly onLog?: (text: string) => void;
}

/** A child that does not outlive this process and does not keep it alive. `log()` is what it wrote lately. */
export interface BoundProcess {
  readonly child: ChildProcess;
  readonly exited: Promise<void>;
  readonly hasExited: () => boolean;
  readonly log: () => string;
  stop(signal: NodeJS.Signals): Promise<void>;
}

const KEPT_LOG = 16_000;

/** Starts a server program in the foreground. */
export function spawnBound(program: string, args: readonly string[], options: BoundOptions): BoundProcess {
  const setpriv = process.platform === 'linux' ? findProgram('setpriv') : undefined;
  const [file, allArgs] = setpriv ? [setpriv, ['--pdeathsig', options.deathSignal, '--', program, ...args]] : [program, [...args]];
  const child = spawn(file, allArgs, {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: options.cwd,
    uid: options.uid,
    gid: options.gid,
    env: { PATH: testConfig().path, LC_ALL: 'C', TZ: 'UTC', ...options.env },
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-KEPT_LOG);
      options.onLog?.(text);
    });
    (stream as unknown as { unref?: () => void }).unref?.();
  }
  child.unref();
  let gone = false;
  const exited = new Promise<void>((resolve) => {
    child.once('error', (error) => ((log += error.message), (gone = true), resolve()));
    child.once('exit', () => ((gone = true), process.removeListener('exit', kill), resolve()));
  });
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  return {
    child,
    exited,
    hasExited: () => gone,
    log: () => log,
    async stop(signal) {
      process.removeListener('exit', kill);
      if (gone) return;
      child.ref();
      child.kill(signal);
      await exited;
    },
  };
}
