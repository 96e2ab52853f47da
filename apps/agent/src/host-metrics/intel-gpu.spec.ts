import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { tempFolder } from '../../test/support.js';
import { readIntel } from './intel-gpu.js';
import type { Ran } from './run-program.js';

interface SampleParts {
  readonly duration?: number;
  readonly render?: number;
  readonly video?: number;
  readonly engines?: object;
}

/** One sample as the manual of the tool shows it. */
const sample = ({ duration = 500.1, render = 3.25, video = 41.26, engines }: SampleParts = {}) =>
  JSON.stringify(
    {
      period: { duration, unit: 'ms' },
      frequency: { requested: 900, actual: 890.5, unit: 'MHz' },
      interrupts: { count: 120.5, unit: 'irq/s' },
      rc6: { value: 12.5, unit: '%' },
      power: { GPU: 1.5, Package: 12.25, unit: 'W' },
      engines: engines ?? {
        'Render/3D/0': { busy: render, sema: 0, wait: 0, unit: '%' },
        'Blitter/0': { busy: 0, sema: 0, wait: 0, unit: '%' },
        'Video/0': { busy: video, sema: 0, wait: 0, unit: '%' },
        'VideoEnhance/0': { busy: 0.5, sema: 0, wait: 0, unit: '%' },
      },
      clients: { '4021': { name: 'ffmpeg }{ "x', pid: '812', 'engine-classes': { 'Render/3D': { busy: '3.25', unit: '%' } } } },
    },
    null,
    '\t',
  );

async function setUp(cards: Record<string, { vendor: string; device?: string }>, output: Ran) {
  const folder = await tempFolder();
  const asked: unknown[] = [];
  for (const [card, { vendor, device }] of Object.entries(cards)) {
    const place = path.join(folder, card, 'device');
    await mkdir(place, { recursive: true });
    await writeFile(path.join(place, 'vendor'), `${vendor}\n`);
    if (device) await writeFile(path.join(place, 'device'), `${device}\n`);
  }
  const read = () => readIntel(async (program, args, stopAfterMs) => (asked.push([program, ...args, stopAfterMs !== undefined]), output), folder);
  return { read, asked };
}

const ONE = { card0: { vendor: '0x8086', device: '0x4680' } };
const NOTHING = { name: 'Intel graphics 4680', busyPercent: null, encoderPercent: null, decoderPercent: null, memoryUsedBytes: null, memoryTotalBytes: null };

describe('Intel cards', () => {
  it.each([
    ['a list, cut off where it was stopped', `[\n${sample({ duration: 0.02, video: 99 })},\n${sample()},\n{\n\t"period": {\n\t\t"dura`],
    ['samples one after another, as older versions write them', `${sample({ duration: 0.02, video: 99 })}\n${sample()}\n`],
    ['a list that was ended properly', `[\n${sample({ video: 12 })},\n${sample()}\n]\n`],
    ['engines by class', `[\n${sample({ engines: { 'Render/3D': { busy: 1, unit: '%' }, Video: { busy: 41.26, unit: '%' } } })}`],
  ])('tell how busy their busiest engine was in the newest whole sample: %s', async (_, stdout) => {
    const { read, asked } = await setUp(ONE, { stdout });
    expect(await read()).toEqual([{ ...NOTHING, busyPercent: 41.3, problem: null }]);
    expect(asked).toEqual([['intel_gpu_top', '-J', '-s', '500', '-o', '-', true]]);
  });

  it('are never busier than wholly', async () => {
    expect(await (await setUp(ONE, { stdout: sample({ render: 100.4 }) })).read()).toMatchObject([{ busyPercent: 100 }]);
  });

  it.each([
    ['tool-missing', { problem: 'missing' as const }],
    ['tool-refused', { problem: 'failed' as const }],
  ])('say why nothing is known of them: %s', async (problem, ran) => {
    expect(await (await setUp(ONE, ran)).read()).toEqual([{ ...NOTHING, problem }]);
  });

  it.each([
    ['nothing', ''],
    ['words', 'No device filter specified and no discrete/integrated i915 devices found'],
    ['one cut off sample', sample().slice(0, -10)],
    ['a sample without engines', sample({ engines: {} })],
    ['percents that are words', sample({ engines: { 'Render/3D/0': { busy: 'much', unit: '%' } } })],
    ['another unit', sample({ engines: { 'Render/3D/0': { busy: 1, unit: 'ms' } } })],
    ['a negative share', sample({ render: -1 })],
    ['samples of no time', sample({ duration: 0.01 })],
    ['braces of nothing', '}}}{{{"'],
  ])('are not understood, and not zero, when the tool writes %s', async (_, stdout) => {
    expect(await (await setUp(ONE, { stdout })).read()).toEqual([{ ...NOTHING, problem: 'not-understood' }]);
  });

  it('are asked for one by one where there are several', async () => {
    const { read, asked } = await setUp({ card0: { vendor: '0x8086' }, card1: { vendor: '0x8086', device: 'garbage' }, 'card0-HDMI-A-1': { vendor: '0x8086' } }, { stdout: sample() });
    expect(await read()).toMatchObject([{ name: 'Intel graphics', busyPercent: 41.3 }, { name: 'Intel graphics', busyPercent: 41.3 }]);
    expect(asked).toEqual([
      ['intel_gpu_top', '-J', '-s', '500', '-o', '-', '-d', 'drm:/dev/dri/card0', true],
      ['intel_gpu_top', '-J', '-s', '500', '-o', '-', '-d', 'drm:/dev/dri/card1', true],
    ]);
  });

  it('that are not there start no program', async () => {
    const { read, asked } = await setUp({ card0: { vendor: '0x10de' }, card1: { vendor: '0x1002' } }, { stdout: sample() });
    expect([await read(), asked]).toEqual([[], []]);
  });
});
