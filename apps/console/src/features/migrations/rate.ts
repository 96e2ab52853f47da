import type { RatePoint } from './use-plan.js';

export interface Chart {
  /** Path of the line; empty for fewer than two points. */
  readonly line: string;
  readonly slowed: readonly { x: number; width: number }[];
  readonly most: number;
  readonly median: number | null;
}

/** The line of a chart of the given size, time from left to right. */
export function chartOf(rates: readonly RatePoint[], width: number, height: number): Chart {
  const most = Math.max(1, ...rates.map(({ perSecond }) => perSecond));
  const sorted = rates.map(({ perSecond }) => perSecond).toSorted((a, b) => a - b);
  const median = sorted.length === 0 ? null : sorted[Math.floor(sorted.length / 2)]!;
  const [first, last] = [rates[0], rates.at(-1)];
  if (!first || !last || rates.length < 2) return { line: '', slowed: [], most, median };
  const span = Math.max(1, last.atMs - first.atMs);
  const xOf = ({ atMs }: RatePoint) => Math.round(((atMs - first.atMs) / span) * width * 10) / 10;
  const line = rates.map((point, index) => `${index === 0 ? 'M' : 'L'}${xOf(point)} ${Math.round((1 - point.perSecond / most) * height * 10) / 10}`).join(' ');
  const slowed: { x: number; width: number }[] = [];
  for (let index = 1; index < rates.length; index += 1) {
    if (!rates[index]!.slowed) continue;
    const [x, end] = [xOf(rates[index - 1]!), xOf(rates[index]!)];
    const before = slowed.at(-1);
    if (before && before.x + before.width === x) before.width = end - before.x;
    else slowed.push({ x, width: end - x });
  }
  return { line, slowed, most, median };
}
