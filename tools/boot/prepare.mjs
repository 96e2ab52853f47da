// The steps between "we hold the directory" and "the host may start".
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aptFoldersOf, checkGivenNats, givenServices, provideNats, startNats, startPostgres } from '../services.mjs';
import { logTail, startChild } from './children.mjs';
import { Failure } from './failure.mjs';
import { freePort, isPortFree } from './probe.mjs';

/** Key ring, broker root and `nats.conf`; not called again while neither the build nor the place has changed. */
export async function configureBroker({ root, dataDir, fingerprint }) {
  const mark = join(dataDir, 'nats', '.configured');
  const wanted = JSON.stringify({ fingerprint, dataDir });
  const present = [join(dataDir, 'nats', 'nats.conf'), join(dataDir, 'keys', 'keyring.json'), mark].every((path) => existsSync(path));
  if (present && readFileSync(mark, 'utf8') === wanted) return;
  const log = join(dataDir, 'logs', 'host.log');
  const env = { ...process.env, USHER_DATA_DIR: dataDir, USHER_NATS_PORT: '4222' };
  const { code } = await startChild({ name: 'broker-config', program: process.execPath, args: [join(root, 'apps/usher/dist/main.js'), 'broker-config'], cwd: root, env, log }).exited;
  if (code !== 0) throw new Failure({ id: 'broker-config', error: 'the broker could not be configured', why: logTail(log), next: `read ${log}` });
  writeFileSync(mark, wanted, { mode: 0o600 });
}

/** The addresses that were given, or what is missing; a broker's program is fetched while the network is expected to be there. */
export async function findServices({ root, dataDir, mode, env, onFetch }) {
  const given = await givenServices({ env, mode });
  const aptFolders = aptFoldersOf({ root, dataDir });
  const wanted = given.nats === null && (mode === 'auto' || mode === 'private');
  const aptReason = wanted ? await provideNats({ aptFolders, onFetch }) : null;
  return { given, aptFolders, aptReason };
}

/**
 * PostgreSQL and NATS, in parallel. When one fails, the other is stopped by whoever stops all children.
 * @param {(name: string, service: object, ms: number) => void} onUp
 */
export async function startServices({ root, dataDir, mode, found, onUp }) {
  const { given, aptFolders, aptReason } = found;
  const timed = async (name, start) => {
    const started = Date.now();
    const service = await start();
    onUp(name, service, Date.now() - started);
    return service;
  };
  const postgres = given.postgres
    ? { source: 'given', url: given.postgres, ...addressOf(given.postgres, 5432) }
    : timed('postgres', () => startPostgres({ root, dataDir }));
  const nats = given.nats
    ? timed('nats', async () => ({ source: 'given', url: given.nats, version: await checkGivenNats(given.nats), ...addressOf(given.nats, 4222) }))
    : timed('nats', () => startNats({ root, dataDir, aptFolders, aptReason, mode }));
  const [a, b] = await Promise.allSettled([postgres, nats]);
  for (const { reason } of [a, b]) if (reason) throw reason;
  return { postgres: a.value, nats: b.value };
}

function addressOf(url, defaultPort) {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port || defaultPort) };
}

/** The port for people: as asked (F11 when taken), else the default one, else any free one. */
export async function choosePort({ port, portAsked }, bind) {
  if (await isPortFree(port, bind)) return { port, instead: null };
  if (portAsked) throw new Failure({ id: 'F11', error: `port ${port} is taken`, next: 'npm start -- --port N with another port' });
  return { port: await freePort(), instead: port };
}
