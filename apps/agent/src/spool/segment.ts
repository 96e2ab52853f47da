import path from 'node:path';
import { z } from 'zod';
import { AppendLog, type LogScan } from '../storage/append-log.js';
import { replaceFile } from '../storage/state-file.js';

export const FACT_CLASSES = ['result', 'tick', 'metric'] as const;

/** One line of the spool (security 3.5). `t_mono` tells durations where the wall clock was set. */
export const SpoolLine = z.strictObject({
  seq: z.number().int().nonnegative(),
  id: z.string(),
  t_wall: z.iso.datetime(),
  t_mono: z.number(),
  class: z.enum(FACT_CLASSES),
  contract: z.string().max(100),
  body: z.unknown(),
});
export type SpoolLine = z.infer<typeof SpoolLine>;

const NAME = /^(\d{16})\.ndjson$/;

/** A file of facts, named after the first number that it may hold. */
export class Segment {
  private constructor(
    readonly firstSeq: number,
    private log: AppendLog,
    /** The last number in it; `firstSeq - 1` while it is empty. */
    public lastSeq: number,
    /** Epoch ms of its oldest fact; null while it is empty. */
    public oldestMs: number | null,
  ) {}

  static firstSeqOf(fileName: string): number | null {
    const match = NAME.exec(fileName);
    return match ? Number(match[1]) : null;
  }

  static async open(folder: string, firstSeq: number): Promise<{ segment: Segment; scan: LogScan<SpoolLine> }> {
    const { log, scan } = await AppendLog.open(path.join(folder, `${String(firstSeq).padStart(16, '0')}.ndjson`), SpoolLine);
    const oldest = scan.entries[0];
    const segment = new Segment(firstSeq, log, scan.entries.at(-1)?.seq ?? firstSeq - 1, oldest ? Date.parse(oldest.t_wall) : null);
    return { segment, scan };
  }

  get path(): string {
    return this.log.path;
  }

  get bytes(): number {
    return this.log.bytes;
  }

  async append(lines: readonly SpoolLine[]): Promise<void> {
    await this.log.append(lines.map(textOf).join(''));
    this.lastSeq = lines.at(-1)!.seq;
    this.oldestMs ??= Date.parse(lines[0]!.t_wall);
  }

  /** Whole lines from `offset`, at most `maxBytes`, with the offset behind each. */
  async read(offset: number, maxBytes: number): Promise<{ line: SpoolLine; bytes: number; end: number }[]> {
    const found: { line: SpoolLine; bytes: number; end: number }[] = [];
    let end = offset;
    for (const text of (await this.log.readLines(offset, maxBytes)).split('\n')) {
      const bytes = Buffer.byteLength(text) + 1;
      if (text === '') continue;
      end += bytes;
      const parsed = SpoolLine.safeParse(parseLine(text));
      if (parsed.success) found.push({ line: parsed.data, bytes, end });
    }
    return found;
  }

  /** Replaces the content at once; used when facts have to be dropped. */
  async rewrite(lines: readonly SpoolLine[]): Promise<void> {
    const file = this.path;
    await replaceFile(file, lines.map(textOf).join(''));
    await this.log.close();
    ({ log: this.log } = await AppendLog.open(file, SpoolLine));
    this.oldestMs = lines[0] ? Date.parse(lines[0].t_wall) : null;
  }

  async close(): Promise<void> {
    await this.log.close();
  }
}

function textOf(line: SpoolLine): string {
  return `${JSON.stringify(line)}\n`;
}

/** Damaged lines were counted when the segment was opened. */
function parseLine(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
