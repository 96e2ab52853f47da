// `npm run bar -- B01 [B09 …]`: checks of security and reliability; `--all` runs every one. Ends with `N passed, N failed`.
import { prepare, programsIn, runProgram } from './run-built.mjs';

const FOLDER = 'bench/dist/bar';
const args = process.argv.slice(2);
const options = args.filter((word) => word.startsWith('--') && word !== '--all');
const asked = args.filter((word) => !word.startsWith('--')).map((id) => id.toLowerCase());

/** `b01` names `b01-anything.js`. */
const programOf = (id, programs) => programs.find((name) => name === id || name.startsWith(`${id}-`));

if (await prepare({ bench: true })) {
  const programs = programsIn(FOLDER).filter((name) => /^b\d+/.test(name));
  const chosen = args.includes('--all') ? programs : asked.map((id) => programOf(id, programs));
  const unknown = asked.find((id) => programOf(id, programs) === undefined);
  if (unknown !== undefined || (asked.length === 0 && !args.includes('--all'))) {
    process.stderr.write(`error: ${unknown === undefined ? 'name a bar' : `there is no bar ${unknown.toUpperCase()}`}\n  next  npm run bar -- ID, one of: ${programs.map((name) => name.split('-')[0].toUpperCase()).join(', ')}\n`);
    process.exitCode = 2;
  } else {
    let failed = 0;
    for (const name of chosen) if ((await runProgram(`${FOLDER}/${name}.js`, options)) !== 0) failed += 1;
    process.stdout.write(`${chosen.length - failed} passed, ${failed} failed\n`);
    process.exitCode = failed === 0 ? 0 : 1;
  }
}
