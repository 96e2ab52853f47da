import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Session } from '@usher/contracts';
import type { Clock, TimerHandle } from '@usher/resilience';
import { Scheduler } from '../agents/scheduler.js';
import { ChangeHub, type ChangeKind } from '../graphql/changes.js';
import { CLOCK } from '../infrastructure.js';
import type { ServerSnapshot } from '../sessions/live-sessions.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { MismatchCheck } from './mismatch-check.service.js';

const JOB = 'mismatches';
const EVERY_MS = 60_000;
const SOON_MS = 1_000;
/** What the register is made of. */
const REGISTER_KINDS: ReadonlySet<ChangeKind> = new Set<ChangeKind>(['server', 'user', 'identity', 'library', 'watch-state']);

/** When the rules are asked: every minute, and a second after something changed that they look at. */
@Injectable()
export class MismatchJobs implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  /** What the rules saw of the sessions of each server. */
  private readonly seen = new Map<string, string>();
  private stopListening = () => undefined as void;
  private timer: TimerHandle | null = null;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly check: MismatchCheck,
    private readonly sessions: SessionsService,
    private readonly changes: ChangeHub,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.scheduler.add({ name: JOB, everyMs: EVERY_MS, run: () => this.check.run() });
    this.sessions.onSnapshot((snapshot) => this.follow(snapshot));
  }

  onApplicationBootstrap(): void {
    this.stopListening = this.changes.listen(({ kind }) => {
      if (!REGISTER_KINDS.has(kind)) return;
      this.check.forgetRegister();
      this.wakeSoon();
    });
  }

  onApplicationShutdown(): void {
    this.stopListening();
    if (this.timer) this.clock.clearTimeout(this.timer);
    this.timer = null;
  }

  /** Positions and qualities change all the time and matter to no rule. */
  private follow({ serverId, sessions }: ServerSnapshot): void {
    const seen = JSON.stringify(sessions.map(partsOf));
    if (this.seen.get(serverId) === seen) return;
    this.seen.set(serverId, seen);
    this.wakeSoon();
  }

  private wakeSoon(): void {
    this.timer ??= this.clock.setTimeout(() => {
      this.timer = null;
      this.scheduler.wake(JOB);
    }, SOON_MS);
  }
}

function partsOf({ vendorId, userId, deviceId, address, network, ghost, stream }: Session): unknown[] {
  return [vendorId, userId, deviceId, address, network, ghost, stream && [stream.playbackId, stream.state === 'paused']];
}
