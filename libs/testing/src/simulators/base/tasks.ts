import type { Clock } from '@usher/resilience';
import type { CatalogueItem, CatalogueLibrary } from './media.js';

/** Work that the simulated server does for a while. */
export interface SimulatedTask {
  readonly id: number;
  readonly kind: 'scan' | 'refresh';
  /** null = all libraries. */
  readonly library: CatalogueLibrary | null;
  readonly item: CatalogueItem | null;
  readonly full: boolean;
  /** 0–100. */
  readonly progress: number;
}

/** Files that are made ready for a device, or for the library when it has none. */
export interface SimulatedDownload {
  readonly id: number;
  readonly title: string;
  readonly deviceName: string | null;
  readonly itemCount: number;
  status: 'queued' | 'converting' | 'transferring' | 'completed' | 'failed';
  /** 0–100. */
  progress: number;
}

/** Scans and refreshes: they take a time by the clock, and every order is remembered. */
export class SimulatedTasks {
  /** How long one takes. */
  takesMs = 3_000;
  /** Everything that was ordered, oldest first. */
  readonly ordered: Omit<SimulatedTask, 'progress'>[] = [];
  /** Vendor's ids of the tasks that somebody started by that id, oldest first. */
  readonly startedByHand: string[] = [];
  private started: { readonly task: Omit<SimulatedTask, 'progress'>; readonly atMs: number }[] = [];

  constructor(private readonly clock: Pick<Clock, 'monotonicMs'>) {}

  start(kind: SimulatedTask['kind'], what: { library?: CatalogueLibrary | null; item?: CatalogueItem | null; full?: boolean }): void {
    const task = { id: this.ordered.length + 1, kind, library: what.library ?? null, item: what.item ?? null, full: what.full ?? false };
    this.ordered.push(task);
    this.started.push({ task, atMs: this.clock.monotonicMs() });
  }

  /** False when it does not run. */
  cancel(id: number): boolean {
    const runs = this.running().some((task) => task.id === id);
    this.started = this.started.filter(({ task }) => task.id !== id);
    return runs;
  }

  running(): SimulatedTask[] {
    const now = this.clock.monotonicMs();
    return this.started
      .filter(({ atMs }) => now - atMs < this.takesMs)
      .map(({ task, atMs }) => ({ ...task, progress: Math.floor(((now - atMs) / this.takesMs) * 100) }));
  }
}
