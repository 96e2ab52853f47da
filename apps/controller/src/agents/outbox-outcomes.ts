import { Injectable } from '@nestjs/common';

type Listener = () => void;

/** Tells rooms below that a durable command of theirs has its outcome; the row of the outbox says which. */
@Injectable()
export class OutboxOutcomes {
  private readonly listeners = new Map<string, Set<Listener>>();

  /** `op` as in `notice.show@1`. */
  on(op: string, listener: Listener): void {
    this.listeners.set(op, (this.listeners.get(op) ?? new Set()).add(listener));
  }

  tell(op: string): void {
    for (const listener of this.listeners.get(op) ?? []) listener();
  }
}
