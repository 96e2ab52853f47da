import { Controller } from '@nestjs/common';
import { HandleFact, type FactContext } from '@usher/bus';
import { serverProbed, type ServerProfile } from '@usher/contracts';
import type { PoolClient } from 'pg';
import { ServerStateService } from './server-state.service.js';

@Controller()
export class ServerStateListener {
  constructor(private readonly service: ServerStateService) {}

  @HandleFact(serverProbed)
  probed({ profile }: { profile: ServerProfile }, { serverId, tx }: FactContext): Promise<void> {
    return this.service.probed(tx as PoolClient, serverId, profile);
  }
}
