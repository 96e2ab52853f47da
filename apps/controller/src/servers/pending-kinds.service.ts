import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { transaction } from '@usher/database';
import { runInContext } from '@usher/platform';
import { fullJitter, type Clock } from '@usher/resilience';
import { Pool } from 'pg';
import { Scheduler } from '../agents/scheduler.js';
import { Actor } from '../auth/actor.js';
import { CLOCK } from '../infrastructure.js';
import { ConnectionTestService } from './connection-test.service.js';
import { CredentialsService } from './credentials.service.js';
import { ServerWriter } from './server-writer.service.js';
import type { ServerRow } from './servers.repository.js';
import { ServersService } from './servers.service.js';

const BACK_OFF = { baseMs: 10_000, capMs: 600_000 };

/**
 * Servers that were saved unreached and without a vendor's name cannot have an agent: it would not know how to speak.
 * They are tested again until they answer; then they are like any other.
 */
@Injectable()
export class PendingKindsService implements OnModuleInit {
  private readonly waits = new Map<string, { attempts: number; untilMs: number }>();

  constructor(
    private readonly servers: ServersService,
    private readonly writer: ServerWriter,
    private readonly credentials: CredentialsService,
    private readonly tests: ConnectionTestService,
    private readonly pool: Pool,
    private readonly scheduler: Scheduler,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.scheduler.add({ name: 'pending-kinds', everyMs: 10_000, run: (signal) => this.run(signal) });
  }

  /** One look at all of them; each is tried when its own back-off has passed. */
  async run(signal: AbortSignal): Promise<void> {
    const nowMs = this.clock.monotonicMs();
    const rows = (await this.servers.list(Actor.host(), { states: ['pending'] })).filter((row) => row.kind === null);
    for (const id of this.waits.keys()) if (!rows.some((row) => row.id === id)) this.waits.delete(id);
    for (const row of rows) {
      if (signal.aborted) return;
      if (nowMs >= (this.waits.get(row.id)?.untilMs ?? 0)) await runInContext({ serverId: row.id }, () => this.look(row));
    }
  }

  private async look(row: ServerRow): Promise<void> {
    const token = await this.credentials.tokenOf(row.id);
    const result = await this.tests.test({ url: row.url, token, kind: null, tls: row.tls });
    const kind = result.ok ? result.profile.kind : result.kind;
    if (kind === null) {
      const attempts = (this.waits.get(row.id)?.attempts ?? 0) + 1;
      this.waits.set(row.id, { attempts, untilMs: this.clock.monotonicMs() + BACK_OFF.baseMs + fullJitter(attempts, BACK_OFF) });
      return;
    }
    const changes = [{ field: 'kind', from: null, to: kind }];
    await transaction(this.pool, (tx) =>
      this.writer.change(tx, Actor.host(), { row, settings: row, url: row.url, kind, changes, newToken: null, reconnects: true }),
    );
    this.servers.announce([row.id]);
  }
}
