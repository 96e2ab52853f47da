import { mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { adoptAgent, CAPABILITIES, configureServer, controlSession, describeHost, listLog, readCurves, readEfficiency, readHost, setUserPassword, startTask, stopSession, triggerBackup, watchSessions, type LogEntry } from '@usher/contracts';
import { sealTo } from '@usher/security';
import { eventually } from '@usher/testing';
import { TestFleet } from './fleet-harness.js';
import { vendorSession } from './support.js';

const PASSWORD = 'correct horse battery staple';
const entry = (at: number): LogEntry => ({ vendorId: `e${at}`, at: '2026-01-01T00:00:00.000Z', severity: 'info', kind: 'x', text: 'n'.repeat(1_500), userName: null });

let fleet: TestFleet;

beforeAll(async () => {
  fleet = await TestFleet.start(await mkdtemp(path.join(os.tmpdir(), 'usher-agent-details-')));
});

afterAll(async () => {
  await fleet.close();
});

async function adopted() {
  const { serverId, token, vendor } = fleet.register();
  vendor.profile = { ...vendor.profile, capabilities: [...CAPABILITIES] };
  await eventually(() => fleet.bus.serviceCommand(describeHost, {}));
  await fleet.bus.serviceCommand(adoptAgent, { serverId, enrollmentToken: token });
  await eventually(() => fleet.controller.factsOf(serverId, 'server.probed@1').length > 0);
  return { serverId, vendor };
}

async function makeReadOnly(serverId: string): Promise<void> {
  const config = { ...fleet.controller.configs.get(serverId)!, rev: 2, readOnly: true };
  await fleet.bus.command(configureServer, { serverId }, { config, credential: null });
}

const refusal = (call: PromiseLike<unknown>) => Promise.resolve(call).catch((error: unknown) => error);

describe('details of one server', () => {
  it('come in as many parts as it takes, and say what the server cannot do', async () => {
    const { serverId, vendor } = await adopted();
    Object.assign(vendor, { history: { playbacks: async () => [], log: async () => Array.from({ length: 200 }, (_, at) => entry(at)) } });
    const entries: LogEntry[] = [];
    let parts = 0;
    for await (const part of fleet.bus.command(listLog, { serverId }, { limit: 200, before: null })) {
      entries.push(...part.entries);
      parts++;
    }
    expect([entries.length, parts > 1]).toEqual([200, true]);
    vendor.profile = { ...vendor.profile, capabilities: [] };
    expect(await refusal(fleet.bus.command(listLog, { serverId }, { limit: 1, before: null }))).toMatchObject({ code: 'CAPABILITY_MISSING' });
  });

  it('tell what the picture costs and what is known of the machine', async () => {
    const { serverId } = await adopted();
    expect(await fleet.bus.command(readEfficiency, { serverId }, {})).toMatchObject({ mode: 'push', breaker: 'closed', calls: { sessionLastHour: 0 } });
    const report = await fleet.bus.command(readHost, { serverId }, {});
    expect(report.unavailable).toBe(report.metrics ? null : 'platform');
    if (report.metrics) expect(report.metrics.memoryTotalBytes).toBeGreaterThan(0);
  });

  it('tell what its calls did, and keep it over an orderly restart, a killed process and a damaged file', async () => {
    const { serverId } = await adopted();
    const curvesOf = async () => await fleet.bus.command(readCurves, { serverId }, { range: 'day' });
    const before = await curvesOf();
    expect(before.columns.observedMs).toHaveLength(96);
    expect(before.since).not.toBeNull();
    await eventually(async () => expect((await curvesOf()).total.onlineMs).toBeGreaterThan(before.total.onlineMs));
    const file = path.join(fleet.dataDir, 'agents', serverId, 'curves.bin');
    await fleet.stopHost();
    const kept = await readFile(file);
    await fleet.startHost();
    await eventually(async () => {
      const after = await curvesOf();
      expect(after.since).toBe(before.since);
      expect(after.total.onlineMs).toBeGreaterThan(before.total.onlineMs);
    });
    // a killed process leaves the file of the bucket that ended last, and half a file beside it
    await fleet.stopHost();
    await writeFile(file, kept);
    await writeFile(`${file}.tmp`, kept.subarray(0, 100));
    await fleet.startHost();
    await eventually(async () => expect((await curvesOf()).total.onlineMs).toBeGreaterThan(0));
    await fleet.stopHost();
    await writeFile(file, kept.subarray(1));
    await fleet.startHost();
    await eventually(async () => expect(Date.parse((await curvesOf()).since!)).toBeGreaterThan(Date.parse(before.at)));
    expect(fleet.log.lines.find(({ event, server_id }) => event === 'curves.damaged' && server_id === serverId)).toBeDefined();
    expect(await readFile(`${file}.damaged`)).toEqual(kept.subarray(1));
  });

  it('are not changed on a read-only server', async () => {
    const { serverId, vendor } = await adopted();
    let changed = 0;
    Object.assign(vendor, { tasks: { list: async () => [], start: async () => void changed++ }, backup: { list: async () => [], trigger: async () => void changed++ } });
    await fleet.bus.command(startTask, { serverId }, { taskVendorId: 't1' });
    expect(changed).toBe(1);
    await makeReadOnly(serverId);
    expect(await refusal(fleet.bus.command(startTask, { serverId }, { taskVendorId: 't1' }))).toMatchObject({ code: 'SERVER_READ_ONLY' });
    expect(await refusal(fleet.bus.command(triggerBackup, { serverId }, {}))).toMatchObject({ code: 'SERVER_READ_ONLY' });
    expect(changed).toBe(1);
  });

  it('a password reaches the server, and neither a file nor a log line', async () => {
    const { serverId, vendor } = await adopted();
    const set: unknown[] = [];
    vendor.users.setPassword = async (...given) => void set.push(given);
    const { boxPub } = fleet.controller.directory.byServer(serverId) as unknown as { boxPub: Parameters<typeof sealTo>[0] };
    await fleet.bus.command(setUserPassword, { serverId }, { userId: 'u1', sealed: await sealTo(boxPub, { password: PASSWORD }) });
    expect(set).toEqual([['u1', PASSWORD]]);
    const folder = path.join(fleet.dataDir, 'agents', serverId);
    await eventually(async () => {
      for (const name of await readdir(folder, { recursive: true })) {
        const file = path.join(folder, name);
        if ((await stat(file)).isFile()) expect(await readFile(file, 'utf8')).not.toContain(PASSWORD);
      }
    });
    expect(JSON.stringify(fleet.log.lines)).not.toContain(PASSWORD);
  });
});

describe('orders to a session', () => {
  it('are answered with what became of them, and positions follow while they are asked for', async () => {
    const { serverId, vendor } = await adopted();
    vendor.setSessions([vendorSession()]);
    await eventually(() => fleet.controller.sessions.get(serverId)?.sessions.length === 1);
    const target = { sessionVendorId: 'session-1' };
    expect(await fleet.bus.command(controlSession, { serverId }, { ...target, command: { type: 'pause' } })).toEqual({ outcome: 'done' });
    vendor.sessions.control = async () => undefined;
    expect(await fleet.bus.command(controlSession, { serverId }, { ...target, command: { type: 'resume' } })).toEqual({ outcome: 'no-effect' });
    await fleet.bus.command(watchSessions, { serverId }, { forMs: 60_000, positions: true });
    vendor.setSessions([vendorSession({ stream: { state: 'paused', positionMs: 123_000 } })]);
    await eventually(() => fleet.controller.sessions.get(serverId)?.sessions[0]?.stream?.positionMs === 123_000, { timeoutMs: 20_000 });
    expect(await fleet.bus.command(stopSession, { serverId }, { ...target, reason: null })).toEqual({ outcome: 'done' });
  });
});
