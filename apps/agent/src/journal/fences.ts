import type { FenceStore } from '@usher/bus';
import { z } from 'zod';
import { StateFile } from '../storage/state-file.js';

const FencesFile = z.record(z.string().max(200), z.number().int().nonnegative());

/** The highest epoch per fence name; a command with a lower one comes from somebody who no longer leads (`STALE_EPOCH`). */
export class Fences implements FenceStore {
  private constructor(
    private readonly file: StateFile<typeof FencesFile>,
    private readonly epochs: Map<string, number>,
  ) {}

  static async open(path: string): Promise<Fences> {
    const file = new StateFile(path, FencesFile);
    return new Fences(file, new Map(Object.entries((await file.read()) ?? {})));
  }

  highest(name: string): number {
    return this.epochs.get(name) ?? 0;
  }

  async raise(name: string, epoch: number): Promise<void> {
    if (epoch <= this.highest(name)) return;
    this.epochs.set(name, epoch);
    await this.file.write(Object.fromEntries(this.epochs));
  }
}
