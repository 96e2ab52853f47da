import { Inject, Injectable } from '@nestjs/common';
import { Logger } from '@usher/platform';
import type { Clock } from '@usher/resilience';
import { ChangeHub } from '../graphql/changes.js';
import { CLOCK } from '../infrastructure.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { UsersService } from '../users/users.service.js';
import { unknownSessions } from './account.rules.js';
import type { Finding } from './mismatch.js';
import { MismatchesRepository } from './mismatches.repository.js';
import { RegisterRepository } from './register.repository.js';
import { findingsOfRegister, findingsOfSessions, ruleStatesOf } from './rules.js';
import { worldOf, type Register, type World } from './world.js';

/** The register is read again at least this often, also when no change of it was heard of. */
const REGISTER_MS = 60_000;
/** Before it ends anything, a process has to have looked for as long as a finding may be gone. */
const END_AFTER_MS = 5 * 60_000;
/** How often an account that its server does not name lets the accounts of that server be read again. */
const READ_AGAIN_MS = 10 * 60_000;

/** Asks the rules about the fleet as it is and keeps what they find. One controller at a time does this. */
@Injectable()
export class MismatchCheck {
  private known: { readonly register: Register; readonly readAtMs: number; readonly findings: readonly Finding[] } | null = null;
  private digest: string | null = null;
  private lookingSinceMs: number | null = null;
  private readonly readAgainAtMs = new Map<string, number>();

  constructor(
    private readonly sessions: SessionsService,
    private readonly registers: RegisterRepository,
    private readonly repository: MismatchesRepository,
    private readonly users: UsersService,
    private readonly changes: ChangeHub,
    private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Servers, accounts or people changed: the next check reads them again. */
  forgetRegister(): void {
    this.known = null;
  }

  /** Servers that do not answer are left out: nobody knows what goes on there. */
  async run(): Promise<void> {
    const nowMs = this.clock.now();
    this.lookingSinceMs ??= this.clock.monotonicMs();
    const { register, findings } = await this.register(nowMs);
    const lists = this.sessions.live.snapshots().filter((snapshot) => !this.sessions.isStale(snapshot));
    const world = worldOf(register, lists, nowMs);
    const mayEnd = this.clock.monotonicMs() - this.lookingSinceMs >= END_AFTER_MS;
    const digest = await this.repository.keep([...findings, ...findingsOfSessions(world)], ruleStatesOf(world), new Date(nowMs), mayEnd);
    if (digest !== this.digest) this.changes.publish('mismatch', ['all']);
    this.digest = digest;
    this.readUnknown(world);
  }

  private async register(nowMs: number): Promise<{ register: Register; findings: readonly Finding[] }> {
    const readAtMs = this.clock.monotonicMs();
    if (this.known && readAtMs - this.known.readAtMs < REGISTER_MS) return this.known;
    const register = await this.registers.read();
    this.known = { register, readAtMs, findings: findingsOfRegister(worldOf(register, [], nowMs)) };
    return this.known;
  }

  /** An account that is only newer than the list of its server is no finding: the list is read again first. */
  private readUnknown(world: World): void {
    const nowMs = this.clock.monotonicMs();
    for (const serverId of new Set(unknownSessions(world).map(({ server }) => server.id))) {
      if (nowMs - (this.readAgainAtMs.get(serverId) ?? Number.NEGATIVE_INFINITY) < READ_AGAIN_MS) continue;
      this.readAgainAtMs.set(serverId, nowMs);
      this.users.read(serverId).catch((error: unknown) => this.logger.info('accounts.not_read', 'The accounts of a server could not be read again; its turn comes.', { serverId, error }));
    }
  }
}
