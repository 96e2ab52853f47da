import { Injectable } from '@nestjs/common';
import { PrismaService, type Prisma, type Rows } from '@usher/database';
import { Pool } from 'pg';

export type PlaybackRow = Rows.PlaybackModel;

export interface PlaybackQuery {
  readonly serverIds?: readonly string[];
  readonly open?: boolean;
  /** Part of the name, upper and lower case are equal. */
  readonly userName?: string;
  /** Of these accounts only; none = nothing. */
  readonly accounts?: readonly { readonly serverId: string; readonly userId: string }[];
}

/** SQL of the ledger's reading side: newest first, pages by key. */
@Injectable()
export class PlaybacksRepository {
  constructor(
    private readonly prisma: PrismaService,
    private readonly pool: Pool,
  ) {}

  page(query: PlaybackQuery, take: number, after?: { startedAt: Date; id: string }): Promise<PlaybackRow[]> {
    const older = after && { OR: [{ startedAt: { lt: after.startedAt } }, { startedAt: after.startedAt, id: { lt: after.id } }] };
    return this.prisma.client.playback.findMany({
      where: { AND: [whereOf(query), ...(older ? [older] : [])] },
      orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
      take,
    });
  }

  count(query: PlaybackQuery): Promise<number> {
    return this.prisma.client.playback.count({ where: whereOf(query) });
  }

  /** The accounts of one person. */
  async accountsOf(identityId: string): Promise<{ serverId: string; userId: string }[]> {
    const rows = await this.prisma.client.identityUser.findMany({ where: { identityId }, select: { serverId: true, userVendorId: true } });
    return rows.map(({ serverId, userVendorId }) => ({ serverId, userId: userVendorId }));
  }

  /** When something was last seen playing; servers without a playback are missing. */
  async lastAt(serverIds: readonly string[]): Promise<Map<string, Date>> {
    const { rows } = await this.pool.query<{ server_id: string; at: Date }>(
      'SELECT server_id, max(coalesce(ended_at, started_at)) AS at FROM playback WHERE server_id = ANY($1) GROUP BY server_id',
      [serverIds],
    );
    return new Map(rows.map((row) => [row.server_id, row.at]));
  }
}

function whereOf({ serverIds, open, userName, accounts }: PlaybackQuery): Prisma.PlaybackWhereInput {
  return {
    ...(serverIds && { serverId: { in: [...serverIds] } }),
    ...(open !== undefined && { endedAt: open ? null : { not: null } }),
    ...(userName !== undefined && { userName: { contains: userName, mode: 'insensitive' } }),
    ...(accounts && { OR: [...accounts] }),
  };
}
