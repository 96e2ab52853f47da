import type { Library, MediaItem, PathCheck } from '@usher/contracts';
import type { LiveFleet, TestAgent } from './live-harness.js';

/** A film as an agent sends it; a test changes what it is about. */
export function mediaItem(vendorId: string, change: Partial<MediaItem> = {}): MediaItem {
  return {
    vendorId,
    type: 'movie',
    title: `Film ${vendorId}`,
    parentVendorId: null,
    parentTitle: null,
    seasonNumber: null,
    episodeNumber: null,
    episodeEndNumber: null,
    year: 2001,
    airDate: null,
    durationMs: 5_400_000,
    videoHeight: 1080,
    guids: [],
    files: [{ path: `/media/films/${vendorId}/film.mkv`, sizeBytes: 1_000_000 }],
    ...change,
  };
}

const CAPABILITIES = ['libraries.list', 'items.list', 'libraries.checkPaths', 'libraries.space', 'users.list'];

/** A registered server whose agent answers from what a test puts here. */
export class ItemServer {
  readonly libraries: Library[] = [];
  readonly items = new Map<string, MediaItem[]>();
  readonly seen = new Set<string>();
  freeBytes: number | null = 1e12;
  streams = 0;
  /** Every request for items, as it came. */
  readonly asked: { of: { start?: number; itemVendorIds?: string[] }; withFiles: boolean }[] = [];
  /** Runs before each page is answered. */
  beforePage: () => Promise<void> = () => Promise.resolve();

  private constructor(
    readonly fleet: LiveFleet,
    readonly id: string,
    readonly agent: TestAgent,
  ) {}

  static async add(fleet: LiveFleet, alias: string, more: { readOnly?: boolean } = {}): Promise<ItemServer> {
    const id = await fleet.addServer(more);
    const agent = await fleet.addAgent(id);
    const profile = { kind: 'jellyfin', machineId: id, name: alias, version: '12.0.0', versionTested: true, platform: null, updateAvailable: null, capabilities: CAPABILITIES, hardening: [] };
    await fleet.pool.query(`UPDATE server SET alias = $2, state = 'online', profile = $3, machine_id = $4, version = '12.0.0' WHERE id = $1`, [id, alias, JSON.stringify(profile), id]);
    const server = new ItemServer(fleet, id, agent);
    agent.handlers.set('item.list@1', async (request) => server.list(request as Parameters<ItemServer['list']>[0]));
    agent.handlers.set('library.check-paths@1', async (request) => server.check(request as { folders: string[]; files: string[] }));
    return server;
  }

  async addLibrary(vendorId: string, type: Library['type'], folders: string[], items: MediaItem[]): Promise<void> {
    const library: Library = { vendorId, name: vendorId, type, itemCount: items.length, childCount: null, folders };
    this.libraries.push(library);
    this.items.set(vendorId, items);
    for (const folder of folders) this.seen.add(folder);
    for (const { files } of items) for (const { path } of files) this.seen.add(path);
    await this.save(vendorId);
  }

  /** As after a reading of the lists. */
  async save(vendorId: string): Promise<void> {
    const { name, type, childCount, folders } = this.libraries.find((library) => library.vendorId === vendorId)!;
    await this.fleet.pool.query(
      `INSERT INTO library (server_id, vendor_id, name, type, item_count, child_count, folders, read_at) VALUES ($1, $2, $3, $4, $5, $6, $7, now())
       ON CONFLICT (server_id, vendor_id) DO UPDATE SET item_count = excluded.item_count, folders = excluded.folders`,
      [this.id, vendorId, name, type, this.items.get(vendorId)!.length, childCount, folders],
    );
  }

  private async *list({ of, withFiles }: { of: { libraryVendorId?: string; start?: number; limit?: number; itemVendorIds?: string[] }; withFiles: boolean }): AsyncGenerator<unknown> {
    this.asked.push({ of, withFiles });
    await this.beforePage();
    const sized = (item: MediaItem) => (withFiles ? item : { ...item, files: item.files.map((file) => ({ ...file, sizeBytes: null })) });
    if (of.itemVendorIds) {
      yield { items: [...this.items.values()].flat().filter(({ vendorId }) => of.itemVendorIds!.includes(vendorId)).map(sized), total: null, nextStart: null, streams: this.streams };
      return;
    }
    const all = this.items.get(of.libraryVendorId!) ?? [];
    const end = of.start! + of.limit!;
    const page = all.slice(of.start, end).map(sized);
    const rest = { total: all.length, nextStart: end < all.length ? end : null, streams: this.streams };
    // In parts, as agents send them.
    yield { items: page.slice(0, 200), ...rest };
    if (page.length > 200) yield { items: page.slice(200), ...rest };
  }

  private async *check({ folders, files }: { folders: string[]; files: string[] }): AsyncGenerator<{ paths: PathCheck[]; space: unknown }> {
    const paths = [...folders, ...files].map((path): PathCheck => ({ path, state: this.seen.has(path) ? 'found' : 'missing' }));
    const folder = (path: string) => ({ path, freeBytes: this.freeBytes, usedBytes: 5e11 });
    yield { paths, space: this.freeBytes === null ? null : this.libraries.flatMap((library) => library.folders.map(folder)) };
  }
}
