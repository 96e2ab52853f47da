import { Controller, Inject } from '@nestjs/common';
import { HandleCommand, type CommandContext } from '@usher/bus';
import { applyPolicy, ensureUser, listUsers, readPolicies, removeCreated } from '@usher/contracts';
import type { z } from 'zod';
import type { PerServer } from '../server/per-server.js';
import type { AccountChanges } from './account-changes.service.js';
import type { PolicyList } from './policy-list.service.js';
import type { UserList } from './user-list.service.js';

export const USER_LISTS = Symbol('USER_LISTS');
export const POLICY_LISTS = Symbol('POLICY_LISTS');
export const ACCOUNT_CHANGES = Symbol('ACCOUNT_CHANGES');

/** What a change is about stands in the held plan: its leave, found by the command's id, knows the row. */
@Controller()
export class UsersListener {
  constructor(
    @Inject(USER_LISTS) private readonly lists: PerServer<UserList>,
    @Inject(POLICY_LISTS) private readonly policies: PerServer<PolicyList>,
    @Inject(ACCOUNT_CHANGES) private readonly changes: PerServer<AccountChanges>,
  ) {}

  @HandleCommand(listUsers)
  async *list(_request: z.infer<typeof listUsers.request>, { serverId }: CommandContext): AsyncGenerator<z.infer<typeof listUsers.reply>> {
    for (const users of await this.lists.of(serverId).parts()) yield { users };
  }

  @HandleCommand(readPolicies)
  async *readPolicies({ userVendorIds }: z.infer<typeof readPolicies.request>, { serverId }: CommandContext): AsyncGenerator<z.infer<typeof readPolicies.reply>> {
    for (const policies of await this.policies.of(serverId).parts(userVendorIds)) yield { policies };
  }

  @HandleCommand(ensureUser)
  ensure(_request: z.infer<typeof ensureUser.request>, { serverId, commandId }: CommandContext): Promise<z.infer<typeof ensureUser.reply>> {
    return this.changes.of(serverId).ensure(commandId);
  }

  @HandleCommand(applyPolicy)
  apply(_request: z.infer<typeof applyPolicy.request>, { serverId, commandId }: CommandContext): Promise<z.infer<typeof applyPolicy.reply>> {
    return this.changes.of(serverId).apply(commandId);
  }

  @HandleCommand(removeCreated)
  remove(_request: z.infer<typeof removeCreated.request>, { serverId, commandId }: CommandContext): Promise<z.infer<typeof removeCreated.reply>> {
    return this.changes.of(serverId).remove(commandId);
  }
}
