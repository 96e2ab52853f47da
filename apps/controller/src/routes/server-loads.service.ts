import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Reservation, RouterLoads, RouterReservations, ServerUse } from '@usher/contracts';
import type { Clock } from '@usher/resilience';
import type { Actor } from '../auth/actor.js';
import { LatestByKey, mapped } from '../graphql/changes.js';
import { CLOCK } from '../infrastructure.js';
import { optionalServerIds } from '../servers/server-ids.js';
import { DrainsService } from './drains.service.js';
import { PlacementsRepository } from './placements.repository.js';
import { ServerNames } from './server-names.js';
import type { ReservationObject, RoutingOverviewObject, ServerLoadObject } from './server-load.graphql.js';

/** A router tells its state every 5 s. */
const SILENT_MS = 15_000;

interface Told<T> {
  readonly seq: number;
  readonly receivedMs: number;
  readonly message: T;
}

/** The loads as routers count them: the newest that any of them told, in memory only. */
@Injectable()
export class ServerLoadsService implements OnApplicationShutdown {
  private readonly loads = new Map<string, Told<RouterLoads>>();
  private readonly reservations = new Map<string, Told<RouterReservations>>();
  private readonly watchers = new Set<LatestByKey<'all', true>>();

  constructor(
    private readonly drains: DrainsService,
    private readonly placements: PlacementsRepository,
    private readonly names: ServerNames,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationShutdown(): void {
    for (const watcher of [...this.watchers]) watcher.close();
  }

  receive(message: RouterLoads): void {
    if (!keep(this.loads, message, this.clock.monotonicMs())) return;
    for (const watcher of this.watchers) watcher.push('all', true);
  }

  receiveReservations(message: RouterReservations): void {
    keep(this.reservations, message, this.clock.monotonicMs());
  }

  /** For everybody who is signed in. Without a router the last that was told stays; its age shows. */
  async list(actor: Actor, serverIds?: readonly string[] | null): Promise<ServerLoadObject[]> {
    actor.require('viewer');
    const wanted = optionalServerIds(serverIds);
    const loads = await this.show();
    return wanted ? loads.filter(({ serverId }) => wanted.includes(serverId)) : loads;
  }

  watch(actor: Actor): AsyncIterableIterator<ServerLoadObject[]> {
    actor.require('viewer');
    const queue = new LatestByKey<'all', true>(() => this.watchers.delete(queue));
    this.watchers.add(queue);
    queue.push('all', true);
    return mapped(queue, () => this.show());
  }

  async overview(actor: Actor): Promise<RoutingOverviewObject> {
    actor.require('viewer');
    const newest = this.newest();
    const { placed, moved, refused } = await this.placements.today();
    return {
      routers: [...this.loads.values()].filter(({ receivedMs }) => this.clock.monotonicMs() - receivedMs < SILENT_MS).length,
      at: newest ? new Date(newest.message.at) : null,
      placedToday: placed,
      movedToday: moved,
      refusedToday: refused,
      decisionP99Ms: newest?.message.decisionMs?.p99 ?? null,
      waiting: newest?.message.waiting ?? 0,
    };
  }

  private newest(): Told<RouterLoads> | null {
    return [...this.loads.values()].reduce<Told<RouterLoads> | null>((best, told) => (best === null || told.receivedMs > best.receivedMs ? told : best), null);
  }

  private async show(): Promise<ServerLoadObject[]> {
    const uses = this.newest()?.message.servers ?? [];
    const [drains, weights] = await Promise.all([this.drains.running(), this.names.weights()]);
    const reserved = this.livingReservations();
    return uses
      .filter(({ serverId }) => weights.has(serverId))
      .map((use) => ({
        ...showUse(use),
        weight: weights.get(use.serverId)!,
        reservations: reserved.filter(({ serverId }) => serverId === use.serverId).map(showReservation),
        drain: drains.get(use.serverId) ?? null,
      }));
  }

  private livingReservations(): Reservation[] {
    const fresh = [...this.reservations.values()].filter(({ receivedMs }) => this.clock.monotonicMs() - receivedMs < SILENT_MS);
    const all = new Map(fresh.flatMap(({ message }) => message.reservations.map((reservation) => [reservation.placementId, reservation] as const)));
    return [...all.values()].filter(({ endsAt }) => Date.parse(endsAt) > this.clock.now());
  }
}

/** False for what is not newer than the router's last word. A router that ended long ago is forgotten with the next word of another. */
function keep<T extends { routerId: string; seq: number }>(told: Map<string, Told<T>>, message: T, nowMs: number): boolean {
  const known = told.get(message.routerId);
  if (known && message.seq <= known.seq) return false;
  for (const [routerId, { receivedMs }] of told) if (nowMs - receivedMs > 10 * SILENT_MS) told.delete(routerId);
  told.set(message.routerId, { seq: message.seq, receivedMs: nowMs, message });
  return true;
}

function showUse({ machineId: _machineId, ageMs, reportedAt, uplinkKbps, ...use }: ServerUse): Omit<ServerLoadObject, 'weight' | 'reservations' | 'drain'> {
  return { ...use, uplinkKbps: Math.round(uplinkKbps), ageMs: ageMs === null ? null : Math.round(ageMs), reportedAt: reportedAt === null ? null : new Date(reportedAt) };
}

function showReservation({ placementId, serverId, title, cost, wanKbps, lanKbps, endsAt }: Reservation): ReservationObject {
  return { placementId, serverId, title, cost, bitRateKbps: Math.round(wanKbps + lanKbps), endsAt: new Date(endsAt) };
}
