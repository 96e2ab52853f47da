import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HubBus } from '@usher/bus';
import { revokeTickets } from '@usher/contracts';
import { Logger } from '@usher/platform';
import { FleetPresence } from '../fleet/fleet-presence.js';
import { ApprovalsRepository, type RevokedApproval } from './approvals.repository.js';

/** Tells agents what was taken back: at once, and again when an agent that was away is back. */
@Injectable()
export class RevocationTeller implements OnApplicationBootstrap {
  constructor(
    private readonly repository: ApprovalsRepository,
    private readonly bus: HubBus,
    private readonly presence: FleetPresence,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.presence.onBack((serverId) => void this.tell(serverId));
  }

  /** Everything that was taken back of plans for this server, for as long as anybody could still believe in it. */
  async tell(serverId: string): Promise<void> {
    const revoked = await this.repository.revoked(serverId).catch((error: unknown) => {
      this.logger.warn('approval.revocations_not_read', 'What was taken back could not be read; agents are told when they come back.', { error });
      return [];
    });
    await Promise.all(revoked.map((each) => this.tellOne(each)));
  }

  private async tellOne({ sha256, planSha256, serverId, runId }: RevokedApproval): Promise<void> {
    try {
      await this.bus.command(revokeTickets, { serverId }, { planSha256, approvalSha256: sha256, runId });
    } catch (error) {
      this.logger.warn('approval.revocation_not_told', 'An agent could not be told that an approval was taken back; it hears of it when it is back.', { serverId, error });
    }
  }
}
