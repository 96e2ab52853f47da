import { Injectable } from '@nestjs/common';
import { SysConnection } from '@usher/bus';
import { Logger } from '@usher/platform';
import { KeyRing, mintAccount, mintAgentUser } from '@usher/security';
import { AgentsRepository } from './agents.repository.js';

export interface MintedAccount {
  readonly acctPub: string;
  readonly accountJwt: string;
  /** What the agent logs in with. Without end: bundled agents do not renew. */
  readonly userJwt: string;
}

/** One account per agent at the broker. The table agent holds what the broker must know; the broker may forget it. */
@Injectable()
export class BusAccountsService {
  constructor(
    private readonly ring: KeyRing,
    private readonly sys: SysConnection,
    private readonly agents: AgentsRepository,
    private readonly logger: Logger,
  ) {}

  /** Makes an account and a user in it, and tells the broker. Throws when the broker does not take it. */
  async open(agent: { serverId: string; agentId: string; nkeyPub: string }): Promise<MintedAccount> {
    const { acctPub, jwt } = await mintAccount(this.ring, { serverId: agent.serverId, agentId: agent.agentId });
    const userJwt = await mintAgentUser(this.ring, { acctPub, ...agent });
    await this.sys.pushAccount(jwt);
    return { acctPub, accountJwt: jwt, userJwt };
  }

  /** Takes an account away; its links are cut. A broker that is away is told at the next `restore`, by leaving it out. */
  async close(acctPub: string): Promise<void> {
    try {
      await this.sys.deleteAccount(acctPub);
    } catch (error) {
      this.logger.warn('account.not_deleted', 'The broker did not delete the account of an agent; its messages are ignored.', { acctPub, error });
    }
  }

  /** Tells the broker every account of an ACTIVE agent again: it may have lost its store. */
  async restore(): Promise<void> {
    for (const agent of await this.agents.active()) {
      try {
        await this.sys.pushAccount(agent.accountJwt);
      } catch (error) {
        this.logger.warn('account.not_restored', 'The broker did not take the account of an agent.', { agentId: agent.agentId, serverId: agent.serverId, error });
      }
    }
  }
}
