import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { adoptAgent, configureServer, describeHost, listLibraries, listUsers, stopSession, testServer } from '@usher/contracts';
import { sealTo } from '@usher/security';
import { eventually, startEmby, startJellyfin, startPlex, type Simulator } from '@usher/testing';
import { TestFleet } from './fleet-harness.js';

let fleet: TestFleet;

beforeAll(async () => {
  fleet = await TestFleet.start(await mkdtemp(path.join(os.tmpdir(), 'usher-agent-vendors-')), 'real');
});

afterAll(async () => {
  await fleet.close();
});

const statusOf = (serverId: string) => fleet.controller.heartbeats.get(serverId)?.vendor;

async function adopt(simulator: Simulator, config: Parameters<TestFleet['register']>[0] = {}): Promise<string> {
  const { serverId, token } = fleet.registerAt({ origin: simulator.url, token: simulator.adminKey, kind: simulator.kind }, config);
  await fleet.bus.serviceCommand(adoptAgent, { serverId, enrollmentToken: token });
  await eventually(() => fleet.controller.factsOf(serverId, 'server.probed@1').length > 0);
  return serverId;
}

describe.each([
  ['Emby', startEmby],
  ['Jellyfin', startJellyfin],
  ['Plex', startPlex],
] as const)('an agent of a simulated %s', (_name, startServer) => {
  it('shows a playback from its start to its stop by command, and lists libraries and users', async () => {
    const simulator = await startServer();
    try {
      const serverId = await adopt(simulator, { poll: { sessionsS: 5, librariesS: 21_600, serverS: 300 } });
      const playback = simulator.control.startPlayback();
      const session = await eventually(() => fleet.controller.sessions.get(serverId)?.sessions.find(({ stream }) => stream !== null) ?? false, { timeoutMs: 20_000 });
      expect(session.item).not.toBeNull();
      await eventually(() => fleet.controller.factsOf(serverId, 'playback.started@1').length === 1);

      await fleet.bus.command(stopSession, { serverId }, { sessionVendorId: session.vendorId, reason: 'maintenance' });
      await eventually(() => !playback.playing);
      const ended = await eventually(() => fleet.controller.factsOf(serverId, 'playback.ended@1')[0] ?? false, { timeoutMs: 20_000 });
      expect(ended.body).toMatchObject({ playbackId: session.stream!.playbackId });

      expect((await fleet.bus.command(listLibraries, { serverId }, {})).libraries.length).toBeGreaterThan(0);
      expect((await fleet.bus.command(listUsers, { serverId }, {})).users.length).toBeGreaterThan(0);
      expect(JSON.stringify(fleet.log.lines)).not.toContain(simulator.adminKey);
    } finally {
      await simulator.close();
    }
  }, 60_000);

  it('tells the exact reason of a failed test and the profile of a good one', async () => {
    const simulator = await startServer();
    try {
      const { boxKey } = await fleet.bus.serviceCommand(describeHost, {});
      const test = async (url: string, token: string) =>
        fleet.bus.serviceCommand(testServer, { sealed: await sealTo(boxKey, { url, token, vendor: null, tls: { verify: true } }) });
      expect(await test(simulator.url, simulator.adminKey)).toMatchObject({ ok: true, profile: { kind: simulator.kind } });
      expect(await test(simulator.url, simulator.viewerKey)).toMatchObject({ ok: false, code: 'SERVER_REJECTED_KEY', reason: 'not-administrator' });
      expect(await test('http://127.0.0.1:9', simulator.adminKey)).toMatchObject({ ok: false, code: 'SERVER_UNREACHABLE', reason: 'refused' });
    } finally {
      await simulator.close();
    }
  }, 60_000);
});

describe('a server that fails', () => {
  it('is told at once with its reason, and that it is back', async () => {
    const simulator = await startJellyfin();
    try {
      const serverId = await adopt(simulator);
      await eventually(() => statusOf(serverId)?.status === 'online', { timeoutMs: 15_000 });
      await simulator.control.setFault({ kind: 'refuse' });
      await eventually(() => statusOf(serverId)?.status === 'unreachable', { timeoutMs: 40_000 });
      expect(statusOf(serverId)).toMatchObject({ reason: 'refused', code: 'SERVER_UNREACHABLE' });
      await simulator.control.clearFault();
      await eventually(() => statusOf(serverId)?.status === 'online', { timeoutMs: 60_000 });
    } finally {
      await simulator.close();
    }
  }, 120_000);

  it('works again with a new key, without a new agent', async () => {
    const simulator = await startJellyfin();
    try {
      const serverId = await adopt(simulator);
      const token = simulator.control.rotateKey();
      const credential = { ...fleet.controller.credentials.get(serverId)!, token, rev: 2 };
      fleet.controller.credentials.set(serverId, credential);
      const sealed = await sealTo(fleet.controller.agents.get(serverId)!.boxPub, credential);
      await fleet.bus.command(configureServer, { serverId }, { config: fleet.controller.configs.get(serverId)!, credential: sealed });
      simulator.control.startPlayback();
      await eventually(() => fleet.controller.sessions.get(serverId)?.sessions.some(({ stream }) => stream !== null) ?? false, { timeoutMs: 20_000 });
    } finally {
      await simulator.close();
    }
  }, 60_000);
});
