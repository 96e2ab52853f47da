import { Injectable } from '@nestjs/common';
import { AppError } from '@usher/contracts';
import { transaction } from '@usher/database';
import { Logger } from '@usher/platform';
import { Pool } from 'pg';
import { DirectServersService } from '../agents/direct-servers.service.js';
import type { Actor } from '../auth/actor.js';
import { ChangeHub } from '../graphql/changes.js';
import { ServerReadingService } from './server-reading.service.js';
import { ServerWriter } from './server-writer.service.js';
import { ServersRepository, type ServerFilterValues, type ServerRow } from './servers.repository.js';

const ID_SUFFIX = /^[0-9a-fA-F]{6,12}$/;

/** The registry as people ask for it. */
@Injectable()
export class ServersService {
  constructor(
    private readonly servers: ServersRepository,
    private readonly writer: ServerWriter,
    private readonly directServers: DirectServersService,
    private readonly changes: ChangeHub,
    private readonly reading: ServerReadingService,
    private readonly pool: Pool,
    private readonly logger: Logger,
  ) {}

  async list(actor: Actor, filter: ServerFilterValues = {}): Promise<ServerRow[]> {
    actor.allow('viewer');
    return this.servers.list(filter);
  }

  /** By id, by the last 6 or more characters of an id, or by alias or slug; a historical server by its whole id only. @throws NOT_FOUND */
  async find(actor: Actor, by: { id?: string | null; alias?: string | null }): Promise<ServerRow> {
    actor.allow('viewer');
    if (!by.id === !by.alias) throw new AppError('VALIDATION_FAILED', 'Give either id or alias.', { field: 'id' });
    const row = by.id ? await this.byIdOrSuffix(by.id) : await this.servers.byAlias(by.alias!);
    return row ?? notFound();
  }

  /** A server that is not historical. @throws NOT_FOUND */
  async living(id: string): Promise<ServerRow> {
    const row = await this.servers.byId(id);
    return row && row.state !== 'historical' ? row : notFound();
  }

  /** Ids of changed servers become rows; one that was deleted meanwhile is left out. */
  async changed(actor: Actor, id: string): Promise<ServerRow | null> {
    actor.allow('viewer');
    return this.servers.byId(id);
  }

  /** Takes a server out of the fleet: history stays, the stored key is destroyed, its agent ends. @throws NOT_FOUND, VALIDATION_FAILED */
  async remove(actor: Actor, id: string, confirmAlias: string): Promise<ServerRow> {
    actor.allow('operator');
    const row = await this.living(id);
    if (row.role === 'primary') actor.allow('superadmin');
    if (confirmAlias.trim() !== row.alias) {
      throw new AppError('VALIDATION_FAILED', 'The typed alias is not the alias of this server.', { field: 'confirmAlias' });
    }
    await transaction(this.pool, async (tx) => {
      const locked = await this.servers.byId(id, tx, 'FOR UPDATE OF s');
      if (!locked || locked.state === 'historical') return notFound();
      await this.writer.remove(tx, actor, locked);
    });
    this.changes.publish('server', [id]);
    this.inBackground(() => this.directServers.retire(id));
    return (await this.servers.byId(id)) ?? notFound();
  }

  /** Lets the agent probe and read its lists now. @throws NOT_FOUND, AGENT_OFFLINE, AGENT_TIMEOUT, SERVER_UNREACHABLE … of the agent */
  async refresh(actor: Actor, id: string): Promise<ServerRow> {
    actor.allow('operator');
    await this.living(id);
    await this.reading.refresh(id);
    return this.living(id);
  }

  /** After the commit of new or changed servers: everybody hears of them, and those without an agent get one. */
  announce(ids: readonly string[]): void {
    if (ids.length === 0) return;
    this.changes.publish('server', ids);
    this.inBackground(async () => void (await Promise.all(ids.map((id) => this.directServers.ensure(id)))));
  }

  /** Adoption does not keep the caller waiting; what fails here is done again by the reconciler of direct servers. */
  private inBackground(work: () => Promise<void>): void {
    work().catch((error: unknown) => this.logger.warn('agent.not_arranged', 'The agent of a server was not arranged; it is tried again.', { error }));
  }

  private async byIdOrSuffix(id: string): Promise<ServerRow | null> {
    return ID_SUFFIX.test(id) ? this.servers.byIdSuffix(id) : this.servers.byId(id);
  }
}

function notFound(): never {
  throw new AppError('NOT_FOUND', 'There is no such server.');
}
