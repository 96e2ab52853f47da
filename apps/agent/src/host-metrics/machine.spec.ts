import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@usher/resilience';
import { tempFolder } from '../../test/support.js';
import { Machine } from './machine.js';
import type { RunProgram } from './run-program.js';

const GIB = 1_024 ** 3;
const stat = (idle: number, busy: number) => `cpu  ${busy} 0 0 ${idle} 0 0 0 0 0 0\n${[0, 1, 2, 3].map((core) => `cpu${core} 1 0 0 1 0 0 0 0 0 0`).join('\n')}\nintr 1\n`;
const BASE = {
  'proc/stat': stat(1_000, 1_000),
  'proc/meminfo': `MemTotal:       ${(16 * GIB) / 1_024} kB\nMemFree:  5 kB\nMemAvailable:   ${(12 * GIB) / 1_024} kB\n`,
  'proc/loadavg': '0.75 0.60 0.50 1/234 5678\n',
};

/** Who waits is there at once. */
class PatientClock extends ManualClock {
  override sleep(ms: number): Promise<void> {
    return this.advance(ms);
  }
}

async function setUp(files: Record<string, string> = {}, { platform = 'linux' as NodeJS.Platform, run = (async () => ({ problem: 'missing' })) as RunProgram } = {}) {
  const root = await tempFolder();
  const write = async (content: Record<string, string>) => {
    for (const [file, text] of Object.entries(content)) {
      await mkdir(path.dirname(path.join(root, file)), { recursive: true });
      await writeFile(path.join(root, file), text);
    }
  };
  await write({ ...BASE, ...files });
  const clock = new PatientClock();
  const machine = new Machine({ root, platform, run, clock });
  const read = (folders: readonly string[] = []) => machine.read(folders);
  return { root, read, machine, clock, write };
}

describe('Machine', () => {
  it('reads processors, load and memory', async () => {
    const { read } = await setUp();
    expect(await read()).toMatchObject({
      cores: 4,
      loadAverage: 0.75,
      memoryTotalBytes: 16 * GIB,
      memoryUsedBytes: 4 * GIB,
      disks: [],
      gpus: [],
    });
  });

  it('tells how busy the processors were since the last look', async () => {
    const { read, clock, write } = await setUp();
    await read();
    await write({ 'proc/stat': stat(1_075, 1_025) });
    await clock.advance(10_000);
    expect(await read()).toMatchObject({ cpuPercent: 25 });
  });

  it('stays within the limits of a container, v2', async () => {
    const { read, clock, write } = await setUp({
      'sys/fs/cgroup/cgroup.controllers': 'cpu memory\n',
      'sys/fs/cgroup/cpu.max': '150000 100000\n',
      'sys/fs/cgroup/cpu.stat': 'usage_usec 1000000\nuser_usec 1\n',
      'sys/fs/cgroup/memory.max': `${2 * GIB}\n`,
      'sys/fs/cgroup/memory.current': `${1.5 * GIB}\n`,
      'sys/fs/cgroup/memory.stat': `anon 1\ninactive_file ${0.5 * GIB}\n`,
    });
    expect(await read()).toMatchObject({ cores: 1.5, memoryTotalBytes: 2 * GIB, memoryUsedBytes: GIB });
    await clock.advance(9_700);
    await write({ 'sys/fs/cgroup/cpu.stat': 'usage_usec 8275000\n' });
    // 7.275 s of processor time in 9.7 s of one and a half processors
    expect(await read()).toMatchObject({ cpuPercent: 50 });
  });

  it('stays within the limits of a container, v1; no limit is none', async () => {
    const files = {
      'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '200000\n',
      'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
      'sys/fs/cgroup/cpuacct/cpuacct.usage': '5000000000\n',
      'sys/fs/cgroup/memory/memory.limit_in_bytes': `${4 * GIB}\n`,
      'sys/fs/cgroup/memory/memory.usage_in_bytes': `${3 * GIB}\n`,
      'sys/fs/cgroup/memory/memory.stat': `total_inactive_file ${GIB}\n`,
    };
    expect(await (await setUp(files)).read()).toMatchObject({ cores: 2, memoryTotalBytes: 4 * GIB, memoryUsedBytes: 2 * GIB });
    const open = await setUp({ ...files, 'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n', 'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n' });
    expect(await open.read()).toMatchObject({ cores: 4, memoryTotalBytes: 16 * GIB, memoryUsedBytes: 4 * GIB });
  });

  it('averages the processors over the minute between two readings for curves, whoever else looks meanwhile', async () => {
    const { machine, read, clock, write } = await setUp();
    await machine.readMinute([]);
    await clock.advance(59_700);
    await write({ 'proc/stat': stat(1_075, 1_025) });
    await clock.advance(300);
    await read();
    expect(await machine.readMinute([])).toMatchObject({ cpuPercent: 25 });
  });

  it('reads the figures once for all agents that ask for them, and the disks of each', async () => {
    let asked = 0;
    const { machine, root, clock } = await setUp({}, { run: async () => (asked++, { problem: 'missing' }) });
    await mkdir(path.join(root, 'films'));
    await mkdir(path.join(root, 'shows'));
    const all = await Promise.all(['/films', '/shows', '/films', '/gone'].map((folder) => machine.readMinute([folder])));
    expect(asked).toBe(1);
    expect(all.map((metrics) => metrics!.disks.map((disk) => disk.path))).toEqual([['/films'], ['/shows'], ['/films'], []]);
    await clock.advance(60_000);
    await machine.readMinute([]);
    expect(asked).toBe(2);
  });

  it('tells every disk once, and no folder that is not here', async () => {
    const { root, read } = await setUp();
    await mkdir(path.join(root, 'films'));
    await mkdir(path.join(root, 'shows'));
    const { disks } = (await read(['/gone', '/films', '/shows', 'C:\\films']))!;
    expect(disks).toEqual([{ path: '/films', totalBytes: expect.any(Number), freeBytes: expect.any(Number) }]);
    expect(disks[0]!.totalBytes).toBeGreaterThanOrEqual(disks[0]!.freeBytes);
  });

  it('knows graphics cards by the tools and files that are there', async () => {
    const asked: string[] = [];
    const run: RunProgram = async (program, args) => {
      asked.push(`${program} ${args.join(' ')}`);
      return program === 'nvidia-smi' ? { stdout: 'NVIDIA RTX A2000, 41, 12, [N/A], 1024, 6138\n\nbroken line\n' } : { problem: 'missing' };
    };
    const card = 'sys/class/drm/card1/device';
    const { read } = await setUp({ [`${card}/gpu_busy_percent`]: '7\n', [`${card}/mem_info_vram_used`]: '1000\n', [`${card}/mem_info_vram_total`]: '2000\n', 'sys/class/drm/card0/device/vendor': '0x8086\n', 'sys/class/drm/card1-HDMI-A-1/status': 'x' }, { run });
    expect((await read())!.gpus).toEqual([
      { name: 'NVIDIA RTX A2000', busyPercent: 41, encoderPercent: 12, decoderPercent: null, memoryUsedBytes: 1_024 ** 3, memoryTotalBytes: 6_138 * 1_024 ** 2, problem: null },
      { name: 'AMD graphics', busyPercent: 7, encoderPercent: null, decoderPercent: null, memoryUsedBytes: 1_000, memoryTotalBytes: 2_000, problem: null },
      { name: 'Intel graphics', busyPercent: null, encoderPercent: null, decoderPercent: null, memoryUsedBytes: null, memoryTotalBytes: null, problem: 'tool-missing' },
    ]);
    expect(asked.filter((line) => line.startsWith('nvidia'))).toEqual(['nvidia-smi --query-gpu=name,utilization.gpu,utilization.encoder,utilization.decoder,memory.used,memory.total --format=csv,noheader,nounits']);
  });

  it('tells nothing where the system does not', async () => {
    expect(await (await setUp({ 'proc/stat': 'nonsense', 'proc/meminfo': '' })).read()).toBeNull();
    expect(await (await setUp({}, { platform: 'win32' })).read()).toBeNull();
  });
});
