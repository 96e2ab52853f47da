import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { CommandJournal, CommandOutcome, JournalEntry } from '@usher/bus';
import { WireError } from '@usher/contracts';
import type { Logger } from '@usher/platform';
import type { Clock } from '@usher/resilience';
import { z } from 'zod';
import { AppendLog } from '../storage/append-log.js';
import { replaceFile } from '../storage/state-file.js';

/** After its result was confirmed no copy of a command can be valid for longer than this (600 s of life, 60 s of clock error). */
const KEEP_ACKNOWLEDGED_MS = 660_000;
const KEEP_AT_MOST_MS = 7 * 24 * 60 * 60 * 1000;
/** The file is written anew when it holds this many lines, or bytes, that no longer count. */
const GARBAGE_LINES = 1_000;
const GARBAGE_BYTES = 32 * 1024 * 1024;
/** Confirmed results are kept up to this size, the newest ones: whoever confirmed one asks for it again at once or never. */
const KEPT_RESULT_BYTES = 4 * 1024 * 1024;

const Outcome = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), parts: z.array(z.unknown()) }),
  z.strictObject({ ok: z.literal(false), error: WireError }),
]);
const Line = z.discriminatedUnion('k', [
  z.strictObject({ k: z.literal('intent'), id: z.string(), op: z.string(), sha: z.string(), at: z.number() }),
  /** Null: it was confirmed, and is no longer kept. */
  z.strictObject({ k: z.literal('done'), id: z.string(), outcome: Outcome.nullable() }),
  z.strictObject({ k: z.literal('ack'), id: z.string(), at: z.number() }),
]);
type Line = z.infer<typeof Line>;

interface KeptEntry extends JournalEntry {
  acknowledgedAt: number | null;
  /** Of the result. */
  bytes: number;
}

/**
 * Commands and their results on disk (security 3.4): an intent before the work, the result after it. A repeated
 * command is answered from here, also after a crash; an intent without result means that nobody knows.
 */
export class DiskJournal implements CommandJournal {
  private running: Promise<void> = Promise.resolve();
  private garbageBytes = 0;

  private constructor(
    private log: AppendLog,
    private readonly entries: Map<string, KeptEntry>,
    private lines: number,
    private readonly clock: Clock,
  ) {}

  static async open(folder: string, clock: Clock, logger: Logger): Promise<DiskJournal> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { log, scan } = await AppendLog.open(path.join(folder, 'commands.ndjson'), Line);
    if (scan.cutBytes > 0) logger.warn('journal.cut', 'The end of the journal was torn by a crash and was cut.', { bytes: scan.cutBytes });
    if (scan.damagedLines > 0) logger.error('journal.damaged', 'The journal has damaged lines; their commands count as never seen.', { lines: scan.damagedLines });
    const journal = new DiskJournal(log, entriesOf(scan.entries), scan.entries.length, clock);
    journal.dropOldResults();
    return journal;
  }

  async find(commandId: string): Promise<JournalEntry | null> {
    const entry = this.entries.get(commandId);
    if (!entry || this.isOver(entry)) return null;
    const { acknowledgedAt: _, bytes: __, ...found } = entry;
    return found;
  }

  async intent(commandId: string, argsSha256: string, op: string): Promise<void> {
    const at = this.clock.now();
    await this.append({ k: 'intent', id: commandId, op, sha: argsSha256, at });
    this.entries.set(commandId, { commandId, op, argsSha256, state: 'intent', at, acknowledgedAt: null, bytes: 0 });
  }

  async done(commandId: string, outcome: CommandOutcome): Promise<void> {
    const bytes = await this.append({ k: 'done', id: commandId, outcome });
    const entry = this.entries.get(commandId);
    if (entry) this.entries.set(commandId, { ...entry, state: 'done', outcome, bytes });
  }

  async acknowledged(commandId: string): Promise<void> {
    const entry = this.entries.get(commandId);
    if (!entry || entry.acknowledgedAt !== null) return;
    const at = this.clock.now();
    await this.append({ k: 'ack', id: commandId, at });
    entry.acknowledgedAt = at;
    await this.trim();
  }

  async close(): Promise<void> {
    await this.running;
    await this.log.close();
  }

  /** @returns how many bytes it took */
  private async append(line: Line): Promise<number> {
    const text = `${JSON.stringify(line)}\n`;
    await this.inTurn(async () => {
      await this.log.append(text);
      this.lines++;
    });
    return Buffer.byteLength(text);
  }

  private async trim(): Promise<void> {
    for (const [id, entry] of this.entries) {
      if (!this.isOver(entry)) continue;
      this.entries.delete(id);
      if (entry.outcome) this.garbageBytes += entry.bytes;
    }
    this.dropOldResults();
    if (this.lines - this.entries.size * 3 >= GARBAGE_LINES || this.garbageBytes >= GARBAGE_BYTES) await this.inTurn(() => this.rewrite());
  }

  private dropOldResults(): void {
    let keptBytes = 0;
    for (const [id, entry] of [...this.entries].reverse()) {
      if (!entry.outcome || entry.acknowledgedAt === null) continue;
      keptBytes += entry.bytes;
      if (keptBytes <= KEPT_RESULT_BYTES) continue;
      this.entries.set(id, { ...entry, outcome: undefined });
      this.garbageBytes += entry.bytes;
    }
  }

  private async rewrite(): Promise<void> {
    const lines = [...this.entries.values()].flatMap(linesOf);
    const file = this.log.path;
    await replaceFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    await this.log.close();
    ({ log: this.log } = await AppendLog.open(file, Line));
    this.lines = lines.length;
    this.garbageBytes = 0;
  }

  private isOver(entry: KeptEntry): boolean {
    const now = this.clock.now();
    if (now - entry.at > KEEP_AT_MOST_MS) return true;
    return entry.acknowledgedAt !== null && now - entry.acknowledgedAt > KEEP_ACKNOWLEDGED_MS;
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const next = this.running.then(work);
    this.running = next.catch(() => undefined);
    return next;
  }
}

function entriesOf(lines: readonly Line[]): Map<string, KeptEntry> {
  const entries = new Map<string, KeptEntry>();
  for (const line of lines) {
    const entry = entries.get(line.id);
    if (line.k === 'intent') {
      entries.set(line.id, { commandId: line.id, op: line.op, argsSha256: line.sha, state: 'intent', at: line.at, acknowledgedAt: null, bytes: 0 });
    } else if (entry && line.k === 'done') {
      entries.set(line.id, { ...entry, state: 'done', outcome: line.outcome ?? undefined, bytes: line.outcome ? Buffer.byteLength(JSON.stringify(line)) : 0 });
    } else if (entry && line.k === 'ack') {
      entries.set(line.id, { ...entry, acknowledgedAt: line.at });
    }
  }
  return entries;
}

function linesOf(entry: KeptEntry): Line[] {
  const lines: Line[] = [{ k: 'intent', id: entry.commandId, op: entry.op, sha: entry.argsSha256, at: entry.at }];
  if (entry.state === 'done') lines.push({ k: 'done', id: entry.commandId, outcome: entry.outcome ?? null });
  if (entry.acknowledgedAt !== null) lines.push({ k: 'ack', id: entry.commandId, at: entry.acknowledgedAt });
  return lines;
}
