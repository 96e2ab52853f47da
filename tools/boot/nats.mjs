// The broker of this installation: a private server from the ladder of `nats-program.mjs`, or docker's.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, logTail, running, startChild } from './children.mjs';
import { Failure } from './failure.mjs';
import { findNatsProgram, natsVersion } from './nats-program.mjs';
import { freePort, notStarted, probeNats, untilReady } from './probe.mjs';

const LEASH = join(import.meta.dirname, '..', 'leash.mjs');

/** Brokers before these can be crashed by a malformed CONNECT before login: loopback only. */
export function isBrokerTooOld(version) {
  const [major, minor, patch] = version.split('.').map(Number);
  if (major !== 2) return major < 2;
  if (minor === 12) return patch < 12;
  if (minor === 14) return patch < 3;
  return minor < 14;
}

/**
 * Starts the private broker with the file that `broker-config` wrote.
 * @returns {Promise<object>} the service: url, port, version, source, child
 */
export async function startNats({ root, dataDir, aptFolders, mode, aptReason = null, config = join(dataDir, 'nats', 'nats.conf') }) {
  const found = mode === 'docker' ? null : findNatsProgram(aptFolders);
  if (found && natsVersion(found.program) !== null) return startServer({ ...found, config, log: join(dataDir, 'logs', 'nats.log') });
  const reasons = mode === 'docker' ? [] : [found ? `${found.program} cannot run here` : 'no nats-server on PATH', `apt: ${aptReason ?? 'not tried'}`];
  if (mode === 'private') throw noNats([...reasons, 'docker: left out by USHER_SERVICES=private']);
  return startInDocker({ root, config, dataDir, reasons });
}

async function startServer({ program, source, config, log }) {
  for (let attempt = 0; ; attempt += 1) {
    const port = await freePort();
    const child = startChild({ name: 'nats', program, args: ['-c', config, '-a', '127.0.0.1', '-p', String(port)], log, deathSignal: 'SIGTERM' });
    const ready = await untilReady(() => probeNats('127.0.0.1', port), () => child.exit !== null);
    if (ready) return { source, program, version: ready.version, url: `nats://127.0.0.1:${port}`, host: '127.0.0.1', port, child, stopSignal: 'SIGTERM' };
    const error = notStarted('nats', child.exit);
    await child.stop('SIGTERM');
    const why = logTail(log);
    if (attempt === 0 && why.some((line) => line.includes('address already in use'))) continue;
    throw new Failure({ id: 'F13', error, why, next: `read ${log}` });
  }
}

/** F7, with one reason per rung that was tried. */
export function noNats(reasons) {
  return new Failure({
    id: 'F7',
    error: 'no NATS server found',
    why: reasons,
    next: [
      '(1) set USHER_NATS_URL, or',
      '(2) install nats-server (Debian, Ubuntu: apt-get install nats-server; macOS: brew install nats-server), or',
      '(3) start Docker and repeat',
    ],
  });
}

/** The service `nats` of docker-compose.yml on a free port of loopback, stopped by the leash when we end. */
async function startInDocker({ root, config, dataDir, reasons }) {
  const docker = findProgram('docker');
  if (!docker) throw noNats([...reasons, 'docker: not installed']);
  const answers = (args) => spawnSync(docker, args, { stdio: 'ignore', timeout: 10_000 }).status === 0;
  if (!answers(['compose', 'version'])) throw noNats([...reasons, 'docker: no compose plugin']);
  if (!answers(['info'])) throw noNats([...reasons, 'docker: no daemon']);
  const folder = join(config, '..');
  const project = `usher-${process.pid}`;
  const compose = ['compose', '-f', join(root, 'docker-compose.yml'), '-p', project];
  // Compose checks every variable of the file, also those of services that do not run here.
  const unused = { USHER_OWNER_PASSWORD: 'unused', USHER_APP_PASSWORD: 'unused' };
  const env = { ...unused, ...process.env, USHER_NATS_FOLDER: folder, USHER_NATS_PUBLISH: '127.0.0.1:0' };
  const call = (args) => spawnSync(docker, [...compose, ...args], { env, encoding: 'utf8' });
  const child = leashDocker({ docker, compose, dataDir, root, env });
  const up = call(['up', '-d', '--wait', '--no-deps', 'nats']);
  const port = Number(call(['port', 'nats', '4222']).stdout?.trim().split(':').at(-1));
  const ready = up.status === 0 && port > 0 ? await untilReady(() => probeNats('127.0.0.1', port), () => false) : null;
  if (ready) return { source: 'docker', program: docker, version: ready.version, url: `nats://127.0.0.1:${port}`, host: '127.0.0.1', port, child, stopSignal: 'SIGTERM' };
  await child.stop('SIGTERM');
  throw noNats([...reasons, `docker: ${(up.stderr ?? '').trim().split('\n').at(-1) || 'the container did not answer'}`]);
}

function leashDocker({ docker, compose, dataDir, root, env }) {
  const log = join(dataDir, 'logs', 'nats.log');
  const output = openSync(log, 'a', 0o600);
  const order = { pipe: 3, extra: 0, signal: 'SIGTERM', onClose: [docker, ...compose, 'down', '--timeout', '5'], cwd: root };
  const child = spawn(process.execPath, [LEASH, JSON.stringify(order)], { env, detached: true, stdio: ['ignore', output, output, 'pipe'] });
  closeSync(output);
  const state = { name: 'nats', process: child, pid: child.pid, log, exit: null, stopping: false };
  running.add(state);
  state.exited = new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      running.delete(state);
      state.exit = { code, signal };
      resolve(state.exit);
    });
  });
  state.stop = async (signal) => {
    state.stopping = true;
    child.kill(signal);
    return state.exited;
  };
  return state;
}
