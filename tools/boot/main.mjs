import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from './arguments.mjs';
import { Failure } from './failure.mjs';
import { Printer } from './printer.mjs';
import { Supervisor } from './supervisor.mjs';

const root = join(import.meta.dirname, '..', '..');

function report(error) {
  process.stderr.write(`${error instanceof Failure ? error : error.stack}\n`);
}

/** Exit codes: 0 stopped on request, 1 failure, 2 wrong arguments. */
export async function main(args) {
  let options;
  try {
    options = readArguments(args, process.env, root);
  } catch (error) {
    report(error);
    process.exit(error.exitCode ?? 1);
  }
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const supervisor = new Supervisor({ root, version, options, printer: new Printer(), env: process.env });
  let interrupts = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      interrupts += signal === 'SIGINT' ? 1 : 0;
      if (interrupts > 1) {
        supervisor.killAll();
        process.exit(0);
      }
      supervisor.stop(0);
    });
  }
  try {
    await supervisor.start();
  } catch (error) {
    if (!Supervisor.isStopped(error)) await supervisor.stop(1, error instanceof Failure ? error : (report(error), null));
  }
  process.exit(await supervisor.ended);
}
