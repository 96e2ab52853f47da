import { parseArgs } from 'node:util';
import { z } from 'zod';

const Options = z.object({
  users: z.coerce.number().int().min(1).max(50),
  /** Films on both servers. */
  items: z.coerce.number().int().min(10).max(100_000),
  /** Of the films, in percent: what each user has watched. */
  share: z.coerce.number().min(1).max(100),
  /** What every request to a media server takes. */
  latency: z.coerce.number().int().min(0).max(1_000),
  /** How often the process is killed while the run is taken back. */
  kills: z.coerce.number().int().min(0).max(50),
  vendor: z.enum(['emby', 'jellyfin']),
  json: z.boolean(),
});
export type MigrationOptions = z.infer<typeof Options>;

/** @throws ZodError or TypeError that names the wrong option */
export function readOptions(args: readonly string[]): MigrationOptions {
  const text = (fallback: string) => ({ type: 'string' as const, default: fallback });
  const { values } = parseArgs({
    args: [...args],
    options: { users: text('20'), items: text('5000'), share: text('100'), latency: text('20'), kills: text('3'), vendor: text('jellyfin'), json: { type: 'boolean', default: false } },
  });
  return Options.parse(values);
}
