// `npm run test:live -- VENDOR [--write]`: the behavior suite against a real server. Runs the sources as they are: nothing is built.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { leashed } from './boot/children.mjs';
import { ensureInstalled } from './install.mjs';

const root = join(import.meta.dirname, '..');
const NOT_USABLE = 2;

async function run() {
  try {
    await ensureInstalled(root, (text) => process.stderr.write(`${text}\n`));
  } catch (error) {
    process.stderr.write(`${error}\n`);
    return NOT_USABLE;
  }
  const nodeArgs = ['--enable-source-maps', '--conditions=@usher/source', '--import', new URL('./ts-register.mjs', import.meta.url).href];
  const order = leashed({ program: process.execPath, args: [...nodeArgs, join(root, 'libs/media-server/src/live/main.ts'), ...process.argv.slice(2)], deathSignal: 'SIGTERM', cwd: root });
  const child = spawn(order.program, order.args, { cwd: root, stdio: ['inherit', 'inherit', 'inherit', ...order.pipes] });
  // it removes what it made and ends by itself
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.on('error', () => resolve(NOT_USABLE));
    child.on('exit', (code, signal) => {
      if (signal) process.stderr.write(`error: the run was killed (${signal})\n  next  run it again; with --write it first removes what was left\n`);
      resolve(code ?? NOT_USABLE);
    });
  });
}

process.exitCode = await run();
