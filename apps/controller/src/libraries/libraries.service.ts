import { Injectable } from '@nestjs/common';
import { HubBus } from '@usher/bus';
import { AppError, listLibraries, type Library } from '@usher/contracts';
import type { Actor } from '../auth/actor.js';
import { ChangeHub } from '../graphql/changes.js';
import { optionalServerIds } from '../servers/server-ids.js';
import { ItemReadingService } from './items/item-reading.service.js';
import { LibrariesRepository, type LibraryRow } from './libraries.repository.js';

/** More than any media server has; an agent that sends more is broken. */
const MAX_LIBRARIES = 5_000;

@Injectable()
export class LibrariesService {
  constructor(
    private readonly repository: LibrariesRepository,
    private readonly bus: HubBus,
    private readonly changes: ChangeHub,
    private readonly items: ItemReadingService,
  ) {}

  /** For everybody who is signed in. Unknown servers have no libraries. */
  async list(actor: Actor, serverIds?: readonly string[] | null): Promise<LibraryRow[]> {
    actor.require('viewer');
    return await this.repository.list(optionalServerIds(serverIds));
  }

  /** In the order of `serverIds`. */
  async byServer(serverIds: readonly string[]): Promise<LibraryRow[][]> {
    const rows = await this.repository.list(serverIds);
    return serverIds.map((serverId) => rows.filter((row) => row.serverId === serverId));
  }

  /** Asks the agent for all libraries and replaces the rows. Throws what the agent or the bus answers. */
  async read(serverId: string): Promise<void> {
    const libraries = new Map<string, Library>();
    for await (const part of this.bus.command(listLibraries, { serverId }, {})) {
      for (const library of part.libraries) libraries.set(library.vendorId, library);
      if (libraries.size > MAX_LIBRARIES) throw new AppError('VENDOR_ANSWER_INVALID', 'The media server names more libraries than can be.', { serverId });
    }
    await this.repository.replace(serverId, [...libraries.values()]);
    this.changes.publish('library', [serverId]);
    this.items.listsRead();
  }
}
