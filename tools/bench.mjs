// `npm run bench -- NAME [OPTIONS]`: one measurement of `bench/`.
import { prepare, programsIn, runProgram } from './run-built.mjs';

const [name, ...args] = process.argv.slice(2);
if (await prepare({ bench: true })) {
  const names = programsIn('bench/dist').filter((program) => !['index', 'config'].includes(program));
  if (name !== undefined && names.includes(name)) {
    process.exitCode = await runProgram(`bench/dist/${name}.js`, args, ['--expose-gc']);
  } else {
    process.stderr.write(`error: ${name === undefined ? 'name a measurement' : `there is no measurement ${name}`}\n  next  npm run bench -- NAME, one of: ${names.join(', ')}\n`);
    process.exitCode = 2;
  }
}
