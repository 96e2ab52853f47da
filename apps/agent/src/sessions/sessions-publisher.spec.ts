import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { SessionsState, Stream } from '@usher/contracts';
import { ManualClock } from '@usher/resilience';
import { tempFolder, vendorSession, vendorStream } from '../../test/support.js';
import { Sequence } from '../server/sequence.js';
import { SessionsPublisher, type PublishedList } from './sessions-publisher.js';

async function setUp() {
  const clock = new ManualClock();
  const sent: { atMs: number; body: SessionsState }[] = [];
  const link = { connected: true, publishState: (_contract: unknown, body: unknown) => void sent.push({ atMs: clock.monotonicMs(), body: body as SessionsState }) };
  const errors: unknown[] = [];
  const sequence = await Sequence.open(path.join(await tempFolder(), 'seq.json'), clock);
  await sequence.next();
  const publisher = new SessionsPublisher(link, sequence, clock, (error) => errors.push(error));
  return { clock, sent, link, errors, publisher };
}

function listOf(stream: Partial<Stream>): PublishedList {
  const playing: Stream = { ...vendorStream(), playbackId: 'p1', startedAt: '2026-01-01T00:00:00.000Z', ...stream };
  return { at: new Date().toISOString(), source: 'push', sessions: [{ ...vendorSession(), stream: playing, ghost: false }] };
}

describe('SessionsPublisher', () => {
  it('sends the first list at once', async () => {
    const { clock, sent, publisher } = await setUp();
    publisher.offer(listOf({}), true);
    await clock.advance(0);
    expect(sent).toHaveLength(1);
    await publisher.stop();
  });

  it('sends a change at once, but 100 ms after the last one, and then the newest only', async () => {
    const { clock, sent, publisher } = await setUp();
    publisher.offer(listOf({}), true);
    await clock.advance(10);
    publisher.offer(listOf({ state: 'paused' }), true);
    publisher.offer(listOf({ state: 'playing', positionMs: 77 }), true);
    await clock.advance(89);
    expect(sent).toHaveLength(1);
    await clock.advance(1);
    expect(sent.map(({ atMs }) => atMs)).toEqual([0, 100]);
    expect(sent[1]!.body.sessions[0]!.stream!.positionMs).toBe(77);
    await publisher.stop();
  });

  it('sends positions alone while somebody follows them, once a second and no longer than asked', async () => {
    const { clock, sent, publisher } = await setUp();
    publisher.offer(listOf({}), true);
    publisher.followPositions(5_000);
    for (let at = 1; at <= 20; at++) {
      await clock.advance(250);
      publisher.offer(listOf({ positionMs: at * 250 }), false);
    }
    await clock.advance(1_000);
    const seen = sent.length;
    expect(sent.map(({ atMs }) => atMs).slice(0, 5)).toEqual([0, 1_000, 2_000, 3_000, 4_000]);
    publisher.offer(listOf({ positionMs: 9_000 }), false);
    await clock.advance(2_000);
    expect(sent).toHaveLength(seen);
    await publisher.stop();
  });

  it('does not let positions delay what happened', async () => {
    const { clock, sent, publisher } = await setUp();
    publisher.offer(listOf({}), true);
    publisher.followPositions(60_000);
    publisher.offer(listOf({ positionMs: 10 }), false);
    await clock.advance(10);
    publisher.offer(listOf({ state: 'paused' }), true);
    publisher.offer(listOf({ state: 'paused', positionMs: 20 }), false);
    await clock.advance(90);
    expect(sent.map(({ atMs }) => atMs)).toEqual([0, 100]);
    await publisher.stop();
  });

  it('sends nothing for a position alone; it rides on the 10 s repeat', async () => {
    const { clock, sent, publisher } = await setUp();
    publisher.offer(listOf({}), true);
    await clock.advance(1_000);
    publisher.offer(listOf({ positionMs: 1_000, bitRateKbps: 5 }), false);
    await clock.advance(8_999);
    expect(sent).toHaveLength(1);
    await clock.advance(1);
    expect(sent).toHaveLength(2);
    expect(sent[1]!.body.sessions[0]!.stream!.positionMs).toBe(1_000);
    expect(sent[1]!.body.seq).toBeGreaterThan(sent[0]!.body.seq);
    await publisher.stop();
  });

  it('sends a change that is no fact, such as a ghost', async () => {
    const { clock, sent, publisher } = await setUp();
    const list = listOf({});
    publisher.offer(list, true);
    await clock.advance(1_000);
    publisher.offer({ ...list, sessions: [{ ...list.sessions[0]!, ghost: true }] }, false);
    await clock.advance(0);
    expect(sent).toHaveLength(2);
    await publisher.stop();
  });

  it('sends nothing while the link is down, and the newest list when it is up', async () => {
    const { clock, sent, link, publisher } = await setUp();
    link.connected = false;
    publisher.offer(listOf({}), true);
    await clock.advance(30_000);
    expect(sent).toEqual([]);
    link.connected = true;
    publisher.connected();
    await clock.advance(100);
    expect(sent).toHaveLength(1);
    await publisher.stop();
  });

  it('says nothing before there is a list, and nothing after it was stopped', async () => {
    const { clock, sent, publisher } = await setUp();
    publisher.connected();
    await clock.advance(20_000);
    publisher.offer(listOf({}), true);
    await clock.advance(0);
    await publisher.stop();
    publisher.offer(listOf({ state: 'paused' }), true);
    await clock.advance(20_000);
    expect(sent).toHaveLength(1);
  });

  it('goes on after a list that could not be sent', async () => {
    const { clock, sent, link, errors, publisher } = await setUp();
    const { publishState } = link;
    link.publishState = () => {
      throw new Error('too large');
    };
    publisher.offer(listOf({}), true);
    await clock.advance(0);
    expect(errors).toHaveLength(1);
    link.publishState = publishState;
    await clock.advance(10_000);
    expect(sent).toHaveLength(1);
    await publisher.stop();
  });
});
