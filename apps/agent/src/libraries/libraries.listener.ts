import { Controller, Inject } from '@nestjs/common';
import { HandleCommand, type CommandContext } from '@usher/bus';
import { checkPaths, listItems, listLibraries } from '@usher/contracts';
import type { z } from 'zod';
import type { PerServer } from '../server/per-server.js';
import type { ItemList } from './item-list.service.js';
import type { LibraryList } from './library-list.service.js';
import type { PathCheckService } from './path-check.service.js';

export const LIBRARY_LISTS = Symbol('LIBRARY_LISTS');
export const ITEM_LISTS = Symbol('ITEM_LISTS');
export const PATH_CHECKS = Symbol('PATH_CHECKS');

@Controller()
export class LibrariesListener {
  constructor(
    @Inject(LIBRARY_LISTS) private readonly lists: PerServer<LibraryList>,
    @Inject(ITEM_LISTS) private readonly items: PerServer<ItemList>,
    @Inject(PATH_CHECKS) private readonly paths: PerServer<PathCheckService>,
  ) {}

  @HandleCommand(listLibraries)
  async *list(_request: z.infer<typeof listLibraries.request>, { serverId }: CommandContext): AsyncGenerator<z.infer<typeof listLibraries.reply>> {
    for (const libraries of await this.lists.of(serverId).parts()) yield { libraries };
  }

  @HandleCommand(listItems)
  async *listItems(request: z.infer<typeof listItems.request>, { serverId }: CommandContext): AsyncGenerator<z.infer<typeof listItems.reply>> {
    yield* await this.items.of(serverId).parts(request);
  }

  @HandleCommand(checkPaths)
  async *checkPaths(request: z.infer<typeof checkPaths.request>, { serverId }: CommandContext): AsyncGenerator<z.infer<typeof checkPaths.reply>> {
    yield* await this.paths.of(serverId).parts(request);
  }
}
