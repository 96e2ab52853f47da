import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, Stack, startEmby, startJellyfin, startPlex, type PlaybackHandle, type Simulator } from '@usher/testing';
import { Operator, SESSIONS_FIELDS, type Playback, type ServerSessions } from '../operator.js';

const SLOW = { timeoutMs: 60_000, everyMs: 250 };

describe.each(['all-in-one', 'split'] as const)('every session, live, %s', (mode) => {
  let stack: Stack;
  let sam: Operator;
  let simulators: Record<'jellyfin' | 'emby' | 'plex', Simulator>;
  const ids: Record<string, string> = {};
  /** The newest snapshot of each server, as a console has it. */
  const latest = new Map<string, ServerSessions>();
  const received: ServerSessions[] = [];
  let following: { close(): Promise<void> };

  const streams = (serverId: string) => (latest.get(serverId)?.sessions ?? []).flatMap((session) => (session.stream ? [{ ...session.stream, title: session.item?.title, userName: session.userName }] : []));
  const ledgerOf = async (playbackId: string): Promise<Playback[]> => (await sam.ledger()).filter((row) => row.id === playbackId);

  beforeAll(async () => {
    const [made, jellyfin, emby, plex] = await Promise.all([Stack.start({ mode }), startJellyfin(), startEmby(), startPlex()]);
    stack = made;
    simulators = { jellyfin, emby, plex };
    sam = await Operator.first(stack);
    for (const [kind, simulator] of Object.entries(simulators)) ids[kind] = await sam.register(simulator, `The ${kind}`, { poll: { sessionsS: 5 } });
    for (const id of Object.values(ids)) await sam.untilState(id, 'ONLINE');
    following = sam.follow<{ sessionsChanged: ServerSessions }>(`subscription { sessionsChanged { ${SESSIONS_FIELDS} } }`, ({ sessionsChanged }) => {
      received.push(sessionsChanged);
      const kept = latest.get(sessionsChanged.serverId);
      if (!kept || sessionsChanged.seq >= kept.seq) latest.set(sessionsChanged.serverId, sessionsChanged);
    });
  }, 120_000);

  afterAll(async () => {
    await following?.close();
    await Promise.all(Object.values(simulators ?? {}).map((simulator) => simulator.close()));
    await stack?.close();
  });

  it.each(['jellyfin', 'emby', 'plex'] as const)('%s: start, pause, resume, conversion and stop reach the console in order and fill one row of the ledger', async (kind) => {
    const id = ids[kind]!;
    const playing = simulators[kind].control.startPlayback({ item: 'Nosferatu' });
    await eventually(() => expect(streams(id)).toMatchObject([{ title: 'Nosferatu', state: 'PLAYING', delivery: 'DIRECT_PLAY' }]), SLOW);
    const { playbackId } = streams(id)[0]!;
    playing.pause();
    await eventually(() => expect(streams(id)).toMatchObject([{ playbackId, state: 'PAUSED' }]), SLOW);
    playing.resume();
    await eventually(() => expect(streams(id)).toMatchObject([{ playbackId, state: 'PLAYING' }]), SLOW);
    playing.setDelivery({ kind: 'transcode', height: 480 });
    await eventually(() => expect(streams(id)).toMatchObject([{ playbackId, delivery: 'TRANSCODE' }]), SLOW);
    playing.stop();
    await eventually(() => expect(streams(id)).toEqual([]), SLOW);
    await eventually(async () => {
      const rows = await ledgerOf(playbackId);
      expect(rows).toMatchObject([{ title: 'Nosferatu', pauses: 1, delivery: 'TRANSCODE', endedAt: expect.any(String) }]);
    }, SLOW);
    playing.leave();
  });

  it('stops a stream at the server, with the reason', async () => {
    const playing = simulators.plex.control.startPlayback();
    await eventually(() => expect(streams(ids['plex']!)).toHaveLength(1), SLOW);
    const { sessions } = (await sam.sessions()).find((snapshot) => snapshot.serverId === ids['plex'])!;
    await sam.ask('mutation ($input: StopSessionInput!) { stopSession(input: $input) { outcome } }', { input: { sessionId: sessions.find((session) => session.stream)!.id, reason: 'Down for ten minutes' } });
    expect([playing.playing, playing.messages.at(-1)?.text]).toEqual([false, 'Down for ten minutes']);
    await eventually(() => expect(streams(ids['plex']!)).toEqual([]), SLOW);
  });

  it('keeps the last sessions of a server that does not answer, and says why', async () => {
    const id = ids['emby']!;
    const playing = simulators.emby.control.startPlayback();
    await eventually(() => expect(streams(id)).toHaveLength(1), SLOW);
    await simulators.emby.control.setFault({ kind: 'refuse' });
    const server = await sam.untilState(id, 'OFFLINE');
    expect(server).toMatchObject({ stateCode: 'SERVER_UNREACHABLE', stateReason: expect.any(String) });
    expect(streams(id)).toHaveLength(1);
    await simulators.emby.control.clearFault();
    await sam.untilState(id, 'ONLINE');
    await eventually(() => expect(streams(id)).toHaveLength(1), SLOW);
    playing.leave();
    await eventually(() => expect(streams(id)).toEqual([]), SLOW);
  });

  describe.each(['agent', 'broker', 'controller'] as const)('with the %s killed', (victim) => {
    async function restart(during: () => void): Promise<void> {
      const name = victim === 'agent' ? stack.agentService : stack.controllerService;
      if (victim === 'broker') await stack.killBroker();
      else await stack.kill(name);
      during();
      if (victim === 'broker') await stack.startBroker();
      else await stack.startService(name);
    }

    it('a playback goes on under its id, one that ended meanwhile is closed once, one that began is opened once', async () => {
      const id = ids['jellyfin']!;
      const { control } = simulators.jellyfin;
      const stays = control.startPlayback({ user: 'Nell', item: 'Nosferatu' });
      const ends = control.startPlayback({ user: 'Otis', item: 'Metropolis' });
      await eventually(() => expect(streams(id)).toHaveLength(2), SLOW);
      const before = Object.fromEntries(streams(id).map((stream) => [stream.title, stream.playbackId])) as Record<string, string>;
      await eventually(async () => expect((await sam.ledger()).filter((row) => Object.values(before).includes(row.id))).toHaveLength(2), SLOW);
      let begins: PlaybackHandle | undefined;
      await restart(() => {
        ends.stop();
        begins = control.startPlayback({ user: 'Marlow', item: 'The General' });
      });
      await sam.untilState(id, 'ONLINE');
      await eventually(() => expect(streams(id).map((stream) => stream.title).sort()).toEqual(['Nosferatu', 'The General']), SLOW);
      expect(streams(id).find((stream) => stream.title === 'Nosferatu')!.playbackId).toBe(before['Nosferatu']);
      const began = streams(id).find((stream) => stream.title === 'The General')!.playbackId;
      stays.leave();
      ends.leave();
      begins!.leave();
      await eventually(async () => {
        const rows = (await sam.ledger()).filter((row) => [...Object.values(before), began].includes(row.id));
        expect(rows.map((row) => [row.title, row.endedAt !== null]).sort()).toEqual([['Metropolis', true], ['Nosferatu', true], ['The General', true]]);
      }, SLOW);
      const all = await sam.ledger();
      expect(new Set(all.map((row) => row.id)).size).toBe(all.length);
    }, 180_000);
  });

  it('never showed a torn or older list', () => {
    const seqs = new Map<string, number>();
    for (const { serverId, seq } of received) {
      expect(seq).toBeGreaterThanOrEqual(seqs.get(serverId) ?? 0);
      seqs.set(serverId, seq);
    }
    expect(received.length).toBeGreaterThan(20);
  });
});
