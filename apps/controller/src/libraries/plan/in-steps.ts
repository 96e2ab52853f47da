const AT_A_TIME_MS = 5;

/** Runs steps to their end, and lets the process do its other work every few milliseconds: two large libraries take seconds. */
export async function inSteps<T>(steps: Generator<undefined, T>): Promise<T> {
  for (let startedMs = performance.now(); ; ) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() - startedMs < AT_A_TIME_MS) continue;
    await new Promise((resolve) => setImmediate(resolve));
    startedMs = performance.now();
  }
}
