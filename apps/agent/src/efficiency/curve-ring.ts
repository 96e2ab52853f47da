import type { EndpointUse } from '@usher/contracts';
import { STEPS, stepOf } from '../server/durations.js';

export const BUCKET_MS = 900_000;
/** A week. */
export const BUCKETS = 672;

type Kind = EndpointUse['kind'];

/** What a bucket keeps, each one number: which it is, how late it was begun, and sums, so that buckets can be added up. The order is that of the file. */
const FIGURES = [
  'slot',
  'beganMs',
  'observedMs',
  'onlineMs',
  'awayMs',
  'pushMs',
  'pollMs',
  'sessionCalls',
  'sessionErrors',
  'sessionTotalMs',
  'otherCalls',
  'otherErrors',
  'otherTotalMs',
  'reconnects',
  'cacheHits',
  'cacheMisses',
  'cpuReadings',
  'cpuPercent',
  'memoryReadings',
  'memoryUsedBytes',
  'diskReadings',
  'diskUsedBytes',
  'encoderReadings',
  'encoderPercent',
] as const;
export type Figure = (typeof FIGURES)[number];
export type Sums = Readonly<Record<Figure, number>>;

/** Words of 32 bits of one bucket, and its two histograms of durations (sessions, others) in words of 16. */
export const FIGURE_WORDS = FIGURES.length;
export const STEP_WORDS = 2 * STEPS;
export const BUCKET_BYTES = FIGURE_WORDS * Float32Array.BYTES_PER_ELEMENT + STEP_WORDS * Uint16Array.BYTES_PER_ELEMENT;
const MAX_IN_STEP = 0xffff;
const FIRST_STEP: Readonly<Record<Kind, number>> = { session: 0, other: STEPS };
const OF_KIND = { session: ['sessionCalls', 'sessionErrors', 'sessionTotalMs'], other: ['otherCalls', 'otherErrors', 'otherTotalMs'] } as const;
const INDEX = Object.fromEntries(FIGURES.map((figure, index) => [figure, index])) as Record<Figure, number>;

/** Quarter hours since 1970, UTC: what a bucket is found by. */
export const slotOf = (epochMs: number): number => Math.floor(epochMs / BUCKET_MS);

/**
 * The last 672 quarter hours in two arrays of fixed size. A place holds the slot that was written last; what is older than
 * a week, or of a time that has not come, is not read. Whole numbers are exact up to 2^24 in their 32 bits.
 */
export class CurveRing {
  private readonly figures = new Float32Array(BUCKETS * FIGURE_WORDS);
  private readonly steps = new Uint16Array(BUCKETS * STEP_WORDS);

  /** Empties the place of a slot unless it holds that slot already and `keep` is set. @param beganMs since the begin of the slot */
  begin(slot: number, keep: boolean, beganMs = 0): void {
    if (keep && this.has(slot)) return;
    const place = placeOf(slot);
    this.figures.fill(0, place * FIGURE_WORDS, (place + 1) * FIGURE_WORDS);
    this.steps.fill(0, place * STEP_WORDS, (place + 1) * STEP_WORDS);
    this.figures[place * FIGURE_WORDS + INDEX.slot] = slot;
    this.figures[place * FIGURE_WORDS + INDEX.beganMs] = beganMs;
  }

  has(slot: number): boolean {
    return slot > 0 && this.figures[placeOf(slot) * FIGURE_WORDS + INDEX.slot] === slot;
  }

  /** The slot has begun. */
  add(slot: number, figure: Exclude<Figure, 'slot' | 'beganMs'>, value: number): void {
    this.figures[placeOf(slot) * FIGURE_WORDS + INDEX[figure]]! += value;
  }

  addCall(slot: number, { kind, ms, ok }: { readonly kind: Kind; readonly ms: number; readonly ok: boolean }): void {
    const [calls, errors, totalMs] = OF_KIND[kind];
    this.add(slot, calls, 1);
    this.add(slot, totalMs, ms);
    if (!ok) this.add(slot, errors, 1);
    const step = placeOf(slot) * STEP_WORDS + FIRST_STEP[kind] + stepOf(ms);
    // a step that is full stays full: its share of so many calls is certain enough
    if (this.steps[step]! < MAX_IN_STEP) this.steps[step]!++;
  }

  /** All of these slots added up, `slot` and `beganMs` of the oldest; null when none of them is kept. */
  sum(first: number, last: number): Sums | null {
    const kept = this.kept(first, last);
    if (kept.length === 0) return null;
    const sums = Object.fromEntries(FIGURES.map((figure) => [figure, 0])) as Record<Figure, number>;
    for (const slot of kept) FIGURES.forEach((figure, index) => (sums[figure] += this.figures[placeOf(slot) * FIGURE_WORDS + index]!));
    return { ...sums, slot: kept[0]!, beganMs: this.figures[placeOf(kept[0]!) * FIGURE_WORDS + INDEX.beganMs]! };
  }

  /** Calls of these kinds in these slots by step of duration. */
  durations(first: number, last: number, kinds: readonly Kind[]): Uint32Array {
    const sums = new Uint32Array(STEPS);
    for (const slot of this.kept(first, last)) {
      for (const kind of kinds) {
        const from = placeOf(slot) * STEP_WORDS + FIRST_STEP[kind];
        for (let step = 0; step < STEPS; step++) sums[step]! += this.steps[from + step]!;
      }
    }
    return sums;
  }

  /** Those of these slots that are kept, oldest first. */
  kept(first: number, last: number): number[] {
    const from = Math.max(first, last - BUCKETS + 1);
    return Array.from({ length: Math.max(0, last - from + 1) }, (_, index) => from + index).filter((slot) => this.has(slot));
  }

  /** Buckets as they are, one after another, for a file; those that were never begun are left out. */
  toBytes(): Buffer {
    const places = Array.from({ length: BUCKETS }, (_, place) => place).filter((place) => this.figures[place * FIGURE_WORDS + INDEX.slot]! > 0);
    return Buffer.concat(places.flatMap((place) => [bytesOf(this.figures, place, FIGURE_WORDS), bytesOf(this.steps, place, STEP_WORDS)]));
  }

  /** @param bytes what `toBytes` gave */
  static fromBytes(bytes: Uint8Array): CurveRing {
    const ring = new CurveRing();
    const figureBytes = FIGURE_WORDS * Float32Array.BYTES_PER_ELEMENT;
    // a copy of its own begins where numbers may begin
    const own = new Uint8Array(bytes).buffer;
    for (let at = 0; at + BUCKET_BYTES <= own.byteLength; at += BUCKET_BYTES) {
      const figures = new Float32Array(own, at, FIGURE_WORDS);
      const place = placeOf(figures[INDEX.slot]!);
      ring.figures.set(figures, place * FIGURE_WORDS);
      ring.steps.set(new Uint16Array(own, at + figureBytes, STEP_WORDS), place * STEP_WORDS);
    }
    return ring;
  }
}

function placeOf(slot: number): number {
  return slot % BUCKETS;
}

function bytesOf(words: Float32Array | Uint16Array, place: number, width: number): Uint8Array {
  const own = words.subarray(place * width, (place + 1) * width);
  return new Uint8Array(own.buffer, own.byteOffset, own.byteLength);
}
