import { Injectable } from '@nestjs/common';
import type { Actor } from '../auth/actor.js';
import { targetsOf } from './notice-input.js';
import { prospectOf } from './notice-prospect.js';
import { NoticeTargetsService, type TargetServer } from './notice-targets.service.js';
import type { NoticeForecastObject, NoticeTargetsInput } from './notices.graphql.js';

/** Says before anything is sent who can be reached, and who cannot and why. */
@Injectable()
export class NoticeForecastService {
  constructor(private readonly targets: NoticeTargetsService) {}

  /** @throws VALIDATION_FAILED, NOT_FOUND */
  async forecast(actor: Actor, input: NoticeTargetsInput): Promise<NoticeForecastObject> {
    actor.require('operator');
    return this.of(await this.targets.resolve(actor, targetsOf(input)));
  }

  of(servers: readonly TargetServer[]): NoticeForecastObject {
    const rows = servers.map((server) => ({
      serverId: server.row.id,
      serverAlias: server.row.alias,
      stale: this.targets.isStale(server.row.id),
      ...prospectOf(this.targets.prospectTarget(server)),
    }));
    const sum = (name: 'canTake' | 'unsupported' | 'later') => rows.reduce((total, row) => total + row[name], 0);
    const [canTake, unsupported, later] = [sum('canTake'), sum('unsupported'), sum('later')];
    return { sessions: canTake + unsupported + later, canTake, unsupported, later, servers: rows };
  }
}
