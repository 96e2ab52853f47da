import { contractName, spoolGap, uuidv7 } from '@usher/contracts';
import type { SpoolLine } from './segment.js';

/** Classes that may be dropped, in this order. Results never are. */
export const DROPPABLE = ['metric', 'tick'] as const;
export type DroppableClass = (typeof DROPPABLE)[number];

/**
 * Takes the facts of one class out of a segment, above `keepThrough` (these may be under way). In their place
 * stands one gap record with the number of the first dropped fact, so that loss is visible.
 */
export function dropClass(lines: readonly SpoolLine[], dropped: DroppableClass, keepThrough: number): { kept: SpoolLine[]; count: number } {
  const gone = lines.filter((line) => line.class === dropped && line.seq > keepThrough);
  const first = gone[0];
  const last = gone.at(-1);
  if (!first || !last) return { kept: [...lines], count: 0 };
  const gap: SpoolLine = {
    ...first,
    id: uuidv7(),
    class: 'result',
    contract: contractName(spoolGap),
    body: { class: dropped, from: first.seq, to: last.seq, count: gone.length },
  };
  const goneSeqs = new Set(gone.map((line) => line.seq));
  const kept = lines.flatMap((line) => (line === first ? [gap] : goneSeqs.has(line.seq) ? [] : [line]));
  return { kept, count: gone.length };
}
