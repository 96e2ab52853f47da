import type { CacheUse } from '@usher/contracts';
import { BoundedCache, Coalesce, type Clock } from '@usher/resilience';

/** Answers that were read a short while ago, the least used ones dropped first; the same question asked twice at once is one call. */
export class ReadCache {
  readonly #name: string;
  readonly #max: number;
  readonly #entries: BoundedCache<string, { readonly value: unknown }>;
  readonly #calls = new Coalesce<unknown>();
  /** Answers to questions that were asked before the last change are told, and not kept. */
  #generation = 0;

  constructor(name: string, limits: { readonly max: number; readonly ttlMs: number }, clock: Clock) {
    this.#name = name;
    this.#max = limits.max;
    this.#entries = new BoundedCache(limits, clock);
  }

  /** What `read` answers, now or lately. Failures are not kept. */
  async of<T>(key: string, read: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key);
    if (known) return known.value as T;
    const generation = this.#generation;
    const value = await this.#calls.run(`${generation} ${key}`, read);
    if (generation === this.#generation) this.#entries.set(key, { value });
    return value as T;
  }

  /** What was kept holds no longer: of this key, or all of it. */
  forget(key?: string): void {
    this.#generation++;
    if (key === undefined) this.#entries.clear();
    else this.#entries.delete(key);
  }

  get use(): CacheUse {
    return { name: this.#name, entries: this.#entries.size, capacity: this.#max, ...this.#entries.stats };
  }
}
