import { relative } from 'node:path';
import { isBrokerTooOld } from './nats.mjs';

const LABEL = 14;

/** Standard output of `npm start`: one line per step, colour on terminals only. */
export class Printer {
  #out;
  #color;

  constructor(out = process.stdout) {
    this.#out = out;
    this.#color = Boolean(out.isTTY) && !process.env.NO_COLOR;
  }

  #paint(code, text) {
    return this.#color ? `\u001B[${code}m${text}\u001B[0m` : text;
  }

  line(text) {
    this.#out.write(`${text}\n`);
  }

  step(label, ...parts) {
    this.line(`${this.#paint(36, label.padEnd(LABEL))}${parts.filter((part) => part).join('   ')}`);
  }

  title(version, dataDir) {
    const shown = relative(process.cwd(), dataDir);
    this.line(`${this.#paint(1, `usher ${version}`)}   node ${process.versions.node}   data ${shown === '' || shown.startsWith('..') ? dataDir : shown}`);
  }

  service(name, { source, version, host, port, isNew, moved }, ms) {
    const old = name === 'nats' && isBrokerTooOld(version) ? 'older than 2.12.12: loopback only, remote enrollment closed' : null;
    this.step(name, [source, version].filter(Boolean).join(' '), `${host}:${port}`, isNew ? 'new cluster' : null, old ?? (isNew ? seconds(ms) : null));
    if (moved) this.step('', `the server user cannot reach the data directory: PostgreSQL keeps its data in ${moved}`);
  }

  ready(ms, url) {
    this.line(this.#paint(32, `ready in ${seconds(ms)}`));
    this.line(`  console     ${this.#paint(1, url)}`);
  }

  code({ code, expiresAt }) {
    const minutes = Math.max(1, Math.round((Date.parse(expiresAt) - Date.now()) / 60_000));
    this.line(`  code        ${this.#paint(1, code)}   one-time sign-in, ${minutes} min`);
  }
}

export function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}
