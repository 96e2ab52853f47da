import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '@usher/platform';
import { z } from 'zod';
import { StateFile, syncFolder } from '../storage/state-file.js';
import { Segment } from './segment.js';

const Acknowledged = z.strictObject({ through: z.number().int() });

export function acknowledgedFile(folder: string): StateFile<typeof Acknowledged> {
  return new StateFile(path.join(folder, 'acknowledged.json'), Acknowledged);
}

export async function newSegment(folder: string, firstSeq: number): Promise<Segment> {
  const { segment } = await Segment.open(folder, firstSeq);
  await syncFolder(folder);
  return segment;
}

/** All segments of a folder in order; a first one when there is none. */
export async function openSegments(folder: string, logger: Logger): Promise<Segment[]> {
  const numbers = (await readdir(folder)).map(Segment.firstSeqOf).filter((seq) => seq !== null).sort((a, b) => a - b);
  const segments: Segment[] = [];
  for (const firstSeq of numbers.length > 0 ? numbers : [1]) {
    const { segment, scan } = await Segment.open(folder, firstSeq);
    if (scan.cutBytes > 0) logger.warn('spool.cut', 'The end of the spool was torn by a crash and was cut.', { bytes: scan.cutBytes });
    if (scan.damagedLines > 0) logger.error('spool.damaged', 'The spool has damaged lines; these facts are lost.', { lines: scan.damagedLines });
    segments.push(segment);
  }
  await syncFolder(folder);
  return segments;
}

/** A lost or damaged mark only means that facts are sent again. */
export async function readAcknowledged(folder: string, logger: Logger): Promise<number> {
  try {
    return (await acknowledgedFile(folder).read())?.through ?? 0;
  } catch (error) {
    logger.warn('spool.mark_damaged', 'What the controller has confirmed is not known; facts are sent again.', { error });
    return 0;
  }
}
