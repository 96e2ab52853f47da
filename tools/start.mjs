// `npm start`. This file and what it imports statically parse on old versions of Node, so that those get a message.
import { refuseOldNode } from './node-version.mjs';

if (!refuseOldNode()) import('./boot/main.mjs').then(({ main }) => main(process.argv.slice(2)));
