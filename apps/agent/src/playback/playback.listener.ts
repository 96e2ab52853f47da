import { Controller, Inject } from '@nestjs/common';
import { HandleCommand, type CommandContext } from '@usher/bus';
import { preparePlayback } from '@usher/contracts';
import type { z } from 'zod';
import type { PerServer } from '../server/per-server.js';
import type { PlaybackPreparation } from './playback-preparation.js';

export const PLAYBACK_PREPARATIONS = Symbol('PLAYBACK_PREPARATIONS');

@Controller()
export class PlaybackListener {
  constructor(@Inject(PLAYBACK_PREPARATIONS) private readonly preparations: PerServer<PlaybackPreparation>) {}

  @HandleCommand(preparePlayback)
  prepare(request: z.infer<typeof preparePlayback.request>, { serverId }: CommandContext): Promise<z.infer<typeof preparePlayback.reply>> {
    return this.preparations.of(serverId).prepare(request);
  }
}
