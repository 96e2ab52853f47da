import { Inject, Injectable } from '@nestjs/common';
import { HubBus } from '@usher/bus';
import { AppError, findRoute, listReservations, listRoutes, noteRoutes, RESERVATION_MS, ROUTE_TTL_MS, type createRoute, type PlacementKind, type RouteRecord } from '@usher/contracts';
import { Coalesce } from '@usher/resilience';
import type { z } from 'zod';
import { FleetView } from '../fleet-view/fleet-view.js';
import { ROUTER_TERMS, type RouterTerms } from '../infrastructure.js';
import { Reservations } from '../placement/reservations.js';
import { PlayAddresses } from './play-addresses.js';
import { RouteBook, type KnownRoute } from './route-book.js';
import { RoutePlacing, type PlacingOutcome } from './route-placing.service.js';

const MAX_AT_ONCE = 1_000;
/** What was shown last may be seconds old: a viewer sees a little again rather than miss it. */
const STEP_BACK_MS = 3_000;
/** Nobody wants to see the last seconds only. */
const NEARLY_OVER_MS = 10_000;
const NOTES_AT_ONCE = 200;
const ECHO_MS = 5_000;
const USABLE: ReadonlySet<string> = new Set(['ready', 'slow-start', 'suspect']);

export type Visit = { readonly location: string } | { readonly problem: 'gone' } | { readonly problem: 'full'; readonly retryAfterS: number };

/** Makes routes, leads visitors of their links, and moves routes whose server failed or drains. */
@Injectable()
export class RoutesService {
  private readonly turns = new Coalesce<Visit>();
  private running = 0;

  constructor(
    private readonly bus: HubBus,
    private readonly fleet: FleetView,
    private readonly book: RouteBook,
    private readonly placing: RoutePlacing,
    private readonly addresses: PlayAddresses,
    private readonly reservations: Reservations,
    @Inject(ROUTER_TERMS) private readonly terms: RouterTerms,
  ) {}

  /** Of two equal calls both get the one route. @throws ROUTER_BUSY, and what the controller answers */
  async create({ routeId, linkSha256, request }: z.infer<typeof createRoute.request>): Promise<z.infer<typeof createRoute.reply>> {
    const known = this.book.get(routeId) ?? (await this.fetch({ routeId }));
    if (known) return { placed: true, placementId: known.record.placementId };
    const outcome = await this.limited(() => this.placing.place({ kind: 'create', routeId, linkSha256, request, before: null, fence: null, mayWait: true }));
    if (outcome.placed) return { placed: true, placementId: outcome.placementId };
    if (outcome.record) return { placed: false, placementId: outcome.record.placementId };
    const winner = await this.fetch({ routeId });
    if (!winner) throw new AppError('ROUTER_BUSY', 'The route was changed meanwhile.');
    return { placed: true, placementId: winner.record.placementId };
  }

  /** The route of a link; undefined for an unknown and an expired one alike. */
  async find(linkSha256: string): Promise<KnownRoute | undefined> {
    return this.book.find(linkSha256) ?? (await this.fetch({ linkSha256 }));
  }

  /** Where a visitor is led now. Visits of one route at the same time share the answer. @throws what the controller answers */
  async visit(route: KnownRoute): Promise<Visit> {
    return await this.turns.run(route.record.routeId, () => this.lead(route));
  }

  /** Chooses another server for a route; nothing happens when somebody else was faster. @throws what the controller answers */
  async move({ record }: KnownRoute, kind: PlacementKind, fence: { holder: string; epoch: number } | null, mayWait: boolean): Promise<PlacingOutcome> {
    const request = { ...record.request, positionMs: resumeAt(record), earlierServerId: kind === 'open' ? record.serverId : record.request.earlierServerId };
    const { routeId, linkSha256 } = record;
    const outcome = await this.limited(() => this.placing.place({ kind, routeId, linkSha256, request, before: record, fence, mayWait }));
    if (!outcome.placed && outcome.record === null) await this.fetch({ routeId });
    return outcome;
  }

  /** Somebody made or changed them; what this router stored itself a moment ago is known. */
  async refresh(routeIds: readonly string[]): Promise<void> {
    for (const routeId of routeIds) if (!this.isOwnEcho(routeId)) await this.fetch({ routeId });
  }

  /** At start: what the rows know. */
  async restore(): Promise<void> {
    const { reservations } = await this.bus.serviceCommand(listReservations, {});
    this.reservations.learn(reservations);
    for (let after: string | null = null; ; ) {
      const page: z.infer<typeof listRoutes.reply> = await this.bus.serviceCommand(listRoutes, { after });
      for (const route of page.routes) this.book.put(route);
      if (page.next === null) return;
      after = page.next;
    }
  }

  /** Writes positions, states and expiries down; what cannot be written is written at the next turn. */
  async writeNotes(): Promise<void> {
    const routes = this.book.dirty();
    for (let from = 0; from < routes.length; from += NOTES_AT_ONCE) {
      const some = routes.slice(from, from + NOTES_AT_ONCE);
      for (const route of some) route.isDirty = false;
      const notes = some.map(({ record: { routeId, state, positionMs, positionAt, expiresAt } }) => ({ routeId, state, positionMs, positionAt, expiresAt }));
      try {
        await this.bus.serviceCommand(noteRoutes, { routes: notes });
      } catch (error) {
        for (const route of some) route.isDirty = true;
        throw error;
      }
    }
  }

  /** Whether the server of a route may keep it. */
  standingOf({ serverId }: RouteRecord): string {
    return serverId === null ? 'offline' : this.fleet.standing(serverId).standing;
  }

  private async lead(route: KnownRoute): Promise<Visit> {
    const standing = this.standingOf(route.record);
    if (USABLE.has(standing) && this.isFirm(route)) {
      const location = await this.confirmed(route);
      if (location !== null) return { location };
    }
    const kind = standing === 'draining' || standing === 'maintenance' ? 'drain' : USABLE.has(standing) ? 'open' : 'failover';
    const outcome = await this.move(route, kind, null, true);
    const now = this.book.get(route.record.routeId);
    if (!now) return { problem: 'gone' };
    if (!outcome.placed && outcome.record) return { problem: 'full', retryAfterS: 15 };
    if (now.confirmed) return { location: now.confirmed.address };
    const location = await this.confirmed(now);
    return location === null ? { problem: 'full', retryAfterS: 5 } : { location };
  }

  /** A link that was never opened holds nothing after a while: it is decided again. */
  private isFirm({ record, confirmed }: KnownRoute): boolean {
    return record.state === 'open' || (confirmed !== null && this.fleet.ageMs(confirmed.atMs) < RESERVATION_MS);
  }

  /** The page of the server where the route is; null when its agent does not confirm it. */
  private async confirmed(route: KnownRoute): Promise<string | null> {
    const { record, confirmed } = route;
    const holder = record.request.holders.find(({ serverId }) => serverId === record.serverId);
    const account = record.request.accounts.find(({ serverId }) => serverId === record.serverId);
    if (!holder || !account) return null;
    this.touch(route);
    if (confirmed && confirmed.positionMs === record.positionMs && this.fleet.ageMs(confirmed.atMs) < RESERVATION_MS) return confirmed.address;
    try {
      const address = await this.addresses.ask(record.serverId!, { itemId: holder.itemId, userId: account.userId, positionMs: record.positionMs });
      route.confirmed = { placementId: record.placementId, address, positionMs: record.positionMs, atMs: this.terms.clock.monotonicMs() };
      return address;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.addresses.distrust(record.serverId!);
      this.terms.logger.info('route.not_confirmed', 'The server of a route did not confirm it; another one is chosen.', { server_id: record.serverId, code: error.code });
      return null;
    }
  }

  private touch(route: KnownRoute): void {
    route.record = { ...route.record, expiresAt: new Date(this.terms.clock.now() + ROUTE_TTL_MS).toISOString() };
    route.isDirty = true;
  }

  private isOwnEcho(routeId: string): boolean {
    const confirmed = this.book.get(routeId)?.confirmed;
    return confirmed !== undefined && confirmed !== null && this.fleet.ageMs(confirmed.atMs) < ECHO_MS;
  }

  private async fetch(request: z.infer<typeof findRoute.request>): Promise<KnownRoute | undefined> {
    const { route } = await this.bus.serviceCommand(findRoute, request);
    if (!route) return undefined;
    this.book.put(route);
    return this.book.get(route.routeId);
  }

  private async limited<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= MAX_AT_ONCE) throw new AppError('ROUTER_BUSY', 'Too many placements wait.', { retryAfterMs: 1_000 });
    this.running += 1;
    try {
      return await work();
    } finally {
      this.running -= 1;
    }
  }
}

/** What was opened goes on a little before its last known position; what never was begins where it was asked for. */
function resumeAt({ state, positionMs, serverId, request }: RouteRecord): number {
  if (state === 'placed') return positionMs;
  const durationMs = request.holders.find((holder) => holder.serverId === serverId)?.source.durationMs ?? null;
  if (durationMs !== null && positionMs > durationMs - NEARLY_OVER_MS) return 0;
  return Math.max(0, positionMs - STEP_BACK_MS);
}
