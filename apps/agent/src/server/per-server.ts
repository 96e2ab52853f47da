import { AppError } from '@usher/contracts';

/** A room's service of each agent in this process, found by the server that a message is for. */
export class PerServer<T> {
  constructor(private readonly find: (serverId: string) => T | undefined) {}

  /** @throws AppError NOT_FOUND when no agent here speaks for the server */
  of(serverId: string): T {
    const found = this.find(serverId);
    if (!found) throw new AppError('NOT_FOUND', 'No agent of this process speaks for that server.', { serverId });
    return found;
  }
}
