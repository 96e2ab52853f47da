import { AppError, type checkPaths } from '@usher/contracts';
import { withTimeout, type Clock } from '@usher/resilience';
import type { z } from 'zod';
import type { ServerProvider } from '../server/server.provider.js';
import { splitBySize } from '../storage/split-by-size.js';

const CALL_TIMEOUT_MS = 55_000;
/** A result part is at most 128 KiB, with its frame; the disks stand in the first one. */
const MAX_PART_BYTES = 100 * 1024;

/** Asks the media server what it sees of its disks. Nothing is written there. */
export class PathCheckService {
  constructor(
    private readonly provider: Pick<ServerProvider, 'current'>,
    private readonly clock: Clock,
  ) {}

  /** In parts; together a row for each path. @throws AppError CAPABILITY_MISSING, and those of the adapter */
  async parts(asked: z.infer<typeof checkPaths.request>): Promise<z.infer<typeof checkPaths.reply>[]> {
    const { libraries, capabilities } = this.provider.current();
    capabilities.require('libraries.checkPaths');
    const onTimeout = () => new AppError('SERVER_UNREACHABLE', 'The media server did not answer in time.', { reason: 'timeout' });
    const [paths, space] = await withTimeout(
      async () => [await libraries.checkPaths(asked), capabilities.has('libraries.space') ? await libraries.space() : null] as const,
      CALL_TIMEOUT_MS,
      onTimeout,
      this.clock,
    );
    return splitBySize(paths, MAX_PART_BYTES).map((part) => ({ paths: part, space }));
  }
}
