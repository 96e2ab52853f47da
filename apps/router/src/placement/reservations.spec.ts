import { describe, expect, it } from '@jest/globals';
import { uuidv7, type Reservation } from '@usher/contracts';
import { ManualClock } from '@usher/resilience';
import { Reservations } from './reservations.js';

function setUp() {
  const clock = new ManualClock(Date.parse('2026-03-01T12:00:00Z'));
  const reservations = new Reservations({ routerId: 'me', clock });
  const make = (given: Partial<Reservation> = {}): Reservation => ({
    placementId: uuidv7(),
    serverId: 's1',
    machineId: 'm1',
    title: 'Film',
    itemId: 'film',
    userId: 'ana',
    cost: 0.5,
    wanKbps: 3_000,
    lanKbps: 0,
    encoderSessions: 0,
    transcodes: 1,
    endsAt: new Date(clock.now() + 30_000).toISOString(),
    ...given,
  });
  const cost = () => reservations.byMachine().get('m1')?.cost ?? 0;
  return { clock, reservations, make, cost };
}

describe('Reservations', () => {
  it('count until they end', async () => {
    const { clock, reservations, make, cost } = setUp();
    reservations.reserve(make());
    reservations.reserve(make({ machineId: 'm2' }));
    expect(reservations.byMachine()).toEqual(new Map([['m1', expect.objectContaining({ cost: 0.5, wanKbps: 3_000, transcodes: 1 })], ['m2', expect.anything()]]));
    await clock.advance(30_000);
    expect(cost()).toBe(0);
    reservations.sweep();
    expect(reservations.mine()).toEqual([]);
  });

  it('end when a report shows the viewer, and are known to be counted', () => {
    const { reservations, make, cost } = setUp();
    const own = make();
    reservations.reserve(own);
    reservations.seen('s1', 'film', 'somebody else');
    expect(cost()).toBe(0.5);
    reservations.seen('s1', 'film', 'ana');
    expect(cost()).toBe(0);
    expect(reservations.countedOn('m1')).toEqual([own.placementId]);
  });

  it('are not counted when they came to nothing', () => {
    const { reservations, make, cost } = setUp();
    const own = make();
    reservations.reserve(own);
    reservations.release(own.placementId);
    expect(cost()).toBe(0);
    expect(reservations.countedOn('m1')).toEqual([]);
  });

  it('of a peer count while it is heard, each once, and not its own echo', async () => {
    const { clock, reservations, make, cost } = setUp();
    const theirs = make();
    reservations.receivePeer({ routerId: 'peer', seq: 2, reservations: [theirs] });
    reservations.receivePeer({ routerId: 'peer', seq: 1, reservations: [] });
    reservations.receivePeer({ routerId: 'me', seq: 1, reservations: [make()] });
    reservations.learn([theirs]);
    expect(cost()).toBe(0.5);
    expect(reservations.countedOn('m1')).toEqual([theirs.placementId]);
    reservations.receivePeer({ routerId: 'peer', seq: 3, reservations: [make({ endsAt: new Date(clock.now() + 60_000).toISOString() })] });
    expect(cost()).toBe(1);
    await clock.advance(15_001);
    expect(cost()).toBe(0.5);
    reservations.sweep();
  });

  it('of a peer stay away once a report showed them, although the peer repeats them', () => {
    const { reservations, make, cost } = setUp();
    const theirs = make();
    reservations.receivePeer({ routerId: 'peer', seq: 1, reservations: [theirs] });
    reservations.seen('s1', 'film', 'ana');
    reservations.receivePeer({ routerId: 'peer', seq: 2, reservations: [theirs] });
    expect(cost()).toBe(0);
  });

  it('tell of every change of their own set', async () => {
    const { clock, reservations, make } = setUp();
    let told = 0;
    reservations.onChange(() => void (told += 1));
    const own = make();
    reservations.reserve(own);
    reservations.release(own.placementId);
    reservations.release('unknown');
    reservations.reserve(make());
    reservations.seen('s1', 'film', 'ana');
    reservations.reserve(make());
    await clock.advance(30_000);
    reservations.sweep();
    expect(told).toBe(6);
  });
});
