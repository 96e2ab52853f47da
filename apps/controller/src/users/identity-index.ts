import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Logger } from '@usher/platform';
import { Coalesce, type Clock, type TimerHandle } from '@usher/resilience';
import { Pool } from 'pg';
import { ChangeHub } from '../graphql/changes.js';
import { CLOCK } from '../infrastructure.js';

const REFRESH_MS = 60_000;

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
  private readonly reads = new Coalesce<void>();
  private readonly listeners = new Set<(serverIds: readonly string[]) => void>();
  private stopListening = () => undefined as void;
  private timer: TimerHandle | null = null;

  constructor(
    private readonly pool: Pool,
    private readonly changes: ChangeHub,
    private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.stopListening = this.changes.listen(({ kind }) => {
      // A reading that began before the change is not enough: another one follows it.
      if (kind === 'identity') this.inBackground(this.refresh().then(() => this.refresh()));
    });
    this.plan();
    await this.refresh();
  }

  onApplicationShutdown(): void {
    this.stopListening();
    if (this.timer) this.clock.clearTimeout(this.timer);
    this.timer = null;
  }

  personOf(serverId: string, userId: string | null): PersonName | null {
    return userId === null ? null : (this.servers.get(serverId)?.get(userId) ?? null);
  }

  /** Called with the servers some of whose accounts belong to somebody else, or to somebody renamed. */
  onChanged(listener: (serverIds: readonly string[]) => void): void {
    this.listeners.add(listener);
  }

  /** Reads the table again. Callers at the same time share one reading. */
  refresh(): Promise<void> {
    return this.reads.run('all', () => this.read());
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

  private inBackground(read: Promise<void>): void {
    read.catch((error: unknown) => this.logger.warn('identities.not_read', 'The people behind accounts could not be read again; it is repeated.', { error }));
  }

  private plan(): void {
    this.timer = this.clock.setTimeout(() => {
      this.inBackground(this.refresh());
      this.plan();
    }, REFRESH_MS);
  }
}

function isSame(before: Accounts | undefined, after: Accounts | undefined): boolean {
  if (before?.size !== after?.size) return false;
  return [...(after ?? [])].every(([userId, { id, name }]) => before?.get(userId)?.id === id && before.get(userId)?.name === name);
}
