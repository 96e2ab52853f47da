import { Injectable, type OnModuleInit } from '@nestjs/common';
import { contractName, serverProbed, type ServerProfile } from '@usher/contracts';
import type { PoolClient } from 'pg';
import { FactInboxService } from '../agents/fact-inbox.service.js';
import { ChangeHub } from '../graphql/changes.js';
import { ServerReadingService } from './server-reading.service.js';
import { ServerStateRepository } from './server-state.repository.js';

/** What a probe found out goes into the server's row; the first one takes a pending server online. */
@Injectable()
export class ServerStateService implements OnModuleInit {
  constructor(
    private readonly repository: ServerStateRepository,
    private readonly reading: ServerReadingService,
    private readonly inbox: FactInboxService,
    private readonly changes: ChangeHub,
  ) {}

  onModuleInit(): void {
    this.inbox.onApplied(contractName(serverProbed), ({ serverId }) => {
      this.changes.publish('server', [serverId]);
      this.reading.readSoon(serverId);
    });
  }

  /** In the transaction that applies the fact. A server that was removed meanwhile stays as it is. */
  async probed(tx: PoolClient, serverId: string, profile: ServerProfile): Promise<void> {
    await this.repository.saveProfile(tx, serverId, profile);
  }
}
