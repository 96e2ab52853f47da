import { existsSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { repositoryRoot, testConfig } from '../config.js';
import { eventually } from '../eventually.js';
import { findProgram, freePort, isExecutable, spawnBound } from './bound-process.js';
import { temporaryFolder } from './temporary-folder.js';

export interface NatsOptions {
  /** Text of the configuration file; address and port are given on the command line and win over it. */
  readonly conf?: string;
  /** The port of a broker that was killed, to start it again at the same place. */
  readonly port?: number;
}

export interface NatsServer {
  readonly url: string;
  readonly port: number;
  readonly log: () => string;
  /** Ends the broker in order. */
  close(): Promise<void>;
  /** SIGKILL: as if the machine had lost power. */
  kill(): Promise<void>;
}

/** `USHER_TEST_NATS_SERVER`, PATH, or the package that was unpacked into `.usher/apt`. */
export async function findNatsServer(): Promise<string> {
  const program = testConfig().natsServer ?? findProgram('nats-server') ?? (await unpackedBroker());
  if (program === undefined) throw new Error('no nats-server found: set USHER_TEST_NATS_SERVER or put nats-server on PATH');
  return program;
}

async function unpackedBroker(): Promise<string | undefined> {
  const folder = path.join(repositoryRoot(), '.usher', 'apt');
  if (!existsSync(folder)) return undefined;
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => path.basename(name) === 'nats-server').map((name) => path.join(folder, name)).find((file) => /[/\\]s?bin[/\\]/.test(file) && isExecutable(file));
}

/** A broker of its own on a free loopback port. */
export async function startNats({ conf = '', port: wanted }: NatsOptions = {}): Promise<NatsServer> {
  const program = await findNatsServer();
  const folder = await temporaryFolder('nats');
  const file = path.join(folder, 'nats.conf');
  await writeFile(file, conf, { mode: 0o600 });
  const port = wanted ?? (await freePort());
  const server = spawnBound(program, ['-a', '127.0.0.1', '-p', String(port), '-c', file], { deathSignal: 'TERM', cwd: folder });
  const end = async (signal: NodeJS.Signals) => {
    await server.stop(signal);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await eventually(() => {
      if (server.hasExited()) return true;
      return greets(port);
    });
    if (server.hasExited()) throw new Error('it exited');
  } catch (error) {
    await end('SIGKILL');
    throw new Error(`nats-server did not start: ${server.log()}`, { cause: error });
  }
  return { url: `nats://127.0.0.1:${port}`, port, log: server.log, close: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

/** True when a NATS server says `INFO` there. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const answer = (value: boolean) => {
      socket.destroy();
      resolve(value);
    };
    socket.once('data', (data) => answer(data.toString().startsWith('INFO ')));
    socket.once('error', () => answer(false));
    socket.once('close', () => answer(false));
  });
}
