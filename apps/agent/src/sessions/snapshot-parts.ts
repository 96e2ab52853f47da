import type { Session, SessionsState } from '@usher/contracts';
import { splitBySize } from '../storage/split-by-size.js';

/** Of the sessions in one message; the broker takes 256 KiB from an agent. */
export const MAX_PART_BYTES = 200 * 1024;

/** One snapshot as the messages of one `seq`; a reader that misses one of them drops that `seq`. */
export function partsOf(snapshot: { seq: number; at: string; source: SessionsState['source']; sessions: readonly Session[] }): SessionsState[] {
  const { seq, at, source } = snapshot;
  const groups = splitBySize(snapshot.sessions, MAX_PART_BYTES);
  return groups.map((sessions, part) => ({ seq, part, parts: groups.length, at, source, sessions }));
}
