export interface EventuallyOptions {
  /** Give up after this time, ms. */
  readonly timeoutMs?: number;
  /** Pause between two attempts, ms. */
  readonly everyMs?: number;
}

/**
 * Repeats `fn` until it neither throws nor answers `false`, and hands back its answer. The only way tests wait
 * for something that happens outside them.
 * @throws the last error of `fn`, or one that names the time when `fn` kept answering `false`.
 */
export async function eventually<T>(fn: () => T | Promise<T>, { timeoutMs = 30_000, everyMs = 10 }: EventuallyOptions = {}): Promise<Exclude<T, false>> {
  const endsAt = performance.now() + timeoutMs;
  for (;;) {
    let failure: unknown = new Error(`did not become true within ${timeoutMs} ms`);
    try {
      const answer = await fn();
      if (answer !== false) return answer as Exclude<T, false>;
    } catch (error) {
      failure = error;
    }
    if (performance.now() >= endsAt) throw failure;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
