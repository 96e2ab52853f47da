import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AppError, sessionIdOf, sessionsState, uuidv7 } from '@usher/contracts';
import { ManualClock } from '@usher/resilience';
import { SessionControlService } from '../src/sessions/session-control.service.js';
import { SessionsService } from '../src/sessions/sessions.service.js';
import { Actor } from '../src/auth/actor.js';
import { actorOf, eventually, LiveFleet, sessionOf, type TestAgent, type TestController } from './live-harness.js';

const operator = actorOf('operator');
const viewer = actorOf('viewer');
const nobody = new Actor(null);
const CAPABILITIES = ['sessions.stop', 'sessions.control', 'sessions.message'];

describe('live sessions', () => {
  let fleet: LiveFleet;
  let clock: ManualClock;
  let first: TestController;
  let second: TestController;
  let agent: TestAgent;
  let serverId: string;

  const live = (controller: TestController) => controller.app.get(SessionsService);
  const control = (controller: TestController) => controller.app.get(SessionControlService);
  const shown = (controller: TestController) => live(controller).list(operator, [serverId])[0];

  beforeAll(async () => {
    fleet = await LiveFleet.start();
    clock = new ManualClock(Date.now());
    fleet.now = () => clock.now();
    first = await fleet.addController(clock);
    second = await fleet.addController(clock);
  });
  beforeEach(async () => {
    serverId = await fleet.addServer();
    await fleet.pool.query(`UPDATE server SET state = 'online', profile = $2 WHERE id = $1`, [serverId, JSON.stringify({ capabilities: CAPABILITIES, machineId: 'm1' })]);
    agent = await fleet.addAgent(serverId, (contract) =>
      agent.config.readOnly && contract.effect === 'change' ? new AppError('SERVER_READ_ONLY', 'This server is read-only.') : null,
    );
    await showEverywhere();
  });
  afterAll(() => fleet?.close());

  /** Repeats until both controllers show it: the second one may still be learning of the agent. */
  async function showEverywhere(...sessions: ReturnType<typeof sessionOf>[]): Promise<void> {
    agent.beat();
    const seq = agent.show(sessions.length > 0 ? sessions : [sessionOf('s1')]);
    await eventually(() => {
      if ([first, second].every((controller) => (shown(controller)?.seq ?? 0) >= seq)) return true;
      agent.beat();
      agent.show(sessions.length > 0 ? sessions : [sessionOf('s1')]);
      return false;
    }, { everyMs: 50 });
  }

  it('shows the same list on every controller, and lists in parts only when whole', async () => {
    const seq = agent.nextSeq();
    const part = (index: number, vendorId: string) =>
      agent.link.publishState(sessionsState, { seq, part: index, parts: 2, at: new Date().toISOString(), source: 'poll', sessions: [sessionOf(vendorId)] });
    part(1, 'b');
    await agent.hello();
    for (const controller of [first, second]) expect(shown(controller)!.sessions.map((session) => session.id)).toEqual([sessionIdOf(serverId, 's1')]);
    part(0, 'a');
    await eventually(() => [first, second].every((controller) => shown(controller)!.seq === seq));
    for (const controller of [first, second]) {
      expect(shown(controller)).toMatchObject({ source: 'poll', stale: false, sessions: [{ id: sessionIdOf(serverId, 'a') }, { id: sessionIdOf(serverId, 'b') }] });
    }
  });

  it('begins a subscription with the current snapshot, then sends what changes, the newest to a slow reader', async () => {
    const watching = live(second).watch(operator, [serverId]);
    expect((await watching.next()).value).toMatchObject({ serverId, sessions: [{ item: { title: 'A Film' } }] });
    for (let i = 0; i < 5; i++) agent.show([sessionOf(`n${i}`)]);
    await eventually(() => shown(second)!.sessions[0]!.id === sessionIdOf(serverId, 'n4'));
    expect((await watching.next()).value).toMatchObject({ sessions: [{ id: sessionIdOf(serverId, 'n4') }] });
    const waiting = watching.next();
    agent.show([]);
    expect((await waiting).value).toMatchObject({ sessions: [] });
    await watching.return!();
    expect(await watching.next()).toEqual({ done: true, value: undefined });
  });

  it('marks a server stale when nothing comes, tells its watchers, and recovers with the next list', async () => {
    const watching = live(first).watch(operator, [serverId]);
    await watching.next();
    const staleNext = watching.next();
    await clock.advance(31_000);
    expect((await staleNext).value).toMatchObject({ stale: true, sessions: [{ id: sessionIdOf(serverId, 's1') }] });
    expect(await live(first).overview(operator, [serverId])).toMatchObject({ streams: 0, lastKnownStreams: 1, bandwidthKbps: 0 });
    agent.beat();
    agent.show([sessionOf('s1')]);
    await eventually(async () => (await watching.next()).value!.stale === false);
    expect(await live(first).overview(operator, [serverId])).toMatchObject({ servers: 1, streams: 1, directPlays: 1, wanKbps: 8_000, lastKnownStreams: 0 });
    await watching.return!();
  });

  it('shows the last list of an unreachable media server as stale', async () => {
    agent.beat({ status: 'unreachable', reason: 'refused', code: 'SERVER_UNREACHABLE' });
    await eventually(() => shown(first)!.stale);
    expect(shown(first)!.sessions).toHaveLength(1);
  });

  it('drops the sessions of a server that nobody speaks for any more', async () => {
    await fleet.pool.query(`UPDATE agent SET status = 'REVOKED' WHERE server_id = $1`, [serverId]);
    await clock.advance(30_000);
    await eventually(() => shown(first) === undefined);
    await expect(control(first).stop(operator, { sessionId: sessionIdOf(serverId, 's1') })).rejects.toMatchObject({ code: 'AGENT_OFFLINE' });
  });

  it('masks addresses for viewers, and shows nobody anything without a sign-in', async () => {
    expect(live(first).list(viewer, [serverId])[0]!.sessions[0]!.address).toBe('203.0.x.x');
    expect((await live(first).watch(viewer, [serverId]).next()).value!.sessions[0]!.address).toBe('203.0.x.x');
    expect(shown(first)!.sessions[0]!.address).toBe('203.0.113.7');
    expect(() => live(first).list(nobody)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
    expect(() => live(first).watch(nobody)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
    await expect(live(first).overview(nobody)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('refuses filters that are no ids, and finds nothing under unknown ones', () => {
    expect(() => live(first).list(viewer, ['attic'])).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }));
    expect(() => live(first).watch(viewer, Array.from({ length: 1_001 }, () => uuidv7()))).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }));
    expect(live(first).list(viewer, [uuidv7()])).toEqual([]);
  });

  describe('control', () => {
    const sessionId = () => sessionIdOf(serverId, 's1');
    const audit = async () =>
      (await fleet.pool.query('SELECT action, payload FROM audit_event WHERE server_id = $1 ORDER BY seq', [serverId])).rows as { action: string; payload: object }[];

    it('stops, controls and notifies from any controller, and writes it down', async () => {
      await control(second).stop(operator, { sessionId: sessionId(), reason: ' Good night ' });
      await control(first).control(operator, { sessionId: sessionId(), action: 'seek', positionMs: 60_000 });
      await control(first).control(operator, { sessionId: sessionId(), action: 'pause' });
      await control(first).notify(operator, { sessionId: sessionId(), text: 'Hello' });
      expect(agent.commands).toEqual([
        { name: 'session.stop@1', args: { sessionVendorId: 's1', reason: 'Good night' } },
        { name: 'session.control@1', args: { sessionVendorId: 's1', command: { type: 'seek', positionMs: 60_000 } } },
        { name: 'session.control@1', args: { sessionVendorId: 's1', command: { type: 'pause' } } },
        { name: 'session.message@1', args: { sessionVendorId: 's1', text: 'Hello' } },
      ]);
      expect((await audit()).map((row) => row.action)).toEqual(['session.stop_ordered', 'session.control_ordered', 'session.control_ordered', 'session.notice_ordered']);
      expect((await audit())[0]!.payload).toMatchObject({ session: 's1', user: 'Ada', reason: 'Good night' });
    });

    it('answers a repeat with the same idempotency key without a second stop', async () => {
      const input = { sessionId: sessionId(), idempotencyKey: uuidv7() };
      expect(await control(first).stop(operator, input)).toMatchObject({ outcome: 'sent', session: { id: sessionId() } });
      expect(await control(second).stop(operator, input)).toMatchObject({ outcome: 'sent', session: { id: sessionId() } });
      expect(agent.commands).toHaveLength(1);
      await expect(control(first).stop(operator, { ...input, reason: 'other' })).rejects.toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
      await expect(control(first).stop(operator, { ...input, idempotencyKey: '' })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    });

    it.each<[string, (controls: SessionControlService) => Promise<unknown>, string]>([
      ['a foreign form of id', (it_) => it_.stop(operator, { sessionId: 'attic:1' }), 'VALIDATION_FAILED'],
      ['an oversized id', (it_) => it_.stop(operator, { sessionId: sessionIdOf(serverId, 'x'.repeat(500)) }), 'VALIDATION_FAILED'],
      ['an unknown session', (it_) => it_.stop(operator, { sessionId: sessionIdOf(serverId, 'gone') }), 'NOT_FOUND'],
      ['an unknown server', (it_) => it_.stop(operator, { sessionId: sessionIdOf(uuidv7(), 's1') }), 'NOT_FOUND'],
      ['an oversized reason', (it_) => it_.stop(operator, { sessionId: sessionId(), reason: 'x'.repeat(501) }), 'VALIDATION_FAILED'],
      ['an empty notice', (it_) => it_.notify(operator, { sessionId: sessionId(), text: '  ' }), 'VALIDATION_FAILED'],
      ['an oversized notice', (it_) => it_.notify(operator, { sessionId: sessionId(), text: 'x'.repeat(501) }), 'VALIDATION_FAILED'],
      ['a jump without position', (it_) => it_.control(operator, { sessionId: sessionId(), action: 'seek' }), 'VALIDATION_FAILED'],
      ['a negative position', (it_) => it_.control(operator, { sessionId: sessionId(), action: 'seek', positionMs: -1 }), 'VALIDATION_FAILED'],
      ['an item with a jump', (it_) => it_.control(operator, { sessionId: sessionId(), action: 'seek', positionMs: 1, itemId: 'i1' }), 'VALIDATION_FAILED'],
      ['a play of nothing', (it_) => it_.control(operator, { sessionId: sessionId(), action: 'play' }), 'VALIDATION_FAILED'],
      ['a limit with a play', (it_) => it_.control(operator, { sessionId: sessionId(), action: 'play', itemId: 'i1', kbps: 1_000 }), 'VALIDATION_FAILED'],
      ['a limit that is none', (it_) => it_.control(operator, { sessionId: sessionId(), action: 'limit-bit-rate', kbps: 63 }), 'VALIDATION_FAILED'],
      ['a position with a pause', (it_) => it_.control(operator, { sessionId: sessionId(), action: 'pause', positionMs: 1 }), 'VALIDATION_FAILED'],
      ['a viewer who stops', (it_) => it_.stop(viewer, { sessionId: sessionId() }), 'FORBIDDEN'],
      ['a viewer who controls', (it_) => it_.control(viewer, { sessionId: sessionId(), action: 'pause' }), 'FORBIDDEN'],
      ['a viewer who notifies', (it_) => it_.notify(viewer, { sessionId: sessionId(), text: 'x' }), 'FORBIDDEN'],
      ['nobody', (it_) => it_.stop(nobody, { sessionId: sessionId() }), 'UNAUTHENTICATED'],
    ])('refuses %s', async (_name, act, code) => {
      await expect(act(control(first))).rejects.toMatchObject({ code });
      expect(agent.commands).toEqual([]);
      expect(await audit()).toEqual([]);
    });

    it('refuses what the client or the media server cannot do', async () => {
      await showEverywhere(sessionOf('s1', { controls: { stop: false, pause: false, seek: false, message: false, limitBitRate: false, play: false } }));
      await expect(control(first).stop(operator, { sessionId: sessionId() })).rejects.toMatchObject({ code: 'CAPABILITY_MISSING', details: { reason: 'client' } });
      await fleet.pool.query(`UPDATE server SET profile = '{"capabilities":[]}' WHERE id = $1`, [serverId]);
      await expect(control(first).notify(operator, { sessionId: sessionId(), text: 'x' })).rejects.toMatchObject({ code: 'CAPABILITY_MISSING', details: { reason: 'server' } });
    });

    it('hands on what the agent answers: read-only, refused by the media server; and writes the failure down', async () => {
      agent.handlers.set('session.stop@1', () => Promise.reject(new AppError('SERVER_UNREACHABLE', 'No answer.', { reason: 'timeout' })));
      await expect(control(first).stop(operator, { sessionId: sessionId() })).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE', details: { reason: 'timeout' } });
      agent.config = { ...agent.config, readOnly: true };
      await expect(control(first).stop(operator, { sessionId: sessionId() })).rejects.toMatchObject({ code: 'SERVER_READ_ONLY' });
      expect((await audit()).map(({ action, payload }) => [action, (payload as { outcome?: string }).outcome])).toEqual([
        ['session.stop_ordered', undefined], ['session.stop_failed', 'SERVER_UNREACHABLE'], ['session.stop_ordered', undefined], ['session.stop_failed', 'SERVER_READ_ONLY'],
      ]);
    });

    it('says at once that the agent is not there', async () => {
      await agent.link.stop();
      await eventually(async () => (await fleet.serverRow(serverId))['state'] === 'degraded');
      await eventually(() => shown(first)!.stale && shown(second)!.stale);
      for (const controller of [first, second]) {
        await expect(control(controller).stop(operator, { sessionId: sessionId() })).rejects.toMatchObject({ code: 'AGENT_OFFLINE' });
      }
    });
  });
});
