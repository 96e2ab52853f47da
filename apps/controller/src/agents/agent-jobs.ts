import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { OutboxPublisher } from '@usher/database';
import { DirectServersService } from './direct-servers.service.js';
import { RetentionService } from './retention.service.js';
import { Scheduler } from './scheduler.js';

/** The repeating work of this room, and the sending of durable commands. */
@Injectable()
export class AgentJobs implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly scheduler: Scheduler,
    private readonly direct: DirectServersService,
    private readonly retention: RetentionService,
    private readonly publisher: OutboxPublisher,
  ) {}

  onModuleInit(): void {
    this.scheduler.add({ name: 'direct-servers', everyMs: 10_000, run: (signal) => this.direct.reconcile(signal) });
    this.scheduler.add({ name: 'retention', everyMs: 3_600_000, run: (signal) => this.retention.run(signal) });
  }

  onApplicationBootstrap(): void {
    this.publisher.start();
    this.scheduler.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.publisher.stop(), this.scheduler.stop()]);
  }
}
