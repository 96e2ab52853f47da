import { systemClock, type Clock } from './clock.js';

/** Least-recently-used cache with a time to live; both bounds hold always. */
export class BoundedCache<K, V> {
  private readonly entries = new Map<K, { value: V; expiresAt: number }>();
  readonly stats = { hits: 0, misses: 0, evictions: 0 };

  constructor(
    private readonly limits: { max: number; ttlMs: number },
    private readonly clock: Clock = systemClock,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  get(key: K): V | undefined {
    const entry = this.entries.get(key);
    if (!entry || entry.expiresAt <= this.clock.monotonicMs()) {
      this.entries.delete(key);
      this.stats.misses++;
      return undefined;
    }
    this.entries.delete(key);
    this.entries.set(key, entry);
    this.stats.hits++;
    return entry.value;
  }

  set(key: K, value: V): void {
    this.entries.delete(key);
    this.entries.set(key, { value, expiresAt: this.clock.monotonicMs() + this.limits.ttlMs });
    if (this.entries.size <= this.limits.max) return;
    const oldest = this.entries.keys().next().value as K;
    this.entries.delete(oldest);
    this.stats.evictions++;
  }

  clear(): void {
    this.entries.clear();
  }

  delete(key: K): boolean {
    return this.entries.delete(key);
  }
}
