import { Injectable } from '@nestjs/common';
import { ChangeHub } from '../graphql/changes.js';
import { ActiveAgents } from './active-agents.js';
import { AgentsRepository } from './agents.repository.js';
import { BusAccountsService } from './bus-accounts.service.js';

/** Ends the identity that speaks for a server: nobody listens to it from here on, then the broker cuts its link. */
@Injectable()
export class AgentRetirement {
  constructor(
    private readonly agents: AgentsRepository,
    private readonly accounts: BusAccountsService,
    private readonly directory: ActiveAgents,
    private readonly changes: ChangeHub,
  ) {}

  async revoke(serverId: string): Promise<void> {
    const accounts = await this.agents.revokeOf(serverId);
    if (accounts.length === 0) return;
    await this.directory.refresh();
    this.changes.publish('agent', [serverId]);
    for (const acctPub of accounts) await this.accounts.close(acctPub);
  }
}
