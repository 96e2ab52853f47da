import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { contractName, showNotice } from '@usher/contracts';
import { Logger } from '@usher/platform';
import { OutboxOutcomes } from '../agents/outbox-outcomes.js';
import { Scheduler } from '../agents/scheduler.js';
import { ChangeHub } from '../graphql/changes.js';
import { DeliveriesProcessor } from './deliveries.processor.js';
import { DueService } from './due.service.js';
import { MaintenanceStateService } from './maintenance-state.service.js';

/** How late something is at most when every wake-up was lost. */
const LOOK_MS = 5_000;
const STATE_REPEAT_MS = 30_000;

/** When the work of this room is done: at wake-ups, after changes, and every few seconds in any case. */
@Injectable()
export class FleetJobs implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  private running: Promise<void> | null = null;
  private isWanted = false;
  private isStopped = false;
  private stopListening = () => undefined as void;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly outcomes: OutboxOutcomes,
    private readonly changes: ChangeHub,
    private readonly due: DueService,
    private readonly maintenance: MaintenanceStateService,
    private readonly processor: DeliveriesProcessor,
    private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.scheduler.add({ name: 'fleet-due', everyMs: LOOK_MS, run: () => this.lookSoon() });
    this.scheduler.add({ name: 'maintenance-state', everyMs: STATE_REPEAT_MS, run: () => this.maintenance.publish() });
    this.outcomes.on(contractName(showNotice), () => void this.lookSoon());
  }

  onApplicationBootstrap(): void {
    this.processor.start(() => this.lookSoon());
    this.stopListening = this.changes.listen(({ kind }) => {
      if (kind === 'maintenance' || kind === 'server') this.scheduler.wake('maintenance-state');
      if (kind === 'maintenance' || kind === 'notice') void this.lookSoon();
    });
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    this.stopListening();
    // A queue that is closed answers nobody: what is under way still plans its next wake-up.
    await this.running;
    await this.processor.stop();
  }

  /** One look at a time; whoever asks meanwhile gets another one after it. Never throws. */
  private lookSoon(): Promise<void> {
    this.isWanted = true;
    this.running ??= this.look().finally(() => (this.running = null));
    return this.running;
  }

  private async look(): Promise<void> {
    while (this.isWanted && !this.isStopped) {
      this.isWanted = false;
      try {
        const nextMs = await this.due.turn();
        if (nextMs !== null) await this.processor.wakeIn(nextMs);
      } catch (error) {
        if (!this.isStopped) this.logger.warn('fleet.look_failed', 'What is due could not be done; it is tried again in a few seconds.', { error });
      }
    }
  }
}
