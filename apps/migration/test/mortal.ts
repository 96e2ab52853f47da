import type { HubBus } from '@usher/bus';
import type { Pool, PoolClient } from 'pg';

const NEVER = new Promise<never>(() => undefined);

/**
 * The outside world of a process that can be killed: after its death no call is answered any more, as if it had never waited,
 * and its transactions are gone.
 */
export class Mortal {
  /** What it did, in order. */
  readonly deeds: string[] = [];
  isDead = false;
  /** Dies before or after the deed of this number is done; or when this says so. */
  dieAt: { readonly deed: number; readonly when: 'before' | 'after' } | null = null;
  dieWhen: (deed: string, when: 'before' | 'after') => boolean = () => false;
  /** Its timers end with it. */
  onDeath: () => void = () => undefined;
  private readonly clients = new Set<PoolClient>();

  constructor(
    private readonly pool: Pool,
    private readonly bus: HubBus,
  ) {}

  die(): void {
    this.isDead = true;
    // As when its connections break: whatever was not committed is rolled back.
    for (const client of this.clients) client.release(new Error('the process is dead'));
    this.clients.clear();
    this.onDeath();
  }

  get itsPool(): Pool {
    return new Proxy(this.pool, {
      get: (pool, name) => {
        if (name === 'query') return (text: string, values?: unknown[]) => this.deed(`query ${text.trim().slice(0, 60)}`, () => pool.query(text, values));
        if (name === 'connect') return () => this.connect();
        return Reflect.get(pool, name) as unknown;
      },
    });
  }

  get itsBus(): HubBus {
    return new Proxy(this.bus, {
      get: (bus, name) => {
        if (name !== 'command') return Reflect.get(bus, name) as unknown;
        return (contract: { name: string }, ...rest: unknown[]) => {
          const parts = this.deed(`command ${contract.name}`, async () => {
            const all: unknown[] = [];
            for await (const part of (bus.command as unknown as (...args: unknown[]) => AsyncIterable<unknown>).call(bus, contract, ...rest)) all.push(part);
            return all;
          });
          parts.catch(() => undefined);
          return {
            then: (...on: Parameters<Promise<unknown>['then']>) => parts.then((all) => all[0]).then(...on),
            [Symbol.asyncIterator]: async function* () {
              yield* await parts;
            },
          };
        };
      },
    });
  }

  private async connect(): Promise<PoolClient> {
    if (this.isDead) return NEVER;
    const client = await this.pool.connect();
    if (this.isDead) {
      client.release();
      return NEVER;
    }
    this.clients.add(client);
    return new Proxy(client, {
      get: (real, name) => {
        if (name === 'query') return (text: string, values?: unknown[]) => this.deed(`tx ${text.trim().slice(0, 60)}`, () => real.query(text, values));
        if (name === 'release') {
          return (error?: Error) => {
            if (this.clients.delete(client)) client.release(error);
          };
        }
        return Reflect.get(real, name) as unknown;
      },
    });
  }

  private async deed<T>(name: string, work: () => Promise<T>): Promise<T> {
    if (this.isDead) return NEVER;
    this.deeds.push(name);
    if (this.isItsHour(name, 'before')) this.die();
    if (this.isDead) return NEVER;
    try {
      const result = await work();
      if (this.isItsHour(name, 'after')) this.die();
      return this.isDead ? await NEVER : result;
    } catch (error) {
      if (this.isDead) return await NEVER;
      throw error;
    }
  }

  private isItsHour(name: string, when: 'before' | 'after'): boolean {
    const { dieAt } = this;
    return (dieAt !== null && dieAt.deed === this.deeds.length && dieAt.when === when) || this.dieWhen(name, when);
  }
}
