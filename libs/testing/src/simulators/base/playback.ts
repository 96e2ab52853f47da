import type { Clock } from '@usher/resilience';
import { resolveDelivery, type DeliveryPlan, type ResolvedDelivery } from './delivery.js';
import type { CatalogueItem } from './media.js';

/** One item playing on one device. Its position is a function of the clock; nothing ticks. */
export class Playback {
  readonly startedAtMs: number;
  delivery: ResolvedDelivery;
  state: 'playing' | 'paused' | 'buffering' = 'playing';
  /** When the client last reported by itself; a server's own extrapolation does not move it. */
  lastCheckInMs: number;
  lastReportedPositionMs: number;
  pausedAtMs: number | null = null;
  /** The encoder was taken away although the client does not know it yet. */
  encoderGone = false;
  audioIndex = 0;
  subtitleIndex: number | null = null;
  private anchorMs: number;
  private anchorPositionMs: number;
  private readonly firstPositionMs: number;

  constructor(
    /** The vendor's name of this play: `PlaySessionId`, the key of a transcode. */
    readonly id: string,
    readonly item: CatalogueItem,
    plan: DeliveryPlan,
    positionMs: number,
    private readonly clock: Clock,
  ) {
    if (item.file === null) throw new Error(`${item.title} is no file and cannot be played`);
    this.delivery = resolveDelivery(plan, item.file);
    this.chooseSubtitle();
    this.startedAtMs = clock.now();
    this.lastCheckInMs = this.startedAtMs;
    this.anchorMs = clock.monotonicMs();
    this.anchorPositionMs = positionMs;
    this.firstPositionMs = positionMs;
    this.lastReportedPositionMs = positionMs;
  }

  get positionMs(): number {
    const passed = this.state === 'playing' ? this.clock.monotonicMs() - this.anchorMs : 0;
    return Math.round(Math.min(this.anchorPositionMs + passed, this.item.durationMs ?? Number.MAX_SAFE_INTEGER));
  }

  get atEnd(): boolean {
    return this.item.durationMs !== null && this.positionMs >= this.item.durationMs;
  }

  /** How far the encoder is in the file: ahead of the viewer by its speed, never more than three minutes when throttled. */
  get encodedToMs(): number {
    const passed = this.clock.now() - this.startedAtMs;
    const ahead = this.firstPositionMs + passed * this.delivery.speed;
    const limit = this.delivery.throttled ? this.positionMs + 180_000 : Number.MAX_SAFE_INTEGER;
    return Math.min(Math.max(ahead, this.positionMs), limit, this.item.durationMs ?? Number.MAX_SAFE_INTEGER);
  }

  moveTo(positionMs: number): void {
    this.anchorPositionMs = Math.max(0, positionMs);
    this.anchorMs = this.clock.monotonicMs();
  }

  setState(state: Playback['state']): void {
    this.moveTo(this.positionMs);
    if (state === 'paused' && this.state !== 'paused') this.pausedAtMs = this.clock.now();
    this.state = state;
  }

  setDelivery(plan: DeliveryPlan): void {
    this.delivery = resolveDelivery(plan, this.item.file!);
    this.encoderGone = false;
    this.chooseSubtitle();
  }

  /** What is burnt in has been chosen. */
  private chooseSubtitle(): void {
    if (this.delivery.burnSubtitle && this.item.file!.subtitles.length > 0) this.subtitleIndex ??= 0;
  }

  checkIn(): void {
    this.lastCheckInMs = this.clock.now();
    this.lastReportedPositionMs = this.positionMs;
  }
}
