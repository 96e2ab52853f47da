import { open, type FileHandle } from 'node:fs/promises';
import type { z } from 'zod';
import { parseJson } from './state-file.js';

/** What was found when a log was opened. */
export interface LogScan<T> {
  readonly entries: T[];
  /** Bytes behind the last whole line that were cut off: the end of a write that a crash interrupted. */
  readonly cutBytes: number;
  /** Lines in the middle that are not what was written; they are passed over. */
  readonly damagedLines: number;
}

/** A file of JSON lines that only grows. A line counts once it is followed by its line feed. */
export class AppendLog {
  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
    private size: number,
  ) {}

  /** Opens or makes the file, cuts a torn end and hands back what is in it. */
  static async open<S extends z.ZodType>(file: string, schema: S): Promise<{ log: AppendLog; scan: LogScan<z.output<S>> }> {
    const handle = await open(file, 'a+', 0o600);
    await handle.close();
    const writable = await open(file, 'r+', 0o600);
    try {
      const content = await writable.readFile();
      const { entries, validBytes, damagedLines } = scanLines(content, schema);
      if (validBytes < content.length) {
        await writable.truncate(validBytes);
        await writable.datasync();
      }
      const log = new AppendLog(file, writable, validBytes);
      return { log, scan: { entries, cutBytes: content.length - validBytes, damagedLines } };
    } catch (error) {
      await writable.close();
      throw error;
    }
  }

  get bytes(): number {
    return this.size;
  }

  /** Writes whole lines and returns when they are on the disk. After a failure nothing of them counts: the next write goes over it. */
  async append(text: string): Promise<void> {
    const data = Buffer.from(text);
    let written = 0;
    while (written < data.length) {
      const { bytesWritten } = await this.handle.write(data, written, data.length - written, this.size + written);
      written += bytesWritten;
    }
    await this.handle.datasync();
    this.size += data.length;
  }

  /** Up to `maxBytes` from `offset`, cut after the last whole line in it. */
  async readLines(offset: number, maxBytes: number): Promise<string> {
    const length = Math.min(maxBytes, this.size - offset);
    if (length <= 0) return '';
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await this.handle.read(buffer, 0, length, offset);
    const end = buffer.subarray(0, bytesRead).lastIndexOf(0x0a);
    return buffer.toString('utf8', 0, end + 1);
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

/** Parses the lines of a log. `validBytes` ends behind the last line that is whole and valid. */
export function scanLines<S extends z.ZodType>(
  content: Buffer,
  schema: S,
): { entries: z.output<S>[]; validBytes: number; damagedLines: number } {
  const entries: z.output<S>[] = [];
  let validBytes = 0;
  let damagedLines = 0;
  let damagedSinceValid = 0;
  for (let start = 0; start < content.length; ) {
    const end = content.indexOf(0x0a, start);
    if (end === -1) break;
    const parsed = schema.safeParse(parseJson(content.toString('utf8', start, end)));
    if (parsed.success) {
      entries.push(parsed.data);
      damagedLines += damagedSinceValid;
      damagedSinceValid = 0;
      validBytes = end + 1;
    } else {
      damagedSinceValid++;
    }
    start = end + 1;
  }
  return { entries, validBytes, damagedLines };
}
