import { describe, expect, it } from '@jest/globals';
import { AppError, CAPABILITIES, type ControlOutcome, type SessionCommand, type VendorSession } from '@usher/contracts';
import { InMemoryMediaServer, STARTING_CAPABILITIES } from '@usher/media-server';
import { ManualClock } from '@usher/resilience';
import { vendorSession } from '../../test/support.js';
import { SessionControl } from './session-control.service.js';

const ALL_CONTROLS = { stop: true, pause: true, seek: true, message: true, limitBitRate: true, play: true };

function setUp(options: { session?: VendorSession | null; capabilities?: ConstructorParameters<typeof InMemoryMediaServer>[1] } = {}) {
  const clock = new ManualClock();
  const server = new InMemoryMediaServer('emby', options.capabilities ?? STARTING_CAPABILITIES.emby);
  const session = options.session === undefined ? vendorSession() : options.session;
  server.setSessions(session ? [session] : [vendorSession()]);
  const known = session ? [session] : [];
  const listeners = new Set<(rows: readonly VendorSession[]) => void>();
  const followed: number[] = [];
  let asked = 0;
  const list = server.sessions.list;
  server.sessions.list = () => (asked++, list());
  const control = new SessionControl({
    provider: { current: () => server, noteWatched: () => undefined },
    watcher: {
      find: (id: string) => (session === null ? null : known.find(({ vendorId }) => vendorId === id)),
      onList: (listener) => (listeners.add(listener), () => listeners.delete(listener)),
    },
    activities: { watched: () => undefined },
    publisher: { followPositions: (forMs) => void followed.push(forMs) },
    clock,
  });
  const tell = (...rows: VendorSession[]) => [...listeners].forEach((listener) => listener(rows));
  /** Lets all the time pass that an order may take. */
  const passed = async (outcome: Promise<ControlOutcome>): Promise<ControlOutcome> => {
    for (let i = 0; i < 20; i++) {
      await clock.advance(500);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return await outcome;
  };
  return { clock, server, control, tell, passed, listeners, followed, asked: () => asked };
}

describe('SessionControl', () => {
  it('hands stop, control and message to the adapter', async () => {
    const { server, control, passed } = setUp();
    await control.message('session-1', 'hi');
    await passed(control.control('session-1', { type: 'seek', positionMs: 5 }));
    await passed(control.control('session-1', { type: 'resume' }));
    await passed(control.stop('session-1', null));
    expect(server.sent.map(({ type }) => type)).toEqual(['message', 'control', 'control', 'stop']);
  });

  it('refuses what the server does not declare', async () => {
    const { server, control } = setUp({ capabilities: [] });
    const commands: SessionCommand[] = [{ type: 'pause' }, { type: 'play', itemId: 'i', positionMs: 0 }, { type: 'limit-bit-rate', kbps: 4_000 }];
    for (const call of [control.stop('session-1', null), control.message('session-1', 'x'), ...commands.map((command) => control.control('session-1', command))]) {
      await expect(call).rejects.toMatchObject({ code: 'CAPABILITY_MISSING' });
    }
    expect(server.sent).toEqual([]);
  });

  it.each(['stop', 'pause', 'seek', 'message', 'limitBitRate', 'play'] as const)('refuses %s where the client cannot', async (name) => {
    const { server, control } = setUp({ capabilities: CAPABILITIES, session: vendorSession({ controls: { ...ALL_CONTROLS, [name]: false } }) });
    const calls = {
      stop: () => control.stop('session-1', null),
      pause: () => control.control('session-1', { type: 'pause' }),
      seek: () => control.control('session-1', { type: 'seek', positionMs: 1 }),
      message: () => control.message('session-1', 'x'),
      limitBitRate: () => control.control('session-1', { type: 'limit-bit-rate', kbps: 4_000 }),
      play: () => control.control('session-1', { type: 'play', itemId: 'i', positionMs: 0 }),
    };
    await expect(calls[name]()).rejects.toMatchObject({ code: 'CAPABILITY_MISSING', details: { reason: 'client' } });
    expect(server.sent).toEqual([]);
  });

  it('does not know a session that is not in the newest list', async () => {
    const { control } = setUp();
    await expect(control.stop('nobody', null)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('lets the server decide while there is no list yet', async () => {
    const { server, control, passed } = setUp({ session: null });
    await passed(control.stop('session-1', null));
    expect(server.sent).toHaveLength(1);
  });

  it('gives up on a server that hangs, before the command does', async () => {
    const { clock, server, control, listeners } = setUp();
    Object.assign(server.sessions, { stop: () => new Promise(() => undefined) });
    const stopping = control.stop('session-1', null).catch((error: unknown) => error);
    await clock.advance(9_500);
    expect(await stopping).toMatchObject({ code: 'SERVER_UNREACHABLE', details: { reason: 'timeout' } });
    expect(listeners.size).toBe(0);
  });

  it('follows positions when somebody asks for them', () => {
    const { control, followed } = setUp();
    control.watched(5_000, false);
    expect(followed).toEqual([]);
    control.watched(5_000, true);
    expect(followed).toEqual([5_000]);
  });
});

describe('what became of an order', () => {
  const playing = (stream: Partial<NonNullable<VendorSession['stream']>> = {}, itemId = 'item-1') => vendorSession({ controls: ALL_CONTROLS, itemId, stream: { bitRateKbps: 8_000, ...stream } });
  const idle = vendorSession({ stream: null });
  const stop = { type: 'stop' } as const;

  it.each<[string, SessionCommand | typeof stop, VendorSession[], ControlOutcome]>([
    ['a stopped session is idle', stop, [idle], 'done'],
    ['a stopped session is gone', stop, [], 'done'],
    ['a stopped session plays something else', stop, [playing({}, 'item-2')], 'done'],
    ['a stopped session plays on', stop, [playing()], 'no-effect'],
    ['a pause is seen', { type: 'pause' }, [playing({ state: 'paused' })], 'done'],
    ['a pause is not seen', { type: 'pause' }, [playing()], 'no-effect'],
    ['a pause of one that vanished', { type: 'pause' }, [], 'sent'],
    ['a resume is seen', { type: 'resume' }, [playing({ state: 'buffering' })], 'done'],
    ['a resume is not seen', { type: 'resume' }, [playing({ state: 'paused' })], 'no-effect'],
    ['a seek is seen near its target', { type: 'seek', positionMs: 600_000 }, [playing({ positionMs: 604_000 })], 'done'],
    ['a seek is not seen', { type: 'seek', positionMs: 600_000 }, [playing({ positionMs: 4_000 })], 'no-effect'],
    ['a play is seen', { type: 'play', itemId: 'item-9', positionMs: 0 }, [playing({}, 'item-9')], 'done'],
    ['a play is not seen', { type: 'play', itemId: 'item-9', positionMs: 0 }, [playing()], 'no-effect'],
    ['a limit is seen', { type: 'limit-bit-rate', kbps: 4_000 }, [playing({ bitRateKbps: 3_900 })], 'done'],
    ['a limit is not seen', { type: 'limit-bit-rate', kbps: 4_000 }, [playing()], 'no-effect'],
    ['a limit above the rate cannot be seen', { type: 'limit-bit-rate', kbps: 20_000 }, [playing()], 'sent'],
    ['a lifted limit cannot be seen', { type: 'limit-bit-rate', kbps: null }, [playing({ bitRateKbps: 20_000 })], 'sent'],
  ])('%s', async (_name, command, rows, expected) => {
    for (const comes of ['by itself', 'when asked']) {
      const { server, control, tell, passed, clock, asked, listeners } = setUp({ capabilities: CAPABILITIES, session: playing() });
      Object.assign(server.sessions, { stop: async () => undefined, control: async () => undefined });
      server.setSessions(rows);
      const outcome = command.type === 'stop' ? control.stop('session-1', null) : control.control('session-1', command);
      await clock.advance(100);
      if (comes === 'by itself') tell(...rows);
      expect(await passed(outcome)).toBe(expected);
      expect(listeners.size).toBe(0);
      if (expected === 'done') expect(asked()).toBe(comes === 'by itself' ? 0 : 1);
      else expect(asked()).toBeLessThanOrEqual(2);
    }
  });

  it('is believed when it is seen before the server has answered', async () => {
    const { server, control, tell, clock } = setUp({ session: playing() });
    let answer: () => void = () => undefined;
    server.sessions.control = () => new Promise((resolve) => (answer = resolve));
    const outcome = control.control('session-1', { type: 'pause' });
    await clock.advance(100);
    tell(playing({ state: 'paused' }));
    answer();
    expect(await outcome).toBe('done');
  });

  it('is not known when no list can be had', async () => {
    const { server, control, passed } = setUp({ session: playing() });
    server.sessions.stop = async () => server.setFault(new AppError('SERVER_UNREACHABLE', 'away'));
    expect(await passed(control.stop('session-1', null))).toBe('sent');
  });

  it('waits within the time of the command', async () => {
    const { server, control, clock } = setUp({ session: playing() });
    server.sessions.list = () => new Promise(() => undefined);
    server.sessions.control = () => clock.sleep(8_000);
    let outcome: ControlOutcome | null = null;
    void control.control('session-1', { type: 'pause' }).then((each) => (outcome = each));
    await clock.advance(9_500);
    for (let i = 0; i < 5; i++) await clock.advance(0);
    expect(outcome).toBe('sent');
  });
});
