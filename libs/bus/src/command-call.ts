import { AppError, fromWireError } from '@usher/contracts';
import type { z } from 'zod';
import { checked, type Ack, type AckAnswer } from './wire.js';

/** An agent that is there says "accepted" long before this. */
export const ACCEPT_WITHIN_MS = 2_000;

type Confirm = (answer: AckAnswer) => void;

/**
 * A command under way. Await it for an answer of one part, or iterate it once for all parts; each part is confirmed to the
 * agent when it is taken, and only then the agent sends the next one.
 */
export class CommandCall<Reply> implements PromiseLike<Reply>, AsyncIterable<Reply> {
  private waiting: { body: Reply; isLast: boolean; confirm: Confirm } | undefined;
  private nextPart = 0;
  private outcome: { error: unknown } | { done: true } | undefined;
  private wake: (() => void) | undefined;
  private readonly ends: (() => void)[] = [];
  private acceptTimer: NodeJS.Timeout | undefined;
  private readonly deadline: NodeJS.Timeout;
  private awaited: Promise<Reply> | undefined;

  constructor(
    readonly commandId: string,
    private readonly reply: z.ZodType<Reply>,
    timeoutMs: number,
    acceptWithinMs: number = ACCEPT_WITHIN_MS,
  ) {
    this.acceptTimer = setTimeout(() => this.fail(timeout('The agent did not take the command.', 'not-accepted')), Math.min(acceptWithinMs, timeoutMs));
    this.deadline = setTimeout(() => this.fail(timeout('The agent was not done in time.', 'not-done')), timeoutMs);
    // A process that ends waits for nobody's answer.
    this.acceptTimer.unref();
    this.deadline.unref();
  }

  then<A = Reply, B = never>(onDone?: ((value: Reply) => A | PromiseLike<A>) | null, onError?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<A | B> {
    this.awaited ??= this.only();
    return this.awaited.then(onDone, onError);
  }

  catch<B>(onError: (reason: unknown) => B | PromiseLike<B>): Promise<Reply | B> {
    return this.then(undefined, onError);
  }

  finally(onEnd: () => void): Promise<Reply> {
    return this.then().finally(onEnd);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Reply, void, undefined> {
    try {
      for (let body = await this.take(); body; body = await this.take()) yield body.value;
    } finally {
      // Left early: the agent's next part is answered with "stop".
      if (!this.outcome) this.end({ done: true });
    }
  }

  /** Called when the call has ended, whatever the way. */
  onEnd(listener: () => void): void {
    if (this.outcome) listener();
    else this.ends.push(listener);
  }

  fail(error: unknown): void {
    if (!this.outcome) this.end({ error });
  }

  /** An ack of the agent that was asked. @throws AppError `MESSAGE_INVALID` when the part has not the agreed shape */
  receive(ack: Ack, confirm: Confirm): void {
    clearTimeout(this.acceptTimer);
    if (ack.status === 'accepted') return confirm({ ok: true, stop: false });
    if (ack.status === 'failed') {
      this.fail(fromWireError(ack.error));
      return confirm({ ok: true, stop: true });
    }
    // Confirmed before, but the confirmation was lost on its way.
    if (ack.part < this.nextPart) return confirm({ ok: true, stop: false });
    if (ack.part > this.nextPart) throw new AppError('MESSAGE_INVALID', 'A part of an answer is missing.', { reason: 'part' });
    if (ack.last && ack.part === 0 && ack.body === undefined) {
      this.end({ done: true });
      return confirm({ ok: true, stop: false });
    }
    this.waiting = { body: checked(this.reply, ack.body), isLast: ack.last, confirm };
    this.wake?.();
  }

  private async only(): Promise<Reply> {
    const first = await this.take();
    if (!first) throw new AppError('MESSAGE_INVALID', 'The answer is empty.', { reason: 'part' });
    if (await this.take()) throw new AppError('MESSAGE_INVALID', 'The answer has more than one part.', { reason: 'part' });
    return first.value;
  }

  /** The next part, or undefined after the last. */
  private async take(): Promise<{ value: Reply } | undefined> {
    while (!this.waiting && !this.outcome) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    if (this.waiting) {
      const { body, isLast, confirm } = this.waiting;
      this.waiting = undefined;
      this.nextPart++;
      if (isLast) this.end({ done: true });
      confirm({ ok: true, stop: false });
      return { value: body };
    }
    if (this.outcome && 'error' in this.outcome) throw this.outcome.error;
    return undefined;
  }

  private end(outcome: { error: unknown } | { done: true }): void {
    this.outcome = outcome;
    if ('error' in outcome) this.waiting = undefined;
    clearTimeout(this.acceptTimer);
    clearTimeout(this.deadline);
    this.wake?.();
    for (const listener of this.ends.splice(0)) listener();
  }
}

function timeout(message: string, reason: string): AppError {
  return new AppError('AGENT_TIMEOUT', message, { reason });
}
