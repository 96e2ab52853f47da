import type { Clock } from '@usher/resilience';
import { z } from 'zod';
import { StateFile } from '../storage/state-file.js';

const SequenceFile = z.strictObject({ ceiling: z.number().int().nonnegative() });

/** Numbers below the ceiling on disk may be used without another write. */
const RESERVE_MS = 60_000;

/**
 * Numbers for state messages: `max(last + 1, now)`, rising for ever, also when the clock of the machine is set
 * back and when the process is killed. The disk holds a ceiling that no number has passed.
 */
export class Sequence {
  private running: Promise<void> = Promise.resolve();

  private constructor(
    private readonly file: StateFile<typeof SequenceFile>,
    private readonly clock: Clock,
    private last: number,
    private ceiling: number,
  ) {}

  static async open(path: string, clock: Clock): Promise<Sequence> {
    const file = new StateFile(path, SequenceFile);
    const ceiling = (await file.read())?.ceiling ?? 0;
    return new Sequence(file, clock, ceiling, ceiling);
  }

  async next(): Promise<number> {
    const seq = Math.max(this.last + 1, this.clock.now());
    this.last = seq;
    while (seq > this.ceiling) await this.raiseCeiling(seq);
    return seq;
  }

  private raiseCeiling(above: number): Promise<void> {
    const next = this.running.then(async () => {
      if (above <= this.ceiling) return;
      const ceiling = this.last + RESERVE_MS;
      await this.file.write({ ceiling });
      this.ceiling = ceiling;
    });
    this.running = next.catch(() => undefined);
    return next;
  }
}
