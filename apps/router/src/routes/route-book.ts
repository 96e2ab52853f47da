import { Inject, Injectable } from '@nestjs/common';
import type { RouteRecord } from '@usher/contracts';
import type { Clock } from '@usher/resilience';
import { CLOCK } from '../infrastructure.js';

export interface KnownRoute {
  record: RouteRecord;
  /** The vendor's page as it was last confirmed, and when; none after a restart. */
  confirmed: { readonly placementId: string; readonly address: string; readonly positionMs: number; readonly atMs: number } | null;
  /** Position, state or expiry are newer than the row. */
  isDirty: boolean;
}

/** Where a route's viewer shows: on which server, with which item, as whom. */
function seatOf({ serverId, request }: RouteRecord): string | null {
  const holder = request.holders.find((each) => each.serverId === serverId);
  const account = request.accounts.find((each) => each.serverId === serverId);
  return holder && account ? seat(serverId!, holder.itemId, account.userId) : null;
}

function seat(serverId: string, itemId: string, userId: string): string {
  return `${serverId}\n${itemId}\n${userId}`;
}

/** The living routes in memory, so that links keep leading somewhere while the controller is away. The rows are the truth. */
@Injectable()
export class RouteBook {
  private readonly byId = new Map<string, KnownRoute>();
  private readonly byLink = new Map<string, string>();
  private readonly bySeat = new Map<string, Set<string>>();

  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /** Takes a row over; what this process knows better (a newer position) stays. */
  put(record: RouteRecord): KnownRoute {
    const known = this.byId.get(record.routeId);
    if (known) this.unseat(known.record);
    const isSame = known?.record.placementId === record.placementId;
    const isNewer = known !== undefined && known.record.positionAt > record.positionAt;
    const kept = isNewer ? { ...record, positionMs: known.record.positionMs, positionAt: known.record.positionAt } : record;
    const entry: KnownRoute = { record: kept, confirmed: isSame ? known.confirmed : null, isDirty: isNewer && known.isDirty };
    this.byId.set(record.routeId, entry);
    this.byLink.set(record.linkSha256, record.routeId);
    const place = seatOf(record);
    if (place !== null) this.bySeat.set(place, (this.bySeat.get(place) ?? new Set()).add(record.routeId));
    return entry;
  }

  get(routeId: string): KnownRoute | undefined {
    return this.living(this.byId.get(routeId));
  }

  find(linkSha256: string): KnownRoute | undefined {
    const routeId = this.byLink.get(linkSha256);
    return routeId === undefined ? undefined : this.get(routeId);
  }

  at(serverId: string, itemId: string, userId: string): KnownRoute[] {
    return [...(this.bySeat.get(seat(serverId, itemId, userId)) ?? [])].flatMap((routeId) => this.get(routeId) ?? []);
  }

  all(): KnownRoute[] {
    return [...this.byId.values()].filter((route) => this.living(route) !== undefined);
  }

  dirty(): KnownRoute[] {
    return [...this.byId.values()].filter((route) => route.isDirty);
  }

  /** Removes what has expired. */
  sweep(): void {
    for (const { record } of this.byId.values()) {
      if (Date.parse(record.expiresAt) > this.clock.now()) continue;
      this.unseat(record);
      this.byId.delete(record.routeId);
      this.byLink.delete(record.linkSha256);
    }
  }

  private living(route: KnownRoute | undefined): KnownRoute | undefined {
    if (!route || Date.parse(route.record.expiresAt) <= this.clock.now()) return undefined;
    return route.record.state === 'ended' || route.record.state === 'expired' ? undefined : route;
  }

  private unseat(record: RouteRecord): void {
    const place = seatOf(record);
    const routes = place === null ? undefined : this.bySeat.get(place);
    routes?.delete(record.routeId);
    if (routes?.size === 0) this.bySeat.delete(place!);
  }
}
