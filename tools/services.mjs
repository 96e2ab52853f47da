// PostgreSQL, NATS and (for tests) Redis: the first rung that works, in the order of the documentation.
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, logTail, startChild } from './boot/children.mjs';
import { Failure } from './boot/failure.mjs';
import { findNatsProgram, natsVersion, unpackFromApt } from './boot/nats-program.mjs';
import { noNats, startNats } from './boot/nats.mjs';
import { startPostgres } from './boot/postgres.mjs';
import { freePort, notStarted, probeNats, probePostgres, untilReady } from './boot/probe.mjs';

export const SERVICE_MODES = ['auto', 'private', 'docker', 'local'];

/** Where an unpacked broker may lie: the data directory's own folder, then the clone's (tests share it). */
export function aptFoldersOf({ root, dataDir }) {
  return [...new Set([join(dataDir, 'apt'), join(root, '.usher', 'apt')])];
}

/**
 * Rung 3 in the install step, so that later starts work offline.
 * @returns {Promise<string | null>} why there is still no program, or null
 */
export async function provideNats({ aptFolders, onFetch }) {
  const found = findNatsProgram(aptFolders);
  if (found && natsVersion(found.program) !== null) return null;
  onFetch?.();
  const unpacked = await unpackFromApt(aptFolders[0]);
  return unpacked.reason ?? null;
}

/** The addresses that an operator gave, or that `USHER_SERVICES=local` asks for. */
export async function givenServices({ env, mode }) {
  if (mode !== 'local') return { postgres: env.USHER_DATABASE_URL ?? null, postgresOwner: env.USHER_DATABASE_OWNER_URL ?? null, nats: env.USHER_NATS_URL ?? null };
  const postgres = env.USHER_DATABASE_URL ?? (await askLocal(5432, probePostgres, 'postgres://postgres@127.0.0.1:5432/usher'));
  const nats = env.USHER_NATS_URL ?? (await askLocal(4222, probeNats, 'nats://127.0.0.1:4222'));
  return { postgres, postgresOwner: env.USHER_DATABASE_OWNER_URL ?? null, nats };
}

async function askLocal(port, probe, url) {
  const answer = await probe('127.0.0.1', port);
  if (answer.ok && answer.open) return url;
  throw new Failure({
    id: 'F4',
    error: `USHER_SERVICES=local: nothing usable on port ${port}`,
    why: answer.ok ? 'it asks for a login' : answer.reason,
    next: 'start it on loopback without a password, or drop the variable',
  });
}

/** F15 unless something that speaks NATS listens at the given address. */
export async function checkGivenNats(url) {
  const { hostname, port } = new URL(url);
  const answer = await probeNats(hostname.replace(/^\[|\]$/g, ''), Number(port || 4222));
  if (answer.ok) return answer.version;
  throw new Failure({ id: 'F15', error: 'USHER_NATS_URL: cannot connect', why: `${hostname}:${port || 4222}: ${answer.reason}`, next: 'start the broker, or correct the address' });
}

/** Makes the folders of a data directory: 0711 itself, so that the server user can pass; every child 0700. */
export function makeDataDir(dataDir) {
  const made = mkdirSync(dataDir, { recursive: true, mode: 0o711 });
  if (made !== undefined) chmodSync(dataDir, 0o711);
  for (const name of ['keys', 'nats', 'apt', 'logs', 'postgres']) mkdirSync(join(dataDir, name), { recursive: true, mode: 0o700 });
}

export { noNats, startNats, startPostgres };

/** Redis for tests and bars only: a program on PATH, else the distribution's package. */
export async function startRedis({ dataDir, aptFolders }) {
  const onPath = findProgram('valkey-server') ?? findProgram('redis-server');
  const folder = join(aptFolders.at(-1), 'redis');
  let program = onPath;
  let env = process.env;
  if (!program) {
    const unpacked = await unpackFromApt(aptFolders.at(-1), ['redis-server', 'redis-tools', 'libjemalloc2', 'liblzf1'], 'redis');
    if (unpacked.reason) throw new Failure({ id: 'F7', error: 'no Redis server found', why: `apt: ${unpacked.reason}`, next: 'install redis-server or valkey-server' });
    program = join(folder, 'usr/bin/redis-server');
    env = { ...process.env, LD_LIBRARY_PATH: `${join(folder, 'usr/lib', libraryTriplet())}` };
  }
  const port = await freePort();
  const data = join(dataDir, 'redis');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const log = join(dataDir, 'logs', 'redis.log');
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', data, '--save', '', '--appendonly', 'yes', '--maxmemory-policy', 'noeviction'];
  const child = startChild({ name: 'redis', program, args, env, log, deathSignal: 'SIGTERM' });
  const ready = await untilReady(async () => ({ ok: logTail(log).some((line) => line.includes('eady to accept connections')) }), () => child.exit !== null);
  if (!ready) throw new Failure({ id: 'F13', error: notStarted('redis', child.exit), why: logTail(log), next: `read ${log}` });
  return { source: onPath ? 'PATH' : 'apt', url: `redis://127.0.0.1:${port}`, port, child, stopSignal: 'SIGTERM' };
}

function libraryTriplet() {
  return { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }[process.arch] ?? '';
}

/** `services.json`: what runs where; removed by its writer. Passwords stay out of it. */
export function writeServices(dataDir, services) {
  const rows = Object.entries(services).map(([name, { source, version, host, port, child, program }]) => [name, { source, version, host, port, pid: child?.pid, program }]);
  writeFileSync(join(dataDir, 'services.json'), `${JSON.stringify(Object.fromEntries(rows), null, 2)}\n`, { mode: 0o600 });
}

export function removeServices(dataDir) {
  rmSync(join(dataDir, 'services.json'), { force: true });
}
