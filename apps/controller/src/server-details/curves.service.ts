import { Injectable } from '@nestjs/common';
import { HubBus } from '@usher/bus';
import { AppError, readCurves, type CurveRange } from '@usher/contracts';
import type { Actor } from '../auth/actor.js';
import { optionalServerIds, requireServerId } from '../servers/server-ids.js';
import { ServersService } from '../servers/servers.service.js';
import { curvesObject, type ServerCurvesObject } from './curves.graphql.js';

/** One agent that does not answer delays nobody beyond this. */
const PER_SERVER_MS = 5_000;

/** What calls and machines did in the last hour, day or week, as the agents keep it. */
@Injectable()
export class CurvesService {
  constructor(
    private readonly servers: ServersService,
    private readonly bus: HubBus,
  ) {}

  /** For role operator. An agent that does not answer is an answer with its code, no error. @throws NOT_FOUND */
  async one(actor: Actor, serverId: string, range: CurveRange): Promise<ServerCurvesObject> {
    actor.require('operator');
    return this.ask(await this.servers.living(requireServerId(serverId)), range);
  }

  /** All servers that are not historical, at the same time; unknown ids are left out. */
  async all(actor: Actor, range: CurveRange, serverIds?: readonly string[] | null): Promise<ServerCurvesObject[]> {
    actor.require('operator');
    const ids = optionalServerIds(serverIds);
    const rows = await this.servers.list(actor, ids ? { ids } : {});
    return Promise.all(rows.filter(({ state }) => state !== 'historical').map((row) => this.ask(row, range)));
  }

  private async ask({ id: serverId, alias: serverAlias }: { readonly id: string; readonly alias: string }, range: CurveRange): Promise<ServerCurvesObject> {
    try {
      const curves = await this.bus.command(readCurves, { serverId }, { range }, { timeoutMs: PER_SERVER_MS });
      return { serverId, serverAlias, error: null, code: null, curves: curvesObject(curves) };
    } catch (error) {
      const known = error instanceof AppError ? error : new AppError('INTERNAL', 'Something went wrong inside Usher.');
      return { serverId, serverAlias, error: known.message, code: known.code, curves: null };
    }
  }
}
