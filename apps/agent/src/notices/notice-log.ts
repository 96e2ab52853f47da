import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '@usher/platform';
import type { Clock } from '@usher/resilience';
import { z } from 'zod';
import { AppendLog } from '../storage/append-log.js';
import { replaceFile } from '../storage/state-file.js';

/** A notice expires at most 24 h after it is sent; no command of it can come after that. */
const KEEP_MS = 26 * 3_600_000;
/** The file is written anew when it holds this many lines more than count. */
const GARBAGE_LINES = 2_000;

const Result = z.discriminatedUnion('r', [
  z.strictObject({ r: z.literal('sent') }),
  z.strictObject({ r: z.literal('failed'), code: z.string().max(64), message: z.string().max(300) }),
  /** It certainly did not arrive: it may be tried again. */
  z.strictObject({ r: z.literal('open') }),
]);
export type SentResult = z.infer<typeof Result>;

const Line = z.strictObject({ n: z.string(), s: z.string(), at: z.number(), result: Result.nullable() });
type Line = z.infer<typeof Line>;

/** `null`: begun and never finished, because the agent was killed: nobody knows whether it arrived. */
export type NoticeEntries = ReadonlyMap<string, SentResult | null>;

/**
 * Which session was sent which notice, on disk. It is written down before a text leaves, so that a kill at any line leads to a
 * text that is not sent again, never to one that is shown twice.
 */
export class NoticeLog {
  private running: Promise<void> = Promise.resolve();

  private constructor(
    private log: AppendLog,
    private readonly notices: Map<string, Map<string, Line>>,
    private lines: number,
    private readonly clock: Clock,
  ) {}

  static async open(folder: string, clock: Clock, logger: Logger): Promise<NoticeLog> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { log, scan } = await AppendLog.open(path.join(folder, 'sent.ndjson'), Line);
    if (scan.cutBytes > 0) logger.warn('notices.cut', 'The end of the list of sent notices was torn by a crash and was cut.', { bytes: scan.cutBytes });
    if (scan.damagedLines > 0) logger.error('notices.damaged', 'The list of sent notices has damaged lines; these sessions may be sent one again.', { lines: scan.damagedLines });
    const notices = new Map<string, Map<string, Line>>();
    for (const line of scan.entries) note(notices, line);
    return new NoticeLog(log, notices, scan.entries.length, clock);
  }

  of(noticeId: string): NoticeEntries {
    return new Map([...(this.notices.get(noticeId) ?? [])].map(([session, line]) => [session, line.result]));
  }

  /** Resolves when it is on the disk that this session is being sent the notice. */
  begin(noticeId: string, session: string): Promise<void> {
    return this.write({ n: noticeId, s: session, at: this.clock.now(), result: null });
  }

  end(noticeId: string, session: string, result: SentResult): Promise<void> {
    return this.write({ n: noticeId, s: session, at: this.clock.now(), result });
  }

  async close(): Promise<void> {
    await this.running;
    await this.log.close();
  }

  private write(line: Line): Promise<void> {
    return this.inTurn(async () => {
      await this.log.append(`${JSON.stringify(line)}\n`);
      this.lines++;
      note(this.notices, line);
      await this.trim();
    });
  }

  private async trim(): Promise<void> {
    const oldest = this.clock.now() - KEEP_MS;
    for (const [noticeId, sessions] of this.notices) if ([...sessions.values()].every((line) => line.at < oldest)) this.notices.delete(noticeId);
    const kept = [...this.notices.values()].flatMap((sessions) => [...sessions.values()]);
    if (this.lines - kept.length < GARBAGE_LINES) return;
    const file = this.log.path;
    await replaceFile(file, kept.map((line) => `${JSON.stringify(line)}\n`).join(''));
    await this.log.close();
    ({ log: this.log } = await AppendLog.open(file, Line));
    this.lines = kept.length;
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const next = this.running.then(work);
    this.running = next.catch(() => undefined);
    return next;
  }
}

function note(notices: Map<string, Map<string, Line>>, line: Line): void {
  const sessions = notices.get(line.n) ?? new Map<string, Line>();
  notices.set(line.n, sessions);
  if (line.result?.r === 'open') sessions.delete(line.s);
  else sessions.set(line.s, line);
}
