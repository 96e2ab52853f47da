import type { SimulatorCore } from '../base/core.js';
import type { CatalogueItem, SimulatedUser } from '../base/media.js';

export interface ActivityRow {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly atMs: number;
  readonly user: SimulatedUser | null;
  readonly item: CatalogueItem | null;
  readonly severity: 'Information' | 'Warning' | 'Error';
  readonly shortOverview: string | null;
}

/** The server's diary, newest first. `words` are the vendor's types. */
export class ActivityLog {
  readonly rows: ActivityRow[] = [];

  constructor(
    private readonly core: SimulatorCore,
    private readonly onRow: () => void,
  ) {}

  add(row: Omit<ActivityRow, 'id' | 'atMs'>): void {
    this.rows.unshift({ ...row, id: this.rows.length + 1, atMs: this.core.clock.now() });
    this.onRow();
  }
}
