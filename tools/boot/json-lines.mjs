import { createInterface } from 'node:readline';

/** Calls `onMessage` for each JSON line of a stream; lines that are no JSON are left out (a library may print). */
export function readJsonLines(stream, onMessage) {
  createInterface({ input: stream }).on('line', (line) => {
    if (line.startsWith('{')) onMessage(JSON.parse(line));
  });
}
