import { setTimeout as delay } from 'node:timers/promises';
import { AppError, toWireError, type CommandContract } from '@usher/contracts';
import type { Logger } from '@usher/platform';
import type { CommandClaims } from '@usher/security';
import type { CommandContext } from './contexts.js';
import type { CommandJournal, CommandOutcome } from './journal.js';
import type { ResultSender, Waiter } from './result-sender.js';
import { MAX_PART_BYTES, checked } from './wire.js';

export interface CommandRunOptions {
  argsSha256: string;
  contract: CommandContract;
  journal: CommandJournal;
  correlationId: string;
  serverId: string;
  agentId: string;
  dispatch: (name: string, args: unknown, context: CommandContext) => Promise<unknown>;
  logger: Logger;
  sender: ResultSender;
  /** Aborted when the link stops. */
  signal: AbortSignal;
}

/** One admitted command: accepted, run, journalled, and its result sent until somebody has it. */
export class CommandRun {
  readonly commandId: string;
  readonly op: string;
  readonly argsSha256: string;
  private readonly enough = new AbortController();
  /** Processes that sent a copy while it ran, and have to be told everything afterwards. */
  private readonly others: { to: Waiter; untilMs: number }[] = [];
  private sentParts = 0;
  private isTelling = false;

  constructor(
    private readonly claims: CommandClaims,
    private readonly options: CommandRunOptions,
  ) {
    this.commandId = claims.id;
    this.op = claims.op;
    this.argsSha256 = options.argsSha256;
  }

  /** A copy of the command came while it runs. */
  repeated(copy: CommandClaims): void {
    const isSameWaiter = copy.to.process === this.claims.to.process && copy.to.service === this.claims.to.service;
    if (!isSameWaiter || this.sentParts > 0 || this.isTelling) this.others.push({ to: copy.to, untilMs: copy.exp * 1000 });
    this.accept(copy);
  }

  /** Runs the handler after `quietMs`. */
  async execute(args: unknown, quietMs: number): Promise<void> {
    this.accept(this.claims);
    const { signal } = this.options;
    const deadline = AbortSignal.timeout(Math.max(0, quietMs) + this.options.contract.timeoutMs);
    const context: CommandContext = {
      serverId: this.options.serverId,
      agentId: this.options.agentId,
      correlationId: this.options.correlationId,
      commandId: this.commandId,
      signal: AbortSignal.any([signal, deadline, this.enough.signal]),
    };
    const parts: unknown[] = [];
    let outcome: CommandOutcome;
    try {
      if (quietMs > 0) await delay(quietMs, undefined, { signal });
      const result = await this.options.dispatch(this.op, args, context);
      if (isAsyncIterable(result)) await this.collect(result, parts);
      else parts.push(this.checkedPart(result));
      outcome = { ok: true, parts };
    } catch (error) {
      // Stopped in the middle: what became of it is found out at the next start, from the intent.
      if (signal.aborted) return;
      if (!(error instanceof AppError) || error.family === 'bug') this.options.logger.error('command.failed', 'A command failed.', { op: this.op, error });
      outcome = { ok: false, error: toWireError(error) };
    }
    await this.settle(outcome);
  }

  /** Writes the outcome down, then tells it. */
  async settle(outcome: CommandOutcome): Promise<void> {
    await this.options.journal.done(this.commandId, outcome);
    await this.deliver(outcome);
  }

  /** Tells an outcome that is in the journal. */
  async deliver(outcome: CommandOutcome): Promise<void> {
    this.isTelling = true;
    let isKnown = await this.tell(this.claims.to, outcome, this.sentParts, this.claims.exp * 1000);
    isKnown = (await this.tellOthers(outcome)) || isKnown;
    if (isKnown) await this.options.journal.acknowledged(this.commandId);
    // A copy may have come while the journal wrote.
    await this.tellOthers(outcome);
  }

  private async tellOthers(outcome: CommandOutcome): Promise<boolean> {
    let isKnown = false;
    for (let other = this.others.shift(); other; other = this.others.shift()) {
      isKnown = (await this.tell(other.to, outcome, 0, other.untilMs)) || isKnown;
    }
    return isKnown;
  }

  private async tell(to: Waiter, outcome: CommandOutcome, from: number, untilMs: number): Promise<boolean> {
    const { sender } = this.options;
    if (!outcome.ok) return (await sender.send(to, this.commandId, { status: 'failed', error: outcome.error }, untilMs)) !== null;
    const last = Math.max(0, outcome.parts.length - 1);
    for (let part = from; part <= last; part++) {
      const answer = await sender.send(to, this.commandId, { status: 'part', part, last: part === last, body: outcome.parts[part] }, untilMs);
      if (!answer) return false;
      if (answer.stop) return true;
    }
    return true;
  }

  /** Sends all parts but the last one as they come; the last one must be in the journal first. */
  private async collect(result: AsyncIterable<unknown>, parts: unknown[]): Promise<void> {
    for await (const body of result) {
      if (parts.length > 0) {
        const answer = await this.options.sender.send(this.claims.to, this.commandId, { status: 'part', part: parts.length - 1, last: false, body: parts.at(-1) }, this.claims.exp * 1000);
        if (!answer || answer.stop) {
          this.enough.abort();
          throw new AppError('AGENT_TIMEOUT', 'Nobody took the parts of the answer.', { reason: 'not-taken' });
        }
        this.sentParts = parts.length;
      }
      parts.push(this.checkedPart(body));
    }
  }

  private checkedPart(body: unknown): unknown {
    const part = checked(this.options.contract.reply, body);
    if (Buffer.byteLength(JSON.stringify(part)) > MAX_PART_BYTES) throw new Error(`a part of ${this.op} is larger than 128 KiB`);
    return part;
  }

  private accept(copy: CommandClaims): void {
    void this.options.sender.send(copy.to, this.commandId, { status: 'accepted' }, Math.min(copy.exp * 1000, Date.now() + this.options.contract.timeoutMs));
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
