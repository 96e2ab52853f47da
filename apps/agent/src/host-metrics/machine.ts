import { readFile, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { HostMetrics } from '@usher/contracts';
import { withTimeout, type Clock } from '@usher/resilience';
import { readLimits, type CgroupLimits } from './cgroup.js';
import { readGpus } from './gpus.js';
import type { RunProgram } from './run-program.js';

/** Two looks at the counters this far apart tell how busy the processors are. */
const SAMPLE_MS = 300;
/** An older look says more of the past than of now; or of more than the minute before. */
const SAMPLE_OLD_MS = { now: 60_000, minute: 120_000 } as const;
/** Agents that read for their curves share a look that is not older. */
const SHARED_MS = 30_000;
/** A disk that does not answer, such as a share whose server is gone. */
const DISK_MS = 2_000;
const MAX_DISKS = 50;

type Pace = keyof typeof SAMPLE_OLD_MS;
type Figures = Omit<HostMetrics, 'disks'>;

interface CpuSample {
  readonly atMs: number;
  /** Processor time in use and in all, in one unit of any size. */
  readonly busy: number;
  readonly all: number;
}

export interface MachineOptions {
  /** Where `/proc` and `/sys` and the disks are; another folder in tests. */
  readonly root: string;
  readonly platform: NodeJS.Platform;
  readonly run: RunProgram;
  readonly clock: Clock;
}

/** Figures of the machine that this process runs on, within the limits of its container. Linux only. */
export class Machine {
  private readonly cpu: Record<Pace, CpuSample | null> = { now: null, minute: null };
  private shared: { readonly atMs: number; readonly figures: Promise<Figures | null> } | null = null;
  /** A look at a disk that has not come back holds a thread: no other begins before. */
  private looking: Promise<unknown> | null = null;

  constructor(private readonly options: MachineOptions) {}

  /** @param folders the disks of these; null where the machine does not tell its figures */
  async read(folders: readonly string[]): Promise<HostMetrics | null> {
    return this.withDisks(await this.figures('now'), folders);
  }

  /** Like `read`, once a minute for curves: the processors' mean since the last such look. One look serves all agents of this process. */
  async readMinute(folders: readonly string[]): Promise<HostMetrics | null> {
    const atMs = this.options.clock.monotonicMs();
    if (!this.shared || atMs - this.shared.atMs > SHARED_MS) this.shared = { atMs, figures: this.figures('minute') };
    return this.withDisks(await this.shared.figures, folders);
  }

  private async withDisks(figures: Figures | null, folders: readonly string[]): Promise<HostMetrics | null> {
    return figures && { ...figures, disks: await this.disks(folders) };
  }

  private async figures(pace: Pace): Promise<Figures | null> {
    if (this.options.platform !== 'linux') return null;
    const limits = await readLimits((file) => this.text(file));
    const [cpuPercent, memory, load] = await Promise.all([this.cpuPercent(limits, pace), this.memory(limits), this.text('proc/loadavg')]);
    const cores = await this.cores(limits);
    if (!memory || cores === null) return null;
    const loadAverage = Number.parseFloat(load ?? '');
    return {
      cores,
      cpuPercent,
      loadAverage: Number.isFinite(loadAverage) ? loadAverage : null,
      ...memory,
      gpus: await readGpus(this.options.run, this.options.root),
    };
  }

  private async cores({ cores }: CgroupLimits): Promise<number | null> {
    const processors = ((await this.text('proc/stat')) ?? '').match(/^cpu\d+ /gm)?.length ?? 0;
    if (processors === 0) return null;
    return cores === null ? processors : Math.min(processors, cores);
  }

  private async cpuPercent(limits: CgroupLimits, pace: Pace): Promise<number | null> {
    const known = this.cpu[pace];
    const { clock } = this.options;
    const ageMs = known ? clock.monotonicMs() - known.atMs : Number.POSITIVE_INFINITY;
    const before = known && ageMs >= SAMPLE_MS && ageMs < SAMPLE_OLD_MS[pace] ? known : await this.sample(limits);
    if (before !== known) await clock.sleep(SAMPLE_MS);
    const after = await this.sample(limits);
    this.cpu[pace] = after;
    if (!before || !after || after.all <= before.all) return null;
    return Math.min(100, Math.max(0, Math.round(((after.busy - before.busy) / (after.all - before.all)) * 1_000) / 10));
  }

  private async sample({ cores, cpuUsedMs }: CgroupLimits): Promise<CpuSample | null> {
    const atMs = this.options.clock.monotonicMs();
    if (cores !== null && cpuUsedMs) {
      const usedMs = await cpuUsedMs();
      return usedMs === null ? null : { atMs, busy: usedMs, all: atMs * cores };
    }
    const times = /^cpu +(.*)$/m.exec((await this.text('proc/stat')) ?? '')?.[1]?.split(' ').map(Number);
    if (!times || times.length < 4 || times.some(Number.isNaN)) return null;
    // user nice system idle iowait irq softirq steal; what follows is counted in user already
    const all = times.slice(0, 8).reduce((sum, ticks) => sum + ticks, 0);
    return { atMs, busy: all - times[3]! - (times[4] ?? 0), all };
  }

  private async memory({ memory }: CgroupLimits): Promise<Pick<HostMetrics, 'memoryUsedBytes' | 'memoryTotalBytes'> | null> {
    const text = (await this.text('proc/meminfo')) ?? '';
    const bytesOf = (name: string) => Number(new RegExp(`^${name}: +(\\d+) kB`, 'm').exec(text)?.[1] ?? Number.NaN) * 1_024;
    const total = bytesOf('MemTotal');
    const available = bytesOf('MemAvailable');
    if (Number.isNaN(total) || Number.isNaN(available)) return null;
    if (memory && memory.limitBytes < total) return { memoryUsedBytes: Math.min(memory.usedBytes, memory.limitBytes), memoryTotalBytes: memory.limitBytes };
    return { memoryUsedBytes: Math.max(0, total - available), memoryTotalBytes: total };
  }

  /** One row for each disk, named by the first of its folders. A folder that this machine does not have is left out. */
  private async disks(folders: readonly string[]): Promise<HostMetrics['disks']> {
    const disks = new Map<number, HostMetrics['disks'][number]>();
    for (const folder of [...new Set(folders)].filter((each) => path.isAbsolute(each))) {
      // other agents look too; one look that does not come back is enough
      while (this.looking) if (!(await this.isBack(this.looking))) return [...disks.values()];
      if (disks.size >= MAX_DISKS) break;
      const disk = await this.diskOf(folder);
      if (disk && !disks.has(disk.device)) disks.set(disk.device, { path: folder, totalBytes: disk.totalBytes, freeBytes: disk.freeBytes });
    }
    return [...disks.values()];
  }

  private isBack(look: Promise<unknown>): Promise<boolean> {
    const back = look.then(
      () => true,
      () => true,
    );
    return withTimeout(() => back, DISK_MS, () => new Error('the disk does not answer'), this.options.clock).catch(() => false);
  }

  private async diskOf(folder: string): Promise<{ device: number; totalBytes: number; freeBytes: number } | null> {
    const place = path.join(this.options.root, folder);
    const look = Promise.all([stat(place), statfs(place)]).finally(() => (this.looking = null));
    this.looking = look;
    try {
      const [{ dev }, { blocks, bavail, bsize }] = await withTimeout(() => look, DISK_MS, () => new Error('the disk does not answer'), this.options.clock);
      return { device: dev, totalBytes: blocks * bsize, freeBytes: bavail * bsize };
    } catch {
      // it is not on this machine, or does not answer: nothing is known of it
      return null;
    }
  }

  private text(file: string): Promise<string | null> {
    return readFile(path.join(this.options.root, file), 'utf8').catch(() => null);
  }
}
