import { createHash } from 'node:crypto';
import { readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '@usher/platform';
import { replaceFile } from '../storage/state-file.js';
import { BUCKET_BYTES, BUCKETS, CurveRing, FIGURE_WORDS, STEP_WORDS } from './curve-ring.js';

/** Changes with the meaning of a figure. In the byte order of this machine, as all that follows: the file does not travel. */
const VERSION = 1;
const HEAD = new Uint32Array([0x43_75_72_76, VERSION, FIGURE_WORDS, STEP_WORDS]);
const SUM_BYTES = 32;
const HEAD_BYTES = HEAD.byteLength + SUM_BYTES;

/** The curves of one server on the disk: what they are made of, a checksum, and the buckets. */
export class CurveFile {
  private running: Promise<void> = Promise.resolve();

  private constructor(
    private readonly path: string,
    /** What was read when it was opened. */
    readonly ring: CurveRing,
  ) {}

  /** Never fails: a file that is not what was written is set aside as `….damaged`, and the curves begin anew. */
  static async open(file: string, logger: Logger): Promise<CurveFile> {
    try {
      const content = await readOrNull(file);
      if (content === null) return new CurveFile(file, new CurveRing());
      const buckets = bucketsOf(content);
      if (buckets) return new CurveFile(file, CurveRing.fromBytes(buckets));
      await rename(file, `${file}.damaged`);
      logger.warn('curves.damaged', 'The curves of calls and machine were damaged: they were set aside and begin anew.', { file: `${path.basename(file)}.damaged` });
    } catch (error) {
      logger.warn('curves.unreadable', 'The curves of calls and machine could not be read: they begin anew.', { file: path.basename(file), error });
    }
    return new CurveFile(file, new CurveRing());
  }

  /** Replaces the file by what the ring holds now, one write after another. @throws what the disk says */
  write(): Promise<void> {
    const buckets = this.ring.toBytes();
    const content = Buffer.concat([new Uint8Array(HEAD.buffer), sumOf(buckets), buckets]);
    const next = this.running.then(() => replaceFile(this.path, content));
    this.running = next.catch(() => undefined);
    return next;
  }
}

/** The part behind the head; null when it is damaged, or of another version. */
function bucketsOf(content: Buffer): Buffer | null {
  const buckets = content.subarray(HEAD_BYTES);
  const isWhole = buckets.length % BUCKET_BYTES === 0 && buckets.length <= BUCKETS * BUCKET_BYTES;
  const isOurs = content.subarray(0, HEAD.byteLength).equals(new Uint8Array(HEAD.buffer));
  return isWhole && isOurs && content.subarray(HEAD.byteLength, HEAD_BYTES).equals(sumOf(buckets)) ? buckets : null;
}

function sumOf(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

async function readOrNull(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
