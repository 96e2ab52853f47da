// `npm run recordings -- DIR …`: every recorded vendor answer of a folder through the mapper that would receive it.
import { resolve } from 'node:path';
import { prepare, runProgram } from './run-built.mjs';

const args = process.argv.slice(2);
if (args.length === 0) {
  process.stderr.write('error: name a folder\n  next  npm run recordings -- DIR\n');
  process.exitCode = 2;
} else if (await prepare()) {
  const from = process.env.INIT_CWD ?? process.cwd();
  process.exitCode = await runProgram('libs/media-server/dist/recordings-main.js', args.map((word) => (word.startsWith('--') ? word : resolve(from, word))));
}
