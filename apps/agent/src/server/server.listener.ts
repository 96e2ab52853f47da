import { Controller, Inject } from '@nestjs/common';
import { HandleCommand, type CommandContext } from '@usher/bus';
import { configureServer, probeServer, type ServerProfile } from '@usher/contracts';
import type { z } from 'zod';
import type { PerServer } from './per-server.js';
import type { ServerConfiguration } from './server-configuration.js';
import type { ServerProbe } from './server-probe.js';

export const SERVER_PROBES = Symbol('SERVER_PROBES');
export const SERVER_CONFIGURATIONS = Symbol('SERVER_CONFIGURATIONS');

@Controller()
export class ServerListener {
  constructor(
    @Inject(SERVER_CONFIGURATIONS) private readonly configurations: PerServer<ServerConfiguration>,
    @Inject(SERVER_PROBES) private readonly probes: PerServer<ServerProbe>,
  ) {}

  @HandleCommand(configureServer)
  configure(request: z.infer<typeof configureServer.request>, context: CommandContext): Promise<z.infer<typeof configureServer.reply>> {
    return this.configurations.of(context.serverId).apply(request, 'command');
  }

  @HandleCommand(probeServer)
  probe(_request: z.infer<typeof probeServer.request>, context: CommandContext): Promise<ServerProfile> {
    return this.probes.of(context.serverId).probeNow();
  }
}
