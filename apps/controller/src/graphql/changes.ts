import { Controller, Injectable } from '@nestjs/common';
import { HandleServiceState, HubBus } from '@usher/bus';
import { controllerChanged } from '@usher/contracts';
import type { z } from 'zod';

export type Change = z.infer<typeof controllerChanged.body>;
export type ChangeKind = Change['kind'];

/**
 * Values by key for one slow or fast reader: a newer value replaces a waiting one of the same key, so memory is
 * bounded by the number of keys. Iterating ends with `close()` or when the reader stops.
 */
export class LatestByKey<K, V> implements AsyncIterableIterator<V> {
  private readonly waiting = new Map<K, V>();
  private wake: (() => void) | null = null;
  private closed = false;

  constructor(private readonly onClose: () => void = () => undefined) {}

  push(key: K, value: V): void {
    if (this.closed) return;
    this.waiting.set(key, value);
    this.wake?.();
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.waiting.clear();
    this.wake?.();
    this.onClose();
  }

  async next(): Promise<IteratorResult<V>> {
    for (;;) {
      if (this.closed) return { done: true, value: undefined };
      const first = this.waiting.entries().next();
      if (!first.done) {
        this.waiting.delete(first.value[0]);
        return { done: false, value: first.value[1] };
      }
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  return(): Promise<IteratorResult<V>> {
    this.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/**
 * The values of `source`, each turned into what subscribers get; null leaves one out. No generator: ending one that
 * waits for its next value would itself have to wait for it.
 */
export function mapped<A, B>(source: AsyncIterator<A>, map: (value: A) => Promise<B | null>): AsyncIterableIterator<B> {
  return {
    async next() {
      for (;;) {
        const { done, value } = await source.next();
        if (done) return { done: true, value: undefined };
        const result = await map(value);
        if (result !== null) return { done: false, value: result };
      }
    },
    async return() {
      await source.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

type Listener = (change: Change) => void;

/** Tells this process what changed in any controller: fed by the bus, and by nothing else. */
@Injectable()
export class ChangeHub {
  private readonly listeners = new Set<Listener>();

  constructor(private readonly bus: HubBus) {}

  /** After a commit: every controller, this one too, hears of it over the bus. */
  publish(kind: ChangeKind, ids: readonly string[]): void {
    for (let from = 0; from < ids.length; from += 1000) {
      this.bus.publishServiceState(controllerChanged, { kind, ids: ids.slice(from, from + 1000) });
    }
  }

  emit(change: Change): void {
    for (const listener of this.listeners) listener(change);
  }

  /** Calls `listener` for every change until the returned function is called. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Ids of one kind, as they change; an id that waits is not queued twice. */
  ids(kind: ChangeKind): LatestByKey<string, string> {
    const queue = new LatestByKey<string, string>(() => stop());
    const stop = this.listen((change) => {
      if (change.kind === kind) for (const id of change.ids) queue.push(id, id);
    });
    return queue;
  }
}

@Controller()
export class ChangesListener {
  constructor(private readonly hub: ChangeHub) {}

  @HandleServiceState(controllerChanged)
  changed(change: Change): void {
    this.hub.emit(change);
  }
}
