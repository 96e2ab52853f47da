import { AppError } from '@usher/contracts';
import type { Logger } from '@usher/platform';
import type { Clock } from '@usher/resilience';
import type { TicketClaims } from '@usher/security';
import { z } from 'zod';
import { AppendLog } from '../storage/append-log.js';
import { replaceFile } from '../storage/state-file.js';

/** A ticket is taken for 30 s after its end, by a clock that may be a minute behind this one. */
const KEEP_S = 90;
/** The file is written anew when it holds this many lines that no longer count. */
const GARBAGE_LINES = 1_000;

const Line = z.discriminatedUnion('k', [
  /** Nothing is known of tickets from before this moment. */
  z.strictObject({ k: z.literal('since'), at: z.number() }),
  z.strictObject({ k: z.literal('used'), jti: z.string().max(64), command: z.string().max(64), exp: z.number() }),
]);
type Line = z.infer<typeof Line>;
type Used = Extract<Line, { k: 'used' }>;

/**
 * Which ticket was used for which command, on disk until the ticket has expired. An agent that has no such file, or a damaged
 * one, cannot know what was used: it takes no ticket from before its file.
 */
export class UsedTickets {
  private running: Promise<void> = Promise.resolve();

  private constructor(
    private log: AppendLog,
    private readonly used: Map<string, Used>,
    private readonly sinceMs: number,
    private lines: number,
    private readonly clock: Clock,
  ) {}

  static async open(file: string, clock: Clock, logger: Logger): Promise<UsedTickets> {
    const { log, scan } = await AppendLog.open(file, Line);
    const since = scan.entries.find((line) => line.k === 'since');
    if (scan.damagedLines > 0) logger.error('tickets.damaged', 'The list of used tickets has damaged lines; older tickets are refused.', { lines: scan.damagedLines });
    const sinceMs = since && scan.damagedLines === 0 ? since.at : clock.now();
    const used = new Map(scan.entries.flatMap((line) => (line.k === 'used' ? [[line.jti, line] as const] : [])));
    const opened = new UsedTickets(log, used, sinceMs, scan.entries.length, clock);
    if (sinceMs !== since?.at) await opened.inTurn(() => opened.rewrite());
    return opened;
  }

  /**
   * Resolves when it is on the disk that the command has used the ticket; for that command it may be presented again.
   * @throws AppError `TICKET_REUSED`, `TICKET_INVALID` (reason `predates-agent`)
   */
  async redeem({ jti, iat, exp }: Pick<TicketClaims, 'jti' | 'iat' | 'exp'>, commandId: string): Promise<void> {
    if ((iat + 1) * 1000 <= this.sinceMs) throw new AppError('TICKET_INVALID', 'A ticket is older than what this agent remembers.', { reason: 'predates-agent' });
    const known = this.used.get(jti);
    if (known && known.command !== commandId) throw new AppError('TICKET_REUSED', 'A ticket was used for another command before.', { jti });
    const line: Used = { k: 'used', jti, command: commandId, exp };
    // Before the disk has it, so that of two at once only one wins.
    this.used.set(jti, line);
    if (known) return this.running;
    try {
      await this.inTurn(() => this.append(line));
    } catch (error) {
      this.used.delete(jti);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.running;
    await this.log.close();
  }

  private async append(line: Line): Promise<void> {
    await this.log.append(`${JSON.stringify(line)}\n`);
    this.lines++;
    const nowS = this.clock.now() / 1000;
    for (const [jti, { exp }] of this.used) if (exp + KEEP_S < nowS) this.used.delete(jti);
    if (this.lines - this.used.size >= GARBAGE_LINES) await this.rewrite();
  }

  private async rewrite(): Promise<void> {
    const lines: Line[] = [{ k: 'since', at: this.sinceMs }, ...this.used.values()];
    const file = this.log.path;
    await replaceFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    await this.log.close();
    ({ log: this.log } = await AppendLog.open(file, Line));
    this.lines = lines.length;
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const next = this.running.then(work);
    this.running = next.catch(() => undefined);
    return next;
  }
}
