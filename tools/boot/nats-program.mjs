// Where the NATS server comes from: it is not on npm.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from './children.mjs';

const SYSTEM_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin'];

function unpackedNats(aptFolder) {
  const program = join(aptFolder, 'nats/usr/sbin/nats-server');
  return existsSync(program) ? program : null;
}

/** @returns {{ source: 'PATH' | 'apt', program: string } | null} a server program that is already on this machine */
export function findNatsProgram(aptFolders) {
  const onPath = findProgram('nats-server', SYSTEM_FOLDERS);
  if (onPath) return { source: 'PATH', program: onPath };
  for (const folder of aptFolders) {
    const program = unpackedNats(folder);
    if (program) return { source: 'apt', program };
  }
  return null;
}

/** The version a server program prints, or null when it cannot run here. */
export function natsVersion(program) {
  const run = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return /v?(\d+\.\d+\.\d+)/.exec(run.stdout ?? '')?.[1] ?? null;
}

function run(program, args, cwd) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (chunk) => (errors += chunk));
    child.on('error', (error) => resolve({ ok: false, reason: error.message }));
    child.on('close', (code) => resolve({ ok: code === 0, reason: errors.trim().split('\n').at(-1) || `exit ${code}` }));
  });
}

/**
 * Unpacks the distribution's package below `aptFolder`, without root and without touching the system's own lists; apt checks
 * the signatures with the system's keys. Needs the network once.
 * @returns {Promise<{ program: string } | { reason: string }>}
 */
export async function unpackFromApt(aptFolder, names = ['nats-server'], target = 'nats') {
  const aptGet = findProgram('apt-get');
  const dpkgDeb = findProgram('dpkg-deb');
  const missing = [...(aptGet ? [] : ['apt-get']), ...(dpkgDeb ? [] : ['dpkg-deb'])];
  if (missing.length > 0) return { reason: `no ${missing.join(', no ')} here` };
  const folders = Object.fromEntries(['state', 'cache', 'packages'].map((name) => [name, join(aptFolder, name)]));
  for (const folder of [join(folders.state, 'lists/partial'), join(folders.cache, 'archives/partial'), folders.packages]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const options = [
    ['Dir::State', folders.state], ['Dir::State::status', '/var/lib/dpkg/status'], ['Dir::Cache', folders.cache],
    ['APT::Sandbox::User', 'root'], ['Debug::NoLocking', '1'], ['Acquire::Languages', 'none'],
  ].flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  if (!readdirSync(join(folders.state, 'lists')).some((name) => name.includes('_Packages'))) {
    const update = await run(aptGet, [...options, '-q', 'update'], folders.packages);
    if (!update.ok) return { reason: `apt-get update: ${update.reason}` };
  }
  for (const name of names) {
    const download = await run(aptGet, [...options, '-q', 'download', name], folders.packages);
    if (!download.ok) return { reason: `apt-get download ${name}: ${download.reason}` };
  }
  const draft = join(aptFolder, `${target}.${process.pid}`);
  for (const file of readdirSync(folders.packages).filter((name) => name.endsWith('.deb') && names.some((wanted) => name.startsWith(`${wanted}_`)))) {
    const unpack = await run(dpkgDeb, ['-x', join(folders.packages, file), draft], folders.packages);
    if (!unpack.ok) return { reason: `dpkg-deb: ${unpack.reason}` };
  }
  if (!existsSync(join(aptFolder, target))) renameSync(draft, join(aptFolder, target));
  rmSync(draft, { recursive: true, force: true });
  return { program: unpackedNats(aptFolder) ?? join(aptFolder, target) };
}
