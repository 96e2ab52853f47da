import { describe, expect, it } from '@jest/globals';
import type { FactBatch } from '@usher/bus';
import { AppError, uuidv7 } from '@usher/contracts';
import { ManualClock } from '@usher/resilience';
import { recordingLogger } from '../../test/support.js';
import { FactSender } from './fact-sender.js';

const EPOCH = uuidv7();

/** A spool in memory with one fact per number, two to a batch. */
function setUp(count: number) {
  const clock = new ManualClock();
  const { logger, lines } = recordingLogger();
  let acknowledged = 0;
  const spool = {
    readBatch: async (): Promise<FactBatch | null> => {
      const seqs = Array.from({ length: count }, (_, index) => index + 1).filter((seq) => seq > acknowledged).slice(0, 2);
      if (seqs.length === 0) return null;
      return { spoolEpoch: EPOCH, first: seqs[0]!, facts: seqs.map((seq) => ({ seq, id: uuidv7(), at: new Date(0).toISOString(), class: 'result', contract: 'a.b@1', body: {} })) };
    },
    trim: async (through: number) => void (acknowledged = Math.max(acknowledged, through)),
  };
  const sent: number[][] = [];
  let atOnce = 0;
  const link = {
    connected: true,
    fail: null as AppError | null,
    through: (batch: FactBatch) => batch.facts.at(-1)!.seq,
    mostAtOnce: 0,
    sendFacts: async (batch: FactBatch) => {
      sent.push(batch.facts.map(({ seq }) => seq));
      link.mostAtOnce = Math.max(link.mostAtOnce, ++atOnce);
      await Promise.resolve();
      atOnce--;
      if (link.fail) throw link.fail;
      return { through: link.through(batch) };
    },
  };
  return { clock, lines, spool, link, sent, sender: new FactSender(spool, link, clock, logger), acknowledged: () => acknowledged };
}

describe('FactSender', () => {
  it('sends everything in order, one batch under way', async () => {
    const { clock, sender, sent, link, acknowledged } = setUp(5);
    sender.start();
    await clock.advance(0);
    expect(sent).toEqual([[1, 2], [3, 4], [5]]);
    expect(link.mostAtOnce).toBe(1);
    expect(acknowledged()).toBe(5);
    await sender.stop();
  });

  it('sends the same batch again after a timeout and says it once', async () => {
    const { clock, sender, sent, link, lines } = setUp(2);
    link.fail = new AppError('AGENT_TIMEOUT', 'nobody answered');
    sender.start();
    await clock.advance(60_000);
    expect(sent.length).toBeGreaterThan(2);
    expect(new Set(sent.map(String))).toEqual(new Set(['1,2']));
    expect(lines.filter(({ event }) => event === 'facts.not_sent')).toHaveLength(1);
    link.fail = null;
    const before = sent.length;
    await clock.advance(15_000);
    expect(sent.length).toBe(before + 1);
    await sender.stop();
  });

  it('sends nothing while the link is down and goes on when it is woken', async () => {
    const { clock, sender, sent, link } = setUp(1);
    link.connected = false;
    sender.start();
    await clock.advance(30_000);
    expect(sent).toEqual([]);
    link.connected = true;
    sender.wake();
    await clock.advance(0);
    expect(sent).toEqual([[1]]);
    await sender.stop();
  });

  it('sends the rest of a batch of which only a part was committed', async () => {
    const { clock, sender, sent, link } = setUp(2);
    link.through = () => (sent.length === 1 ? 1 : 2);
    sender.start();
    await clock.advance(0);
    expect(sent).toEqual([[1, 2], [2]]);
    await sender.stop();
  });

  it('pauses when an answer confirms nothing', async () => {
    const { clock, sender, sent, link } = setUp(1);
    link.through = () => 0;
    sender.start();
    await clock.advance(0);
    expect(sent.length).toBeLessThanOrEqual(2);
    await sender.stop();
  });

  it('stops in the middle of a pause', async () => {
    const { clock, sender, link } = setUp(1);
    link.fail = new AppError('AGENT_OFFLINE', 'down');
    sender.start();
    await clock.advance(0);
    await expect(sender.stop()).resolves.toBeUndefined();
  });
});
