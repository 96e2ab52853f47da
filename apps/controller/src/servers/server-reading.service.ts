import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HubBus } from '@usher/bus';
import { AppError, probeServer } from '@usher/contracts';
import { Logger, runInContext } from '@usher/platform';
import { Coalesce, fullJitter, type Clock } from '@usher/resilience';
import { Scheduler } from '../agents/scheduler.js';
import { CLOCK } from '../infrastructure.js';
import { LibrariesService } from '../libraries/libraries.service.js';
import { UsersService } from '../users/users.service.js';
import { ServerStateRepository, type ReadableServer } from './server-state.repository.js';

const EVERY_MS = 30_000;
const BACK_OFF = { baseMs: 30_000, capMs: 1_800_000 };

interface Turn {
  readonly failures: number;
  readonly nextMs: number;
}

/** Reads the lists of a server (libraries, users) after a probe, at the server's own interval, and on demand. */
@Injectable()
export class ServerReadingService implements OnModuleInit {
  private readonly reads = new Coalesce<void>();
  /** Monotonic times of the next turn; a list may be empty, so the rows alone cannot say when it was read. */
  private readonly turns = new Map<string, Turn>();

  constructor(
    private readonly repository: ServerStateRepository,
    private readonly libraries: LibrariesService,
    private readonly users: UsersService,
    private readonly bus: HubBus,
    private readonly scheduler: Scheduler,
    private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.scheduler.add({ name: 'server-reading', everyMs: EVERY_MS, run: (signal) => this.readDue(signal) });
  }

  /** Probe and lists, now. @throws NOT_FOUND, AGENT_OFFLINE, AGENT_TIMEOUT, or what the media server answered */
  async refresh(serverId: string): Promise<void> {
    const poll = await this.repository.pollSettings(serverId);
    if (!poll) throw new AppError('NOT_FOUND', 'No server has this id.', { serverId });
    const profile = await this.bus.command(probeServer, { serverId }, {});
    await this.readLists({ serverId, capabilities: profile.capabilities, librariesS: poll.librariesS });
  }

  /** After a probe: reads what is due (above all what was never read) without waiting; what fails is done by the next turn. */
  readSoon(serverId: string): void {
    void this.repository
      .readable(serverId)
      .then(async ([server]) => {
        if (server && this.isDue(server)) await this.take(server);
      })
      .catch((error: unknown) => this.logger.warn('lists.not_read', 'The lists of a server could not be read; its turn comes again.', { serverId, error }));
  }

  private async readDue(signal: AbortSignal): Promise<void> {
    const due = (await this.repository.readable()).filter((server) => this.isDue(server));
    await Promise.all(due.map((server) => (signal.aborted ? undefined : this.take(server))));
  }

  private isDue({ serverId, readAt, librariesS }: ReadableServer): boolean {
    const turn = this.turns.get(serverId);
    if (turn) return this.clock.monotonicMs() >= turn.nextMs;
    return readAt === null || this.clock.now() - readAt.getTime() >= librariesS * 1_000;
  }

  /** Never throws: a server that cannot be read delays only itself. */
  private async take(server: ReadableServer): Promise<void> {
    const { serverId } = server;
    try {
      await this.readLists(server);
    } catch (error) {
      const failures = (this.turns.get(serverId)?.failures ?? 0) + 1;
      this.turns.set(serverId, { failures, nextMs: this.clock.monotonicMs() + fullJitter(failures, BACK_OFF) });
      this.logger.warn('lists.not_read', 'The lists of a server could not be read; its turn comes again.', { serverId, failures, error });
    }
  }

  private readLists({ serverId, capabilities, librariesS }: Omit<ReadableServer, 'readAt'>): Promise<void> {
    return this.reads.run(serverId, () =>
      runInContext({ serverId }, async () => {
        if (capabilities.includes('libraries.list')) await this.libraries.read(serverId);
        if (capabilities.includes('users.list')) await this.users.read(serverId);
        this.turns.set(serverId, { failures: 0, nextMs: this.clock.monotonicMs() + librariesS * 1_000 });
      }),
    );
  }
}
