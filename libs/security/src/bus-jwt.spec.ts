import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decode, type Account, type User } from '@nats-io/jwt';
import { createAccount, createUser } from '@nats-io/nkeys';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { uuidv7 } from '@usher/contracts';
import { renderBrokerConf } from './broker-conf.js';
import { mintAccount, mintAgentUser, mintHubUser, readAccount } from './bus-jwt.js';
import { KeyRing } from './key-ring.js';

let folder: string;
let ring: KeyRing;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'usher-jwt-'));
  ring = await KeyRing.loadOrCreate(path.join(folder, 'keyring.json'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const ids = () => ({ serverId: uuidv7(), agentId: uuidv7() });

describe('bus claims', () => {
  it('of an account write every limit down, and let it import six places of its own', async () => {
    const { acctPub, jwt } = await mintAccount(ring, ids());
    const { nats } = decode<Account>(jwt);
    expect(nats.limits).toMatchObject({ conn: 3, subs: -1, data: -1, payload: -1, imports: 6, exports: 0, leaf: 0, wildcards: true, disallow_bearer: true, mem_storage: 0, disk_storage: 0 });
    expect(nats.imports).toHaveLength(6);
    expect(nats.imports!.filter(({ subject }) => subject.includes(acctPub))).toHaveLength(5);
    expect(nats.signing_keys).toEqual([ring.userSigner().getPublicKey()]);
    expect(readAccount(ring, jwt)).toEqual({ acctPub, isRevoked: false });
  });

  it.each(['controller', 'router', 'migration', 'agent-host'] as const)('of %s fit into the one line in which a login is sent, with what stands beside them', async (service) => {
    expect((await mintHubUser(ring, service)).length).toBeLessThan(3_700);
  });

  it('of a revoked account are the same account', async () => {
    const who = ids();
    const { acctPub } = await mintAccount(ring, who);
    const revoked = await mintAccount(ring, { ...who, acctPub, revokedAt: 1_800_000_000 });
    expect(revoked.acctPub).toBe(acctPub);
    expect(decode<Account>(revoked.jwt).nats.revocations).toEqual({ '*': 1_800_000_000 });
    expect(readAccount(ring, revoked.jwt).isRevoked).toBe(true);
  });

  it('of an agent end by themselves only when asked to', async () => {
    const options = { ...ids(), acctPub: createAccount().getPublicKey(), nkeyPub: createUser().getPublicKey() };
    expect(decode(await mintAgentUser(ring, options)).exp).toBeUndefined();
    const user = decode<User>(await mintAgentUser(ring, { ...options, expiresInS: 86_400 }));
    expect(user.exp! - user.iat).toBeLessThanOrEqual(86_400);
    expect(user.nats).toMatchObject({ subs: 20, payload: 262_144, bearer_token: false, allowed_connection_types: ['STANDARD'] });
    expect(user.nats.pub?.deny ?? []).toEqual([]);
  });

  it.each(['*', '>', 'a.b', '', 'ä', uuidv7().toUpperCase()])('are not minted for the id %j', async (id) => {
    await expect(mintAccount(ring, { serverId: id, agentId: uuidv7() })).rejects.toThrow();
    await expect(mintAccount(ring, { serverId: uuidv7(), agentId: id })).rejects.toThrow();
    expect(() => mintAgentUser(ring, { serverId: id, agentId: uuidv7(), acctPub: createAccount().getPublicKey(), nkeyPub: createUser().getPublicKey() })).toThrow();
  });
});

describe('renderBrokerConf', () => {
  it('listens on loopback, knows SYS and HUB, and holds no seed', async () => {
    const conf = await renderBrokerConf(ring, { port: 4333, resolverDir: '/data/nats', monitorPort: 8333 });
    expect(conf).toContain('listen: "127.0.0.1:4333"');
    expect(conf).toContain('http: "127.0.0.1:8333"');
    expect(conf).toContain('resolver { type: full, dir: "/data/nats", allow_delete: true');
    for (const line of ['max_control_line: 4096', 'max_payload: 1MB', 'write_deadline: "10s"']) expect(conf).toContain(line);
    for (const account of Object.values(ring.brokerAccounts)) expect(conf).toMatch(new RegExp(`^ {2}${account}: eyJ`, 'm'));
    expect(conf).not.toMatch(/\bS[ANOU][A-Z2-7]{56}\b/);
    expect(conf).not.toMatch(/jetstream|websocket|mqtt|leafnodes|no_auth_user/);
  });

  it('takes an outside address with TLS', async () => {
    const conf = await renderBrokerConf(ring, { port: 4222, host: '::', resolverDir: 'd', tls: { certFile: '/c.pem', keyFile: '/k.pem' } });
    expect(conf).toContain('listen: "[::]:4222"');
    expect(conf).toContain('tls { cert_file: "/c.pem", key_file: "/k.pem" }');
  });
});
