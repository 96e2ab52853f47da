import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { HubConnection } from '@usher/bus';
import { Logger } from '@usher/platform';
import type { Clock, TimerHandle } from '@usher/resilience';
import { ChangeHub } from '../graphql/changes.js';
import { CLOCK } from '../infrastructure.js';
import { ActiveAgents } from './active-agents.js';
import { BusAccountsService } from './bus-accounts.service.js';
import { FleetEpoch } from './fleet-epoch.js';

const REFRESH_MS = 30_000;

/** Keeps what is in memory in step with the tables, and the broker's accounts with table agent. */
@Injectable()
export class AgentsLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly stops: (() => void)[] = [];
  private timer: TimerHandle | null = null;

  constructor(
    private readonly directory: ActiveAgents,
    private readonly epoch: FleetEpoch,
    private readonly accounts: BusAccountsService,
    private readonly changes: ChangeHub,
    private readonly hub: HubConnection,
    private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.refresh();
    this.stops.push(
      this.changes.listen((change) => {
        if (change.kind === 'agent') this.inBackground(this.directory.refresh());
        // Another primary server raises the fleet's epoch.
        if (change.kind === 'server') this.inBackground(this.epoch.refresh());
      }),
      // A broker that comes back may have lost its accounts, and this process may have missed changes.
      this.hub.onStatus((connected) => {
        if (connected) this.inBackground(this.refresh().then(() => this.accounts.restore()));
      }),
    );
    this.inBackground(this.accounts.restore());
    this.plan();
  }

  onApplicationShutdown(): void {
    for (const stop of this.stops) stop();
    if (this.timer) this.clock.clearTimeout(this.timer);
    this.timer = null;
  }

  private async refresh(): Promise<void> {
    await Promise.all([this.directory.refresh(), this.epoch.refresh()]);
  }

  /** A change that was announced while the broker was away is found this way. */
  private plan(): void {
    this.timer = this.clock.setTimeout(() => {
      this.inBackground(this.refresh());
      this.plan();
    }, REFRESH_MS);
  }

  private inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => this.logger.warn('agents.not_refreshed', 'The list of agents could not be read again; it is repeated.', { error }));
  }
}
