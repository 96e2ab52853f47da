import type { FleetStateStore } from '@usher/bus';
import { z } from 'zod';
import { StateFile } from '../storage/state-file.js';

const StatesFile = z.record(z.string().max(100), z.strictObject({ epoch: z.number().int().nonnegative(), seq: z.number().int().nonnegative() }));

/** The newest epoch and number of each state of the fleet: an older copy is not heard again, also not after a restart. */
export class FleetStates implements FleetStateStore {
  private constructor(
    private readonly file: StateFile<typeof StatesFile>,
    private readonly newest: Map<string, { epoch: number; seq: number }>,
  ) {}

  static async open(path: string): Promise<FleetStates> {
    const file = new StateFile(path, StatesFile);
    return new FleetStates(file, new Map(Object.entries((await file.read()) ?? {})));
  }

  last(name: string): { epoch: number; seq: number } | null {
    return this.newest.get(name) ?? null;
  }

  async keep(name: string, newest: { epoch: number; seq: number }): Promise<void> {
    this.newest.set(name, newest);
    await this.file.write(Object.fromEntries(this.newest));
  }
}
