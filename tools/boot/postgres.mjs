// The private PostgreSQL: its own cluster in the data directory, loopback, a password, a direct child of the supervisor.
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { logTail, startChild } from './children.mjs';
import { Failure } from './failure.mjs';
import { findEmbeddedPostgres, placePostgres, repairEmbeddedPostgres, serverUser } from './postgres-programs.mjs';
import { freePort, notStarted, probePostgres, untilReady } from './probe.mjs';
import { isAlive } from './processes.mjs';

const SUPERUSER = 'postgres';

/**
 * Starts the private server of a data directory, making its cluster first when there is none.
 * @param {{ root: string, dataDir: string, throwAway?: boolean }} where `throwAway`: no fsync; only for tests
 * @returns {Promise<object>} the service: url (superuser, database `postgres`), port, version, isNew, moved, child
 */
export async function startPostgres({ root, dataDir, throwAway = false }) {
  const embedded = findEmbeddedPostgres(root);
  repairEmbeddedPostgres(embedded.folder);
  const user = serverUser();
  const place = placePostgres({ folder: embedded.folder, dataFolder: dataDir, user });
  ownFolder(place.data, user);
  const cluster = join(place.data, String(embedded.major));
  refuseOtherMajor(place.data, embedded.major);
  const password = readOrMakePassword(join(dataDir, 'postgres.password'));
  const isNew = !existsSync(join(cluster, 'PG_VERSION'));
  const log = join(dataDir, 'logs', 'postgres.log');
  if (isNew) await initialise({ place, cluster, user, password, throwAway, log });
  await clearLeftServer(cluster);
  const server = await startServer({ place, cluster, user, throwAway, log });
  const url = `postgres://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${server.port}/postgres`;
  return { source: 'embedded', version: embedded.version, url, host: '127.0.0.1', port: server.port, isNew, moved: place.moved, child: server.child, stopSignal: 'SIGINT' };
}

function ownFolder(path, user) {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (user && lstatSync(path).uid !== user.uid) chownSync(path, user.uid, user.gid);
  chmodSync(path, 0o700);
}

function refuseOtherMajor(folder, major) {
  const majors = readdirSync(folder).filter((name) => /^\d+$/.test(name) && existsSync(join(folder, name, 'PG_VERSION')));
  if (majors.length === 0 || majors.includes(String(major))) return;
  throw new Failure({
    id: 'F6',
    error: `the data directory holds PostgreSQL ${majors.join(', ')}, this version brings ${major}`,
    why: 'starting would make a new, empty fleet beside it',
    next: 'follow the upgrade guide (docs/operations/upgrade.md); nothing was changed',
  });
}

function readOrMakePassword(path) {
  if (!existsSync(path)) writeFileSync(path, randomBytes(24).toString('base64url'), { mode: 0o600 });
  return readFileSync(path, 'utf8').trim();
}

/** `initdb` into a temporary name, renamed when complete: an interrupted first start leaves no half cluster. */
async function initialise({ place, cluster, user, password, throwAway, log }) {
  const draft = `${cluster}.new`;
  rmSync(draft, { recursive: true, force: true });
  const passwordFile = join(place.data, 'initdb.password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) chownSync(passwordFile, user.uid, user.gid);
  const locale = process.platform === 'linux' ? ['--locale=C.UTF-8'] : ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const args = ['-D', draft, '-U', SUPERUSER, '--encoding=UTF8', ...locale, '--auth=scram-sha-256', `--pwfile=${passwordFile}`, ...(throwAway ? ['--no-sync'] : [])];
  const child = startChild({ name: 'initdb', program: join(place.programs, 'bin/initdb'), args, user, cwd: place.data, log });
  const { code } = await child.exited;
  rmSync(passwordFile);
  if (code !== 0) throw new Failure({ id: 'F13', error: 'postgres could not make its cluster', why: logTail(log), next: `read ${log}` });
  renameSync(draft, cluster);
}

/**
 * Under the data directory's lock no server of ours may run here. One that does outlived its supervisor and is stopped; a
 * lock file whose process id now belongs to something else would block the start and is removed.
 */
async function clearLeftServer(cluster) {
  const file = join(cluster, 'postmaster.pid');
  if (!existsSync(file)) return;
  const [pid, folder] = readFileSync(file, 'utf8').split('\n');
  const command = process.platform === 'linux' && isAlive(Number(pid)) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : '';
  if (command.includes('postgres') && command.includes(folder)) {
    process.kill(Number(pid), 'SIGINT');
    const gone = await untilReady(async () => ({ ok: !isAlive(Number(pid)) }), () => false);
    if (!gone) throw new Failure({ id: 'F13', error: `an older PostgreSQL (pid ${pid}) still uses this data directory`, next: 'stop it, then repeat' });
  }
  rmSync(file, { force: true });
}

/** One retry when the port was lost to someone else between finding and binding it. */
async function startServer({ place, cluster, user, throwAway, log }) {
  for (let attempt = 0; ; attempt += 1) {
    const port = await freePort();
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'timezone=UTC', 'log_timezone=UTC', 'max_connections=200'];
    if (throwAway) settings.push('fsync=off', 'synchronous_commit=off', 'full_page_writes=off');
    const args = ['-D', cluster, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
    const child = startChild({ name: 'postgres', program: join(place.programs, 'bin/postgres'), args, user, cwd: place.data, log, deathSignal: 'SIGINT' });
    const ready = await untilReady(() => probePostgres('127.0.0.1', port), () => child.exit !== null);
    if (ready) return { port, child };
    const error = notStarted('postgres', child.exit);
    await child.stop('SIGINT');
    const why = logTail(log);
    if (attempt === 0 && why.some((line) => line.includes('Address already in use'))) continue;
    throw new Failure({ id: 'F13', error, why, next: `read ${log}` });
  }
}
