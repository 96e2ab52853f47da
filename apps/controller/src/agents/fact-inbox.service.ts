import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { BusServer, type AgentMessageContext, type FactBatch, type FactContext } from '@usher/bus';
import { AppError } from '@usher/contracts';
import { Logger, runInContext } from '@usher/platform';
import { fullJitter, type Clock } from '@usher/resilience';
import type { PoolClient } from 'pg';
import { CLOCK } from '../infrastructure.js';
import { FactInboxRepository, type Applied, type InboxFact } from './fact-inbox.repository.js';

const RETRY = { baseMs: 100, capMs: 5_000 };
const SWEEP_MS = 15_000;

/** Takes facts in, answers when they are committed, and applies each once and in order per agent. */
@Injectable()
export class FactInboxService implements OnApplicationBootstrap, OnApplicationShutdown {
  /** Agents being drained here; true = more came meanwhile. */
  private readonly draining = new Map<string, boolean>();
  private readonly listeners = new Map<string, ((fact: InboxFact) => void)[]>();
  private readonly stopping = new AbortController();
  private running: Promise<void>[] = [];

  constructor(
    private readonly repository: FactInboxRepository,
    private readonly handlers: BusServer,
    private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Called after the transaction of a fact of this contract was committed; lost when the process dies in between. */
  onApplied(contract: string, listener: (fact: InboxFact) => void): void {
    this.listeners.set(contract, [...(this.listeners.get(contract) ?? []), listener]);
  }

  onApplicationBootstrap(): void {
    this.running.push(this.sweepForEver());
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running);
  }

  /** @throws MESSAGE_INVALID when the batch is not in order; the agent keeps it and tries again */
  async append(batch: FactBatch, { serverId, agentId }: AgentMessageContext): Promise<{ through: number }> {
    const seqs = batch.facts.map((fact) => fact.seq);
    if (seqs[0] !== batch.first || seqs.some((seq, i) => i > 0 && seq <= seqs[i - 1]!)) {
      throw new AppError('MESSAGE_INVALID', 'The facts of a batch must rise from its first one.', { first: batch.first });
    }
    const { added, before } = await this.repository.append(agentId, serverId, batch);
    if (added > 0) this.noteGaps(seqs, before, agentId);
    this.drain(agentId);
    return { through: seqs.at(-1)! };
  }

  noteDropped(agentId: string, gap: { class: string; from: number; to: number; count: number }): void {
    this.logger.warn('fact.dropped', 'An agent had to drop facts of minor classes.', { agentId, ...gap });
  }

  /** A gap is a loss in the agent's spool; it cannot be mended, only seen. */
  private noteGaps(seqs: readonly number[], before: number | null, agentId: string): void {
    let last = before;
    for (const seq of seqs) {
      if (last !== null && seq > last + 1) this.logger.warn('fact.gap_found', 'Facts of an agent are missing.', { agentId, from: last + 1, to: seq - 1 });
      last = Math.max(last ?? seq, seq);
    }
  }

  private drain(agentId: string): void {
    const isBusy = this.draining.has(agentId);
    this.draining.set(agentId, isBusy);
    if (isBusy || this.stopping.signal.aborted) return;
    const work = this.drainUntilEmpty(agentId).finally(() => {
      this.draining.delete(agentId);
      this.running = this.running.filter((other) => other !== work);
    });
    this.running.push(work);
  }

  private async drainUntilEmpty(agentId: string): Promise<void> {
    let troubles = 0;
    while (!this.stopping.signal.aborted) {
      this.draining.set(agentId, false);
      try {
        const applied = await this.repository.applyNext(agentId, (fact, tx) => this.apply(fact, tx), describeError);
        if (applied.outcome === 'none' && !this.draining.get(agentId)) return;
        troubles = applied.outcome === 'failed' ? troubles + 1 : 0;
        this.report(applied);
      } catch (error) {
        troubles += 1;
        this.logger.warn('fact.not_applied', 'A fact could not be applied now; it is tried again.', { agentId, error });
      }
      if (troubles > 0) await this.rest(fullJitter(troubles, RETRY));
    }
  }

  private async apply(fact: InboxFact, tx: PoolClient): Promise<void> {
    if (!this.handlers.has('fact', fact.contract)) throw new AppError('MESSAGE_INVALID', `No handler for the fact ${fact.contract}.`);
    const { serverId, agentId, factId } = fact;
    const context: FactContext = { serverId, agentId, factId, correlationId: factId, happenedAt: fact.happenedAt.toISOString(), tx };
    await runInContext({ serverId, correlationId: factId }, () => this.handlers.dispatch('fact', fact.contract, fact.body, context));
  }

  private report(applied: Applied): void {
    if (applied.outcome === 'applied') {
      for (const listener of this.listeners.get(applied.fact.contract) ?? []) listener(applied.fact);
    } else if (applied.outcome === 'failed') {
      const { fact, error, givenUp } = applied;
      const fields = { factId: fact.factId, contract: fact.contract, attempt: fact.attempts + 1, error };
      runInContext({ serverId: fact.serverId }, () =>
        givenUp
          ? this.logger.warn('fact.set_aside', 'A fact failed five times and is set aside; the next one follows.', fields)
          : this.logger.warn('fact.failed', 'A fact could not be applied.', fields),
      );
    }
  }

  /** Finds what another process took in and did not live to apply. */
  private async sweepForEver(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        for (const agentId of await this.repository.waitingAgents()) this.drain(agentId);
      } catch (error) {
        this.logger.warn('fact.sweep_failed', 'Looking for waiting facts failed; it is repeated.', { error });
      }
      await this.rest(SWEEP_MS);
    }
  }

  private async rest(ms: number): Promise<void> {
    await this.clock.sleep(ms, this.stopping.signal).catch((reason: unknown) => {
      if (!this.stopping.signal.aborted) throw reason;
    });
  }
}

/** What is kept with the row: our own words, or only the kind of a foreign error (its text may hold data). */
function describeError(error: unknown): string {
  if (error instanceof AppError) return `${error.code}: ${error.message}`;
  const { name, code } = error as { name?: string; code?: string };
  return `${name ?? 'Error'}${code ? ` ${code}` : ''}`;
}
