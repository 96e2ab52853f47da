// `npm run test:live -- VENDOR [--write]`: the readings of the behaviour suite against a real server.
import { prepare, runProgram } from './run-built.mjs';

if (await prepare()) process.exitCode = await runProgram('libs/media-server/dist/live-main.js', process.argv.slice(2));
