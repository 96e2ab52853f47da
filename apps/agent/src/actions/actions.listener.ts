import { Controller, Inject } from '@nestjs/common';
import { HandleCommand, type CommandContext } from '@usher/bus';
import { refreshItem, refreshLibrary, restartServer, scanLibrary } from '@usher/contracts';
import type { z } from 'zod';
import type { PerServer } from '../server/per-server.js';
import type { ServerActions } from './server-actions.service.js';

export const SERVER_ACTIONS = Symbol('SERVER_ACTIONS');

@Controller()
export class ActionsListener {
  constructor(@Inject(SERVER_ACTIONS) private readonly actions: PerServer<ServerActions>) {}

  @HandleCommand(scanLibrary)
  async scanLibrary({ libraryVendorId }: z.infer<typeof scanLibrary.request>, { serverId }: CommandContext): Promise<z.infer<typeof scanLibrary.reply>> {
    await this.actions.of(serverId).scanLibrary(libraryVendorId);
    return {};
  }

  @HandleCommand(refreshLibrary)
  async refreshLibrary({ libraryVendorId, mode }: z.infer<typeof refreshLibrary.request>, { serverId }: CommandContext): Promise<z.infer<typeof refreshLibrary.reply>> {
    await this.actions.of(serverId).refreshLibrary(libraryVendorId, mode);
    return {};
  }

  @HandleCommand(refreshItem)
  async refreshItem({ itemVendorId, mode }: z.infer<typeof refreshItem.request>, { serverId }: CommandContext): Promise<z.infer<typeof refreshItem.reply>> {
    await this.actions.of(serverId).refreshItem(itemVendorId, mode);
    return {};
  }

  @HandleCommand(restartServer)
  async restart(_request: z.infer<typeof restartServer.request>, { serverId }: CommandContext): Promise<z.infer<typeof restartServer.reply>> {
    await this.actions.of(serverId).restart();
    return {};
  }
}
