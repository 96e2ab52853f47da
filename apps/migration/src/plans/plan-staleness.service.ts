import { Injectable } from '@nestjs/common';
import { AppError, type PlanHeader, type PlanServer } from '@usher/contracts';
import { ServerReader } from './checking/server-reader.service.js';
import { PlansRepository } from './plans.repository.js';
import { RegistryRepository } from './registry.repository.js';
import { majorOf, serverDigest, type Concerned } from './rules/server-digest.js';

/** Tells whether the servers are still those that a plan was made for. Asked at approval, at start and at every resume. */
@Injectable()
export class PlanStaleness {
  constructor(
    private readonly plans: PlansRepository,
    private readonly registry: RegistryRepository,
    private readonly reader: ServerReader,
  ) {}

  /** What changed since, in words; null = nothing. @throws AppError when a server cannot be asked */
  async isStale(header: PlanHeader): Promise<string | null> {
    const source: Concerned = { users: header.users.flatMap(({ sources }) => sources.map(({ vendorId }) => vendorId)), libraries: header.libraries.map((pair) => pair.source) };
    const target: Concerned = { users: header.users.flatMap(({ decision, target: { vendorId } }) => (decision === 'map' && vendorId !== null ? [vendorId] : [])), libraries: header.libraries.flatMap((pair) => pair.target ?? []) };
    return (await this.changed(header.source, source)) ?? (await this.changed(header.target, target));
  }

  /** Marks the plan. @throws AppError `PLAN_STALE` when a server changed, or what keeps it from being asked */
  async refuseStale(header: PlanHeader): Promise<void> {
    const message = await this.isStale(header);
    if (message === null) return;
    await this.plans.markStale(header.planId, message);
    throw new AppError('PLAN_STALE', message, { planId: header.planId });
  }

  private async changed(planned: PlanServer, concerned: Concerned): Promise<string | null> {
    const now = await this.registry.server(planned.serverId);
    if (!now) return `${planned.alias} is not part of the fleet any more.`;
    if (now.machineId !== planned.machineId) return `Another media server answers in the place of ${planned.alias}.`;
    if (majorOf(now.version) !== majorOf(planned.version)) return `${planned.alias} was version ${planned.version} and is ${now.version} now.`;
    const users = await this.reader.users(planned.serverId);
    const libraries = await this.reader.libraries(planned.serverId);
    const digest = serverDigest({ users, libraries, capabilities: now.capabilities }, concerned);
    return digest === planned.digest ? null : `Accounts or libraries of ${planned.alias} changed since the plan was made.`;
  }
}
