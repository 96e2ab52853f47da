import { Controller, Inject } from '@nestjs/common';
import { HandleCommand, type CommandContext } from '@usher/bus';
import { listUsers } from '@usher/contracts';
import type { z } from 'zod';
import type { PerServer } from '../server/per-server.js';
import type { UserList } from './user-list.service.js';

export const USER_LISTS = Symbol('USER_LISTS');

@Controller()
export class UsersListener {
  constructor(@Inject(USER_LISTS) private readonly lists: PerServer<UserList>) {}

  @HandleCommand(listUsers)
  async *list(_request: z.infer<typeof listUsers.request>, { serverId }: CommandContext): AsyncGenerator<z.infer<typeof listUsers.reply>> {
    for (const users of await this.lists.of(serverId).parts()) yield { users };
  }
}
