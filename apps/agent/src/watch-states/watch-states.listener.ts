import { Controller, Inject } from '@nestjs/common';
import { HandleCommand, type CommandContext } from '@usher/bus';
import { applyWatchStates, glanceWatchStates, listWatchStates, readWatchStates } from '@usher/contracts';
import type { z } from 'zod';
import type { PerServer } from '../server/per-server.js';
import type { StateReader } from './state-reader.service.js';
import type { StateWriter } from './state-writer.service.js';

export const STATE_READERS = Symbol('STATE_READERS');
export const STATE_WRITERS = Symbol('STATE_WRITERS');

@Controller()
export class WatchStatesListener {
  constructor(
    @Inject(STATE_READERS) private readonly readers: PerServer<StateReader>,
    @Inject(STATE_WRITERS) private readonly writers: PerServer<StateWriter>,
  ) {}

  @HandleCommand(listWatchStates)
  async *list(request: z.infer<typeof listWatchStates.request>, { serverId }: CommandContext): AsyncGenerator<z.infer<typeof listWatchStates.reply>> {
    yield* await this.readers.of(serverId).list(request);
  }

  @HandleCommand(readWatchStates)
  async *read(request: z.infer<typeof readWatchStates.request>, { serverId }: CommandContext): AsyncGenerator<z.infer<typeof readWatchStates.reply>> {
    yield* await this.readers.of(serverId).read(request);
  }

  @HandleCommand(glanceWatchStates)
  glance(request: z.infer<typeof glanceWatchStates.request>, { serverId }: CommandContext): Promise<z.infer<typeof glanceWatchStates.reply>> {
    return this.readers.of(serverId).glance(request);
  }

  @HandleCommand(applyWatchStates)
  async *apply(request: z.infer<typeof applyWatchStates.request>, { serverId, commandId, signal }: CommandContext): AsyncGenerator<z.input<typeof applyWatchStates.reply>> {
    yield* await this.writers.of(serverId).apply(commandId, request, signal);
  }
}
