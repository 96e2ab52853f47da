import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { KeyRing, mintHubUser, renderBrokerConf, renderServiceLogin } from '@usher/security';
import { readBrokerConfig } from '../config.js';

/**
 * Makes the key ring when there is none and writes `<data>/nats/nats.conf`, the credentials of the bundled agent host
 * and the logins of router and migration. Repeating it keeps every key.
 */
export async function brokerConfig(config = readBrokerConfig()): Promise<void> {
  const data = resolve(config.dataDir);
  const ring = await KeyRing.loadOrCreate(config.keyRingFile ?? join(data, 'keys', 'keyring.json'), { forbiddenDirs: [join(data, 'postgres')] });
  const resolverDir = config.natsStoreDir ?? join(data, 'nats', 'accounts');
  const tls = config.natsCertFile && config.natsKeyFile ? { certFile: config.natsCertFile, keyFile: config.natsKeyFile } : undefined;
  await replaceFile(join(data, 'nats', 'nats.conf'), await renderBrokerConf(ring, { port: config.natsPort, host: config.natsHost, resolverDir, tls }));
  await replaceFile(join(data, 'keys', 'agent-host.creds'), await mintHubUser(ring, 'agent-host'));
  await replaceFile(join(data, 'keys', 'router.login.json'), await renderServiceLogin(ring, 'router'));
  await replaceFile(join(data, 'keys', 'migration.login.json'), await renderServiceLogin(ring, 'migration'));
  if (!config.natsStoreDir) await mkdir(resolverDir, { recursive: true, mode: 0o700 });
}

async function replaceFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, text, { mode: 0o600 });
  await chmod(temporary, 0o600);
  await rename(temporary, path);
}
