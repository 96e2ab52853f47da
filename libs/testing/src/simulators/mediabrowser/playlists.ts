import type { SimulatorCore } from '../base/core.js';
import type { CatalogueItem, SimulatedUser } from '../base/media.js';

export interface SimulatedPlaylist {
  readonly number: number;
  readonly name: string;
  readonly owner: SimulatedUser | null;
  readonly isPublic: boolean;
  readonly mediaType: string;
  entries: { readonly id: number; readonly item: CatalogueItem }[];
}

/** Playlists as the two vendors keep them; a name may occur more than once. */
export class Playlists {
  readonly all: SimulatedPlaylist[] = [];
  private lastEntry = 0;

  constructor(private readonly core: SimulatorCore) {}

  make(spec: Pick<SimulatedPlaylist, 'name' | 'owner' | 'isPublic' | 'mediaType'>, items: readonly CatalogueItem[]): SimulatedPlaylist {
    const made: SimulatedPlaylist = { ...spec, number: this.core.catalogue.takeNumber(), entries: [] };
    this.all.push(made);
    this.add(made, items);
    return made;
  }

  /** A series brings its episodes. */
  add(list: SimulatedPlaylist, items: readonly CatalogueItem[], position = list.entries.length): void {
    const leaves = items.flatMap((item) => (item.file === null ? this.core.catalogue.leavesBelow(item) : [item]));
    list.entries.splice(position, 0, ...leaves.map((item) => ({ id: ++this.lastEntry, item })));
  }

  remove(list: SimulatedPlaylist): void {
    this.all.splice(this.all.indexOf(list), 1);
  }

  visibleTo(user: SimulatedUser | null): SimulatedPlaylist[] {
    return this.all.filter((list) => user === null || list.isPublic || list.owner === user);
  }
}
