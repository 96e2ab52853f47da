import { Injectable } from '@nestjs/common';
import type { Library } from '@usher/contracts';
import { PrismaService, transaction, type Rows } from '@usher/database';
import { Pool } from 'pg';

export type LibraryRow = Rows.LibraryModel;

@Injectable()
export class LibrariesRepository {
  constructor(
    private readonly prisma: PrismaService,
    private readonly pool: Pool,
  ) {}

  /** Of servers that are not historical. */
  list(serverIds?: readonly string[]): Promise<LibraryRow[]> {
    return this.prisma.client.library.findMany({
      where: { ...(serverIds && { serverId: { in: [...serverIds] } }), server: { state: { not: 'historical' } } },
      orderBy: [{ name: 'asc' }, { vendorId: 'asc' }],
    });
  }

  /** All libraries of one server at once: readers see the old list or the new one. */
  async replace(serverId: string, libraries: readonly Library[]): Promise<void> {
    const rows = [...libraries].sort((a, b) => (a.vendorId < b.vendorId ? -1 : 1));
    await transaction(this.pool, async (tx) => {
      await tx.query('DELETE FROM library WHERE server_id = $1 AND vendor_id <> ALL($2)', [serverId, rows.map((row) => row.vendorId)]);
      await tx.query(
        `INSERT INTO library (server_id, vendor_id, name, type, item_count, child_count, folders, read_at)
         SELECT $1, l."vendorId", l.name, l.type, l."itemCount", l."childCount", l.folders, now()
           FROM jsonb_to_recordset($2) AS l("vendorId" text, name text, type text, "itemCount" int, "childCount" int, folders text[])
         ON CONFLICT (server_id, vendor_id) DO UPDATE SET name = excluded.name, type = excluded.type, item_count = excluded.item_count,
           child_count = excluded.child_count, folders = excluded.folders, read_at = excluded.read_at`,
        [serverId, JSON.stringify(rows)],
      );
    });
  }
}
