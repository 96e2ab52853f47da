import { AppError, type MediaItem, type listItems } from '@usher/contracts';
import { withTimeout, type Clock } from '@usher/resilience';
import type { z } from 'zod';
import type { ServerProvider } from '../server/server.provider.js';
import { splitBySize } from '../storage/split-by-size.js';

const CALL_TIMEOUT_MS = 55_000;
/** A result part is at most 128 KiB, with its frame. */
const MAX_PART_BYTES = 120 * 1024;

/** Reads items of one server, a page at a time: whoever asks turns the pages and sets the pace. */
export class ItemList {
  constructor(
    private readonly provider: Pick<ServerProvider, 'current'>,
    /** How many people watch now. */
    private readonly streams: () => number,
    private readonly clock: Clock,
  ) {}

  /** In parts; together one page. @throws AppError CAPABILITY_MISSING, and those of the adapter */
  async parts({ of, withFiles }: z.infer<typeof listItems.request>): Promise<z.infer<typeof listItems.reply>[]> {
    const { libraries, capabilities } = this.provider.current();
    capabilities.require('items.list');
    const onTimeout = () => new AppError('SERVER_UNREACHABLE', 'The media server did not answer in time.', { reason: 'timeout' });
    const page = await withTimeout(
      async () =>
        'itemVendorIds' in of
          ? { items: await libraries.itemsById(of.itemVendorIds, { withFiles }), total: null, nextStart: null }
          : await libraries.items(of.libraryVendorId, of, { withFiles }),
      CALL_TIMEOUT_MS,
      onTimeout,
      this.clock,
    );
    const groups = splitBySize<MediaItem>(page.items, MAX_PART_BYTES);
    return groups.map((items) => ({ items, total: page.total, nextStart: page.nextStart, streams: this.streams() }));
  }
}
