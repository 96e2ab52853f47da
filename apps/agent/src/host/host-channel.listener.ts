import { Controller } from '@nestjs/common';
import { HandleServiceCommand } from '@usher/bus';
import { adoptAgent, describeHost, retireAgent, testServer } from '@usher/contracts';
import { Secret } from '@usher/security';
import type { z } from 'zod';
import { AgentHost } from './agent-host.js';

/** What the controller may ask of the bundled agent host, inside the hub. */
@Controller()
export class HostChannelListener {
  constructor(private readonly host: AgentHost) {}

  @HandleServiceCommand(describeHost)
  describe(): z.infer<typeof describeHost.reply> {
    return this.host.describe();
  }

  @HandleServiceCommand(testServer)
  test({ sealed }: z.infer<typeof testServer.request>): Promise<z.infer<typeof testServer.reply>> {
    return this.host.test(sealed);
  }

  @HandleServiceCommand(adoptAgent)
  adopt({ serverId, enrollmentToken }: z.infer<typeof adoptAgent.request>): Promise<z.infer<typeof adoptAgent.reply>> {
    return this.host.adopt(serverId, Secret.of(enrollmentToken));
  }

  @HandleServiceCommand(retireAgent)
  async retire({ serverId }: z.infer<typeof retireAgent.request>): Promise<z.infer<typeof retireAgent.reply>> {
    return { retired: await this.host.retire(serverId) };
  }
}
