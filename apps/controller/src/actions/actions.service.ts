import { Injectable } from '@nestjs/common';
import { HubBus } from '@usher/bus';
import { AppError, REFRESH_MODES, refreshItem, refreshLibrary, restartServer, scanLibrary, type Capability, type CommandContract } from '@usher/contracts';
import { transaction } from '@usher/database';
import { Pool } from 'pg';
import type { z } from 'zod';
import { AuditService } from '../audit/audit.service.js';
import type { Actor } from '../auth/actor.js';
import type { RemoteAction } from '../graphql/enums.js';
import { IdempotencyService } from '../idempotency/idempotency.service.js';
import { ServersService } from '../servers/servers.service.js';
import type { RefreshItemInput, RefreshLibraryInput, RemoteActionResultObject, RestartServerInput, ScanLibraryInput } from './actions.graphql.js';

const MAX_ID = 200;

type ServerRow = Awaited<ReturnType<ServersService['living']>>;

interface Order<C extends CommandContract> {
  readonly action: RemoteAction;
  readonly capability: Capability;
  readonly contract: C;
  readonly request: z.input<C['request']>;
  /** What it is about, for the audit log. */
  readonly payload: Readonly<Record<string, string | null>>;
}

/** Orders to one media server. What the agent forbids or the media server refuses comes back as it is. */
@Injectable()
export class ActionsService {
  constructor(
    private readonly servers: ServersService,
    private readonly bus: HubBus,
    private readonly audit: AuditService,
    private readonly idempotency: IdempotencyService,
    private readonly pool: Pool,
  ) {}

  /** @throws NOT_FOUND, SERVER_READ_ONLY, CAPABILITY_MISSING, AGENT_OFFLINE, AGENT_TIMEOUT, and those of the media server; so do the others */
  scanLibrary(actor: Actor, input: ScanLibraryInput): Promise<RemoteActionResultObject> {
    const libraryVendorId = input.libraryId == null ? null : vendorId(input.libraryId, 'libraryId');
    return this.order(actor, input, 'scanLibrary', { action: 'scan-library', capability: 'libraries.scan', contract: scanLibrary, request: { libraryVendorId }, payload: { library: libraryVendorId } });
  }

  refreshLibrary(actor: Actor, input: RefreshLibraryInput): Promise<RemoteActionResultObject> {
    const libraryVendorId = vendorId(input.libraryId, 'libraryId');
    const mode = input.mode ?? REFRESH_MODES[0];
    return this.order(actor, input, 'refreshLibrary', { action: 'refresh-library', capability: 'metadata.refresh', contract: refreshLibrary, request: { libraryVendorId, mode }, payload: { library: libraryVendorId, mode } });
  }

  refreshItem(actor: Actor, input: RefreshItemInput): Promise<RemoteActionResultObject> {
    const itemVendorId = vendorId(input.itemId, 'itemId');
    const mode = input.mode ?? REFRESH_MODES[0];
    return this.order(actor, input, 'refreshItem', { action: 'refresh-item', capability: 'metadata.refresh', contract: refreshItem, request: { itemVendorId, mode }, payload: { item: itemVendorId, mode } });
  }

  /** Everybody who watches there is cut off, so the alias has to be typed. */
  restartServer(actor: Actor, input: RestartServerInput): Promise<RemoteActionResultObject> {
    return this.order(actor, input, 'restartServer', { action: 'restart-server', capability: 'server.restart', contract: restartServer, request: {}, payload: {} }, (row) => {
      if (input.confirmAlias.trim() !== row.alias) throw new AppError('VALIDATION_FAILED', 'The typed alias is not the alias of this server.', { field: 'confirmAlias' });
    });
  }

  private async order<C extends CommandContract>(
    actor: Actor,
    input: { readonly idempotencyKey: string; readonly serverId: string },
    op: string,
    order: Order<C>,
    check: (row: ServerRow) => void = () => undefined,
  ): Promise<RemoteActionResultObject> {
    const operator = actor.require('operator');
    return this.idempotency.once({ operator, key: input.idempotencyKey, op, request: input }, async (save) => {
      const row = await this.servers.living(input.serverId);
      check(row);
      refuseWhatCannotBe(row, order.capability);
      await this.send(actor, row.id, order);
      const result: RemoteActionResultObject = { serverId: row.id, action: order.action, at: new Date().toISOString() };
      await transaction(this.pool, (tx) => save(tx, result));
      return result;
    });
  }

  /** Written down before it is sent, so that nothing happens unseen; a failure is written down too. */
  private async send<C extends CommandContract>(actor: Actor, serverId: string, { action, contract, request, payload }: Order<C>): Promise<void> {
    const noun = `server.${action.replace('-', '_')}`;
    await this.audit.append(this.pool, actor, { action: `${noun}_ordered`, serverId, payload });
    try {
      await this.bus.command(contract, { serverId }, request);
    } catch (error) {
      const outcome = error instanceof AppError ? error.code : 'INTERNAL';
      await this.audit.append(this.pool, actor, { action: `${noun}_failed`, serverId, payload: { ...payload, outcome } });
      throw error;
    }
  }
}

/** Told without asking the agent, so that it is the same whether the agent is there or not. */
function refuseWhatCannotBe({ id: serverId, alias, readOnly, profile, kind }: ServerRow, capability: Capability): void {
  if (readOnly) throw new AppError('SERVER_READ_ONLY', `“${alias}” is in read-only mode; nothing on it is changed.`, { serverId });
  if (profile?.capabilities.includes(capability) !== false) return;
  const message = capability === 'server.restart' && kind === 'plex' ? 'Plex cannot be restarted from outside; restart its process or container.' : 'This media server cannot do that.';
  throw new AppError('CAPABILITY_MISSING', message, { capability, serverId, reason: 'server' });
}

function vendorId(given: string, field: string): string {
  const id = given.trim();
  if (id.length >= 1 && id.length <= MAX_ID) return id;
  throw new AppError('VALIDATION_FAILED', `An id has 1 to ${MAX_ID} characters.`, { field });
}
