// Child processes that never outlive us: own process group, so that the order of stopping is ours, and a death signal.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, closeSync, constants, existsSync, openSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const KILL_AFTER_MS = 8_000;
const LEASH = join(import.meta.dirname, '..', 'leash.mjs');

/** The first executable of that name on PATH or in one of the `more` folders. */
export function findProgram(name, more = []) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...more].filter((folder) => folder !== '');
  for (const folder of folders) {
    const path = join(folder, process.platform === 'win32' ? `${name}.exe` : name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch (error) {
      if (!['ENOENT', 'EACCES', 'ENOTDIR'].includes(error.code)) throw error;
    }
  }
  return null;
}

/** Every child that still runs, so that a start that is interrupted half-way leaves none. */
export const running = new Set();

let setpriv;
/** `setpriv` with `--pdeathsig`, or null (not Linux, or BusyBox). */
export function findSetpriv() {
  if (setpriv !== undefined) return setpriv;
  const path = process.platform === 'linux' ? findProgram('setpriv') : null;
  setpriv = path !== null && spawnSync(path, ['--help'], { encoding: 'utf8' }).stdout.includes('--pdeathsig') ? path : null;
  return setpriv;
}

/** How a program is run as another user and with a death signal: program, arguments and options for `spawn`. */
export function leashed({ program, args, user, deathSignal, extra = 0, how = findSetpriv() ? 'setpriv' : 'leash', cwd }) {
  if (how === 'setpriv') {
    const identity = user ? [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'] : [];
    return { program: findSetpriv(), args: [...identity, `--pdeathsig=${deathSignal.replace('SIG', '')}`, '--', program, ...args], pipes: [] };
  }
  const order = { pipe: 3 + extra, extra, signal: deathSignal, run: [program, ...args], uid: user?.uid, gid: user?.gid, cwd };
  return { program: process.execPath, args: [LEASH, JSON.stringify(order)], pipes: ['pipe'] };
}

/**
 * Starts a child under its own process group.
 * @param {{ name: string, program: string, args?: string[], env?: object, cwd?: string, user?: { uid: number, gid: number },
 *   log: string, deathSignal?: string, pipes?: number, how?: 'setpriv' | 'leash', stdout?: 'pipe' }} what
 *   `log`: file that receives its output; `pipes`: how many pipes from descriptor 3 on
 */
export function startChild({ name, program, args = [], env = process.env, cwd, user, log, deathSignal = 'SIGTERM', pipes = 0, how, stdout }) {
  const order = leashed({ program, args, user, deathSignal, extra: pipes, how, cwd });
  const output = openSync(log, 'a', 0o600);
  const stdio = ['ignore', stdout ?? output, output, ...Array.from({ length: pipes }, () => 'pipe'), ...order.pipes];
  const child = spawn(order.program, order.args, { env, cwd, detached: true, stdio });
  closeSync(output);
  const state = { name, process: child, pid: child.pid, log, exit: null, stopping: false };
  running.add(state);
  state.exited = new Promise((resolve) => {
    const end = (exit) => {
      running.delete(state);
      state.exit = exit;
      resolve(exit);
    };
    child.once('error', (error) => end({ code: 127, signal: null, error }));
    child.once('exit', (code, signal) => end({ code, signal }));
  });
  state.stop = (signal, graceMs = KILL_AFTER_MS) => stopChild(state, signal, graceMs);
  return state;
}

async function stopChild(state, signal, graceMs) {
  state.stopping = true;
  if (state.exit !== null) return state.exit;
  signalTo(state.pid, signal);
  const timer = setTimeout(() => killGroup(state.pid), graceMs);
  const exit = await state.exited;
  clearTimeout(timer);
  return exit;
}

function signalTo(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Kills a child with everything in its process group. */
export function killGroup(pid) {
  signalTo(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
}

/** The last lines of a log, for `why`. */
export function logTail(path, lines = 8) {
  if (!existsSync(path)) return ['no log was written'];
  const all = readFileSync(path, 'utf8').split('\n').filter((line) => line.trim() !== '');
  return all.length === 0 ? ['the log is empty'] : all.slice(-lines);
}
