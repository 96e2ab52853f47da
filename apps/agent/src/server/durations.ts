/** Upper edges of the steps of a histogram, each 1.3 times the one before: 1 ms to about a minute. */
export const EDGES_MS: readonly number[] = Array.from({ length: 43 }, (_, step) => 1.3 ** step);
/** One more than edges, for what took longer than all of them. */
export const STEPS = EDGES_MS.length + 1;

export function stepOf(ms: number): number {
  const step = EDGES_MS.findIndex((edge) => ms <= edge);
  return step === -1 ? EDGES_MS.length : step;
}

/**
 * The duration that a share of the calls stayed below, as a place within its step: at most 30 % off. The last edge stands for all
 * that took longer; null without a call. Histograms are added up step by step before.
 */
export function quantileMs(share: number, countIn: (step: number) => number): number | null {
  let calls = 0;
  for (let step = 0; step < STEPS; step++) calls += countIn(step);
  if (calls === 0) return null;
  const rank = Math.max(1, Math.ceil(calls * share));
  let before = 0;
  for (const [step, edge] of EDGES_MS.entries()) {
    const here = countIn(step);
    if (before + here >= rank) {
      const low = EDGES_MS[step - 1] ?? 0;
      return low + ((edge - low) * (rank - before - 0.5)) / here;
    }
    before += here;
  }
  return EDGES_MS.at(-1)!;
}

/** Tenths of a millisecond are enough. */
export function roundMs(ms: number): number {
  return Math.round(ms * 10) / 10;
}
