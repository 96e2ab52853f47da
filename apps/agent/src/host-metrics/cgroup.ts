type ReadText = (file: string) => Promise<string | null>;

/** What this process may use of its machine; null = no limit. */
export interface CgroupLimits {
  readonly cores: number | null;
  readonly memory: { readonly limitBytes: number; readonly usedBytes: number } | null;
  /** Processor time that the limited group has used; null where it is not told. */
  readonly cpuUsedMs: (() => Promise<number | null>) | null;
}

const V2 = 'sys/fs/cgroup';
const V1_CPU = 'sys/fs/cgroup/cpu';
const V1_MEMORY = 'sys/fs/cgroup/memory';

/** The limits of the container that this process runs in: cgroup v2, else v1. */
export async function readLimits(read: ReadText): Promise<CgroupLimits> {
  const isV2 = (await read(`${V2}/cgroup.controllers`)) !== null;
  return isV2 ? await readV2(read) : await readV1(read);
}

async function readV2(read: ReadText): Promise<CgroupLimits> {
  const [quota, period] = ((await read(`${V2}/cpu.max`)) ?? '').trim().split(' ').map(Number);
  return {
    cores: coresOf(quota, period),
    memory: await memoryOf(read, `${V2}/memory.max`, `${V2}/memory.current`, `${V2}/memory.stat`, 'inactive_file'),
    cpuUsedMs: async () => scaled(/^usage_usec (\d+)/m.exec((await read(`${V2}/cpu.stat`)) ?? '')?.[1], 1 / 1_000),
  };
}

async function readV1(read: ReadText): Promise<CgroupLimits> {
  const [quota, period] = (await Promise.all([read(`${V1_CPU}/cpu.cfs_quota_us`), read(`${V1_CPU}/cpu.cfs_period_us`)])).map((text) => Number(text ?? Number.NaN));
  return {
    cores: coresOf(quota, period),
    memory: await memoryOf(read, `${V1_MEMORY}/memory.limit_in_bytes`, `${V1_MEMORY}/memory.usage_in_bytes`, `${V1_MEMORY}/memory.stat`, 'total_inactive_file'),
    cpuUsedMs: async () => scaled((await read('sys/fs/cgroup/cpuacct/cpuacct.usage'))?.trim(), 1 / 1_000_000),
  };
}

/** `max` and -1 are no limit. */
function coresOf(quota: number | undefined, period: number | undefined): number | null {
  return quota !== undefined && period !== undefined && quota > 0 && period > 0 ? quota / period : null;
}

/** Files that can be dropped at any time are counted as used by the kernel, and are none. */
async function memoryOf(read: ReadText, limitFile: string, usedFile: string, statFile: string, droppable: string): Promise<CgroupLimits['memory']> {
  const [limit, used, stat] = await Promise.all([read(limitFile), read(usedFile), read(statFile)]);
  const limitBytes = scaled(limit?.trim(), 1);
  const usedBytes = scaled(used?.trim(), 1);
  if (limitBytes === null || usedBytes === null || limitBytes <= 0) return null;
  const inactive = scaled(new RegExp(`^${droppable} (\\d+)`, 'm').exec(stat ?? '')?.[1], 1) ?? 0;
  return { limitBytes, usedBytes: Math.max(0, usedBytes - inactive) };
}

function scaled(text: string | undefined, by: number): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) * by : null;
}
