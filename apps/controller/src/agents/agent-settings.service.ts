import { Inject, Injectable } from '@nestjs/common';
import { AppError, configureServer, IgnoredDevice, PollSettings, type AgentConfig, type TrustedKey } from '@usher/contracts';
import { Outbox } from '@usher/database';
import { KeyRing, openCredential, sealTo, type JWK } from '@usher/security';
import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { ControllerConfig } from '../config.js';
import { CONTROLLER_CONFIG } from '../infrastructure.js';
import { AgentsRepository, type Queryable } from './agents.repository.js';
import { FleetEpoch } from './fleet-epoch.js';

export interface AgentSettings {
  readonly config: AgentConfig;
  /** Of the stored credential; 0 when there is none. */
  readonly credentialRev: number;
  /** Sealed to the agent's box key; null when there is none, or when the agent has this revision. */
  readonly credential: string | null;
}

interface SettingsRow {
  config_rev: string;
  read_only: boolean;
  poll: unknown;
  ignored_devices: unknown;
  demo: boolean;
  url: string;
  rev: string | null;
  dek_ver: number;
  kek_id: string;
  wrapped_dek: Buffer;
  ciphertext: Buffer;
}

/** An agent that was away this long gets the settings by its hello instead. */
const CONFIGURE_DEADLINE_MS = 24 * 3_600_000;

/** What an agent has to know of its server. The credential is opened only to be sealed to that one agent. */
@Injectable()
export class AgentSettingsService {
  constructor(
    private readonly agents: AgentsRepository,
    private readonly ring: KeyRing,
    private readonly outbox: Outbox,
    private readonly epoch: FleetEpoch,
    @Inject(CONTROLLER_CONFIG) private readonly appConfig: Pick<ControllerConfig, 'natsUrl'>,
  ) {}

  /** What every agent is told: whom to trust, and where the broker is. */
  fleetTerms(): { keys: TrustedKey[]; fleetId: string; fleetEpoch: number; brokerUrls: string[] } {
    return { keys: this.ring.trustedKeys(), fleetId: this.ring.fleetId, fleetEpoch: this.epoch.current, brokerUrls: [this.appConfig.natsUrl] };
  }

  /** `knownRev` = the credential's revision that the agent has. Throws NOT_FOUND for a server that is gone. */
  async settingsFor(on: Queryable, serverId: string, boxPub: JWK, knownRev = -1): Promise<AgentSettings> {
    const { rows } = await on.query<SettingsRow>(
      `SELECT s.config_rev, s.read_only, s.poll, s.ignored_devices, s.demo, s.url, c.rev, c.dek_ver, c.kek_id, c.wrapped_dek, c.ciphertext
         FROM server s LEFT JOIN server_credential c ON c.server_id = s.id AND c.kind = 'media-server'
        WHERE s.id = $1 AND s.state <> 'historical'`,
      [serverId],
    );
    const row = rows[0];
    if (!row) throw new AppError('NOT_FOUND', 'This server is not registered.', { serverId });
    const config: AgentConfig = {
      rev: Number(row.config_rev),
      readOnly: row.read_only,
      poll: PollSettings.parse(row.poll),
      ignoredDevices: z.array(IgnoredDevice).parse(row.ignored_devices),
      // A demo server answers for plex.tv itself: nothing of it leaves the machine.
      ...(row.demo && { plexTvUrl: row.url }),
    };
    const credentialRev = Number(row.rev ?? 0);
    if (row.rev === null || credentialRev <= knownRev) return { config, credentialRev, credential: null };
    const sealed = { dekVersion: row.dek_ver, kekId: row.kek_id, wrappedDek: row.wrapped_dek, ciphertext: row.ciphertext };
    const plain = openCredential(this.ring, { serverId, kind: 'media-server' }, sealed);
    return { config, credentialRev, credential: await sealTo(boxPub, plain) };
  }

  /** A secret for the agent of this server alone, sealed to its box key. @throws AppError AGENT_OFFLINE when none is enrolled */
  async sealFor(serverId: string, secret: object): Promise<string> {
    const agent = await this.agents.activeOf(serverId);
    if (!agent) throw new AppError('AGENT_OFFLINE', 'The agent of this server is not there.', { serverId });
    return sealTo(agent.boxPub, secret);
  }

  /**
   * In the transaction that changed the settings or the credential: tells the agent of this server. Without an
   * ACTIVE agent nothing is sent; the next one is given everything when it enrolls.
   */
  async configureInOutbox(tx: PoolClient, serverId: string): Promise<void> {
    const agent = await this.agents.activeOf(serverId, tx);
    if (!agent) return;
    const { config, credential } = await this.settingsFor(tx, serverId, agent.boxPub);
    await this.outbox.cancel(tx, serverId, configureServer);
    await this.outbox.add(tx, { serverId, contract: configureServer, request: { config, credential }, deadlineMs: CONFIGURE_DEADLINE_MS });
  }
}
