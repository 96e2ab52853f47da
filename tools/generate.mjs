// `npm run generate`: everything that is written by machine. `--check` writes nothing and fails when something would change.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { generateOperations } from './codegen.mjs';
import { runPrisma } from './prisma.mjs';

const root = join(import.meta.dirname, '..');
const run = promisify(execFile);
const MESSAGE_SCHEMAS = 'libs/contracts/schema';
const SCHEMA = 'apps/controller/src/schema.graphql';

/** Runs a source file without building it. @returns {Promise<string>} its standard output */
export async function runSource(file, args = [], env = process.env) {
  const { stdout } = await run(process.execPath, ['--no-warnings', '--conditions=@usher/source', '--import', join(root, 'tools/ts-register.mjs'), join(root, file), ...args], {
    cwd: root,
    env,
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}

const PARTS = {
  prisma: async () => {
    const { code, output } = await runPrisma(['generate'], { stdio: ['ignore', 'pipe', 'pipe'] });
    if (code !== 0) throw new Error(output);
    return {};
  },
  schema: async () => ({ [SCHEMA]: `${(await runSource('apps/controller/src/main.ts', ['emit-schema'])).trim()}\n` }),
  operations: generateOperations,
  reference: async () => JSON.parse(await runSource('tools/reference.mjs')),
};

/** Files of the message schemas whose message is gone. */
function strayFiles(files) {
  const folder = join(root, MESSAGE_SCHEMAS);
  if (!Object.keys(files).some((path) => path.startsWith(MESSAGE_SCHEMAS)) || !existsSync(folder)) return [];
  return readdirSync(folder).map((name) => `${MESSAGE_SCHEMAS}/${name}`).filter((path) => files[path] === undefined);
}

/**
 * Makes the parts in order: the operations are checked against the schema that was emitted before them.
 * @returns {Promise<string[]>} the paths that changed, or would change
 */
export async function generate(names, { check }) {
  const changed = [];
  for (const name of names) {
    const files = await PARTS[name]();
    for (const [path, text] of Object.entries(files)) {
      const file = join(root, path);
      if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
      changed.push(path);
      if (check) continue;
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    for (const path of strayFiles(files)) {
      changed.push(path);
      if (!check) rmSync(join(root, path));
    }
  }
  return changed;
}

if (process.argv[1] === import.meta.filename) {
  const args = process.argv.slice(2);
  const check = args.includes('--check');
  const names = args.filter((word) => !word.startsWith('--'));
  const unknown = names.find((name) => !PARTS[name]);
  if (unknown) {
    process.stderr.write(`error: nothing is generated under the name ${unknown}\n  next  ${Object.keys(PARTS).join(', ')}\n`);
    process.exitCode = 2;
  } else {
    const changed = await generate(names.length > 0 ? names : Object.keys(PARTS), { check });
    for (const path of changed) process.stdout.write(`${check ? 'differs' : 'written'}  ${path}\n`);
    if (check && changed.length > 0) {
      process.stderr.write('error: generated files are not up to date\n  next  npm run generate\n');
      process.exitCode = 1;
    }
  }
}
