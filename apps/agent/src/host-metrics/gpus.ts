import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { HostMetrics } from '@usher/contracts';

type Gpu = HostMetrics['gpus'][number];

/** Runs a program without a shell and answers what it wrote; null when it is missing, fails or takes too long. */
export type RunProgram = (program: string, args: readonly string[]) => Promise<string | null>;

const PROGRAM_MS = 3_000;
const MAX_OUTPUT_BYTES = 64 * 1_024;
const MAX_GPUS = 16;
const NVIDIA_QUERY = ['--query-gpu=name,utilization.gpu,utilization.encoder,utilization.decoder,memory.used,memory.total', '--format=csv,noheader,nounits'];
const MIB = 1_024 * 1_024;

export const runProgram: RunProgram = (program, args) =>
  new Promise((resolve) => {
    execFile(program, [...args], { timeout: PROGRAM_MS, killSignal: 'SIGKILL', maxBuffer: MAX_OUTPUT_BYTES, windowsHide: true }, (error, stdout) => resolve(error ? null : stdout));
  });

/** NVIDIA by its own program, AMD by what the kernel tells. Intel tells nothing without tools of its own: it is left out. */
export async function readGpus(run: RunProgram, root: string): Promise<Gpu[]> {
  const [nvidia, amd] = await Promise.all([readNvidia(run), readAmd(path.join(root, 'sys/class/drm'))]);
  return [...nvidia, ...amd].slice(0, MAX_GPUS);
}

async function readNvidia(run: RunProgram): Promise<Gpu[]> {
  const rows = ((await run('nvidia-smi', NVIDIA_QUERY)) ?? '').split('\n').map((line) => line.split(',').map((cell) => cell.trim()));
  return rows
    .filter((cells) => cells.length === 6)
    .map(([name, busy, encoder, decoder, used, total]) => ({
      name: name!.slice(0, 200),
      busyPercent: percentOf(busy),
      encoderPercent: percentOf(encoder),
      decoderPercent: percentOf(decoder),
      memoryUsedBytes: wholeOf(used, MIB),
      memoryTotalBytes: wholeOf(total, MIB),
    }));
}

async function readAmd(folder: string): Promise<Gpu[]> {
  const cards = (await readdir(folder).catch(() => [] as string[])).filter((name) => /^card\d+$/.test(name)).sort();
  const gpus = await Promise.all(cards.map((card) => amdCard(path.join(folder, card, 'device'))));
  return gpus.flatMap((gpu) => gpu ?? []);
}

async function amdCard(device: string): Promise<Gpu | null> {
  const read = async (file: string) => (await readFile(path.join(device, file), 'utf8').catch(() => undefined))?.trim();
  const busyPercent = percentOf(await read('gpu_busy_percent'));
  if (busyPercent === null) return null;
  const [name, used, total] = await Promise.all([read('product_name'), read('mem_info_vram_used'), read('mem_info_vram_total')]);
  return { name: (name || 'AMD graphics').slice(0, 200), busyPercent, encoderPercent: null, decoderPercent: null, memoryUsedBytes: wholeOf(used, 1), memoryTotalBytes: wholeOf(total, 1) };
}

/** Cells such as `[N/A]` are not told. */
function percentOf(text: string | undefined): number | null {
  const value = wholeOf(text, 1);
  return value === null ? null : Math.min(100, value);
}

function wholeOf(text: string | undefined, by: number): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) * by : null;
}
