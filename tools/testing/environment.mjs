// The throw-away directory of one test run, its services, and what must be gone afterwards.
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../boot/children.mjs';
import { findNatsProgram } from '../boot/nats-program.mjs';
import { isAlive } from '../boot/processes.mjs';
import { makeDataDir, noNats, startPostgres, startRedis } from '../services.mjs';

/** Removes what dead runs left, and makes our own directory. */
export function makeRunDir(root) {
  const base = join(root, '.usher');
  mkdirSync(base, { recursive: true, mode: 0o711 });
  for (const name of readdirSync(base)) {
    const pid = /^test-(\d+)$/.exec(name)?.[1];
    if (pid && !isAlive(Number(pid))) rmSync(join(base, name), { recursive: true, force: true });
  }
  const dir = join(base, `test-${process.pid}`);
  makeDataDir(dir);
  mkdirSync(join(dir, 'tmp'), { mode: 0o1777 });
  return dir;
}

/** An operator's own settings never reach a test: only `USHER_TEST_*` and the browser's path stay. */
export function cleanEnvironment(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('USHER_') || name.startsWith('USHER_TEST_') || name === 'USHER_CHROMIUM'));
}

export function findChromium(env) {
  if (env.USHER_CHROMIUM) return env.USHER_CHROMIUM;
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    const path = findProgram(name);
    if (path) return path;
  }
  return null;
}

/**
 * PostgreSQL of our own (no fsync) unless one was given for tests; the broker's program, which each test starts for itself.
 * @returns {Promise<{ env: object, stop(): Promise<void> }>}
 */
export async function startTestServices({ root, dir, env, aptFolders, natsReason, redis }) {
  const started = [];
  const found = findNatsProgram(aptFolders);
  if (!found && !env.USHER_TEST_NATS_SERVER) throw noNats(['no nats-server on PATH', `apt: ${natsReason ?? 'not tried'}`]);
  const more = { USHER_TEST_NATS_SERVER: env.USHER_TEST_NATS_SERVER ?? found.program };
  if (!env.USHER_TEST_DATABASE_URL) {
    const postgres = await startPostgres({ root, dataDir: dir, throwAway: true });
    started.push(postgres);
    more.USHER_TEST_DATABASE_URL = postgres.url;
  }
  if (redis && !env.USHER_TEST_REDIS_URL) {
    const server = await startRedis({ dataDir: dir, aptFolders });
    started.push(server);
    more.USHER_TEST_REDIS_URL = server.url;
  }
  return {
    env: more,
    async stop() {
      await Promise.all(started.map(({ child, stopSignal }) => child.stop(stopSignal)));
      for (const { moved } of started) if (moved) rmSync(moved, { recursive: true, force: true });
    },
  };
}

/** Processes that carry this run's mark in their environment and still live. Linux; elsewhere only our own children are known. */
export function leftOvers(mark) {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(mark) || !isAlive(Number(pid))) return [];
        return [{ pid: Number(pid), command: readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trim() }];
      } catch (error) {
        if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(error.code)) return [];
        throw error;
      }
    });
}
