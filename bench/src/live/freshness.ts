import type { Operator } from '../support/operator.js';
import type { BenchServer } from './fleet.js';

const EVERY_MS = 250;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface LiveOf {
  readonly id: string;
  readonly live: { readonly at: string | null; readonly lastPollAt: string | null; readonly lastPushAt: string | null };
}

/**
 * How old the picture of each server is, on the average over whole rounds between two confirmations, in a window in which nothing
 * happens (ms). A server that was confirmed less than twice in it has no finite age: the slowest rhythm is a minute, so take two and more.
 */
export async function meanAges(operator: Operator, servers: readonly BenchServer[], minutes: number): Promise<number[]> {
  const confirmed = new Map(servers.map(({ id }): [string, number[]] => [id, []]));
  const endMs = performance.now() + minutes * 60_000;
  while (performance.now() < endMs) {
    const { servers: rows } = await operator.ask<{ servers: LiveOf[] }>('{ servers { id live { at lastPollAt lastPushAt } } }');
    for (const { id, live } of rows) {
      const newest = Math.max(...[live.at, live.lastPollAt, live.lastPushAt].flatMap((at) => (at === null ? [] : [Date.parse(at)])));
      const known = confirmed.get(id);
      if (known && Number.isFinite(newest) && newest > (known.at(-1) ?? Number.NEGATIVE_INFINITY)) known.push(newest);
    }
    await pause(EVERY_MS);
  }
  return [...confirmed.values()].map(meanAge);
}

/** Between two confirmations the age grows from nothing to the time between them. */
function meanAge(confirmedMs: readonly number[]): number {
  if (confirmedMs.length < 2) return Number.POSITIVE_INFINITY;
  const rounds = confirmedMs.slice(1).map((atMs, i) => atMs - confirmedMs[i]!);
  return rounds.reduce((sum, round) => sum + round ** 2 / 2, 0) / rounds.reduce((sum, round) => sum + round, 0);
}
