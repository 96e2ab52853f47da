import type { Operator } from '../support/operator.js';
import type { BenchServer } from './fleet.js';

const EVERY_MS = 250;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * How old the picture of each server is, on the average of a window in which nothing happens: how often it was confirmed.
 * Whole minutes, because the slowest rhythm in which sessions are confirmed is a minute.
 */
export async function meanAges(operator: Operator, servers: readonly BenchServer[], minutes: number): Promise<number[]> {
  const ages = new Map(servers.map(({ id }): [string, number[]] => [id, []]));
  const endMs = performance.now() + minutes * 60_000;
  while (performance.now() < endMs) {
    const { servers: rows } = await operator.ask<{ servers: { id: string; live: { at: string | null; lastPollAt: string | null; lastPushAt: string | null } }[] }>('{ servers { id live { at lastPollAt lastPushAt } } }');
    const now = Date.now();
    for (const { id, live } of rows) {
      const confirmed = [live.at, live.lastPollAt, live.lastPushAt].flatMap((at) => (at === null ? [] : [Date.parse(at)]));
      if (confirmed.length > 0) ages.get(id)?.push(now - Math.max(...confirmed));
    }
    await pause(EVERY_MS);
  }
  return [...ages.values()].map((each) => (each.length === 0 ? Number.POSITIVE_INFINITY : each.reduce((sum, age) => sum + age, 0) / each.length));
}
