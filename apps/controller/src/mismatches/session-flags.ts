import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { splitSessionId } from '@usher/contracts';
import { Logger } from '@usher/platform';
import type { Clock } from '@usher/resilience';
import { ChangeHub } from '../graphql/changes.js';
import { KeptReading } from '../graphql/kept-reading.js';
import { CLOCK } from '../infrastructure.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { IdentityIndex } from '../users/identity-index.js';
import type { SessionFlagObject } from './mismatches.graphql.js';
import { MismatchesRepository } from './mismatches.repository.js';

const NONE: readonly SessionFlagObject[] = [];

/** What is shown with live sessions beside what agents tell: their flags, and a new word when flags or people changed. */
@Injectable()
export class SessionFlags implements OnApplicationBootstrap, OnApplicationShutdown {
  private flags: ReadonlyMap<string, readonly SessionFlagObject[]> = new Map();
  private readonly reading: KeptReading;

  constructor(
    private readonly repository: MismatchesRepository,
    private readonly sessions: SessionsService,
    private readonly people: IdentityIndex,
    changes: ChangeHub,
    logger: Logger,
    @Inject(CLOCK) clock: Clock,
  ) {
    const onFailure = (error: unknown) => logger.warn('flags.not_read', 'The flags of sessions could not be read again; it is repeated.', { error });
    this.reading = new KeptReading({ read: () => this.read(), kind: 'mismatch', changes, clock, onFailure });
  }

  async onApplicationBootstrap(): Promise<void> {
    this.people.onChanged((serverIds) => this.sessions.showAgain(serverIds));
    await this.reading.start();
  }

  onApplicationShutdown(): void {
    this.reading.stop();
  }

  of(sessionId: string): readonly SessionFlagObject[] {
    return this.flags.get(sessionId) ?? NONE;
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
}
