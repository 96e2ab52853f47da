import { AppError, type MediaUser } from '@usher/contracts';
import { withTimeout, type Clock } from '@usher/resilience';
import type { ServerProvider } from '../server/server.provider.js';
import { splitBySize } from '../storage/split-by-size.js';

const CALL_TIMEOUT_MS = 55_000;
/** A result part is at most 128 KiB, with its frame. */
const MAX_PART_BYTES = 120 * 1024;

/** Reads all users of one server. */
export class UserList {
  constructor(
    private readonly provider: Pick<ServerProvider, 'current'>,
    private readonly clock: Clock,
  ) {}

  /** In parts; together all users. @throws AppError CAPABILITY_MISSING, and those of the adapter */
  async parts(): Promise<MediaUser[][]> {
    const server = this.provider.current();
    server.capabilities.require('users.list');
    const onTimeout = () => new AppError('SERVER_UNREACHABLE', 'The media server did not answer in time.', { reason: 'timeout' });
    return splitBySize(await withTimeout(() => server.users.list(), CALL_TIMEOUT_MS, onTimeout, this.clock), MAX_PART_BYTES);
  }
}
