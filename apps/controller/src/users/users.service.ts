import { Injectable } from '@nestjs/common';
import { HubBus } from '@usher/bus';
import { AppError, listUsers, type MediaUser } from '@usher/contracts';
import type { Actor } from '../auth/actor.js';
import { ChangeHub } from '../graphql/changes.js';
import { requireServerId } from '../servers/server-ids.js';
import { IdentityEmailsService } from './identity-emails.service.js';
import { UsersRepository, type MediaUserRow } from './users.repository.js';

/** More than any media server has; an agent that sends more is broken. */
const MAX_USERS = 100_000;

@Injectable()
export class UsersService {
  constructor(
    private readonly repository: UsersRepository,
    private readonly bus: HubBus,
    private readonly changes: ChangeHub,
    private readonly identityEmails: IdentityEmailsService,
  ) {}

  /** For everybody who is signed in; e-mail addresses from role operator on. Throws NOT_FOUND for an unknown server. */
  async list(actor: Actor, serverId: string): Promise<MediaUserRow[]> {
    actor.require('viewer');
    if (!(await this.repository.hasServer(requireServerId(serverId)))) throw new AppError('NOT_FOUND', 'No server has this id.', { serverId });
    const users = await this.repository.list(serverId);
    return actor.has('operator') ? users : users.map((user) => ({ ...user, email: null }));
  }

  /** In the order of `serverIds`; null for a server whose users were never read. */
  async counts(serverIds: readonly string[]): Promise<(number | null)[]> {
    const counts = await this.repository.counts(serverIds);
    return serverIds.map((serverId) => counts.get(serverId) ?? null);
  }

  /** Asks the agent for all users and replaces the rows. Throws what the agent or the bus answers. */
  async read(serverId: string): Promise<void> {
    const users = new Map<string, MediaUser>();
    for await (const part of this.bus.command(listUsers, { serverId }, {})) {
      for (const user of part.users) users.set(user.vendorId, { ...user, lastSeenAt: timeOrNull(user.lastSeenAt) });
      if (users.size > MAX_USERS) throw new AppError('VENDOR_ANSWER_INVALID', 'The media server names more users than can be.', { serverId });
    }
    await this.repository.replace(serverId, [...users.values()]);
    await this.identityEmails.noteAllOfPlex(serverId);
    this.changes.publish('user', [serverId]);
  }
}

/** One user with an unusable date must not cost the whole list. */
function timeOrNull(text: string | null): string | null {
  const ms = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}
