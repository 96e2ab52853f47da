import { Injectable } from '@nestjs/common';
import type { RunProgress, RunState } from '@usher/contracts';
import { Logger } from '@usher/platform';
import { UsersService } from '../users/users.service.js';
import { MigrationRunsRepository } from './migration-runs.repository.js';

/** Nothing is written any more until a person, or time, lets it go on. */
const STANDING: readonly RunState[] = ['paused', 'awaiting-decision', 'done', 'aborted', 'failed'];

/** Runs make accounts and take them away: when one stands still, the accounts of its target are read anew. */
@Injectable()
export class MigratedAccountsService {
  constructor(
    private readonly runs: MigrationRunsRepository,
    private readonly users: UsersService,
    private readonly logger: Logger,
  ) {}

  /** `before`: what was known of the run; null = nothing. Never throws: the server's own turn comes later. */
  async follow({ runId, state }: Pick<RunProgress, 'runId' | 'state'>, before: RunState | null): Promise<void> {
    if (state === before || !STANDING.includes(state)) return;
    try {
      const serverId = await this.runs.targetOf(runId);
      if (serverId !== null) await this.users.read(serverId);
    } catch (error) {
      this.logger.warn('accounts.not_read', 'The accounts of a server could not be read after a run; its turn comes again.', { runId, error });
    }
  }
}
