import { liveConfig } from './config.js';
import { live } from './live/live.js';

/** `live-main.js VENDOR [--write]`: code 0 when everything passed, 1 when something failed, 2 for a wrong call. */
const config = liveConfig(process.argv.slice(2));
if (typeof config === 'string') {
  process.stderr.write(`${config}\n`);
  process.exitCode = 2;
} else {
  const { report, passed } = await live(config);
  process.stdout.write(report);
  process.exitCode = passed ? 0 : 1;
}
