import { Inject, Injectable } from '@nestjs/common';
import { AppError, type ServerRole } from '@usher/contracts';
import { transaction } from '@usher/database';
import type { Clock } from '@usher/resilience';
import { Pool, type PoolClient } from 'pg';
import { AuditService } from '../audit/audit.service.js';
import type { Actor } from '../auth/actor.js';
import { ChangeHub } from '../graphql/changes.js';
import { CLOCK } from '../infrastructure.js';
import type { ServerObject } from '../servers/server.graphql.js';
import { serverView } from '../servers/server-view.js';
import { ServersService } from '../servers/servers.service.js';
import type { SetPrimaryServerInput } from './linking.graphql.js';
import { LinkingRepository, type LinkedServer } from './linking.repository.js';

/** Which server is the primary one, and which stand in the fleet beside it. */
@Injectable()
export class LinkingService {
  constructor(
    private readonly servers: ServersService,
    private readonly repository: LinkingRepository,
    private readonly audit: AuditService,
    private readonly changes: ChangeHub,
    private readonly pool: Pool,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * The former primary server stays linked; the fleet's epoch rises, so that whoever still speaks for the former one is refused.
   * Naming the primary server again changes nothing. @throws STEP_UP_REQUIRED, NOT_FOUND, VALIDATION_FAILED for another typed alias
   */
  async setPrimary(actor: Actor, { id, confirmAlias }: SetPrimaryServerInput): Promise<ServerObject> {
    actor.allow('superadmin');
    actor.requireProof(this.clock.now());
    const { alias } = await this.servers.living(id);
    if (confirmAlias.trim() !== alias) throw new AppError('VALIDATION_FAILED', 'The typed alias is not the alias of this server.', { field: 'confirmAlias' });
    const changed = await transaction(this.pool, async (tx) => {
      await this.repository.lockFleet(tx);
      const server = await this.living(tx, id);
      if (server.role === 'primary') return [];
      const former = await this.repository.primary(tx);
      if (former) await this.repository.setRole(tx, former.id, 'linked');
      await this.repository.setRole(tx, id, 'primary');
      await this.repository.raiseEpoch(tx);
      await this.audit.append(tx, actor, { action: 'server.made_primary', serverId: id, payload: { alias: server.alias, former: former?.alias ?? null, from: server.role } });
      return former ? [id, former.id] : [id];
    });
    return this.told(actor, id, changed);
  }

  /** Repeating it changes nothing. @throws NOT_FOUND */
  link(actor: Actor, id: string): Promise<ServerObject> {
    return this.change(actor, id, 'linked', 'server.linked');
  }

  /** @throws NOT_FOUND, VALIDATION_FAILED for the primary server */
  unlink(actor: Actor, id: string): Promise<ServerObject> {
    return this.change(actor, id, 'unlinked', 'server.unlinked');
  }

  private async change(actor: Actor, id: string, role: Exclude<ServerRole, 'primary'>, action: string): Promise<ServerObject> {
    actor.allow('operator');
    await this.servers.living(id);
    const changed = await transaction(this.pool, async (tx) => {
      await this.repository.lockFleet(tx);
      const server = await this.living(tx, id);
      if (server.role === role || (server.role === 'primary' && role === 'linked')) return [];
      if (server.role === 'primary') throw new AppError('VALIDATION_FAILED', 'This is the primary server. Make another one primary first.', { field: 'id' });
      await this.repository.setRole(tx, id, role);
      await this.audit.append(tx, actor, { action, serverId: id, payload: { alias: server.alias } });
      return [id];
    });
    return this.told(actor, id, changed);
  }

  private async living(tx: PoolClient, id: string): Promise<LinkedServer> {
    const server = await this.repository.byId(tx, id);
    if (!server) throw new AppError('NOT_FOUND', 'There is no such server.');
    return server;
  }

  private async told(actor: Actor, id: string, changed: readonly string[]): Promise<ServerObject> {
    if (changed.length > 0) this.changes.publish('server', changed);
    return serverView(await this.servers.living(id), actor);
  }
}
