import type { Spread } from './statistics.js';

/** One line of a measurement. `goal` is held against one number of the spread. */
export interface Row {
  readonly what: string;
  readonly unit: string;
  /** Null: nothing was measured, which is never a pass. */
  readonly spread: Spread | null;
  readonly goal?: { readonly of: 'p50' | 'p95' | 'max'; readonly atMost: number; readonly shown?: string };
}

export type Verdict = 'pass' | 'short' | '';

export function verdictOf({ spread, goal }: Row): Verdict {
  if (!goal) return '';
  return spread !== null && spread[goal.of] <= goal.atMost ? 'pass' : 'short';
}

const HEAD = ['measurement', 'n', 'p50', 'p95', 'max', 'unit', 'goal', ''];

/** The rows as aligned text. */
export function renderTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => {
    const { what, unit, spread, goal } = row;
    const numbers = spread ? [String(spread.count), shortNumber(spread.p50), shortNumber(spread.p95), shortNumber(spread.max)] : ['0', '–', '–', '–'];
    return [what, ...numbers, unit, goal ? (goal.shown ?? `${goal.of} ≤ ${goal.atMost}`) : '', verdictOf(row)];
  });
  const widths = HEAD.map((_, column) => Math.max(...[HEAD, ...cells].map((line) => line[column]!.length)));
  const isNumber = (column: number) => column >= 1 && column <= 4;
  const line = (texts: readonly string[]) => texts.map((text, i) => (isNumber(i) ? text.padStart(widths[i]!) : text.padEnd(widths[i]!))).join('  ').trimEnd();
  return [line(HEAD), widths.map((width) => '-'.repeat(width)).join('  '), ...cells.map(line)].join('\n');
}

function shortNumber(value: number): string {
  if (value === 0 || Math.abs(value) >= 100) return String(Math.round(value));
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}
