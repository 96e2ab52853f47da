import type { MachineSpec } from './fleet.js';
import type { Request } from './workload.js';

const FIRST_SEGMENT_S = 6;
const RESUME_S = 2;
/** A conversion uses so many cores at most. */
const PARALLEL = 8;
const HARDWARE_SHARE = 0.2;

/** One viewer on one machine. Times in seconds. */
export interface Playback {
  readonly request: Request;
  /** CPU-seconds per second of media, here. */
  readonly cost: number;
  readonly predicted: number;
  readonly kbps: number;
  readonly isTranscode: boolean;
  readonly onEncoder: boolean;
  readonly isSmaller: boolean;
  startedS: number;
  /** Media that is made beyond what was watched. */
  leadS: number;
  watchedS: number;
  isPlaying: boolean;
  isResting: boolean;
  ranS: number;
  waitedS: number;
  stalledS: number;
  moves: number;
}

/** What a machine tells of itself. */
export interface Report {
  readonly atS: number;
  readonly demand: number;
  readonly background: number;
  readonly encoderSessions: number;
  readonly wanKbps: number;
  readonly sessions: number;
  readonly transcodes: number;
  readonly requestIds: ReadonlySet<number>;
}

/** One machine in steps of one second: its conversions share the processor, its viewers share the line. */
export class Machine {
  readonly playbacks = new Map<number, Playback>();
  isUp = true;
  background = 0;
  changed = true;

  constructor(readonly spec: MachineSpec) {}

  get encoderSessions(): number {
    let sessions = 0;
    for (const playback of this.playbacks.values()) if (playback.onEncoder && !this.isFinished(playback)) sessions += 1;
    return sessions;
  }

  get hasFreeEncoder(): boolean {
    return this.spec.encoder !== null && this.encoderSessions < this.spec.encoder.sessions;
  }

  /** The real cost of a conversion that would begin now. */
  costHere(software: number, isTranscode: boolean): { cost: number; onEncoder: boolean } {
    const onEncoder = isTranscode && this.hasFreeEncoder;
    return { cost: onEncoder ? software * HARDWARE_SHARE : software, onEncoder };
  }

  get demand(): number {
    let sum = 0;
    for (const playback of this.playbacks.values()) sum += this.isFinished(playback) ? 0.01 : playback.cost;
    return sum;
  }

  get wanKbps(): number {
    let sum = 0;
    for (const { request, kbps } of this.playbacks.values()) if (request.network === 'wan') sum += kbps;
    return sum;
  }

  capacity(): number {
    return 0.97 * this.spec.cores * (1 - this.background);
  }

  add(playback: Playback): void {
    this.playbacks.set(playback.request.id, playback);
    this.changed = true;
  }

  remove(requestId: number): void {
    this.playbacks.delete(requestId);
    this.changed = true;
  }

  /** Measured where a conversion has run a while, else as the table says. */
  report(atS: number): Report {
    let demand = 0;
    let transcodes = 0;
    for (const playback of this.playbacks.values()) {
      if (!playback.isTranscode || this.isFinished(playback)) demand += 0.01;
      else {
        demand += playback.ranS >= 15 ? playback.cost : playback.predicted;
        transcodes += 1;
      }
    }
    this.changed = false;
    return { atS, demand, background: this.background, encoderSessions: this.encoderSessions, wanKbps: this.wanKbps, sessions: this.playbacks.size, transcodes, requestIds: new Set(this.playbacks.keys()) };
  }

  /** One second; returns those who have seen enough. */
  step(): Playback[] {
    const { throttleLeadS } = this.spec;
    const working: Playback[] = [];
    for (const playback of this.playbacks.values()) {
      if (!playback.isTranscode || this.isFinished(playback)) continue;
      if (playback.isResting && playback.leadS < throttleLeadS * 0.7) playback.isResting = false;
      else if (!playback.isResting && playback.leadS >= throttleLeadS) playback.isResting = true;
      if (!playback.isResting) working.push(playback);
    }
    const share = Math.min(PARALLEL, this.capacity() / Math.max(1, working.length));
    for (const playback of working) {
      playback.leadS += share / playback.cost;
      playback.ranS += 1;
    }
    const sent = this.wanKbps;
    const delivered = sent > this.spec.uplinkKbps ? this.spec.uplinkKbps / sent : 1;
    const done: Playback[] = [];
    for (const playback of this.playbacks.values()) if (watch(playback, playback.request.network === 'wan' ? delivered : 1)) done.push(playback);
    return done;
  }

  private isFinished({ watchedS, leadS }: Playback): boolean {
    return watchedS + leadS >= 6_000;
  }
}

/** True when the viewer has seen what they wanted. */
function watch(playback: Playback, delivered: number): boolean {
  const { isTranscode, request } = playback;
  if (!playback.isPlaying) {
    const enough = playback.watchedS === 0 ? FIRST_SEGMENT_S : RESUME_S;
    if (!isTranscode || playback.leadS >= enough) playback.isPlaying = true;
    else if (playback.watchedS === 0) playback.waitedS += 1;
    else playback.stalledS += 1;
    return false;
  }
  const seen = isTranscode ? Math.min(delivered, playback.leadS) : delivered;
  playback.watchedS += seen;
  if (isTranscode) playback.leadS -= seen;
  playback.stalledS += 1 - seen;
  if (isTranscode && playback.leadS <= 0) playback.isPlaying = false;
  return playback.watchedS >= request.watchS;
}
