import { Injectable } from '@nestjs/common';
import type { MediaUser } from '@usher/contracts';
import { PrismaService, transaction, type Rows } from '@usher/database';
import { Pool } from 'pg';

export type MediaUserRow = Rows.MediaUserModel;

@Injectable()
export class UsersRepository {
  constructor(
    private readonly prisma: PrismaService,
    private readonly pool: Pool,
  ) {}

  list(serverId: string): Promise<MediaUserRow[]> {
    return this.prisma.client.mediaUser.findMany({ where: { serverId }, orderBy: [{ name: 'asc' }, { vendorId: 'asc' }] });
  }

  async hasServer(serverId: string): Promise<boolean> {
    return (await this.prisma.client.server.count({ where: { id: serverId } })) === 1;
  }

  /** Servers without a row were never read. */
  async counts(serverIds: readonly string[]): Promise<Map<string, number>> {
    const groups = await this.prisma.client.mediaUser.groupBy({ by: ['serverId'], where: { serverId: { in: [...serverIds] } }, _count: true });
    return new Map(groups.map((group) => [group.serverId, group._count]));
  }

  /** All users of one server at once: readers see the old list or the new one. What they may see stays as it was told last. */
  async replace(serverId: string, users: readonly MediaUser[]): Promise<void> {
    const rows = [...users].sort((a, b) => (a.vendorId < b.vendorId ? -1 : 1));
    await transaction(this.pool, async (tx) => {
      await tx.query('DELETE FROM media_user WHERE server_id = $1 AND vendor_id <> ALL($2)', [serverId, rows.map((row) => row.vendorId)]);
      await tx.query(
        `INSERT INTO media_user (server_id, vendor_id, name, email, is_administrator, enabled, last_seen_at, read_at, libraries)
         SELECT $1, u."vendorId", u.name, u.email, u."isAdministrator", u.enabled, u."lastSeenAt", now(), u.libraries
           FROM jsonb_to_recordset($2) AS u("vendorId" text, name text, email text, "isAdministrator" boolean, enabled boolean, "lastSeenAt" timestamptz, libraries jsonb)
         ON CONFLICT (server_id, vendor_id) DO UPDATE SET name = excluded.name, email = excluded.email, is_administrator = excluded.is_administrator,
           enabled = excluded.enabled, last_seen_at = excluded.last_seen_at, read_at = excluded.read_at, libraries = coalesce(excluded.libraries, media_user.libraries)`,
        [serverId, JSON.stringify(rows)],
      );
    });
  }
}
