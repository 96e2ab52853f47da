import { deflateRawSync } from 'node:zlib';
import type { PlanHeader, PlanRow } from '@usher/contracts';
import { sha256Hex } from '@usher/security';
import { canonicalJson } from './canonical-json.js';

/** A chunk goes to the agent in one sealed message. */
const MAX_ROWS = 960;
const MAX_DEFLATED_BYTES = 90_000;

export interface PlanChunk {
  readonly n: number;
  /** Number of its first row. */
  readonly first: number;
  readonly rows: number;
  readonly sha256: string;
  readonly bytes: Buffer;
}

/** The text of one row in its chunk, without the line's end. */
export function rowText(row: PlanRow): string {
  return canonicalJson(row);
}

/** Fills chunks in order. The same rows give the same chunks, however they are handed in. */
export class ChunkWriter {
  private lines: string[] = [];
  private next = 0;
  private n = 0;

  /** Chunks that are full now. Rows come in the order of their numbers, without gaps. */
  add(row: PlanRow): PlanChunk[] {
    if (row.n !== this.next + this.lines.length) throw new Error(`row ${row.n} is out of order`);
    this.lines.push(rowText(row));
    return this.lines.length === MAX_ROWS ? this.cut() : [];
  }

  /** The rest. */
  end(): PlanChunk[] {
    return this.lines.length === 0 ? [] : this.cut();
  }

  private cut(): PlanChunk[] {
    const chunks: PlanChunk[] = [];
    for (const lines of fitting(this.lines)) {
      const bytes = Buffer.from(`${lines.join('\n')}\n`, 'utf8');
      chunks.push({ n: this.n++, first: this.next, rows: lines.length, sha256: sha256Hex(bytes), bytes });
      this.next += lines.length;
    }
    this.lines = [];
    return chunks;
  }
}

/** Halves until each part is small enough on its way. */
function fitting(lines: readonly string[]): (readonly string[])[] {
  if (lines.length === 1 || deflateRawSync(Buffer.from(lines.join('\n'), 'utf8')).length <= MAX_DEFLATED_BYTES) return [lines];
  const middle = Math.ceil(lines.length / 2);
  return [...fitting(lines.slice(0, middle)), ...fitting(lines.slice(middle))];
}

/** The bytes that are approved. */
export function headerBytes(header: PlanHeader): Buffer {
  return Buffer.from(canonicalJson(header), 'utf8');
}

