import type { SimulatorCore } from '../base/core.js';
import type { DeliveryPlan } from '../base/delivery.js';
import type { CatalogueItem } from '../base/media.js';
import type { SimulatedSession } from '../base/playback-engine.js';
import { fromTicks } from './ticks.js';

/** What clients say while they play: `/Sessions/Playing`, `/Progress`, `/Stopped`. */
export class PlayerReports {
  /** Plays that were offered by PlaybackInfo: only these may be transcoded. */
  private readonly offered = new Map<string, DeliveryPlan>();

  constructor(
    private readonly core: SimulatorCore,
    private readonly findItem: (id: string) => CatalogueItem | undefined,
  ) {}

  offer(playSessionId: string, plan: DeliveryPlan): void {
    this.offered.set(playSessionId, plan);
  }

  knows(playSessionId: unknown): boolean {
    return typeof playSessionId === 'string' && this.offered.has(playSessionId);
  }

  /** An unknown item is accepted and plays nothing, as on the real servers. */
  started(session: SimulatedSession, body: Record<string, unknown>): void {
    const item = this.findItem(String(body['ItemId'] ?? ''));
    if (item?.file == null) return;
    const playId = typeof body['PlaySessionId'] === 'string' ? body['PlaySessionId'] : undefined;
    const plan = (playId === undefined ? undefined : this.offered.get(playId)) ?? 'direct-play';
    this.core.engine.start(session, item, body['PlayMethod'] === 'DirectPlay' ? 'direct-play' : plan, position(body) ?? 0, playId);
    if (body['IsPaused'] === true) this.core.engine.pause(session);
  }

  /** Takes the report for what it says, also when the start was never sent. */
  progress(session: SimulatedSession, body: Record<string, unknown>): void {
    if (session.playback === null) this.started(session, body);
    const paused = typeof body['IsPaused'] === 'boolean' ? body['IsPaused'] : undefined;
    const positionMs = position(body);
    this.core.engine.report(session, { ...(positionMs === undefined ? {} : { positionMs }), ...(paused === undefined ? {} : { paused }) });
  }

  stopped(session: SimulatedSession): void {
    this.core.engine.stop(session);
  }
}

function position(body: Record<string, unknown>): number | undefined {
  const ticks = Number(body['PositionTicks'] ?? Number.NaN);
  return Number.isFinite(ticks) ? fromTicks(ticks) : undefined;
}
