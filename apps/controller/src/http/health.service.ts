import { Injectable } from '@nestjs/common';
import { HubConnection } from '@usher/bus';
import { AppError } from '@usher/contracts';
import { runChecks, type HealthReport } from '@usher/platform';
import { Pool } from 'pg';

const DATABASE_WAIT_MS = 2_000;

/** What the controller cannot work without. The key ring was read at start, or there would be no controller. */
@Injectable()
export class HealthService {
  constructor(
    private readonly pool: Pool,
    private readonly hub: HubConnection,
  ) {}

  report(): Promise<HealthReport> {
    return runChecks({
      database: () => this.database(),
      broker: () => this.broker(),
    });
  }

  private async database(): Promise<void> {
    const late = new Promise<never>((_, reject) => setTimeout(() => reject(new AppError('TIMED_OUT', 'no answer')), DATABASE_WAIT_MS).unref());
    await Promise.race([this.pool.query('SELECT 1 FROM lease LIMIT 1'), late]);
  }

  private async broker(): Promise<void> {
    if (!this.hub.connected) throw new AppError('AGENT_OFFLINE', 'not connected');
  }
}
