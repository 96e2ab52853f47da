// Builds what is stale. A warm start calls nothing: it compares a fingerprint of the sources.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { globFiles } from '../files.mjs';
import { withCloneLock } from '../install.mjs';
import { startChild } from './children.mjs';
import { Failure } from './failure.mjs';

const MARK = 'node_modules/.cache/usher/build.json';
const ROOT_FILES = ['package-lock.json', 'tsconfig.base.json', 'prisma/schema.prisma'];
const OUTPUTS = ['apps/usher/dist/main.js', 'apps/console/dist/index.html', 'libs/testing/dist/demo-main.js', 'libs/database/src/generated/client.ts'];
const NO_SOURCE = /\.(spec|contract-spec|medium-spec|e2e-spec)\.tsx?$/;

function workspaces(root) {
  const below = (folder) => (existsSync(join(root, folder)) ? readdirSync(join(root, folder)).map((name) => join(folder, name)) : []);
  return [...below('apps'), ...below('libs')].filter((folder) => existsSync(join(root, folder, 'project.json')));
}

/** SHA-256 over every file that decides what is built. */
export function sourceFingerprint(root) {
  const hash = createHash('sha256').update(process.versions.node.split('.')[0]);
  const files = workspaces(root).flatMap((folder) => [
    ...['package.json', 'project.json', 'tsconfig.json', 'tsconfig.build.json', 'vite.config.ts', 'index.html'].map((name) => join(folder, name)),
    ...['src', 'public'].flatMap((name) => globFiles(join(root, folder, name), '').map((path) => path.slice(root.length + 1))),
  ]);
  for (const file of [...ROOT_FILES, ...files].sort()) {
    const path = join(root, file);
    if (NO_SOURCE.test(file) || !existsSync(path)) continue;
    hash.update(file).update('\0').update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}

function isFresh(root, fingerprint) {
  const mark = join(root, MARK);
  if (!existsSync(mark) || !OUTPUTS.every((file) => existsSync(join(root, file)))) return false;
  return JSON.parse(readFileSync(mark, 'utf8')).fingerprint === fingerprint;
}

async function run(root, args) {
  const log = join(root, '.usher', 'build.log');
  rmSync(log, { force: true });
  const env = { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', FORCE_COLOR: '0' };
  const { code } = await startChild({ name: 'build', program: process.execPath, args, cwd: root, env, log }).exited;
  return { code, lines: readFileSync(log, 'utf8').split('\n').filter((line) => line.trim() !== '') };
}

const nx = (root, args) => [join(root, 'node_modules/nx/dist/bin/nx.js'), 'run-many', '-t', 'build', '--outputStyle=static', ...args];

async function runSteps(root, steps) {
  for (const step of steps) {
    const { code, lines } = await run(root, step);
    if (code === 0) continue;
    const telling = lines.filter((line) => /error|cannot|failed/i.test(line));
    throw new Failure({ id: 'build', error: 'the sources do not build', why: (telling.length > 0 ? telling : lines).slice(0, 12), next: 'npm run check' });
  }
}

/** The measurements, which the product does not need. */
export async function buildBench(root, say) {
  await withCloneLock(root, say, () => runSteps(root, [nx(root, ['-p', 'bench'])]));
}

/**
 * @param {(text: string) => void} say told when there is something to wait for
 * @returns {Promise<string>} the fingerprint of what is built now
 */
export async function ensureBuilt(root, say) {
  // A release comes built and without a task graph: there is nothing to compare.
  if (!existsSync(join(root, 'nx.json'))) return createHash('sha256').update(readFileSync(join(root, 'package.json'))).digest('hex');
  const fingerprint = sourceFingerprint(root);
  if (isFresh(root, fingerprint)) return fingerprint;
  return withCloneLock(root, say, async () => {
    const wanted = sourceFingerprint(root);
    if (isFresh(root, wanted)) return wanted;
    const started = Date.now();
    say('building what changed');
    // The Prisma client and every workspace of the product, through Nx and its cache.
    await runSteps(root, [[join(root, 'tools/prisma.mjs'), 'generate'], nx(root, ['--exclude', 'bench'])]);
    mkdirSync(join(root, MARK, '..'), { recursive: true });
    writeFileSync(join(root, MARK), JSON.stringify({ fingerprint: wanted }));
    say(`built in ${((Date.now() - started) / 1000).toFixed(1)} s`);
    return wanted;
  });
}
