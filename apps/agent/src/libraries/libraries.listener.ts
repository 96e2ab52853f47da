import { Controller, Inject } from '@nestjs/common';
import { HandleCommand, type CommandContext } from '@usher/bus';
import { listLibraries } from '@usher/contracts';
import type { z } from 'zod';
import type { PerServer } from '../server/per-server.js';
import type { LibraryList } from './library-list.service.js';

export const LIBRARY_LISTS = Symbol('LIBRARY_LISTS');

@Controller()
export class LibrariesListener {
  constructor(@Inject(LIBRARY_LISTS) private readonly lists: PerServer<LibraryList>) {}

  @HandleCommand(listLibraries)
  async *list(_request: z.infer<typeof listLibraries.request>, { serverId }: CommandContext): AsyncGenerator<z.infer<typeof listLibraries.reply>> {
    for (const libraries of await this.lists.of(serverId).parts()) yield { libraries };
  }
}
