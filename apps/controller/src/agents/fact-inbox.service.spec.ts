import { describe, expect, it } from '@jest/globals';
import type { BusServer, FactBatch } from '@usher/bus';
import { AppError } from '@usher/contracts';
import { createLogger } from '@usher/platform';
import { ManualClock } from '@usher/resilience';
import type { PoolClient } from 'pg';
import { MAX_ATTEMPTS, type Applied, type FactInboxRepository, type InboxFact } from './fact-inbox.repository.js';
import { FactInboxService } from './fact-inbox.service.js';

const context = { serverId: 's1', agentId: 'a1', correlationId: 'c1' };

/** The table, in memory: what was appended, what is applied or given up. */
class MemoryInbox {
  readonly facts: { seq: number; contract: string; attempts: number; state: 'open' | 'applied' | 'failed'; error?: string }[] = [];
  broken = 0;

  async append(_agentId: string, _serverId: string, batch: FactBatch) {
    const before = Math.max(-1, ...this.facts.map((fact) => fact.seq));
    const fresh = batch.facts.filter((fact) => this.facts.every((known) => known.seq !== fact.seq));
    this.facts.push(...fresh.map(({ seq, contract }) => ({ seq, contract, attempts: 0, state: 'open' as const })));
    return { added: fresh.length, before: before === -1 ? null : before };
  }

  async applyNext(agentId: string, apply: (fact: InboxFact, tx: PoolClient) => Promise<void>, describeError: (error: unknown) => string): Promise<Applied> {
    if (this.broken-- > 0) throw new Error('connection lost');
    const row = this.facts.filter((fact) => fact.state === 'open').sort((a, b) => a.seq - b.seq)[0];
    if (!row) return { outcome: 'none' };
    const fact: InboxFact = { agentId, serverId: 's1', factId: `f${row.seq}`, contract: row.contract, body: row.seq, happenedAt: new Date(0), attempts: row.attempts };
    try {
      await apply(fact, {} as PoolClient);
      row.state = 'applied';
      return { outcome: 'applied', fact };
    } catch (error) {
      row.attempts += 1;
      row.error = describeError(error);
      if (row.attempts >= MAX_ATTEMPTS) row.state = 'failed';
      return { outcome: 'failed', fact, error, givenUp: row.state === 'failed' };
    }
  }

  async waitingAgents(): Promise<string[]> {
    return this.facts.some((fact) => fact.state === 'open') ? ['a1'] : [];
  }
}

function inboxWith(handle: (body: unknown) => Promise<void>) {
  const table = new MemoryInbox();
  const clock = new ManualClock();
  const events: string[] = [];
  const handlers = { has: (_: string, name: string) => name !== 'unknown@1', dispatch: (_: string, __: string, body: unknown) => handle(body) };
  const logger = createLogger({ service: 'test', level: 'debug', destination: { write: (line: string) => void events.push((JSON.parse(line) as { event: string }).event) } });
  const inbox = new FactInboxService(table as unknown as FactInboxRepository, handlers as unknown as BusServer, logger, clock);
  return { inbox, table, clock, events };
}

function batch(first: number, contracts: string[]): FactBatch {
  const facts = contracts.map((contract, i) => ({ seq: first + i, id: `f${i}`, at: '2026-01-01T00:00:00Z', class: 'result' as const, contract, body: null }));
  return { spoolEpoch: 'e1', first, facts };
}

describe('FactInboxService', () => {
  it('answers through the last fact of the batch, applies in order and tells after the commit', async () => {
    const applied: unknown[] = [];
    const { inbox, clock } = inboxWith(async (body) => void applied.push(body));
    const told: string[] = [];
    inbox.onApplied('b@1', (fact) => told.push(fact.factId));
    expect(await inbox.append(batch(3, ['a@1', 'b@1', 'a@1']), context)).toEqual({ through: 5 });
    await clock.advance(0);
    expect(applied).toEqual([3, 4, 5]);
    expect(told).toEqual(['f4']);
  });

  it('tries a failing fact five times with pauses, gives it up and goes on', async () => {
    let calls = 0;
    const { inbox, table, clock, events } = inboxWith((body) => (body === 1 ? (calls++, Promise.reject(new TypeError('secret text'))) : Promise.resolve()));
    await inbox.append(batch(1, ['a@1', 'a@1']), context);
    await clock.advance(60_000);
    expect(calls).toBe(MAX_ATTEMPTS);
    expect(table.facts.map((fact) => fact.state)).toEqual(['failed', 'applied']);
    expect(table.facts[0]!.error).toBe('TypeError');
    expect(events.filter((event) => event === 'fact.set_aside')).toHaveLength(1);
  });

  it('does not count a trouble of the database as a failure of the fact', async () => {
    const { inbox, table, clock } = inboxWith(() => Promise.resolve());
    table.broken = 7;
    await inbox.append(batch(1, ['a@1']), context);
    await clock.advance(60_000);
    expect(table.facts).toMatchObject([{ state: 'applied', attempts: 0 }]);
  });

  it('sets a fact aside that nobody handles', async () => {
    const { inbox, table, clock } = inboxWith(() => Promise.resolve());
    await inbox.append(batch(1, ['unknown@1']), context);
    await clock.advance(60_000);
    expect(table.facts[0]).toMatchObject({ state: 'failed', error: 'MESSAGE_INVALID: No handler for the fact unknown@1.' });
  });

  it('refuses facts out of order and notes a gap once', async () => {
    const { inbox, events } = inboxWith(() => Promise.resolve());
    await expect(inbox.append({ ...batch(2, ['a@1', 'a@1']), first: 1 }, context)).rejects.toBeInstanceOf(AppError);
    await inbox.append(batch(1, ['a@1']), context);
    await inbox.append(batch(5, ['a@1']), context);
    await inbox.append(batch(5, ['a@1']), context);
    expect(events.filter((event) => event === 'fact.gap_found')).toHaveLength(1);
  });

  it('finds what waits from before its start, and ends when told', async () => {
    const { inbox, table, clock } = inboxWith(() => Promise.resolve());
    table.facts.push({ seq: 1, contract: 'a@1', attempts: 0, state: 'open' });
    inbox.onApplicationBootstrap();
    await clock.advance(0);
    expect(table.facts[0]!.state).toBe('applied');
    await expect(inbox.onApplicationShutdown()).resolves.toBeUndefined();
  });
});
