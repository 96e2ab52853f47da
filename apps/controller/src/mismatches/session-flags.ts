import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { splitSessionId } from '@usher/contracts';
import { Logger } from '@usher/platform';
import { Coalesce, type Clock, type TimerHandle } from '@usher/resilience';
import { ChangeHub } from '../graphql/changes.js';
import { CLOCK } from '../infrastructure.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { IdentityIndex } from '../users/identity-index.js';
import type { SessionFlagObject } from './mismatches.graphql.js';
import { MismatchesRepository } from './mismatches.repository.js';

const REFRESH_MS = 60_000;
const NONE: readonly SessionFlagObject[] = [];

/** What is shown with live sessions beside what agents tell: their flags, and a new word when flags or people changed. */
@Injectable()
export class SessionFlags implements OnApplicationBootstrap, OnApplicationShutdown {
  private flags: ReadonlyMap<string, readonly SessionFlagObject[]> = new Map();
  private readonly reads = new Coalesce<void>();
  private stopListening = () => undefined as void;
  private timer: TimerHandle | null = null;

  constructor(
    private readonly repository: MismatchesRepository,
    private readonly sessions: SessionsService,
    private readonly people: IdentityIndex,
    private readonly changes: ChangeHub,
    private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.people.onChanged((serverIds) => this.sessions.showAgain(serverIds));
    this.stopListening = this.changes.listen(({ kind }) => {
      // A reading that began before the change is not enough: another one follows it.
      if (kind === 'mismatch') this.inBackground(this.refresh().then(() => this.refresh()));
    });
    this.plan();
    await this.refresh();
  }

  onApplicationShutdown(): void {
    this.stopListening();
    if (this.timer) this.clock.clearTimeout(this.timer);
    this.timer = null;
  }

  of(sessionId: string): readonly SessionFlagObject[] {
    return this.flags.get(sessionId) ?? NONE;
  }

  private refresh(): Promise<void> {
    return this.reads.run('all', () => this.read());
  }

  private async read(): Promise<void> {
    const flags = new Map<string, SessionFlagObject[]>();
    for (const { mismatchId, rule, flags: found } of await this.repository.openFlags()) {
      for (const { sessionId, text } of found) flags.set(sessionId, [...(flags.get(sessionId) ?? []), { mismatchId, rule, text }]);
    }
    const before = this.flags;
    this.flags = flags;
    const changed = [...new Set([...before.keys(), ...flags.keys()])].filter((id) => JSON.stringify(before.get(id)) !== JSON.stringify(flags.get(id)));
    this.sessions.showAgain(new Set(changed.flatMap((id) => splitSessionId(id)?.serverId ?? [])));
  }

  private inBackground(read: Promise<void>): void {
    read.catch((error: unknown) => this.logger.warn('flags.not_read', 'The flags of sessions could not be read again; it is repeated.', { error }));
  }

  private plan(): void {
    this.timer = this.clock.setTimeout(() => {
      this.inBackground(this.refresh());
      this.plan();
    }, REFRESH_MS);
  }
}
