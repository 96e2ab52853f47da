import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { HostGpu } from '@usher/contracts';
import { z } from 'zod';
import type { RunProgram } from './run-program.js';

const INTEL = '0x8086';
const EVERY_MS = 500;
/** Two periods and the start of the program: the first sample of some versions spans next to no time. */
const WATCH_MS = 1_300;
const LEAST_PERIOD_MS = 100;

/** The parts of one sample of `intel_gpu_top -J` that are used; all engines count in percent of the period. */
const Sample = z.object({
  period: z.object({ duration: z.number(), unit: z.literal('ms') }),
  engines: z.record(z.string(), z.object({ busy: z.number().nonnegative(), unit: z.literal('%') })),
});

/**
 * Intel cards by `intel_gpu_top`, which runs until it is stopped: the kernel's own files tell nothing of what they do. Its video engines
 * decode as well as encode and do not tell which, so that only the busiest engine is told.
 */
export async function readIntel(run: RunProgram, folder: string): Promise<HostGpu[]> {
  const names = (await readdir(folder).catch(() => [] as string[])).filter((name) => /^card\d+$/.test(name)).sort();
  const cards = (await Promise.all(names.map(async (name) => ((await idOf(path.join(folder, name, 'device/vendor'))) === INTEL ? [name] : [])))).flat();
  return Promise.all(
    cards.map(async (card) => {
      const device = await idOf(path.join(folder, card, 'device/device'));
      const name = `Intel graphics${device ? ` ${device.replace('0x', '')}` : ''}`.slice(0, 200);
      // Older versions know one card only, and not this option.
      const which = cards.length > 1 ? ['-d', `drm:/dev/dri/${card}`] : [];
      const ran = await run('intel_gpu_top', ['-J', '-s', String(EVERY_MS), '-o', '-', ...which], WATCH_MS);
      const told = { name, encoderPercent: null, decoderPercent: null, memoryUsedBytes: null, memoryTotalBytes: null };
      if ('problem' in ran) return { ...told, busyPercent: null, problem: ran.problem === 'missing' ? 'tool-missing' : 'tool-refused' };
      const busyPercent = busiest(ran.stdout);
      return { ...told, busyPercent, problem: busyPercent === null ? 'not-understood' : null };
    }),
  );
}

/** Of the newest sample that spans enough time; null when there is none that can be read. */
function busiest(output: string): number | null {
  const samples = objectsIn(output)
    .map((text) => Sample.safeParse(jsonOf(text)).data)
    .filter((sample) => sample !== undefined && sample.period.duration >= LEAST_PERIOD_MS);
  const engines = Object.values(samples.at(-1)?.engines ?? {});
  return engines.length === 0 ? null : Math.min(100, Math.round(Math.max(...engines.map(({ busy }) => busy)) * 10) / 10);
}

/** The whole objects of the outermost level: versions differ in what stands between them, and the last one may be cut off. */
function objectsIn(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === '{' && depth++ === 0) start = index;
    else if (token === '}' && depth > 0 && --depth === 0) found.push(text.slice(start, index + 1));
  }
  return found;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // no sample: the caller counts it
    return null;
  }
}

async function idOf(file: string): Promise<string | null> {
  const text = (await readFile(file, 'utf8').catch(() => '')).trim();
  return /^0x[0-9a-f]{4}$/.test(text) ? text : null;
}
