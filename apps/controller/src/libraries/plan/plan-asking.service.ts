import { Injectable } from '@nestjs/common';
import { HubBus } from '@usher/bus';
import { checkPaths, listItems, MAX_CHECKED_PATHS, MAX_ITEM_IDS, type FolderSpace, type MediaItem, type PathCheck } from '@usher/contracts';

/** Asks the agents of a plan. Each question is read-only at the media server. */
@Injectable()
export class PlanAsking {
  constructor(private readonly bus: HubBus) {}

  /** The files of some items, in as few requests as can be; called with each answer before the next is asked for. */
  async files(serverId: string, itemVendorIds: readonly string[], onItems: (items: readonly MediaItem[], done: number) => Promise<void>): Promise<void> {
    for (let from = 0; from < itemVendorIds.length; from += MAX_ITEM_IDS) {
      const ids = itemVendorIds.slice(from, from + MAX_ITEM_IDS);
      for await (const { items } of this.bus.command(listItems, { serverId }, { of: { itemVendorIds: ids }, withFiles: true })) await onItems(items, from + ids.length);
    }
  }

  /** What the target sees, and the room that it tells; null room = it does not tell. */
  async paths(serverId: string, folders: readonly string[], files: readonly string[]): Promise<{ checks: PathCheck[]; space: FolderSpace[] | null }> {
    const checks: PathCheck[] = [];
    let space: FolderSpace[] | null = null;
    const rounds = Math.max(1, Math.ceil(folders.length / MAX_CHECKED_PATHS), Math.ceil(files.length / MAX_CHECKED_PATHS));
    for (let round = 0; round < rounds; round++) {
      const part = (paths: readonly string[]) => paths.slice(round * MAX_CHECKED_PATHS, (round + 1) * MAX_CHECKED_PATHS);
      for await (const answer of this.bus.command(checkPaths, { serverId }, { folders: part(folders), files: part(files) })) {
        checks.push(...answer.paths);
        space = answer.space;
      }
    }
    return { checks, space };
  }
}
