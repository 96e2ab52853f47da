// Runs a built program of the repository after building what is stale.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildBench, ensureBuilt } from './boot/build.mjs';
import { leashed } from './boot/children.mjs';
import { Failure } from './boot/failure.mjs';
import { findNatsProgram } from './boot/nats-program.mjs';
import { ensureInstalled } from './install.mjs';
import { aptFoldersOf, provideNats } from './services.mjs';

const root = join(import.meta.dirname, '..');
const note = (text) => process.stderr.write(`${text}\n`);

/** Names of the programs in a folder of built files. */
export function programsIn(folder) {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path).filter((name) => name.endsWith('.js') && !name.includes('.spec.')).map((name) => name.slice(0, -3)).sort();
}

/** Installs and builds; a failure is printed and ends with code 1. @returns {Promise<boolean>} */
export async function prepare({ bench = false } = {}) {
  try {
    await ensureInstalled(root, note);
    await ensureBuilt(root, note);
    if (bench) await buildBench(root, note);
    return true;
  } catch (error) {
    note(error instanceof Failure ? String(error) : error.stack);
    process.exitCode = 1;
    return false;
  }
}

/** Runs `node FILE ARGS…` in our place; it dies with us. @returns {Promise<number>} its exit code */
export async function runProgram(file, args, nodeArgs = []) {
  const aptFolders = aptFoldersOf({ root, dataDir: join(root, '.usher') });
  await provideNats({ aptFolders, onFetch: () => note('fetching the distribution\'s nats-server, once') });
  const nats = findNatsProgram(aptFolders);
  const env = { ...process.env, ...(nats && !process.env.USHER_TEST_NATS_SERVER ? { USHER_TEST_NATS_SERVER: nats.program } : {}) };
  const order = leashed({ program: process.execPath, args: [...nodeArgs, join(root, file), ...args], deathSignal: 'SIGTERM', cwd: root });
  const child = spawn(order.program, order.args, { cwd: root, env, stdio: ['inherit', 'inherit', 'inherit', ...order.pipes] });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.on('error', () => resolve(127));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
