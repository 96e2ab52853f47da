import { Controller, Inject } from '@nestjs/common';
import { HandleCommand, type CommandContext } from '@usher/bus';
import { controlSession, messageSession, stopSession, watchSessions } from '@usher/contracts';
import type { z } from 'zod';
import type { PerServer } from '../server/per-server.js';
import type { SessionControl } from './session-control.service.js';

export const SESSION_CONTROLS = Symbol('SESSION_CONTROLS');

@Controller()
export class SessionsListener {
  constructor(@Inject(SESSION_CONTROLS) private readonly controls: PerServer<SessionControl>) {}

  @HandleCommand(stopSession)
  async stop({ sessionVendorId, reason }: z.infer<typeof stopSession.request>, { serverId }: CommandContext): Promise<z.infer<typeof stopSession.reply>> {
    return { outcome: await this.controls.of(serverId).stop(sessionVendorId, reason) };
  }

  @HandleCommand(controlSession)
  async control({ sessionVendorId, command }: z.infer<typeof controlSession.request>, { serverId }: CommandContext): Promise<z.infer<typeof controlSession.reply>> {
    return { outcome: await this.controls.of(serverId).control(sessionVendorId, command) };
  }

  @HandleCommand(messageSession)
  async message({ sessionVendorId, text }: z.infer<typeof messageSession.request>, { serverId }: CommandContext): Promise<z.infer<typeof messageSession.reply>> {
    await this.controls.of(serverId).message(sessionVendorId, text);
    return {};
  }

  @HandleCommand(watchSessions)
  async watch({ forMs, positions }: z.infer<typeof watchSessions.request>, { serverId }: CommandContext): Promise<z.infer<typeof watchSessions.reply>> {
    this.controls.of(serverId).watched(forMs, positions ?? false);
    return {};
  }
}
