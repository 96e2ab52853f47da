import { Injectable } from '@nestjs/common';
import { AppError, ServerKind, type PlanSummary, type PlanView } from '@usher/contracts';
import type { PlanRecord } from './plan-record.js';
import { PlanViewRepository } from './plan-view.repository.js';
import { PlansRepository } from './plans.repository.js';

type ServerView = PlanView['source'];

const NO_COUNTS: PlanView['counts'] = { rows: 0, writes: 0, skips: {}, tiers: {}, verdicts: { exact: 0, lossy: 0, impossible: 0 }, decisions: 0 };

/** Plans as operators see them. */
@Injectable()
export class PlanViews {
  constructor(
    private readonly plans: PlansRepository,
    private readonly beside: PlanViewRepository,
  ) {}

  /** @throws AppError `NOT_FOUND` */
  async view(planId: string): Promise<PlanView> {
    const plan = await this.plans.find(planId);
    if (!plan) throw new AppError('NOT_FOUND', 'There is no such plan.', { planId });
    const servers = await this.servers([plan]);
    return {
      ...this.common(plan, servers),
      request: plan.request,
      checkedAt: plan.checkedAt?.toISOString() ?? null,
      frozenAt: plan.frozenAt?.toISOString() ?? null,
      planSha256: plan.planSha256,
      users: plan.checked?.users ?? [],
      findings: plan.checked?.findings ?? [],
      estimate: plan.checked?.estimate ?? null,
      approvals: await this.beside.approvals(planId),
      code: plan.code,
      message: plan.message,
    };
  }

  /** Newest first. */
  async list(after: string | null, limit: number): Promise<{ plans: PlanSummary[]; next: string | null }> {
    const plans = await this.plans.list(after, limit + 1);
    const page = plans.slice(0, limit);
    const servers = await this.servers(page);
    const runs = await this.beside.runs(page.flatMap(({ id, runId }) => (runId === null ? [] : [id])));
    return {
      plans: page.map((plan) => ({
        ...this.common(plan, servers),
        userNames: (plan.checked?.users ?? []).map(({ target }) => target.name),
        run: runs.get(plan.id) ?? null,
      })),
      next: plans.length > limit ? page.at(-1)!.id : null,
    };
  }

  private common(plan: PlanRecord, servers: ReadonlyMap<string, ServerView>) {
    return {
      planId: plan.id,
      version: plan.version,
      kind: plan.kind,
      ofRun: plan.ofRunId,
      state: plan.state,
      source: plan.checked?.source ?? servers.get(plan.sourceServerId)!,
      target: plan.checked?.target ?? servers.get(plan.targetServerId)!,
      initiator: { operatorId: plan.initiatorId, name: plan.initiatorName },
      createdAt: plan.createdAt.toISOString(),
      counts: plan.checked?.counts ?? NO_COUNTS,
      runId: plan.runId,
    };
  }

  /** As the registry has them now; a server that is gone keeps its id for a name. */
  private async servers(plans: readonly PlanRecord[]): Promise<Map<string, ServerView>> {
    const ids = [...new Set(plans.flatMap(({ sourceServerId, targetServerId }) => [sourceServerId, targetServerId]))];
    const known = await this.beside.aliases(ids);
    return new Map(
      ids.map((serverId): [string, ServerView] => {
        const server = known.get(serverId);
        const kind = ServerKind.safeParse(server?.kind);
        return [serverId, { serverId, alias: server?.alias ?? serverId, kind: kind.success ? kind.data : 'jellyfin', machineId: server?.machineId ?? null, version: server?.version ?? '' }];
      }),
    );
  }
}
