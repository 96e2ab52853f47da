import { Inject, Injectable } from '@nestjs/common';
import { HubBus } from '@usher/bus';
import { acquireLease, type PlacementKind } from '@usher/contracts';
import { FleetView } from '../fleet-view/fleet-view.js';
import { ROUTER_TERMS, type RouterTerms } from '../infrastructure.js';
import type { KnownRoute } from '../routes/route-book.js';
import { RouteBook } from '../routes/route-book.js';
import { RoutesService } from '../routes/routes.service.js';

const EVERY_MS = 3_000;
const AT_ONCE = 50;
/** When more than this is out at the same time, the fault is probably ours. */
const MOST_OUT = 0.5;
/** Fewer servers than this prove nothing about us. */
const FLEET = 3;
/** A route that nobody could take is tried again this often. */
const RETRY_MS = 15_000;

/**
 * Moves routes whose server died or drains, and writes down how far viewers are: the work of one router at a time, the
 * holder of the lease `failover`. A link that is opened meanwhile is moved by its visit, lease or not.
 */
@Injectable()
export class FailoverService {
  private readonly stopping = new AbortController();
  private readonly triedAtMs = new Map<string, number>();
  private work: Promise<void> | null = null;
  private isSuspended = false;
  private isTold = false;

  constructor(
    private readonly bus: HubBus,
    private readonly fleet: FleetView,
    private readonly book: RouteBook,
    private readonly routes: RoutesService,
    @Inject(ROUTER_TERMS) private readonly terms: RouterTerms,
  ) {}

  start(): void {
    this.work ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.work;
  }

  /** One turn; the moves are done when it resolves. */
  async turn(): Promise<void> {
    this.book.sweep();
    const { routerId } = this.terms;
    const { epoch } = await this.bus.serviceCommand(acquireLease, { name: 'failover', holder: routerId });
    if (epoch === null) return;
    await this.routes.writeNotes();
    if (this.mustWait()) return;
    const due = this.book.all().flatMap((route) => {
      const kind = this.dueTo(route);
      return kind ? [{ route, kind }] : [];
    });
    // What plays as it is costs least to take over.
    due.sort((a, b) => Number(b.route.record.state === 'open') - Number(a.route.record.state === 'open'));
    for (const { route, kind } of due.slice(0, AT_ONCE)) {
      if (this.stopping.signal.aborted) return;
      this.triedAtMs.set(route.record.routeId, this.terms.clock.monotonicMs());
      const outcome = await this.routes.move(route, kind, { holder: routerId, epoch }, false);
      if (outcome.placed) this.terms.logger.info('route.moved', 'A route leads to another server now.', { kind, server_id: outcome.route.record.serverId ?? 'fleet', from: route.record.serverId });
      else if (outcome.record === null && outcome.conflict === 'stale') return;
    }
  }

  /** A drain leaves what plays alone unless it was told otherwise; a link that is opened anew leads elsewhere in any case. */
  private dueTo({ record }: KnownRoute): PlacementKind | null {
    const triedMs = this.triedAtMs.get(record.routeId);
    if (triedMs !== undefined && this.fleet.ageMs(triedMs) < RETRY_MS) return null;
    const standing = this.routes.standingOf(record);
    if (standing === 'down') return 'failover';
    if (standing !== 'draining' && standing !== 'maintenance') return null;
    const movesNow = this.fleet.directory.server(record.serverId!)?.drain?.move === 'now';
    return record.state === 'placed' || movesNow ? 'drain' : null;
  }

  private mustWait(): boolean {
    const standings = this.fleet.directory.servers().map(({ serverId }) => this.fleet.standing(serverId).standing);
    const out = standings.filter((standing) => standing === 'down' || standing === 'blind').length;
    const suspended = standings.length >= FLEET && out / standings.length > MOST_OUT;
    if (suspended && !this.isSuspended) this.terms.logger.error('routing.suspended', 'Most servers are out at once; nothing is moved until some are back.', { out, servers: standings.length });
    this.isSuspended = suspended;
    return suspended;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    const { clock, logger } = this.terms;
    while (!signal.aborted) {
      try {
        await this.turn();
        this.isTold = false;
      } catch (error) {
        if (!this.isTold && !signal.aborted) logger.warn('failover.not_done', 'Routes could not be looked after; it is repeated.', { error });
        this.isTold = true;
      }
      await clock.sleep(EVERY_MS, signal).catch((reason: unknown) => {
        if (!signal.aborted) throw reason;
      });
    }
  }
}
