import { Inject, Injectable } from '@nestjs/common';
import { HubBus } from '@usher/bus';
import { AppError, ROUTE_TTL_MS, storeRoute, type PlacementKind, type PlacementRecord, type PlacementRequest, type RouteRecord } from '@usher/contracts';
import type { z } from 'zod';
import { ROUTER_TERMS, type RouterTerms } from '../infrastructure.js';
import { PlacementService, type Placed } from '../placement/placement.service.js';
import { Reservations } from '../placement/reservations.js';
import { StartQueue } from '../placement/start-queue.js';
import { PlayAddresses } from './play-addresses.js';
import { RouteBook, type KnownRoute } from './route-book.js';

/** Candidates that are asked, and how long altogether. */
const TRIES = 3;
const TRYING_MS = 5_000;
/** Conflicts are somebody else's success: the next choice knows of it. */
const CONFLICTS = 8;
/** After these the agent or its server is not to be trusted for a moment, whoever asks. */
const SUSPICIOUS: ReadonlySet<string> = new Set(['AGENT_OFFLINE', 'AGENT_TIMEOUT', 'SERVER_UNREACHABLE', 'SERVER_BUSY', 'SERVER_REJECTED_KEY']);

export interface RouteToPlace {
  readonly kind: PlacementKind;
  readonly routeId: string;
  readonly linkSha256: string;
  readonly request: PlacementRequest;
  /** The route as it is; null for a new one. */
  readonly before: RouteRecord | null;
  readonly fence: { readonly holder: string; readonly epoch: number } | null;
  readonly mayWait: boolean;
}

export type PlacingOutcome =
  | { readonly placed: true; readonly route: KnownRoute; readonly placementId: string }
  | { readonly placed: false; readonly record: PlacementRecord }
  /** Somebody else moved the route meanwhile, or this router is no longer the one to move it. */
  | { readonly placed: false; readonly record: null; readonly conflict: 'moved' | 'stale' };

type Stored = z.infer<typeof storeRoute.reply>;

/** Chooses, confirms with the agent, and stores: a link leads somewhere only after its row is written. */
@Injectable()
export class RoutePlacing {
  constructor(
    private readonly bus: HubBus,
    private readonly placement: PlacementService,
    private readonly reservations: Reservations,
    private readonly queue: StartQueue,
    private readonly addresses: PlayAddresses,
    private readonly book: RouteBook,
    @Inject(ROUTER_TERMS) private readonly terms: RouterTerms,
  ) {}

  /** @throws what the controller answers; without its row nothing is handed out */
  async place(work: RouteToPlace): Promise<PlacingOutcome> {
    const failed = new Map<string, string>();
    const startedMs = this.terms.clock.monotonicMs();
    let conflicts = 0;
    let queuedMs = 0;
    let choice = this.choose(work, failed, queuedMs);
    for (;;) {
      if (!choice.booking && choice.record.code === 'FLEET_SATURATED' && work.mayWait && queuedMs === 0) {
        [choice, queuedMs] = await this.waitForRoom(work, failed, choice);
      }
      if (!choice.booking) return this.refuse(work, choice.record);
      const { serverId, placementId } = choice.booking.reservation;
      const confirmed = await this.confirm(work, choice, failed);
      if (confirmed) {
        const route = this.routeOf(work, choice.record);
        const answer = await this.store(work, { ...choice, record: { ...choice.record, confirmedMs: confirmed.tookMs } }, route);
        if (answer.stored) return { placed: true, route: this.remember(route, confirmed.address), placementId };
        this.reservations.release(placementId);
        if (answer.conflict === 'moved' || answer.conflict === 'stale') return { placed: false, record: null, conflict: answer.conflict };
        if (answer.conflict === 'draining') failed.set(serverId, 'DRAINING');
        this.reservations.learn(answer.reservations);
        if (++conflicts > CONFLICTS) throw new AppError('ROUTER_BUSY', 'Too many placements at once.', { retryAfterMs: 1_000 });
      } else if (failed.size >= TRIES || this.terms.clock.monotonicMs() - startedMs >= TRYING_MS) {
        // The next choice finds nobody left, and its record names a reason for each.
        for (const candidate of choice.record.candidates) if (candidate.eligible && !failed.has(candidate.serverId)) failed.set(candidate.serverId, 'NOT_ASKED');
      }
      choice = this.choose(work, failed, queuedMs);
    }
  }

  private choose(work: RouteToPlace, failed: ReadonlyMap<string, string>, queuedMs: number): Placed {
    return this.placement.place(asked(work, failed, queuedMs));
  }

  /** Returns the choice that found room, or the refusal; and how long that took. */
  private async waitForRoom(work: RouteToPlace, failed: ReadonlyMap<string, string>, refused: Placed): Promise<[Placed, number]> {
    let found: Placed = refused;
    const machines = refused.record.candidates.filter(({ eligible }) => eligible).length;
    const waitedMs = await this.queue.wait(machines, () => {
      found = this.choose(work, failed, 0);
      return found.booking !== null;
    });
    const queuedMs = Math.max(1, Math.round(waitedMs));
    return [{ ...found, record: { ...found.record, queuedMs } }, queuedMs];
  }

  /** Null when the agent or its server refused: the reservation is gone and the next candidate is due. */
  private async confirm({ request }: RouteToPlace, { booking }: Placed, failed: Map<string, string>): Promise<{ address: string; tookMs: number } | null> {
    const { serverId, placementId, itemId, userId } = booking!.reservation;
    const startedMs = this.terms.clock.monotonicMs();
    try {
      const address = await this.addresses.ask(serverId, { itemId, userId: userId!, positionMs: request.positionMs });
      return { address, tookMs: this.terms.clock.monotonicMs() - startedMs };
    } catch (error) {
      this.reservations.release(placementId);
      const code = error instanceof AppError ? error.code : 'INTERNAL';
      failed.set(serverId, code);
      if (SUSPICIOUS.has(code)) this.addresses.distrust(serverId);
      this.terms.logger.info('placement.not_confirmed', 'A server did not confirm a playback; the next one is asked.', { server_id: serverId, code });
      return null;
    }
  }

  private routeOf({ routeId, linkSha256, request, before }: RouteToPlace, { placementId, serverId }: PlacementRecord): RouteRecord {
    const now = this.terms.clock.now();
    const at = new Date(now).toISOString();
    return {
      routeId,
      linkSha256,
      state: 'placed',
      request,
      placementId,
      serverId,
      positionMs: request.positionMs,
      positionAt: at,
      createdAt: before?.createdAt ?? at,
      expiresAt: new Date(now + ROUTE_TTL_MS).toISOString(),
      moves: before === null ? 0 : before.moves + (before.serverId === serverId ? 0 : 1),
    };
  }

  private async store(work: RouteToPlace, { record, booking }: Placed, route: RouteRecord | null): Promise<Stored> {
    try {
      return await this.bus.serviceCommand(storeRoute, { placement: record, route, booking, replaces: work.before?.placementId ?? null, fence: work.fence });
    } catch (error) {
      if (booking) this.reservations.release(booking.reservation.placementId);
      throw error;
    }
  }

  private remember(route: RouteRecord, address: string): KnownRoute {
    const known = this.book.put(route);
    known.confirmed = { placementId: route.placementId, address, positionMs: route.positionMs, atMs: this.terms.clock.monotonicMs() };
    return known;
  }

  private async refuse(work: RouteToPlace, record: PlacementRecord): Promise<PlacingOutcome> {
    await this.store(work, { record, booking: null }, null);
    return { placed: false, record };
  }
}

function asked({ kind, request, routeId, before }: RouteToPlace, failed: ReadonlyMap<string, string>, queuedMs: number) {
  return { kind, request, routeId, previousServerId: before?.serverId ?? null, queuedMs, failed };
}
