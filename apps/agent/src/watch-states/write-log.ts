import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '@usher/platform';
import type { Clock } from '@usher/resilience';
import { z } from 'zod';
import { AppendLog } from '../storage/append-log.js';
import { replaceFile } from '../storage/state-file.js';

/** A row that was begun and never settled is this agent's own for so long. */
const KEEP_MS = 7 * 86_400_000;

const Line = z.strictObject({
  /** Plan and row. */
  r: z.string().max(100),
  /** Hash of what was to be written. */
  key: z.string().max(64),
  /** `open`: begun. `done`: the server took it. `over`: read back, and nothing of it is uncertain. */
  s: z.enum(['open', 'done', 'over']),
  at: z.number(),
});
type Line = z.infer<typeof Line>;

export interface BegunRow {
  readonly n: number;
  readonly key: string;
}

/**
 * Which rows are being written, on disk: all rows of a batch before its first write, each as soon as the server has taken it.
 * After a kill at any line it says which rows may have arrived, and which did for certain. Besides rows of which nobody knows,
 * it holds the last batch only.
 */
export class WriteLog {
  private running: Promise<void> = Promise.resolve();
  private waiting: Line[] = [];

  private constructor(
    private log: AppendLog,
    private readonly rows: Map<string, Line>,
    /** Monotonic time at which a process of before can no longer have a request under way; 0 = there was none. */
    private readonly quietUntilMs: number,
    private readonly clock: Clock,
  ) {}

  /** @param quietMs how long a request may still land after the process that sent it has died */
  static async open(folder: string, quietMs: number, clock: Clock, logger: Logger): Promise<WriteLog> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { log, scan } = await AppendLog.open(path.join(folder, 'rows.ndjson'), Line);
    if (scan.damagedLines > 0) logger.error('rows.damaged', 'The list of rows under way has damaged lines; these rows are told by reading alone.', { lines: scan.damagedLines });
    const rows = new Map<string, Line>();
    for (const line of scan.entries) note(rows, line);
    const isAnyOpen = [...rows.values()].some(({ s }) => s === 'open');
    return new WriteLog(log, rows, isAnyOpen ? clock.monotonicMs() + quietMs : 0, clock);
  }

  /** How long to wait before a row that a dead process had begun may be read. */
  quietMs(): number {
    return this.quietUntilMs === 0 ? 0 : Math.max(0, this.quietUntilMs - this.clock.monotonicMs());
  }

  /** What is known of a row from before: `open` = begun, with whatever content; `done` = the server took just this. */
  known(planSha256: string, { n, key }: BegunRow): 'open' | 'done' | null {
    const line = this.rows.get(nameOf(planSha256, n));
    if (line?.s === 'open') return 'open';
    return line?.s === 'done' && line.key === key ? 'done' : null;
  }

  /** Resolves when it is on the disk that these rows are being written. Rows that are done stay so. */
  begin(planSha256: string, rows: readonly BegunRow[]): Promise<void> {
    return this.inTurn(async () => {
      const at = this.clock.now();
      const begun = new Map(rows.map(({ n, key }) => [nameOf(planSha256, n), { r: nameOf(planSha256, n), key, s: 'open' as const, at }]));
      for (const [name, line] of this.rows) if (!begun.has(name) && (line.s === 'done' || at - line.at > KEEP_MS)) this.rows.delete(name);
      for (const [name, line] of begun) if (this.rows.get(name)?.key !== line.key) this.rows.set(name, line);
      const file = this.log.path;
      await replaceFile(file, textOf([...this.rows.values()]));
      await this.log.close();
      ({ log: this.log } = await AppendLog.open(file, Line));
    });
  }

  /** The server took the row. Many are put on the disk together; `flush` waits for all of them. */
  done(planSha256: string, row: BegunRow): void {
    this.mark(planSha256, row, 'done');
  }

  /** It was read what became of the row, and it is not there. */
  over(planSha256: string, row: BegunRow): void {
    this.mark(planSha256, row, 'over');
  }

  async flush(): Promise<void> {
    await this.inTurn(() => this.writeWaiting());
  }

  async close(): Promise<void> {
    await this.flush();
    await this.log.close();
  }

  private mark(planSha256: string, { n, key }: BegunRow, s: 'done' | 'over'): void {
    const line: Line = { r: nameOf(planSha256, n), key, s, at: this.clock.now() };
    note(this.rows, line);
    this.waiting.push(line);
    // A failure shows at the next `flush` or `begin`, by the same disk.
    if (this.waiting.length === 1) void this.inTurn(() => this.writeWaiting()).catch(() => undefined);
  }

  private async writeWaiting(): Promise<void> {
    const lines = this.waiting;
    if (lines.length === 0) return;
    this.waiting = [];
    try {
      await this.log.append(textOf(lines));
    } catch (error) {
      this.waiting = [...lines, ...this.waiting];
      throw error;
    }
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const next = this.running.then(work);
    this.running = next.catch(() => undefined);
    return next;
  }
}

function note(rows: Map<string, Line>, line: Line): void {
  if (line.s === 'over') rows.delete(line.r);
  else rows.set(line.r, line);
}

function nameOf(planSha256: string, n: number): string {
  return `${planSha256}:${n}`;
}

function textOf(lines: readonly Line[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
