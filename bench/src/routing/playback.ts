import type { Request } from './workload.js';

export const RUNTIME_S = 6_000;
const FIRST_SEGMENT_S = 6;
const RESUME_S = 2;
/** A conversion that rested works again when so much of its lead is left. */
const WORKS_AGAIN = 0.7;
/** What a host has watched for so long is measured. */
const MEASURED_S = 15;
/** Seconds of media, and of time: less than this is rounding, and what is due within it happens together. */
const NEARLY = 1e-6;

export interface PlaybackSpec {
  readonly request: Request;
  /** CPU-seconds per second of media, here. */
  readonly cost: number;
  readonly predicted: number;
  readonly kbps: number;
  readonly isTranscode: boolean;
  readonly onEncoder: boolean;
  readonly isSmaller: boolean;
}

/** What a viewer has had so far, in seconds; it goes along when they are moved. */
export interface Seen {
  watchedS: number;
  waitedS: number;
  stalledS: number;
}

/** One viewer on one machine. Between two changes of the rates everything runs in straight lines. */
export class Playback implements Seen {
  watchedS: number;
  waitedS: number;
  stalledS: number;
  /** Media that is made beyond what was watched. */
  private leadS = 0;
  private ranS = 0;
  private isPlaying: boolean;
  private isResting = false;
  /** Media made, and media watched, per second. */
  private making = 0;
  private watching = 0;
  private delivered = 1;

  constructor(
    readonly spec: PlaybackSpec,
    private readonly throttleLeadS: number,
    before: Seen,
  ) {
    ({ watchedS: this.watchedS, waitedS: this.waitedS, stalledS: this.stalledS } = before);
    this.isPlaying = !spec.isTranscode;
  }

  get isWanted(): boolean {
    return this.watchedS < this.spec.request.watchS - NEARLY;
  }

  get isFinished(): boolean {
    return this.watchedS + this.leadS >= RUNTIME_S - NEARLY;
  }

  get isWorking(): boolean {
    return this.spec.isTranscode && !this.isResting && !this.isFinished;
  }

  get isMeasured(): boolean {
    return this.ranS >= MEASURED_S - NEARLY;
  }

  /** `share`: of the processor, CPU-seconds per second. `delivered`: of its bit rate that the line carries. */
  setRates(share: number, delivered: number): void {
    this.delivered = delivered;
    this.making = this.isWorking ? share / this.spec.cost : 0;
    this.watching = this.isPlaying ? delivered : 0;
    // Without a lead nobody watches faster than is made.
    if (this.spec.isTranscode && this.leadS <= NEARLY) this.watching = Math.min(this.watching, this.making);
  }

  advance(seconds: number): void {
    const watched = this.watching * seconds;
    this.watchedS += watched;
    if (this.spec.isTranscode) this.leadS = Math.max(0, this.leadS + this.making * seconds - watched);
    if (this.making > 0) this.ranS += seconds;
    if (this.isPlaying) this.stalledS += (1 - this.watching) * seconds;
    else if (this.watchedS === 0) this.waitedS += seconds;
    else this.stalledS += seconds;
  }

  /** Seconds until something about it changes while the rates stay. */
  nextS(): number {
    const { watchedS, leadS, making, watching } = this;
    const net = making - watching;
    let next = this.isPlaying && watching > 0 ? (this.spec.request.watchS - watchedS) / watching : Infinity;
    if (!this.spec.isTranscode) return Math.max(NEARLY, next);
    if (making > 0) next = Math.min(next, (RUNTIME_S - watchedS - leadS) / making);
    if (making > 0 && !this.isMeasured) next = Math.min(next, MEASURED_S - this.ranS);
    if (!this.isPlaying && net > 0) next = Math.min(next, (this.enoughS() - leadS) / net);
    if (!this.isResting && net > 0) next = Math.min(next, (this.throttleLeadS - leadS) / net);
    if (this.isResting && net < 0) next = Math.min(next, (leadS - this.throttleLeadS * WORKS_AGAIN) / -net);
    if (this.isPlaying && net < 0) next = Math.min(next, leadS / -net);
    return Math.max(NEARLY, next);
  }

  /** Starts, rests, works again or stands still, where it is time to. */
  turn(): void {
    if (!this.spec.isTranscode) return;
    const { leadS } = this;
    if (!this.isPlaying) this.isPlaying = leadS >= this.enoughS() - NEARLY;
    else if (leadS <= NEARLY && this.making < this.delivered - NEARLY && !this.isFinished) this.isPlaying = false;
    if (this.isResting) this.isResting = leadS > this.throttleLeadS * WORKS_AGAIN + NEARLY;
    else this.isResting = leadS >= this.throttleLeadS - NEARLY;
  }

  private enoughS(): number {
    return Math.min(this.watchedS === 0 ? FIRST_SEGMENT_S : RESUME_S, RUNTIME_S - this.watchedS);
  }
}
