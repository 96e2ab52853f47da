import { Injectable } from '@nestjs/common';
import { HubBus } from '@usher/bus';
import { AppError, readEfficiency } from '@usher/contracts';
import type { Actor } from '../auth/actor.js';
import { optionalServerIds, requireServerId } from '../servers/server-ids.js';
import { ServersService } from '../servers/servers.service.js';
import { adviceOf } from './efficiency-advice.js';
import type { ServerEfficiencyObject } from './efficiency.graphql.js';

/** One agent that does not answer delays nobody beyond this. */
const PER_SERVER_MS = 5_000;

/** What the picture of the fleet costs its servers, as their agents count it. */
@Injectable()
export class EfficiencyService {
  constructor(
    private readonly servers: ServersService,
    private readonly bus: HubBus,
  ) {}

  /** For role operator. An agent that does not answer is an answer with its code, no error. @throws NOT_FOUND */
  async one(actor: Actor, serverId: string): Promise<ServerEfficiencyObject> {
    actor.require('operator');
    return this.ask(await this.servers.living(requireServerId(serverId)));
  }

  /** All servers that are not historical, at the same time; unknown ids are left out. */
  async all(actor: Actor, serverIds?: readonly string[] | null): Promise<ServerEfficiencyObject[]> {
    actor.require('operator');
    const ids = optionalServerIds(serverIds);
    const rows = await this.servers.list(actor, ids ? { ids } : {});
    return Promise.all(rows.filter(({ state }) => state !== 'historical').map((row) => this.ask(row)));
  }

  private async ask({ id: serverId, alias: serverAlias }: { readonly id: string; readonly alias: string }): Promise<ServerEfficiencyObject> {
    try {
      const report = await this.bus.command(readEfficiency, { serverId }, {}, { timeoutMs: PER_SERVER_MS });
      return { serverId, serverAlias, error: null, code: null, report, advice: adviceOf(report) };
    } catch (error) {
      const known = error instanceof AppError ? error : new AppError('INTERNAL', 'Something went wrong inside Usher.');
      return { serverId, serverAlias, error: known.message, code: known.code, report: null, advice: [] };
    }
  }
}
