import type { MachineSpec } from './fleet.js';
import { Playback, type PlaybackSpec, type Seen } from './playback.js';

/** A conversion uses so many cores at most. */
const PARALLEL = 8;
const HARDWARE_SHARE = 0.2;
const DIRECT_COST = 0.01;

/** What a machine tells of itself. */
export interface Report {
  readonly atS: number;
  readonly demand: number;
  readonly background: number;
  readonly encoderSessions: number;
  readonly wanKbps: number;
  readonly lanKbps: number;
  readonly sessions: number;
  readonly transcodes: number;
  readonly requestIds: ReadonlySet<number>;
}

/** One machine: its conversions share the processor, its viewers share the line. Rates change only at events. */
export class Machine {
  readonly playbacks = new Map<number, Playback>();
  isUp = true;
  /** Something that a report tells is different since the last one. */
  changed = true;
  /** Seconds in which more was to do than could be done, and seconds altogether. */
  overloadedS = 0;
  upS = 0;
  /** Share of the processor that the machine needs for itself. */
  private busy = 0;
  private atS = 0;

  constructor(readonly spec: MachineSpec) {}

  get background(): number {
    return this.busy;
  }

  get encoderSessions(): number {
    let sessions = 0;
    for (const playback of this.playbacks.values()) if (playback.spec.onEncoder && !playback.isFinished) sessions += 1;
    return sessions;
  }

  /** The real cost of a conversion that would begin now. */
  costHere(software: number, isTranscode: boolean): { cost: number; onEncoder: boolean } {
    const onEncoder = isTranscode && this.spec.encoder !== null && this.encoderSessions < this.spec.encoder.sessions;
    return { cost: onEncoder ? software * HARDWARE_SHARE : software, onEncoder };
  }

  get demand(): number {
    let sum = 0;
    for (const playback of this.playbacks.values()) sum += playback.isFinished ? DIRECT_COST : playback.spec.cost;
    return sum;
  }

  get wanKbps(): number {
    return this.kbpsOf('wan');
  }

  capacity(): number {
    return 0.97 * this.spec.cores * (1 - this.busy);
  }

  /** To be called after `advance` to the same moment, like every other change. */
  add(spec: PlaybackSpec, before: Seen): void {
    this.playbacks.set(spec.request.id, new Playback(spec, this.spec.throttleLeadS, before));
    this.changed = true;
    this.settle();
  }

  setBackground(share: number): void {
    this.busy = share;
    this.settle();
  }

  /** Everyone who was here. */
  fail(): Playback[] {
    const lost = [...this.playbacks.values()];
    this.playbacks.clear();
    this.isUp = false;
    return lost;
  }

  recover(): void {
    this.isUp = true;
    this.changed = true;
  }

  /** Measured where a conversion has run a while, else as the table says. */
  report(atS: number): Report {
    let demand = 0;
    let transcodes = 0;
    for (const { spec, isFinished, isMeasured } of this.playbacks.values()) {
      if (!spec.isTranscode || isFinished) demand += DIRECT_COST;
      else {
        demand += isMeasured ? spec.cost : spec.predicted;
        transcodes += 1;
      }
    }
    this.changed = false;
    return {
      atS,
      demand,
      background: this.busy,
      encoderSessions: this.encoderSessions,
      wanKbps: this.wanKbps,
      lanKbps: this.kbpsOf('lan'),
      sessions: this.playbacks.size,
      transcodes,
      requestIds: new Set(this.playbacks.keys()),
    };
  }

  /** When something changes here by itself. */
  nextS(): number {
    let next = Infinity;
    for (const playback of this.playbacks.values()) next = Math.min(next, playback.nextS());
    return this.atS + next;
  }

  /** Runs to that moment; returns those who have seen enough. The rates of the time until then were those of its beginning. */
  advance(atS: number): Playback[] {
    const seconds = atS - this.atS;
    this.atS = atS;
    if (!this.isUp) return [];
    this.upS += seconds;
    if (seconds > 0 && this.demand > this.capacity()) this.overloadedS += seconds;
    const done: Playback[] = [];
    for (const playback of this.playbacks.values()) {
      const [wasFinished, wasMeasured] = [playback.isFinished, playback.isMeasured];
      playback.advance(seconds);
      playback.turn();
      if (!playback.isWanted) done.push(playback);
      this.changed ||= !playback.isWanted || playback.isFinished !== wasFinished || playback.isMeasured !== wasMeasured;
    }
    for (const { spec } of done) this.playbacks.delete(spec.request.id);
    this.settle();
    return done;
  }

  private settle(): void {
    let working = 0;
    for (const playback of this.playbacks.values()) if (playback.isWorking) working += 1;
    const share = Math.min(PARALLEL, this.capacity() / Math.max(1, working));
    const sent = this.wanKbps;
    const delivered = sent > this.spec.uplinkKbps ? this.spec.uplinkKbps / sent : 1;
    for (const playback of this.playbacks.values()) playback.setRates(share, playback.spec.request.network === 'wan' ? delivered : 1);
  }

  private kbpsOf(network: 'lan' | 'wan'): number {
    let sum = 0;
    for (const { spec } of this.playbacks.values()) if (spec.request.network === network) sum += spec.kbps;
    return sum;
  }
}
