// Dependencies, installed when the lock file is not the one that was installed last. Only `node:*`.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startChild } from './boot/children.mjs';
import { Failure } from './boot/failure.mjs';
import { takeLock } from './boot/lock.mjs';

const MARK = 'node_modules/.usher-installed';

function lockHash(root) {
  return createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex');
}

/** Whether exactly this lock is installed: by our mark, else by npm's own record of what it installed. */
export function isInstalled(root) {
  const hash = lockHash(root);
  const mark = join(root, MARK);
  if (existsSync(mark) && readFileSync(mark, 'utf8').trim() === hash) return true;
  const record = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(record) || !sameTree(join(root, 'package-lock.json'), record)) return false;
  writeFileSync(mark, `${hash}\n`);
  return true;
}

function sameTree(wanted, installed) {
  const read = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;
  const [want, have] = [read(wanted), read(installed)];
  const isMissing = ([path, entry]) => path.startsWith('node_modules/') && !entry.optional && !entry.link && have[path]?.version !== entry.version;
  const isStray = ([path, entry]) => want[path] === undefined || want[path].version !== entry.version;
  return !Object.entries(want).some(isMissing) && !Object.entries(have).some(isStray);
}

/** `npm ci` with the npm that started us, else the one beside this Node. */
function npmCommand() {
  const given = process.env.npm_execpath;
  if (given && /npm-cli\.(c|m)?js$/.test(given)) return [process.execPath, [given]];
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm', []];
}

async function runNpm(root, args) {
  const [program, before] = npmCommand();
  const log = join(root, '.usher', 'install.log');
  rmSync(log, { force: true });
  const { code } = await startChild({ name: 'npm', program, args: [...before, ...args], cwd: root, log }).exited;
  return { code, text: readFileSync(log, 'utf8') };
}

/** Holds the clone's second lock while it installs or builds; a waiter says once that it waits. */
export async function withCloneLock(root, say, work) {
  mkdirSync(join(root, '.usher'), { recursive: true, mode: 0o711 });
  const path = join(root, '.usher', 'install.lock');
  let lock = takeLock(path);
  if (lock.owner) say(`waits for another run that installs or builds (pid ${lock.owner.pid})`);
  while (lock.owner) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    lock = takeLock(path);
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}

/**
 * Installs when needed. F2 when it fails.
 * @param {(text: string) => void} say
 */
export async function ensureInstalled(root, say) {
  if (isInstalled(root)) return;
  await withCloneLock(root, say, async () => {
    if (isInstalled(root)) return;
    const started = Date.now();
    say('installing dependencies (npm ci), once');
    const { code, text } = await runNpm(root, ['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
    if (code !== 0) {
      const lines = text.split('\n').filter((line) => /npm (error|ERR!)/.test(line) && !/complete log|logs-max/.test(line));
      throw new Failure({ id: 'F2', error: 'dependencies could not be installed', why: lines.at(-1) ?? `npm ended with code ${code}`, next: 'check the network or the proxy, then npm ci' });
    }
    writeFileSync(join(root, MARK), `${lockHash(root)}\n`);
    say(`installed in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  });
}

if (process.argv[1] === import.meta.filename) {
  try {
    await ensureInstalled(join(import.meta.dirname, '..'), (text) => process.stdout.write(`install       ${text}\n`));
  } catch (error) {
    process.stderr.write(`${error instanceof Failure ? error : error.stack}\n`);
    process.exitCode = 1;
  }
}
