import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, credsAuthenticator, jwtAuthenticator, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { encodeAccount, encodeUser, fmtCreds } from '@nats-io/jwt';
import { createAccount, createOperator, createUser } from '@nats-io/nkeys';
import { agentSubjects, hubSubjects, parseHubSubject, stopSession, uuidv7 } from '@usher/contracts';
import { HubConnection } from '@usher/bus';
import { mintAccount, mintAgentUser, mintHubUser } from '@usher/security';
import { eventually } from '@usher/testing';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { TestFleet, logger, type TestAgent } from './fleet-harness.js';

let fleet: TestFleet;
let a: TestAgent;
let b: TestAgent;
let ranAtB = 0;
/** Agent A's login in the hands of somebody who does not use our library. */
let hostile: NatsConnection;
/** Everything that the controller may hear. */
const hubHeard: Msg[] = [];

async function rawLogin(agent: TestAgent, inboxPrefix = agentSubjects.inboxPrefix(agent.serverId)): Promise<NatsConnection> {
  const { nkeySeed } = JSON.parse(await readFile(path.join(fleet.folder, agent.serverId, 'keys.json'), 'utf8')) as { nkeySeed: string };
  return connect({ servers: fleet.nats.url, reconnect: false, inboxPrefix, authenticator: jwtAuthenticator(agent.userJwt, new TextEncoder().encode(nkeySeed)) });
}

beforeAll(async () => {
  fleet = await TestFleet.start();
  a = await fleet.addAgent();
  b = await fleet.addAgent({ dispatch: async () => (ranAtB++, {}) });
  hostile = await rawLogin(a);
  const ear = await HubConnection.connect({ url: fleet.nats.url, creds: await mintHubUser(fleet.ring, 'controller'), service: 'controller', logger });
  ear.subscribe('usher.v1.server.*.state.>', (message) => hubHeard.push(message));
  ear.subscribe('usher.v1.server.*.fact.>', (message) => hubHeard.push(message));
  await ear.flush();
  closers.push(() => ear.close());
});
const closers: (() => Promise<void>)[] = [];
afterAll(async () => {
  await Promise.all(closers.map((close) => close()));
  await hostile.close();
  await fleet.close();
});

/** Messages that the link of B would get, whoever sends them. */
function refusalsOf(agent: TestAgent): number {
  return [...agent.link.refusals.values()].reduce((sum, count) => sum + count, 0);
}

describe('the login of an agent', () => {
  it('is refused by the broker at every foreign subject', async () => {
    const problems: string[] = [];
    void (async () => {
      for await (const status of hostile.status()) if (status.type === 'error') problems.push(status.error.message);
    })();
    const publishes = [
      agentSubjects.state(b.serverId, 'sessions'),
      agentSubjects.facts(b.serverId),
      agentSubjects.command(b.serverId, 'session.stop'),
      agentSubjects.command(a.serverId, 'session.stop'),
      hubSubjects.command(b.acctPub, 'session.stop'),
      hubSubjects.serviceCommand('agent-host', 'agent.adopt'),
      '_R_.abc.def',
      '$SYS.REQ.CLAIMS.UPDATE',
    ];
    const subscriptions = ['>', 'usher.v1.server.*.state.>', agentSubjects.commands(b.serverId), `usher.v1.server.${b.acctPub}.cmd.>`, '_INBOX.>', '$SYS.>'];
    for (const subject of publishes) hostile.publish(subject, '{}');
    for (const subject of subscriptions) hostile.subscribe(subject, { callback: () => undefined });
    await hostile.flush();
    await eventually(() => problems.length === publishes.length + subscriptions.length);
    for (const subject of [...publishes, ...subscriptions]) expect(problems.some((problem) => problem.includes(`"${subject}"`))).toBe(true);
    await fleet.hub.flush();
    expect(refusalsOf(b)).toBe(0);
    expect(hubHeard).toHaveLength(0);
  });

  it('arrives under its own account even when it names another server', async () => {
    const serverId = uuidv7();
    const { acctPub, jwt } = await mintAccount(fleet.ring, { serverId: b.serverId, agentId: uuidv7() });
    await fleet.sys.pushAccount(jwt);
    const user = createUser();
    // Minted by mistake with B's server id; the hub sees the account all the same.
    const userJwt = await mintAgentUser(fleet.ring, { acctPub, nkeyPub: user.getPublicKey(), serverId: b.serverId, agentId: uuidv7() });
    const liar = await connect({ servers: fleet.nats.url, reconnect: false, authenticator: jwtAuthenticator(userJwt, user.getSeed()) });
    liar.publish(agentSubjects.state(b.serverId, 'sessions'), JSON.stringify({ serverId }));
    await liar.flush();
    await eventually(() => hubHeard.length > 0);
    expect(hubHeard.map((message) => parseHubSubject(message.subject)?.acct)).toEqual([acctPub]);
    await liar.close();
    hubHeard.length = 0;
  });

  it('cannot make the hub answer onto somebody else', async () => {
    for (const reply of [agentSubjects.command(b.serverId, 'session.stop'), hubSubjects.command(b.acctPub, 'session.stop')]) {
      hostile.publish(agentSubjects.facts(a.serverId), '{}', { reply });
    }
    await hostile.flush();
    await eventually(() => hubHeard.length === 2);
    for (const message of hubHeard) {
      expect(message.reply ?? '_R_.').toMatch(/^_R_\./);
      message.respond('deputy');
    }
    await fleet.bus.command(stopSession, { serverId: b.serverId }, { sessionVendorId: 's', reason: null });
    expect(refusalsOf(b)).toBe(0);
    expect(ranAtB).toBe(1);
    hubHeard.length = 0;
  });

  it('cannot claim the result of a command that went to another agent', async () => {
    let release: () => void = () => undefined;
    const c = await fleet.addAgent({ dispatch: () => new Promise((resolve) => (release = () => resolve({}))) });
    const commandId = uuidv7();
    const call = fleet.bus.command(stopSession, { serverId: c.serverId }, { sessionVendorId: 's', reason: null }, { commandId });
    await eventually(() => c.journal.entries.size === 1);
    const forged = JSON.stringify({ status: 'failed', error: { code: 'NOT_FOUND', message: 'forged', details: {} } });
    hostile.publish(agentSubjects.ack(a.serverId, 'controller', fleet.hub.processId, commandId), forged, { reply: `${agentSubjects.inboxPrefix(a.serverId)}.x` });
    await hostile.flush();
    await eventually(() => fleet.bus.foreignAcks === 1);
    release();
    await expect(call).resolves.toEqual({ outcome: 'sent' });
  });
});

describe('an account', () => {
  it('that imports the place of another one gets nothing', async () => {
    const forger = createAccount().getPublicKey();
    const importOf = (subject: string, local: string) => ({ name: 'x', type: 'stream' as const, account: fleet.ring.brokerAccounts.hub, subject, local_subject: local });
    const limits = { conn: -1, subs: -1, data: -1, payload: -1, imports: -1, exports: -1, leaf: 0, wildcards: true };
    const imports = [importOf(`usher.v1.server.${b.acctPub}.cmd.>`, 'stolen.>')];
    const signing = { signing_keys: [fleet.ring.userSigner().getPublicKey()] };
    await fleet.sys.pushAccount(await encodeAccount('forger', forger, { version: 2, limits, imports, ...signing }, { signer: fleet.ring.brokerSigner() }));
    const user = createUser();
    const unbounded = { version: 2, subs: -1, data: -1, payload: -1 };
    const jwt = await encodeUser('forger', user, forger, unbounded, { signer: fleet.ring.userSigner() });
    const thief = await connect({ servers: fleet.nats.url, reconnect: false, authenticator: credsAuthenticator(fmtCreds(jwt, user)) });
    const stolen: Msg[] = [];
    thief.subscribe('>', { callback: (_error, message) => void stolen.push(message) });
    await thief.flush();
    const before = ranAtB;
    await fleet.bus.command(stopSession, { serverId: b.serverId }, { sessionVendorId: 's', reason: null });
    await thief.flush();
    expect(ranAtB).toBe(before + 1);
    expect(stolen).toHaveLength(0);
    await thief.close();
  });

  it('that another fleet signed is refused before the broker sees it', async () => {
    const foreign = createOperator();
    const jwt = await encodeAccount('agent', b.acctPub, { version: 2 }, { signer: foreign });
    await expect(fleet.sys.pushAccount(jwt)).rejects.toMatchObject({ code: 'KEYRING_MISMATCH', details: { reason: 'issuer' } });
    await expect(fleet.sys.pushAccount('nonsense')).rejects.toMatchObject({ code: 'KEYRING_MISMATCH', details: { reason: 'format' } });
    const self = createAccount();
    await expect(fleet.sys.pushAccount(await encodeAccount('self', self, { version: 2 }))).rejects.toMatchObject({ code: 'KEYRING_MISMATCH' });
  });

  it('that lets nobody in is put back', async () => {
    const serverId = uuidv7();
    const { acctPub, jwt } = await mintAccount(fleet.ring, { serverId, agentId: uuidv7() });
    await fleet.sys.pushAccount(jwt);
    const closed = await encodeAccount('closed', acctPub, { version: 2, limits: { conn: 0 }, signing_keys: [fleet.ring.userSigner().getPublicKey()] }, { signer: fleet.ring.brokerSigner() });
    await expect(fleet.sys.pushAccount(closed)).rejects.toMatchObject({ code: 'INTERNAL' });
    const user = createUser();
    const userJwt = await mintAgentUser(fleet.ring, { acctPub, nkeyPub: user.getPublicKey(), serverId, agentId: uuidv7() });
    const link = await connect({ servers: fleet.nats.url, reconnect: false, authenticator: jwtAuthenticator(userJwt, user.getSeed()) });
    await link.close();
  });

  it('that is revoked loses its link at once and cannot come back', async () => {
    const agent = await fleet.addAgent();
    const link = await rawLogin(agent);
    const { jwt } = await mintAccount(fleet.ring, { serverId: agent.serverId, agentId: agent.agentId, acctPub: agent.acctPub, revokedAt: Math.floor(Date.now() / 1000) });
    await fleet.sys.pushAccount(jwt);
    await link.closed();
    await eventually(() => !agent.link.connected && !fleet.online.has(agent.serverId));
    await expect(rawLogin(agent)).rejects.toThrow(/authorization/i);
  });

  it('that is deleted loses its link at once and cannot come back', async () => {
    const agent = await fleet.addAgent();
    const link = await rawLogin(agent);
    await fleet.sys.deleteAccount(agent.acctPub);
    await link.closed();
    await eventually(() => !agent.link.connected && !fleet.online.has(agent.serverId));
    await expect(rawLogin(agent)).rejects.toThrow(/authorization/i);
  });
});
