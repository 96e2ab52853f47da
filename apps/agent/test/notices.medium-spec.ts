import { mkdtemp, readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { adoptAgent, maintenanceState, scanLibrary, showNotice, uuidv7 } from '@usher/contracts';
import type { InMemoryMediaServer } from '@usher/media-server';
import { eventually } from '@usher/testing';
import { TestFleet } from './fleet-harness.js';
import { vendorSession } from './support.js';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await TestFleet.start(await mkdtemp(path.join(os.tmpdir(), 'usher-notices-')));
});
afterAll(() => fleet?.close());

async function adopt(): Promise<{ serverId: string; vendor: InMemoryMediaServer }> {
  const { serverId, token, vendor } = fleet.register();
  vendor.setSessions(['a', 'b'].map((vendorId) => vendorSession({ vendorId })));
  await fleet.bus.serviceCommand(adoptAgent, { serverId, enrollmentToken: token });
  await eventually(() => fleet.controller.hellos.length > 0 && fleet.controller.sessions.has(serverId));
  return { serverId, vendor };
}

const request = (noticeId: string) => ({ noticeId, text: 'Down at ten', expiresAt: new Date(Date.now() + 60_000).toISOString(), sessionVendorIds: null });
const texts = (vendor: InMemoryMediaServer) => vendor.sent.flatMap((command) => (command.type === 'message' ? [command.id] : []));
const restart = async (serverId: string) => {
  const hellos = fleet.controller.hellos.length;
  await fleet.stopHost();
  await fleet.startHost();
  await eventually(() => fleet.controller.hellos.length > hellos && fleet.controller.heartbeats.has(serverId));
};

describe('notices', () => {
  it('are shown once, whatever is repeated: the command, another command, and after a restart', async () => {
    const { serverId, vendor } = await adopt();
    const noticeId = uuidv7();
    const commandId = uuidv7();
    const one = request(noticeId);
    for (let i = 0; i < 2; i++) await expect(fleet.bus.command(showNotice, { serverId }, one, { commandId })).resolves.toMatchObject({ sent: 2 });
    await expect(fleet.bus.command(showNotice, { serverId }, request(noticeId))).resolves.toMatchObject({ sent: 2, again: false });
    await restart(serverId);
    await expect(fleet.bus.command(showNotice, { serverId }, request(noticeId))).resolves.toMatchObject({ sent: 2, again: false });
    expect(texts(vendor).toSorted()).toEqual(['a', 'b']);
  });

  it('go on after a stop in the middle, without the session that may have seen it', async () => {
    const { serverId, vendor } = await adopt();
    const noticeId = uuidv7();
    const message = vendor.sessions.message.bind(vendor.sessions);
    let began = (): void => undefined;
    const isSending = new Promise<void>((resolve) => (began = resolve));
    vendor.sessions.message = (id, text) => {
      if (id === 'b') return message(id, text);
      began();
      return new Promise(() => undefined);
    };
    const first = fleet.bus.command(showNotice, { serverId }, request(noticeId));
    first.then(undefined, () => undefined);
    await isSending;
    await eventually(() => texts(vendor).length === 1);
    vendor.sessions.message = message;
    await restart(serverId);
    vendor.setSessions(['a', 'b', 'c'].map((vendorId) => vendorSession({ vendorId })));
    await expect(fleet.bus.command(showNotice, { serverId }, request(noticeId))).resolves.toMatchObject({ sent: 2, failed: 1, reasons: [{ code: 'AGENT_TIMEOUT', count: 1 }] });
    expect(texts(vendor).toSorted()).toEqual(['b', 'c']);
  });
});

describe('orders', () => {
  it('are carried out, and what the server makes of them is told', async () => {
    const { serverId, vendor } = await adopt();
    await fleet.bus.command(scanLibrary, { serverId }, { libraryVendorId: null });
    await eventually(() => expect(fleet.controller.activities.get(serverId)?.activities).toMatchObject([{ type: 'scan', progressPercent: 0 }]));
    vendor.activities = [];
    await eventually(() => expect(fleet.controller.activities.get(serverId)?.activities).toEqual([]));
  });
});

describe('states of the fleet', () => {
  const occurrence = (serverId: string) => ({ windowId: uuidv7(), serverIds: [serverId], startAt: new Date(Date.now() - 60_000).toISOString(), endAt: new Date(Date.now() + 60_000).toISOString(), drainFrom: new Date(Date.now() - 60_000).toISOString() });
  const kept = async (serverId: string) => JSON.parse(await readFile(path.join(fleet.dataDir, 'agents', serverId, 'fleet-states.json'), 'utf8')) as Record<string, unknown>;

  it('reach the agent over its own account, are kept over a restart, and an older copy is not heard', async () => {
    const { serverId } = await adopt();
    const body = { completeUntil: new Date(Date.now() + 86_400_000).toISOString(), occurrences: [occurrence(serverId)] };
    await eventually(async () => {
      await fleet.bus.publishFleetState(maintenanceState, body, Date.now());
      expect(await kept(serverId)).toMatchObject({ 'maintenance@1': { epoch: 1 } });
    });
    const before = await kept(serverId);
    await restart(serverId);
    await fleet.bus.publishFleetState(maintenanceState, { ...body, occurrences: [] }, 5);
    await eventually(async () => {
      await fleet.bus.publishFleetState(maintenanceState, body, Date.now());
      expect(await kept(serverId)).not.toEqual(before);
    });
    expect((await kept(serverId))['maintenance@1']).toMatchObject({ epoch: 1 });
  });
});
