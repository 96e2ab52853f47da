import { parseArgs } from 'node:util';
import { z } from 'zod';

/** What can be measured by itself; a run does all of them unless it is told which. */
export const PARTS = ['latency', 'calls', 'poll', 'trouble', 'ghosts'] as const;
export type Part = (typeof PARTS)[number];

const Words = z.string().transform((text) => text.split(','));

const Options = z.object({
  /** Length of the quiet window in which memory, CPU and calls are taken; the idle and poll-only windows are half of it. */
  minutes: z.coerce.number().positive().max(600),
  /** Changes of state per run. */
  changes: z.coerce.number().int().min(1).max(100_000),
  /** Time over which they are spread. */
  seconds: z.coerce.number().positive().max(86_400),
  /** Sizes of the fleet, one run each. */
  servers: Words.pipe(z.array(z.coerce.number<string>().int().min(1).max(500))),
  streams: z.coerce.number().int().min(1).max(500),
  /** Starts and stops whose stop is never told. */
  startStops: z.coerce.number().int().min(1).max(100_000),
  parts: Words.pipe(z.array(z.enum(PARTS))),
  seed: z.coerce.number().int().min(0),
  json: z.boolean(),
});
export type LiveOptions = z.infer<typeof Options>;

/** @throws ZodError or TypeError that names the wrong option */
export function readOptions(args: readonly string[]): LiveOptions {
  const text = (fallback: string) => ({ type: 'string' as const, default: fallback });
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: text('2'),
      changes: text('400'),
      seconds: text('120'),
      servers: text('20'),
      streams: text('20'),
      'start-stops': text('1000'),
      parts: text(PARTS.join(',')),
      seed: text('20'),
      json: { type: 'boolean', default: false },
    },
  });
  const { 'start-stops': startStops, ...others } = values;
  return Options.parse({ ...others, startStops });
}
