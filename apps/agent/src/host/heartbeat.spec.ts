import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { heartbeatState, uuidv7, type Heartbeat as Body } from '@usher/contracts';
import { ManualClock } from '@usher/resilience';
import { tempFolder } from '../../test/support.js';
import { Sequence } from '../server/sequence.js';
import { Heartbeat } from './heartbeat.js';

async function setUp() {
  const clock = new ManualClock();
  const sent: Body[] = [];
  const errors: unknown[] = [];
  const link = { connected: true, publishState: (_contract: unknown, body: unknown) => void sent.push(heartbeatState.body.parse(body)) };
  const sequence = await Sequence.open(path.join(await tempFolder(), 'seq.json'), clock);
  await sequence.next();
  const body = (): Omit<Body, 'seq' | 'at'> => ({
    agentId: uuidv7(),
    agentVersion: '1',
    configRev: 1,
    credentialRev: -1,
    vendor: { status: 'unknown', reason: null, code: null, since: new Date(clock.now()).toISOString(), latencyMs: null },
    live: { mode: 'none', lastPollAt: null, lastPushAt: null, sessionCallsLastHour: 0, otherCallsLastHour: 0 },
    spoolPending: 0,
  });
  return { clock, sent, errors, link, heartbeat: new Heartbeat(link, sequence, body, clock, (error) => errors.push(error)) };
}

describe('Heartbeat', () => {
  it('comes at once, then every 10 s, with rising numbers', async () => {
    const { clock, sent, heartbeat } = await setUp();
    heartbeat.beat();
    await clock.advance(30_000);
    expect(sent).toHaveLength(4);
    expect(sent.map(({ seq }) => seq)).toEqual([...sent.map(({ seq }) => seq)].sort((a, b) => a - b));
    await heartbeat.stop();
  });

  it('counts the 10 s from the last one', async () => {
    const { clock, sent, heartbeat } = await setUp();
    heartbeat.beat();
    await clock.advance(9_000);
    heartbeat.beat();
    await clock.advance(9_000);
    expect(sent).toHaveLength(2);
    await heartbeat.stop();
  });

  it('is silent while nobody can hear it, and after it was stopped', async () => {
    const { clock, sent, link, heartbeat } = await setUp();
    link.connected = false;
    heartbeat.beat();
    await clock.advance(30_000);
    expect(sent).toEqual([]);
    link.connected = true;
    await clock.advance(10_000);
    expect(sent).toHaveLength(1);
    await heartbeat.stop();
    heartbeat.beat();
    await clock.advance(30_000);
    expect(sent).toHaveLength(1);
  });

  it('goes on after one that could not be sent', async () => {
    const { clock, sent, errors, link, heartbeat } = await setUp();
    const { publishState } = link;
    link.publishState = () => {
      throw new Error('no');
    };
    heartbeat.beat();
    await clock.advance(0);
    expect(errors).toHaveLength(1);
    link.publishState = publishState;
    await clock.advance(10_000);
    expect(sent).toHaveLength(1);
    await heartbeat.stop();
  });
});
