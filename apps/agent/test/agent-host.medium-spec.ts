import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { adoptAgent, configureServer, controlSession, describeHost, listLibraries, listUsers, messageSession, probeServer, retireAgent, stopSession, testServer } from '@usher/contracts';
import { sealTo } from '@usher/security';
import { eventually } from '@usher/testing';
import { TestFleet } from './fleet-harness.js';
import { vendorSession } from './support.js';

let fleet: TestFleet;

beforeAll(async () => {
  fleet = await TestFleet.start(await mkdtemp(path.join(os.tmpdir(), 'usher-agent-medium-')));
});

afterAll(async () => {
  await fleet.close();
});

async function adopted(config: Parameters<TestFleet['register']>[0] = {}) {
  const { serverId, token, vendor } = fleet.register(config);
  // After a broker crash the host takes some seconds to be back.
  await eventually(() => fleet.bus.serviceCommand(describeHost, {}));
  const { agentId } = await fleet.bus.serviceCommand(adoptAgent, { serverId, enrollmentToken: token });
  await eventually(() => fleet.controller.hellos.some((hello) => hello.agentId === agentId));
  await eventually(() => fleet.controller.factsOf(serverId, 'server.probed@1').length > 0);
  return { serverId, agentId, vendor };
}

const playbackIds = (serverId: string, contract: string) => fleet.controller.factsOf(serverId, contract).map(({ body }) => (body as { playbackId: string }).playbackId);
const folderOf = (serverId: string) => path.join(fleet.dataDir, 'agents', serverId);

describe('adoption', () => {
  it('leads from a token to hello, probe, live sessions and the ledger', async () => {
    const { serverId, agentId, vendor } = await adopted();
    vendor.setSessions([vendorSession()]);
    const state = await eventually(() => fleet.controller.sessions.get(serverId)?.sessions.length === 1 && fleet.controller.sessions.get(serverId)!);
    expect(state.sessions[0]).toMatchObject({ vendorId: 'session-1', userName: 'Ada', ghost: false });
    await eventually(() => playbackIds(serverId, 'playback.started@1').length === 1);
    expect(playbackIds(serverId, 'playback.started@1')).toEqual([state.sessions[0]!.stream!.playbackId]);
    await eventually(() => fleet.controller.heartbeats.get(serverId)?.spoolPending === 0 && fleet.controller.heartbeats.get(serverId)?.vendor.status === 'online', { timeoutMs: 15_000 });
    expect(fleet.controller.heartbeats.get(serverId)).toMatchObject({ agentId, configRev: 1, credentialRev: 1, live: { mode: 'push' } });
    await eventually(() => fleet.controller.loads.has(serverId));
  });

  it('answers with the running agent when it is asked again', async () => {
    const { serverId, agentId } = await adopted();
    const again = await fleet.bus.serviceCommand(adoptAgent, { serverId, enrollmentToken: fleet.tokenFor(serverId) });
    expect(again.agentId).toBe(agentId);
    const { agents } = await fleet.bus.serviceCommand(describeHost, {});
    expect(agents).toContainEqual({ serverId, agentId });
  });

  it('makes one agent of two requests at once', async () => {
    const { serverId, token } = fleet.register();
    const answers = await Promise.all([token, fleet.tokenFor(serverId)].map((enrollmentToken) => fleet.bus.serviceCommand(adoptAgent, { serverId, enrollmentToken })));
    expect(answers[0]).toEqual(answers[1]);
  });

  it('leaves nothing behind when the token is refused, and takes a good one afterwards', async () => {
    const { serverId, token } = fleet.register();
    const used = await fleet.bus.serviceCommand(adoptAgent, { serverId: fleet.register().serverId, enrollmentToken: token }).catch((error: unknown) => error);
    expect(used).toMatchObject({ code: 'ENROLLMENT_REFUSED', details: { reason: 'server' } });
    const second = await fleet.bus.serviceCommand(adoptAgent, { serverId, enrollmentToken: token }).catch((error: unknown) => error);
    expect(second).toMatchObject({ code: 'ENROLLMENT_REFUSED', details: { reason: 'token' } });
    expect(existsSync(folderOf(serverId))).toBe(false);
    await expect(fleet.bus.serviceCommand(adoptAgent, { serverId, enrollmentToken: fleet.tokenFor(serverId) })).resolves.toHaveProperty('agentId');
  });

  it('keeps everything of an agent from other users of the machine, and the key out of every file and log line', async () => {
    const { serverId } = await adopted();
    const key = fleet.controller.credentials.get(serverId)!.token;
    // Files are replaced while the agent works, so one look may miss one.
    await eventually(async () => {
      for (const name of await readdir(folderOf(serverId), { recursive: true })) {
        const file = path.join(folderOf(serverId), name);
        const info = await stat(file);
        expect(info.mode & 0o077).toBe(0);
        if (info.isFile()) expect(await readFile(file, 'utf8')).not.toContain(key);
      }
    });
    expect(JSON.stringify(fleet.log.lines)).not.toContain(key);
  });

  it('removes everything at retirement, once', async () => {
    const { serverId } = await adopted();
    expect(await fleet.bus.serviceCommand(retireAgent, { serverId })).toEqual({ retired: true });
    expect(existsSync(folderOf(serverId))).toBe(false);
    expect(await fleet.bus.serviceCommand(retireAgent, { serverId })).toEqual({ retired: false });
  });
});

describe('commands', () => {
  it('stop, pause, seek and message reach the server', async () => {
    const { serverId, vendor } = await adopted();
    vendor.setSessions([vendorSession()]);
    await eventually(() => fleet.controller.sessions.get(serverId)?.sessions.length === 1);
    const target = { sessionVendorId: 'session-1' };
    await fleet.bus.command(messageSession, { serverId }, { ...target, text: 'hello' });
    await fleet.bus.command(controlSession, { serverId }, { ...target, command: { type: 'pause' } });
    await fleet.bus.command(controlSession, { serverId }, { ...target, command: { type: 'seek', positionMs: 60_000 } });
    await fleet.bus.command(stopSession, { serverId }, { ...target, reason: 'late' });
    expect(vendor.sent.map(({ type }) => type)).toEqual(['message', 'control', 'control', 'stop']);
    await eventually(() => playbackIds(serverId, 'playback.ended@1').length === 1);
    expect(fleet.controller.factsOf(serverId, 'playback.changed@1').map(({ body }) => (body as { change: string }).change)).toEqual(['paused', 'seeked']);
  });

  it('are done once when they come twice', async () => {
    const { serverId, vendor } = await adopted();
    vendor.setSessions([vendorSession()]);
    await eventually(() => fleet.controller.sessions.get(serverId)?.sessions.length === 1);
    const first = fleet.bus.command(messageSession, { serverId }, { sessionVendorId: 'session-1', text: 'once' });
    await first;
    await fleet.bus.command(messageSession, { serverId }, { sessionVendorId: 'session-1', text: 'once' }, { commandId: first.commandId });
    expect(vendor.sent).toHaveLength(1);
  });

  it('are refused for a session that is gone and for a client that cannot', async () => {
    const { serverId, vendor } = await adopted();
    vendor.setSessions([vendorSession({ controls: { stop: true, pause: false, seek: false, message: false, limitBitRate: false, play: false } })]);
    await eventually(() => fleet.controller.sessions.get(serverId)?.sessions.length === 1);
    const gone = await fleet.bus.command(stopSession, { serverId }, { sessionVendorId: 'nobody', reason: null }).catch((error: unknown) => error);
    expect(gone).toMatchObject({ code: 'NOT_FOUND' });
    const cannot = await fleet.bus.command(messageSession, { serverId }, { sessionVendorId: 'session-1', text: 'x' }).catch((error: unknown) => error);
    expect(cannot).toMatchObject({ code: 'CAPABILITY_MISSING', details: { reason: 'client' } });
    expect(vendor.sent).toEqual([]);
  });

  it('that change something are refused by a read-only server, all others are not', async () => {
    const { serverId, vendor } = await adopted();
    vendor.setSessions([vendorSession()]);
    await eventually(() => fleet.controller.sessions.get(serverId)?.sessions.length === 1);
    const config = { ...fleet.controller.configs.get(serverId)!, rev: 2, readOnly: true };
    expect(await fleet.bus.command(configureServer, { serverId }, { config, credential: null })).toEqual({ configRev: 2, credentialRev: 1 });
    const target = { sessionVendorId: 'session-1' };
    const refusals = await Promise.all(
      [
        fleet.bus.command(stopSession, { serverId }, { ...target, reason: null }),
        fleet.bus.command(controlSession, { serverId }, { ...target, command: { type: 'pause' } }),
        fleet.bus.command(messageSession, { serverId }, { ...target, text: 'x' }),
      ].map((call) => call.catch((error: unknown) => error)),
    );
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'SERVER_READ_ONLY' });
    expect(vendor.sent).toEqual([]);
    expect(await fleet.bus.command(probeServer, { serverId }, {})).toMatchObject({ machineId: 'in-memory' });
  });

  it('list libraries, and users in as many parts as it takes', async () => {
    const { serverId, vendor } = await adopted();
    vendor.libraryList = [{ vendorId: 'l1', name: 'Films', type: 'movies', itemCount: 3, childCount: null, folders: ['/films'] }];
    vendor.userList = Array.from({ length: 900 }, (_, index) => ({ vendorId: `u${index}`, name: 'n'.repeat(400), email: null, isAdministrator: false, enabled: true, lastSeenAt: null }));
    expect((await fleet.bus.command(listLibraries, { serverId }, {})).libraries).toEqual(vendor.libraryList);
    const parts: string[][] = [];
    for await (const { users } of fleet.bus.command(listUsers, { serverId }, {})) parts.push(users.map(({ vendorId }) => vendorId));
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.flat()).toEqual(vendor.userList.map(({ vendorId }) => vendorId));
  });

  it('server.test opens what was sealed to the host and answers the reason', async () => {
    const { boxKey } = await fleet.bus.serviceCommand(describeHost, {});
    const sealed = await sealTo(boxKey, { url: 'http://nowhere.invalid', token: 'the-test-key', vendor: null, tls: { verify: true } });
    expect(await fleet.bus.serviceCommand(testServer, { sealed })).toMatchObject({ ok: false, code: 'SERVER_UNREACHABLE', reason: 'dns' });
    expect(fleet.tests.at(-1)!.token()).toBe('the-test-key');
    expect(JSON.stringify(fleet.log.lines)).not.toContain('the-test-key');
    const junk = await fleet.bus.serviceCommand(testServer, { sealed: 'a.b.c.d.e' }).catch((error: unknown) => error);
    expect(junk).toMatchObject({ code: 'MESSAGE_INVALID' });
  });
});

describe('settings', () => {
  it('take another address at once and keep ignored devices out', async () => {
    const { serverId, vendor } = await adopted();
    vendor.setSessions([vendorSession({ vendorId: 'a' }), vendorSession({ vendorId: 'b', deviceName: 'dashboard' })]);
    await eventually(() => fleet.controller.sessions.get(serverId)?.sessions.length === 2);
    const config = { ...fleet.controller.configs.get(serverId)!, rev: 2, ignoredDevices: [{ namePattern: 'DASH*' }] };
    await fleet.bus.command(configureServer, { serverId }, { config, credential: null });
    await eventually(() => fleet.controller.sessions.get(serverId)?.sessions.map(({ vendorId }) => vendorId).join() === 'a');

    const other = fleet.register().serverId;
    const credential = { ...fleet.controller.credentials.get(other)!, rev: 2 };
    const sealed = await sealTo(fleet.controller.agents.get(serverId)!.boxPub, credential);
    expect(await fleet.bus.command(configureServer, { serverId }, { config, credential: sealed })).toEqual({ configRev: 2, credentialRev: 2 });
    fleet.vendors.get(credential.origin)!.setSessions([vendorSession({ vendorId: 'elsewhere' })]);
    await eventually(() => fleet.controller.sessions.get(serverId)?.sessions.map(({ vendorId }) => vendorId).join() === 'elsewhere');
  });
});

describe('crashes', () => {
  it('of the broker lose no fact and repeat none', async () => {
    const { serverId, vendor } = await adopted();
    vendor.setSessions([vendorSession({ vendorId: 'before' })]);
    await eventually(() => playbackIds(serverId, 'playback.started@1').length === 1);
    const restart = await fleet.killBroker();
    vendor.setSessions([vendorSession({ vendorId: 'before' }), vendorSession({ vendorId: 'during' })]);
    await eventually(() => readFile(path.join(folderOf(serverId), 'playbacks.json'), 'utf8').then((text) => text.includes('during')));
    vendor.setSessions([vendorSession({ vendorId: 'during' })]);
    await restart();
    await eventually(() => playbackIds(serverId, 'playback.started@1').length === 2 && playbackIds(serverId, 'playback.ended@1').length === 1, { timeoutMs: 25_000 });
    await eventually(() => fleet.controller.sessions.get(serverId)?.sessions.map(({ vendorId }) => vendorId).join() === 'during');
    vendor.setSessions([]);
    await eventually(() => playbackIds(serverId, 'playback.ended@1').length === 2);
    expect(new Set(playbackIds(serverId, 'playback.started@1')).size).toBe(2);
    expect(new Set(playbackIds(serverId, 'playback.ended@1'))).toEqual(new Set(playbackIds(serverId, 'playback.started@1')));
  }, 60_000);

  it('of an answer make facts arrive again and count once', async () => {
    const { serverId, vendor } = await adopted();
    fleet.controller.loseAnswers = 2;
    vendor.setSessions([vendorSession()]);
    await eventually(() => Math.max(...fleet.controller.arrivals.values()) === 3);
    vendor.setSessions([]);
    await eventually(() => playbackIds(serverId, 'playback.ended@1').length === 1);
    expect(playbackIds(serverId, 'playback.started@1')).toHaveLength(1);
  });

  it('of the host continue what still plays and end what is gone', async () => {
    const { serverId, vendor } = await adopted();
    vendor.setSessions([vendorSession({ vendorId: 'stays' }), vendorSession({ vendorId: 'goes' })]);
    await eventually(() => playbackIds(serverId, 'playback.started@1').length === 2);
    const seqBefore = fleet.controller.sessions.get(serverId)!.seq;
    const before = fleet.controller.sessions.get(serverId)!.sessions;
    await fleet.stopHost();
    expect(playbackIds(serverId, 'playback.ended@1')).toEqual([]);
    vendor.setSessions([vendorSession({ vendorId: 'stays' })]);
    await fleet.startHost();
    const after = await eventually(() => fleet.controller.sessions.get(serverId)!.sessions.length === 1 && fleet.controller.sessions.get(serverId)!);
    expect(after.seq).toBeGreaterThan(seqBefore);
    expect(after.sessions[0]!.stream!.playbackId).toBe(before.find(({ vendorId }) => vendorId === 'stays')!.stream!.playbackId);
    await eventually(() => playbackIds(serverId, 'playback.ended@1').length === 1);
    expect(fleet.controller.factsOf(serverId, 'playback.ended@1')[0]!.body).toMatchObject({ sessionVendorId: 'goes', reason: 'agent-stopped' });
    expect(playbackIds(serverId, 'playback.started@1')).toHaveLength(2);
  });

  it('that leave one folder damaged do not touch the others, and adopting again heals it', async () => {
    const broken = await adopted();
    const healthy = await adopted();
    await fleet.stopHost();
    await writeFile(path.join(folderOf(broken.serverId), 'identity.json'), '{"agentId":');
    await fleet.startHost();
    await eventually(() => fleet.controller.hellos.filter(({ agentId }) => agentId === healthy.agentId).length >= 2);
    const { agents } = await fleet.bus.serviceCommand(describeHost, {});
    expect(agents.map(({ serverId }) => serverId)).toContain(healthy.serverId);
    expect(agents.map(({ serverId }) => serverId)).not.toContain(broken.serverId);
    expect(fleet.log.lines.some(({ event, server_id }) => event === 'agent.broken' && server_id === broken.serverId)).toBe(true);
    expect(await fleet.health()).toMatchObject({ ready: true });
    const { agentId } = await fleet.bus.serviceCommand(adoptAgent, { serverId: broken.serverId, enrollmentToken: fleet.tokenFor(broken.serverId) });
    expect(agentId).not.toBe(broken.agentId);
    await eventually(() => fleet.controller.hellos.some((hello) => hello.agentId === agentId));
  });

  it('leave half-made folders that are cleared at the next start', async () => {
    await fleet.stopHost();
    const { serverId } = fleet.register();
    for (const name of [`.new-${serverId}`, `.retired-${serverId}`]) await mkdir(path.join(fleet.dataDir, 'agents', name));
    await fleet.startHost();
    expect((await readdir(path.join(fleet.dataDir, 'agents'))).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});
