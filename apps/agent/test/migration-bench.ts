import { adoptAgent, applyWatchStates, holdPlan, type CredentialPlain, type PlanRow, type WrittenRow } from '@usher/contracts';
import type { InMemoryMediaServer } from '@usher/media-server';
import { keyThumbprint, sealPlanPiece } from '@usher/security';
import { eventually } from '@usher/testing';
import type { TestFleet } from './fleet-harness.js';
import { makePlan, type MadePlan } from './plans.js';
import { film } from './state-bench.js';
import { TicketOffice } from './tickets.js';

type Leave = Awaited<ReturnType<TicketOffice['leave']>>;

/** One agent as the target of a migration, and the offices that sign for it. */
export class MigrationTarget {
  private constructor(
    readonly fleet: TestFleet,
    readonly serverId: string,
    readonly plan: MadePlan,
    readonly office: TicketOffice,
  ) {}

  static async adopt(fleet: TestFleet, registered: { serverId: string; token: string }, planOf: (serverId: string) => MadePlan | Promise<MadePlan>): Promise<MigrationTarget> {
    const { serverId, token } = registered;
    const hellos = fleet.controller.hellos.length;
    await fleet.bus.serviceCommand(adoptAgent, { serverId, enrollmentToken: token });
    await eventually(() => fleet.controller.hellos.length > hellos);
    return MigrationTarget.of({ fleet, serverId }, await planOf(serverId));
  }

  /** Another plan at the same agent. */
  static async of({ fleet, serverId }: Pick<MigrationTarget, 'fleet' | 'serverId'>, plan: MadePlan): Promise<MigrationTarget> {
    const { agentId, sigPub } = fleet.controller.agents.get(serverId)!;
    return new MigrationTarget(fleet, serverId, plan, new TicketOffice(fleet.ring, plan, { agentId, serverId, jkt: await keyThumbprint(sigPub) }));
  }

  /** A server in memory with one account, `user-1`, and the films of the plan. */
  static async inMemory(fleet: TestFleet, rows: readonly PlanRow[], change: Parameters<typeof makePlan>[2] = {}): Promise<MigrationTarget & { vendor: InMemoryMediaServer }> {
    const registered = fleet.register();
    const { vendor } = registered;
    vendor.userList = [{ vendorId: 'user-1', name: 'Ada', email: null, isAdministrator: false, enabled: true, lastSeenAt: null }];
    vendor.itemLists.set('films', rows.flatMap((row) => (row.op === 'watch-state.set' ? [film(row.to.itemVendorId)] : [])));
    const target = await MigrationTarget.adopt(fleet, registered, (serverId) => makePlan(serverId, rows, change));
    return Object.assign(target, { vendor });
  }

  static at(fleet: TestFleet, credential: Pick<CredentialPlain, 'origin' | 'token' | 'kind'>, planOf: (serverId: string) => Promise<MadePlan>): Promise<MigrationTarget> {
    return MigrationTarget.adopt(fleet, fleet.registerAt(credential), planOf);
  }

  /** Hands the whole plan over. */
  async hold(): Promise<void> {
    const { boxPub } = this.fleet.controller.agents.get(this.serverId)!;
    const send = async (chunk: number | null, piece: Uint8Array) =>
      this.fleet.migration.command(holdPlan, { serverId: this.serverId }, { planSha256: this.plan.sha256, chunk, sealed: await sealPlanPiece(boxPub, piece) });
    await send(null, this.plan.headerBytes);
    for (const [n, chunk] of this.plan.chunks.entries()) await send(n, chunk);
  }

  async apply(rows: readonly number[], given: { leave?: Leave; atOnce?: number; maxPerSecond?: number | null } = {}): Promise<WrittenRow[]> {
    const leave = given.leave ?? (await this.office.leave(applyWatchStates));
    const request = { planSha256: this.plan.sha256, rows: rows.map((n) => ({ n, to: null })), atOnce: given.atOnce ?? 8, maxPerSecond: given.maxPerSecond ?? null };
    const written: WrittenRow[] = [];
    for await (const part of this.fleet.migration.command(applyWatchStates, { serverId: this.serverId }, request, leave)) written.push(...part.rows);
    return written;
  }

  /** The agent's process starts again. */
  async restart(): Promise<void> {
    const hellos = this.fleet.controller.hellos.length;
    await this.fleet.stopHost();
    await this.fleet.startHost();
    await eventually(() => this.fleet.controller.hellos.length > hellos);
  }
}
