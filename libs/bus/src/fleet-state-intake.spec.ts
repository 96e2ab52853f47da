import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { maintenanceState, uuidv7 } from '@usher/contracts';
import { createLogger } from '@usher/platform';
import { KeyRing, signFleetState } from '@usher/security';
import { FleetStateIntake, MemoryFleetStateStore, type FleetStateIntakeOptions } from './fleet-state-intake.js';

let folder: string;
let ring: KeyRing;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'usher-intake-'));
  ring = await KeyRing.loadOrCreate(path.join(folder, 'keyring.json'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const logger = createLogger({ service: 'test', level: 'error', destination: { write: () => undefined } });
const occurrence = { windowId: uuidv7(), serverIds: [uuidv7()], startAt: '2026-01-01T02:00:00.000Z', endAt: '2026-01-01T02:30:00.000Z', drainFrom: '2026-01-01T01:30:00.000Z' };

async function text(epoch: number, seq: number, body: unknown = { completeUntil: '2026-01-08T00:00:00.000Z', occurrences: [occurrence] }): Promise<string> {
  const iat = Math.floor(Date.now() / 1000);
  return signFleetState(ring.commandKey('controller'), { v: 1, iss: 'controller', iat, exp: iat + 300, name: 'maintenance@1', epoch, seq, body });
}

function setUp(more: Partial<FleetStateIntakeOptions> = {}) {
  const taken: number[] = [];
  const raised: number[] = [];
  let fleetEpoch = 2;
  const intake = new FleetStateIntake({
    trustedKeys: () => ring.trustedKeys(),
    store: new MemoryFleetStateStore(),
    fleetEpoch: () => fleetEpoch,
    raiseEpoch: async (epoch) => void (raised.push(epoch), (fleetEpoch = epoch)),
    now: Date.now,
    take: (_contract, body) => void taken.push((body as { occurrences: unknown[] }).occurrences.length),
    logger,
    ...more,
  });
  return { intake, taken, raised };
}

describe('FleetStateIntake', () => {
  it('takes what is newer, and nothing twice', async () => {
    const { intake, taken } = setUp();
    const first = await text(2, 10);
    await intake.receive(maintenanceState, first);
    await intake.receive(maintenanceState, first);
    await intake.receive(maintenanceState, await text(2, 9));
    await intake.receive(maintenanceState, await text(2, 11));
    expect(taken).toEqual([1, 1]);
    expect(intake.refusals.get('old')).toBe(2);
  });

  it('hears a controller of a new epoch at once, whatever its number, and the one before it no more', async () => {
    const { intake, taken, raised } = setUp();
    await intake.receive(maintenanceState, await text(2, 1_000));
    await intake.receive(maintenanceState, await text(3, 5));
    await intake.receive(maintenanceState, await text(2, 2_000));
    expect([taken.length, raised]).toEqual([2, [3]]);
    expect(intake.refusals.get('STALE_EPOCH')).toBe(1);
  });

  it('refuses an epoch below one that was seen in a command', async () => {
    const { intake, taken } = setUp();
    await intake.receive(maintenanceState, await text(1, 1));
    expect(taken).toEqual([]);
    expect(intake.refusals.get('STALE_EPOCH')).toBe(1);
  });

  it('refuses another shape without forgetting what it knows', async () => {
    const { intake, taken } = setUp();
    await intake.receive(maintenanceState, await text(2, 1, { occurrences: 'none' }));
    await intake.receive(maintenanceState, 'nonsense');
    await intake.receive(maintenanceState, await text(2, 1));
    expect(taken).toEqual([1]);
    expect(intake.refusals.get('MESSAGE_INVALID/schema')).toBe(1);
  });

  it('a reader that fails does not stop the next one', async () => {
    let calls = 0;
    const { intake } = setUp({ take: () => Promise.reject(new Error(`broken ${++calls}`)) });
    await intake.receive(maintenanceState, await text(2, 1));
    await intake.receive(maintenanceState, await text(2, 2));
    expect([calls, intake.refusals.get('INTERNAL')]).toEqual([2, 2]);
  });

  it('keeps no more than a few waiting', async () => {
    const { intake, taken } = setUp();
    const texts = await Promise.all(Array.from({ length: 30 }, (_, i) => text(2, i + 1)));
    await Promise.all(texts.map((one) => intake.receive(maintenanceState, one)));
    expect(taken.length).toBe(16);
    expect(intake.refusals.get('overload')).toBe(14);
  });
});
