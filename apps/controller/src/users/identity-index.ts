import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Logger } from '@usher/platform';
import type { Clock } from '@usher/resilience';
import { Pool } from 'pg';
import { ChangeHub } from '../graphql/changes.js';
import { KeptReading } from '../graphql/kept-reading.js';
import { CLOCK } from '../infrastructure.js';

export interface PersonName {
  readonly id: string;
  readonly name: string;
}

type Accounts = ReadonlyMap<string, PersonName>;

/** Which person an account belongs to, in memory: live sessions are shown by the thousand. Read again after every change. */
@Injectable()
export class IdentityIndex implements OnApplicationBootstrap, OnApplicationShutdown {
  /** By server, then by the vendor's id of the account. */
  private servers: ReadonlyMap<string, Accounts> = new Map();
  private readonly reading: KeptReading;
  private readonly listeners = new Set<(serverIds: readonly string[]) => void>();

  constructor(
    private readonly pool: Pool,
    changes: ChangeHub,
    logger: Logger,
    @Inject(CLOCK) clock: Clock,
  ) {
    const onFailure = (error: unknown) => logger.warn('identities.not_read', 'The people behind accounts could not be read again; it is repeated.', { error });
    this.reading = new KeptReading({ read: () => this.read(), kind: 'identity', changes, clock, onFailure });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.reading.start();
  }

  onApplicationShutdown(): void {
    this.reading.stop();
  }

  personOf(serverId: string, userId: string | null): PersonName | null {
    return userId === null ? null : (this.servers.get(serverId)?.get(userId) ?? null);
  }

  /** Called with the servers some of whose accounts belong to somebody else, or to somebody renamed. */
  onChanged(listener: (serverIds: readonly string[]) => void): void {
    this.listeners.add(listener);
  }

  private async read(): Promise<void> {
    const { rows } = await this.pool.query<{ serverId: string; userId: string; id: string; name: string }>(
      `SELECT u.server_id AS "serverId", u.user_vendor_id AS "userId", i.id, i.display_name AS name
         FROM identity_user u JOIN identity i ON i.id = u.identity_id ORDER BY u.server_id, u.user_vendor_id`,
    );
    const servers = new Map<string, Map<string, PersonName>>();
    for (const { serverId, userId, id, name } of rows) {
      const accounts = servers.get(serverId) ?? new Map<string, PersonName>();
      servers.set(serverId, accounts.set(userId, { id, name }));
    }
    const before = this.servers;
    this.servers = servers;
    const changed = [...new Set([...before.keys(), ...servers.keys()])].filter((serverId) => !isSame(before.get(serverId), servers.get(serverId)));
    if (changed.length > 0) for (const listener of this.listeners) listener(changed);
  }
}

function isSame(before: Accounts | undefined, after: Accounts | undefined): boolean {
  if (before?.size !== after?.size) return false;
  return [...(after ?? [])].every(([userId, { id, name }]) => before?.get(userId)?.id === id && before.get(userId)?.name === name);
}
