import type { SimulatorCore } from '../base/core.js';
import type { CatalogueItem, CatalogueLibrary } from '../base/media.js';
import type { SimulatedRequest } from '../base/message.js';
import { isoDate } from './ticks.js';

export interface VendorTask {
  readonly id: string;
  readonly name: string;
  /** Some of Emby's have none. */
  readonly key: string | null;
  readonly category: string;
  readonly isHidden?: boolean;
  /** Called when it begins. */
  readonly work?: () => void;
}

interface Run {
  readonly startedAtMs: number;
  readonly endsAtMs: number;
  readonly cancelled: boolean;
}

/** The tasks of a server. That of the library scan shows every scan of all libraries, whoever ordered it. */
export class VendorTasks {
  private readonly runs = new Map<string, Run>();

  constructor(
    private readonly core: SimulatorCore,
    private readonly known: readonly VendorTask[],
  ) {}

  rows(): Record<string, unknown>[] {
    return this.known.map((task) => {
      const progress = this.progressOf(task);
      const state = progress === null ? { State: 'Idle' } : { State: 'Running', CurrentProgressPercentage: progress };
      return { Name: task.name, ...state, Id: task.id, ...this.lastResult(task, progress), Triggers: [], Description: '', Category: task.category, IsHidden: task.isHidden ?? false, ...(task.key === null ? {} : { Key: task.key }) };
    });
  }

  /** False for an unknown one. One that runs is taken, too: it runs again afterwards. */
  start(id: string): boolean {
    const task = this.known.find((each) => each.id === id);
    if (task === undefined) return false;
    this.core.tasks.startedByHand.push(id);
    const now = this.core.clock.now();
    if (task.key === 'RefreshLibrary') this.core.tasks.start('scan', {});
    this.runs.set(id, { startedAtMs: now, endsAtMs: now + this.core.tasks.takesMs, cancelled: false });
    task.work?.();
    return true;
  }

  cancel(id: string): 'done' | 'idle' | 'unknown' {
    const task = this.known.find((each) => each.id === id);
    if (task === undefined) return 'unknown';
    if (this.progressOf(task) === null) return 'idle';
    const now = this.core.clock.now();
    if (task.key === 'RefreshLibrary') for (const scan of this.scans()) this.core.tasks.cancel(scan.id);
    this.runs.set(id, { startedAtMs: this.runs.get(id)?.startedAtMs ?? now, endsAtMs: now, cancelled: true });
    return 'done';
  }

  private progressOf(task: VendorTask): number | null {
    if (task.key === 'RefreshLibrary') return this.scans()[0]?.progress ?? null;
    const run = this.runs.get(task.id);
    const now = this.core.clock.now();
    if (run === undefined || run.cancelled || now >= run.endsAtMs) return null;
    return ((now - run.startedAtMs) / (run.endsAtMs - run.startedAtMs)) * 100;
  }

  private lastResult(task: VendorTask, progress: number | null): Record<string, unknown> {
    const run = this.runs.get(task.id);
    if (run === undefined || progress !== null) return {};
    return { LastExecutionResult: { StartTimeUtc: isoDate(run.startedAtMs), EndTimeUtc: isoDate(run.endsAtMs), Status: run.cancelled ? 'Cancelled' : 'Completed', Name: task.name, Key: task.key ?? '', Id: task.id } };
  }

  private scans() {
    return this.core.tasks.running().filter((task) => task.kind === 'scan' && task.library === null);
  }
}

/** `Default` looks for files, `FullRefresh` reads metadata; what is replaced says how thoroughly. */
export function startRefresh({ tasks }: SimulatorCore, request: SimulatedRequest, found: { library?: CatalogueLibrary; item?: CatalogueItem }): void {
  const reads = request.query.get('metadatarefreshmode')?.toLowerCase() === 'fullrefresh';
  tasks.start(reads ? 'refresh' : 'scan', { ...found, full: request.query.get('replaceallmetadata')?.toLowerCase() === 'true' });
}
