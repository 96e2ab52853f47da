// Prisma's command line with the stand-in for its native engine: nothing is downloaded (see prisma-schema-engine.mjs).
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Environment under which every Prisma command of this repository runs. */
export function prismaEnvironment(env = process.env) {
  return {
    ...env,
    PRISMA_SCHEMA_ENGINE_BINARY: join(import.meta.dirname, 'prisma-schema-engine.mjs'),
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  };
}

/** Runs one Prisma command; standard input is the null device, because `migrate dev` waits for ever on an inherited pipe. */
export function runPrisma(args, { env = process.env, cwd = root, stdio = ['ignore', 'inherit', 'inherit'] } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'node_modules/prisma/build/index.js'), ...args], { cwd, stdio, env: prismaEnvironment(env) });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: code ?? 128 + constants.signals[signal], output }));
  });
}

if (process.argv[1] === import.meta.filename) {
  const { code } = await runPrisma(process.argv.slice(2));
  process.exitCode = code;
}
