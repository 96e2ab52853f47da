import { createHash } from 'node:crypto';
import { AppError, toWireError, type CommandContract, type TrustedKey } from '@usher/contracts';
import { runInContext, type Logger } from '@usher/platform';
import { commandContract, verifyCommand, type CommandClaims } from '@usher/security';
import { CommandRun } from './command-run.js';
import type { CommandContext } from './contexts.js';
import type { CommandJournal, CommandOutcome, FenceStore, JournalEntry } from './journal.js';
import { MemoryJournal } from './memory-journal.js';
import type { ResultSender } from './result-sender.js';
import { checked } from './wire.js';

const RUNNING_AT_ONCE = 32;
const WAITING_FOR_CHECKS = 256;
/** After a crash a write of before may still land until its deadline and a second more have passed. */
const QUIET_MS = 1_000;

export interface CommandIntakeOptions {
  serverId: string;
  agentId: string;
  trustedKeys: () => readonly TrustedKey[];
  /** For commands that change something; reads are remembered in memory. */
  journal: CommandJournal;
  fences: FenceStore;
  /** Runs the handler of `name` (`session.stop@1`): one reply, or an async iterable of parts. */
  dispatch: (name: string, args: unknown, context: CommandContext) => Promise<unknown>;
  /** What the agent's own settings forbid (read-only): the error to answer with, or null. */
  refuse?: (contract: CommandContract) => AppError | null;
  /**
   * Asked before every command that needs a ticket is carried out, also when it is carried out again after a crash; not for
   * one that the journal answers. It throws what refuses the ticket. Without it all such commands are refused.
   */
  guard?: (claims: CommandClaims, contract: CommandContract, args: unknown) => Promise<void>;
  /** Epoch ms by the controller's clock; default: this machine's. */
  now?: () => number;
  logger: Logger;
}

/**
 * Everything that stands between a text from the bus and a handler, in the one order: size, nesting, signature, right of the
 * key, shape, audience, time, own settings, fence, journal, ticket, intent on disk. Checks run one after the other, commands side by side.
 */
export class CommandIntake {
  /** What was refused, by `CODE` or `CODE/reason`. */
  readonly refusals = new Map<string, number>();
  private readonly running = new Map<string, CommandRun>();
  private readonly reads = new MemoryJournal();
  private checks: Promise<void> = Promise.resolve();
  private waiting = 0;

  constructor(
    private readonly options: CommandIntakeOptions,
    private readonly sender: ResultSender,
    private readonly signal: AbortSignal,
  ) {}

  /** Never throws: what is not answered is counted. */
  receive(text: string, correlationId: string): Promise<void> {
    if (this.waiting >= WAITING_FOR_CHECKS) {
      this.count(new AppError('SERVER_BUSY', 'Too many commands at once.', { reason: 'intake' }));
      return Promise.resolve();
    }
    this.waiting++;
    this.checks = this.checks.then(() => runInContext({ serverId: this.options.serverId, correlationId }, () => this.check(text, correlationId)));
    return this.checks.finally(() => this.waiting--);
  }

  private async check(text: string, correlationId: string): Promise<void> {
    let claims: CommandClaims;
    try {
      claims = await verifyCommand(text, this.options.trustedKeys(), { agentId: this.options.agentId, serverId: this.options.serverId, now: this.now() });
    } catch (error) {
      // Who sent it is not certain, so nobody is answered.
      return this.count(error);
    }
    try {
      await this.admit(claims, correlationId);
    } catch (error) {
      this.count(error);
      void this.sender.send(claims.to, claims.id, { status: 'failed', error: toWireError(error) }, claims.exp * 1000);
    }
  }

  private async admit(claims: CommandClaims, correlationId: string): Promise<void> {
    const contract = commandContract(claims.op);
    if (!contract) throw new AppError('PROTOCOL_UNSUPPORTED', 'This agent does not know the command.', { op: claims.op });
    const args = checked(contract.request, claims.args);
    const refusal = this.options.refuse?.(contract);
    if (refusal) throw refusal;
    await this.passFence(claims);
    const argsSha256 = createHash('sha256').update(JSON.stringify([claims.op, args])).digest('hex');

    const running = this.running.get(claims.id);
    if (running) {
      refuseOtherContent(running.argsSha256, argsSha256);
      return running.repeated(claims);
    }
    const journal = contract.effect === 'read' ? this.reads : this.options.journal;
    const entry = await journal.find(claims.id);
    if (entry) refuseOtherContent(entry.argsSha256, argsSha256);
    const run = new CommandRun(claims, { argsSha256, contract, journal, correlationId, ...this.shared() });
    if (entry?.state === 'done') return this.answerAgain(run, entry);
    if (entry && contract.onCrash === 'unknown') return this.start(run, () => run.settle(unknownOutcome()));
    if (this.running.size >= RUNNING_AT_ONCE) throw new AppError('SERVER_BUSY', 'This server has too many commands under way.');
    if (contract.needsTicket) await this.passGuard(claims, contract, args);
    if (!entry) await journal.intent(claims.id, argsSha256, claims.op);
    const quietMs = entry && contract.onCrash === 'redo' ? entry.at + contract.timeoutMs + QUIET_MS - Date.now() : 0;
    this.start(run, () => run.execute(args, quietMs));
  }

  private async passFence({ fence }: CommandClaims): Promise<void> {
    const highest = this.options.fences.highest(fence.n);
    if (fence.e < highest) throw new AppError('STALE_EPOCH', 'A newer controller has taken over.', { fence: fence.n, epoch: fence.e, highest });
    if (fence.e > highest) await this.options.fences.raise(fence.n, fence.e);
  }

  private passGuard(claims: CommandClaims, contract: CommandContract, args: unknown): Promise<void> {
    if (claims.ticket === undefined || !this.options.guard) {
      throw new AppError('TICKET_INVALID', 'This command needs a ticket.', { reason: claims.ticket === undefined ? 'missing' : 'not-checked' });
    }
    return this.options.guard(claims, contract, args);
  }

  private answerAgain(run: CommandRun, entry: JournalEntry): void {
    // The answer of an old read is no longer kept; whoever sends a copy of it after so long does not wait.
    if (entry.outcome) this.start(run, () => run.deliver(entry.outcome!));
  }

  private start(run: CommandRun, work: () => Promise<void>): void {
    this.running.set(run.commandId, run);
    void work()
      .catch((error: unknown) => this.options.logger.error('command.failed', 'A command could not be finished.', { op: run.op, commandId: run.commandId, error }))
      .finally(() => this.running.delete(run.commandId));
  }

  private shared() {
    const { serverId, agentId, dispatch, logger } = this.options;
    return { serverId, agentId, dispatch, logger, sender: this.sender, signal: this.signal };
  }

  private now(): number {
    return this.options.now?.() ?? Date.now();
  }

  private count(error: unknown): void {
    const code = error instanceof AppError ? error.code : 'INTERNAL';
    const reason = error instanceof AppError ? error.details['reason'] : undefined;
    const name = typeof reason === 'string' ? `${code}/${reason}` : code;
    this.refusals.set(name, (this.refusals.get(name) ?? 0) + 1);
    this.options.logger[code === 'INTERNAL' ? 'error' : 'warn']('command.refused', 'A command was refused.', { error });
  }
}

function refuseOtherContent(known: string, given: string): void {
  if (known !== given) throw new AppError('IDEMPOTENCY_CONFLICT', 'This command id was used for another command.', { reason: 'command-id' });
}

function unknownOutcome(): CommandOutcome {
  const error = new AppError('AGENT_TIMEOUT', 'The agent was restarted while it did this; look whether it happened.', { reason: 'outcome-unknown' });
  return { ok: false, error: toWireError(error) };
}
