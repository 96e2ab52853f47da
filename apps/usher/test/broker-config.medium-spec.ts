import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startNats } from '@usher/testing';
import { brokerConfig } from '../src/commands/broker-config.js';
import { readBrokerConfig } from '../src/config.js';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(os.tmpdir(), 'usher-broker-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const config = (more: Record<string, string> = {}) => readBrokerConfig({ USHER_DATA_DIR: dataDir, ...more });
const file = (...names: string[]) => path.join(dataDir, ...names);
const mode = async (name: string) => ((await stat(name)).mode & 0o777).toString(8);

describe('broker-config', () => {
  it('makes a key ring, a configuration that a broker takes, and the logins of the other services, for the owner only', async () => {
    await brokerConfig(config());
    expect([await mode(file('keys', 'keyring.json')), await mode(file('nats', 'nats.conf')), await mode(file('keys', 'agent-host.creds'))]).toEqual(['400', '600', '600']);
    expect([await mode(file('keys', 'router.login.json')), await mode(file('keys', 'migration.login.json'))]).toEqual(['600', '600']);
    const broker = await startNats({ conf: await readFile(file('nats', 'nats.conf'), 'utf8') });
    await broker.close();
  });

  it('keeps every key when it is repeated, and takes another port', async () => {
    await brokerConfig(config());
    const ring = await readFile(file('keys', 'keyring.json'), 'utf8');
    await brokerConfig(config({ USHER_NATS_PORT: '4333' }));
    expect(await readFile(file('keys', 'keyring.json'), 'utf8')).toBe(ring);
    expect(await readFile(file('nats', 'nats.conf'), 'utf8')).toContain('127.0.0.1:4333');
  });

  it('refuses a key ring inside the database folder and a port that is none', async () => {
    await expect(brokerConfig(config({ USHER_KEYRING_FILE: file('postgres', 'keyring.json') }))).rejects.toMatchObject({ code: 'KEYRING_UNSAFE' });
    expect(() => config({ USHER_NATS_PORT: 'x' })).toThrow('USHER_NATS_PORT');
  });
});
