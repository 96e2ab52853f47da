// `npm test`. The last line of standard output is always `N passed, N failed`.
import { refuseOldNode } from './node-version.mjs';

if (!refuseOldNode()) import('./testing/run.mjs').then(({ main }) => main(process.argv.slice(2)));
