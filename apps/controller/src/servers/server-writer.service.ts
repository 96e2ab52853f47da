import { Injectable } from '@nestjs/common';
import { uuidv7, type ConnectionTestResult, type ServerKind } from '@usher/contracts';
import { Outbox } from '@usher/database';
import type { Secret } from '@usher/security';
import type { PoolClient } from 'pg';
import { AgentSettingsService } from '../agents/agent-settings.service.js';
import { AuditService } from '../audit/audit.service.js';
import type { Actor } from '../auth/actor.js';
import { CredentialsService } from './credentials.service.js';
import type { FieldChange } from './server-diff.js';
import type { ServerSettings } from './server-settings.js';
import { ServersRepository, type ServerRow } from './servers.repository.js';

export interface ServerToCreate {
  readonly settings: ServerSettings;
  readonly url: string;
  readonly kind: ServerKind | null;
  readonly token: Secret;
  readonly test: ConnectionTestResult;
  readonly demo: boolean;
}

export interface ServerToChange {
  readonly row: ServerRow;
  readonly settings: ServerSettings;
  readonly url: string;
  readonly kind: ServerKind | null;
  readonly changes: readonly FieldChange[];
  /** null = the stored key stays; the address or TLS settings may still be new. */
  readonly newToken: Secret | null;
  /** True when address, key, kind or TLS settings differ: a new credential revision. */
  readonly reconnects: boolean;
}

/** Writes servers: row, sealed key, audit and the agent's command in the caller's one transaction. */
@Injectable()
export class ServerWriter {
  constructor(
    private readonly servers: ServersRepository,
    private readonly credentials: CredentialsService,
    private readonly agentSettings: AgentSettingsService,
    private readonly outbox: Outbox,
    private readonly audit: AuditService,
  ) {}

  /** A new row in state pending; returns its id. A failed test stays on the row as its reason. */
  async create(tx: PoolClient, actor: Actor, server: ServerToCreate): Promise<string> {
    const { settings, url, token, test } = server;
    const id = uuidv7();
    const kind = test.ok ? test.profile.kind : (test.kind ?? server.kind);
    await this.servers.insert(tx, {
      ...settings,
      id,
      url,
      kind,
      demo: server.demo,
      stateCode: test.ok ? null : test.code,
      stateReason: test.ok ? null : test.message,
      profile: test.ok ? test.profile : null,
    });
    await this.credentials.store(tx, { serverId: id, url, token, kind, tls: settings.tls });
    if (settings.role === 'primary') await this.servers.raiseFleetEpoch(tx);
    await this.audit.append(tx, actor, {
      action: 'server.registered',
      serverId: id,
      payload: { alias: settings.alias, url, kind, externalKey: settings.externalKey, readOnly: settings.readOnly, role: settings.role, tested: test.ok },
    });
    return id;
  }

  async change(tx: PoolClient, actor: Actor, change: ServerToChange): Promise<void> {
    const { row, settings, url, kind } = change;
    await this.servers.update(tx, row.id, row.configRev, { ...settings, url, kind });
    if (change.reconnects) {
      await this.servers.forgetMachine(tx, row.id);
      const token = change.newToken ?? (await this.credentials.tokenOf(row.id, tx));
      await this.credentials.store(tx, { serverId: row.id, url, token, kind, tls: settings.tls });
    }
    if (settings.role !== row.role) await this.servers.raiseFleetEpoch(tx);
    await this.agentSettings.configureInOutbox(tx, row.id);
    await this.audit.append(tx, actor, { action: 'server.updated', serverId: row.id, payload: { alias: settings.alias, changes: change.changes } });
  }

  /** The row and its history stay; the key goes, and nothing is sent to the agent any more. */
  async remove(tx: PoolClient, actor: Actor, row: ServerRow): Promise<void> {
    await this.servers.makeHistorical(tx, row.id);
    await this.credentials.destroy(tx, row.id);
    await this.outbox.cancel(tx, row.id);
    if (row.role === 'primary') await this.servers.raiseFleetEpoch(tx);
    await this.audit.append(tx, actor, { action: 'server.removed', serverId: row.id, payload: { alias: row.alias, url: row.url } });
  }
}
