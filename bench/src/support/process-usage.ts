import { readFileSync } from 'node:fs';

/** What a process takes at this moment. */
export interface Usage {
  readonly atMs: number;
  readonly rssMiB: number;
  /** Shared pages counted by share; null where the kernel does not tell. */
  readonly pssMiB: number | null;
  /** CPU time since its start. */
  readonly cpuMs: number;
}

/** Clock ticks of `/proc/<pid>/stat`: 100 per second on every Linux that Node supports. */
const TICK_MS = 10;

/** Linux only. @throws when the process is gone */
export function usageOf(pid: number): Usage {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // the name in parentheses may hold blanks: count from behind it
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    atMs: performance.now(),
    rssMiB: kibibytes(status, 'VmRSS')! / 1024,
    pssMiB: pssOf(pid),
    cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS,
  };
}

function pssOf(pid: number): number | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  } catch {
    return null; // another user's process, or a kernel without it
  }
  const value = kibibytes(text, 'Pss');
  return value === null ? null : value / 1024;
}

function kibibytes(text: string, name: string): number | null {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text);
  return found ? Number(found[1]) : null;
}

/** Looks at a process at fixed intervals. */
export class UsageWatch {
  private readonly samples: Usage[] = [];
  private timer: NodeJS.Timeout | null;

  constructor(
    private readonly pid: number,
    everyMs = 5_000,
  ) {
    this.take();
    this.timer = setInterval(() => this.take(), everyMs);
  }

  /** The samples and, between each two, the share of one core in percent. */
  stop(): { samples: readonly Usage[]; cpuPercent: readonly number[] } {
    // Asked again, when the process may be gone, it answers what it saw.
    if (this.timer) {
      clearInterval(this.timer);
      this.timer = null;
      this.take();
    }
    const cpuPercent = this.samples.slice(1).map((usage, i) => {
      const before = this.samples[i]!;
      return ((usage.cpuMs - before.cpuMs) / Math.max(1, usage.atMs - before.atMs)) * 100;
    });
    return { samples: this.samples, cpuPercent };
  }

  private take(): void {
    this.samples.push(usageOf(this.pid));
  }
}
