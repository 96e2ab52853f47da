import { fstatSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { testConfig } from './config.js';
import { startControlServer } from './control-server.js';
import { startFleet } from './simulators/fleet.js';

const PARENT_CHECK_MS = 1_000;

const isPort = (value: unknown): boolean => Number.isInteger(value) && Number(value) > 0 && Number(value) < 65_536;

function wholeNumber(name: string, text: string, highest: number): number {
  if (!/^\d+$/.test(text) || Number(text) > highest) throw new Error(`${name} must be a whole number up to ${highest}`);
  return Number(text);
}

/** Ports of the last start; none when there was none or the file is damaged. */
async function readPorts(file: string): Promise<Record<string, number>> {
  try {
    const value = JSON.parse(await readFile(file, 'utf8')) as unknown;
    if (typeof value !== 'object' || value === null) return {};
    return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, number] => isPort(entry[1])));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return {};
    throw error;
  }
}

async function writePorts(file: string, ports: Readonly<Record<string, number>>): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, JSON.stringify(ports), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/** Resolves when it is time to go: a signal, a closed standard input (when it is a pipe), or a dead parent. */
function untilTheEnd(): Promise<void> {
  const parent = process.ppid;
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => resolve());
    setInterval(() => process.ppid !== parent && resolve(), PARENT_CHECK_MS).unref();
    const input = fstatSync(0);
    if (input.isFIFO() || input.isSocket()) process.stdin.once('end', () => resolve()).once('error', () => resolve()).resume();
  });
}

/** The demo fleet as a process of its own: says once where its servers are, and stays. */
async function main(): Promise<void> {
  const config = testConfig();
  const { values } = parseArgs({ options: { servers: { type: 'string' }, seed: { type: 'string' } } });
  const servers = wholeNumber('--servers', values.servers ?? config.demoServers ?? '6', 200);
  const seed = wholeNumber('--seed', values.seed ?? '7', 1_000_000);
  const file = config.demoDir === undefined ? undefined : path.join(config.demoDir, 'ports.json');
  const ended = untilTheEnd();
  const fleet = await startFleet({ servers, seed, ports: file === undefined ? {} : await readPorts(file) });
  if (file !== undefined) await writePorts(file, fleet.ports);
  const control = await startControlServer(fleet);
  process.stdout.write(`${JSON.stringify({ ready: true, servers: fleet.rows, controlUrl: control.url, plexTvUrl: fleet.plexTvUrl })}\n`);
  await ended;
  await Promise.all([fleet.close(), control.close()]);
  process.exit(0);
}

await main();
