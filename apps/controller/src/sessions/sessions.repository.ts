import { Injectable } from '@nestjs/common';
import type { Capability, ServerState } from '@usher/contracts';
import { PrismaService } from '@usher/database';

@Injectable()
export class SessionsRepository {
  constructor(private readonly prisma: PrismaService) {}

  /** Servers that are not historical, by state. */
  async countByState(serverIds?: readonly string[]): Promise<Partial<Record<ServerState, number>>> {
    const groups = await this.prisma.client.server.groupBy({
      by: ['state'],
      where: { state: { not: 'historical' }, ...(serverIds && { id: { in: [...serverIds] } }) },
      _count: true,
    });
    return Object.fromEntries(groups.map((group) => [group.state, group._count]));
  }

  /** What a living server declared at its last probe (empty when it was never probed) and whether it may be changed; null when there is none. */
  async standing(serverId: string): Promise<{ capabilities: readonly Capability[]; readOnly: boolean } | null> {
    const server = await this.prisma.client.server.findFirst({ where: { id: serverId, state: { not: 'historical' } }, select: { profile: true, readOnly: true } });
    if (!server) return null;
    return { capabilities: (server.profile as { capabilities?: Capability[] } | null)?.capabilities ?? [], readOnly: server.readOnly };
  }
}
