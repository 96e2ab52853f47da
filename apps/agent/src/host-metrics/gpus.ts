import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { HostGpu } from '@usher/contracts';
import { readIntel } from './intel-gpu.js';
import type { RunProgram } from './run-program.js';

const MAX_GPUS = 16;
const NVIDIA_QUERY = ['--query-gpu=name,utilization.gpu,utilization.encoder,utilization.decoder,memory.used,memory.total', '--format=csv,noheader,nounits'];
const MIB = 1_024 * 1_024;

/** NVIDIA and Intel by their own programs, AMD by what the kernel tells. */
export async function readGpus(run: RunProgram, root: string): Promise<HostGpu[]> {
  const cards = path.join(root, 'sys/class/drm');
  const [nvidia, amd, intel] = await Promise.all([readNvidia(run), readAmd(cards), readIntel(run, cards)]);
  return [...nvidia, ...amd, ...intel].slice(0, MAX_GPUS);
}

async function readNvidia(run: RunProgram): Promise<HostGpu[]> {
  const ran = await run('nvidia-smi', NVIDIA_QUERY);
  const rows = ('stdout' in ran ? ran.stdout : '').split('\n').map((line) => line.split(',').map((cell) => cell.trim()));
  return rows
    .filter((cells) => cells.length === 6)
    .map(([name, busy, encoder, decoder, used, total]) => ({
      name: name!.slice(0, 200),
      busyPercent: percentOf(busy),
      encoderPercent: percentOf(encoder),
      decoderPercent: percentOf(decoder),
      memoryUsedBytes: wholeOf(used, MIB),
      memoryTotalBytes: wholeOf(total, MIB),
      problem: null,
    }));
}

async function readAmd(folder: string): Promise<HostGpu[]> {
  const cards = (await readdir(folder).catch(() => [] as string[])).filter((name) => /^card\d+$/.test(name)).sort();
  const gpus = await Promise.all(cards.map((card) => amdCard(path.join(folder, card, 'device'))));
  return gpus.flatMap((gpu) => gpu ?? []);
}

async function amdCard(device: string): Promise<HostGpu | null> {
  const read = async (file: string) => (await readFile(path.join(device, file), 'utf8').catch(() => undefined))?.trim();
  const busyPercent = percentOf(await read('gpu_busy_percent'));
  if (busyPercent === null) return null;
  const [name, used, total] = await Promise.all([read('product_name'), read('mem_info_vram_used'), read('mem_info_vram_total')]);
  return { name: (name || 'AMD graphics').slice(0, 200), busyPercent, encoderPercent: null, decoderPercent: null, memoryUsedBytes: wholeOf(used, 1), memoryTotalBytes: wholeOf(total, 1), problem: null };
}

/** Cells such as `[N/A]` are not told. */
function percentOf(text: string | undefined): number | null {
  const value = wholeOf(text, 1);
  return value === null ? null : Math.min(100, value);
}

function wholeOf(text: string | undefined, by: number): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) * by : null;
}
