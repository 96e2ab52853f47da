import { AppError, type readPolicies } from '@usher/contracts';
import { withTimeout, type Clock } from '@usher/resilience';
import type { z } from 'zod';
import type { ServerProvider } from '../server/server.provider.js';
import { splitBySize } from '../storage/split-by-size.js';

const CALL_TIMEOUT_MS = 55_000;
/** A result part is at most 128 KiB, with its frame. */
const MAX_PART_BYTES = 120 * 1024;

type Policies = z.infer<typeof readPolicies.reply>['policies'];

/** Reads what accounts may do, and whether their states can be reached. */
export class PolicyList {
  constructor(
    private readonly provider: Pick<ServerProvider, 'current'>,
    private readonly clock: Clock,
  ) {}

  /** In parts; an account that is not there is left out. @throws AppError, those of the adapter */
  async parts(userVendorIds: readonly string[]): Promise<Policies[]> {
    const { users } = this.provider.current();
    const onTimeout = () => new AppError('SERVER_UNREACHABLE', 'The media server did not answer in time.', { reason: 'timeout' });
    const read = async (): Promise<Policies> => {
      const reachable = new Set(await users.reach(userVendorIds));
      const policies: Policies = [];
      // One after another: a person may be waiting for the same server.
      for (const userVendorId of new Set(userVendorIds)) {
        const policy = await users.policy(userVendorId).catch(ifThere);
        if (policy) policies.push({ userVendorId, policy, reachable: reachable.has(userVendorId) });
      }
      return policies;
    };
    return splitBySize(await withTimeout(read, CALL_TIMEOUT_MS, onTimeout, this.clock), MAX_PART_BYTES);
  }
}

function ifThere(error: unknown): null {
  if (error instanceof AppError && error.code === 'NOT_FOUND') return null;
  throw error;
}
