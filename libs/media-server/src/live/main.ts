import { accessSync, constants, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { liveConfig, type LiveConfig } from '../config.js';
import { detailOf } from './detail-of.js';
import { live, NotUsable } from './live.js';
import { tableOf } from './report.js';

const [PASSED, FAILED, NOT_USABLE, INTERRUPTED] = [0, 1, 2, 130];

const say = (line: string): void => void process.stderr.write(`${line}\n`);

// who reads along may leave; what was made is removed all the same
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => stream.destroy());

/** On a terminal one line that changes, elsewhere a line for each. */
function progress(done: number, total: number, next: string): void {
  const line = `[${String(done + 1).padStart(3)}/${total}] ${next}`;
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
  else say(line);
}

function clearLine(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
}

function requireWritable(jsonFile: string | null): void {
  if (jsonFile === null) return;
  try {
    accessSync(dirname(jsonFile), constants.W_OK);
  } catch {
    throw new NotUsable('The folder of --json is not there, or cannot be written to.', 'name a file in a folder of yours');
  }
}

async function run(config: LiveConfig): Promise<number> {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) return;
      stopping.abort();
      clearLine();
      say(config.write ? 'stopping: what runs is finished, then everything that was made is removed' : 'stopping: what runs is finished');
    });
  }
  const note = (line: string): void => {
    clearLine();
    say(line);
  };
  requireWritable(config.jsonFile);
  const report = await live(config, { signal: stopping.signal, onProgress: progress, note });
  clearLine();
  process.stdout.write(tableOf(report));
  if (config.jsonFile !== null) {
    writeFileSync(config.jsonFile, `${JSON.stringify(report, null, 2)}\n`);
    say('the report is written as JSON; it holds no names, titles, addresses or keys');
  }
  if (report.counts.failed > 0) return FAILED;
  return report.interrupted ? INTERRUPTED : PASSED;
}

async function main(): Promise<number> {
  const config = liveConfig(process.argv.slice(2));
  if ('problem' in config) throw new NotUsable(config.problem, config.next);
  return await run(config);
}

process.exitCode = await main().catch((error: unknown) => {
  clearLine();
  const [what, next] = error instanceof NotUsable ? [error.message, error.next] : [`The suite broke off: ${detailOf(error)}.`, 'run it again; report the line above when it comes back'];
  say(`error: ${what}\n  next  ${next}`);
  return NOT_USABLE;
});
