import { AppError, type Library } from '@usher/contracts';
import { withTimeout, type Clock } from '@usher/resilience';
import type { ServerProvider } from '../server/server.provider.js';
import { splitBySize } from '../storage/split-by-size.js';

const CALL_TIMEOUT_MS = 55_000;
/** A result part is at most 128 KiB, with its frame. */
const MAX_PART_BYTES = 120 * 1024;

/** Reads all libraries of one server. */
export class LibraryList {
  constructor(
    private readonly provider: Pick<ServerProvider, 'current'>,
    private readonly clock: Clock,
    private readonly onRead: (libraries: readonly Library[]) => void = () => undefined,
  ) {}

  /** In parts; together all libraries. @throws AppError CAPABILITY_MISSING, and those of the adapter */
  async parts(): Promise<Library[][]> {
    const server = this.provider.current();
    server.capabilities.require('libraries.list');
    const onTimeout = () => new AppError('SERVER_UNREACHABLE', 'The media server did not answer in time.', { reason: 'timeout' });
    const libraries = await withTimeout(() => server.libraries.list(), CALL_TIMEOUT_MS, onTimeout, this.clock);
    this.onRead(libraries);
    return splitBySize(libraries, MAX_PART_BYTES);
  }
}
