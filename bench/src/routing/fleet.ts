import { Chance } from './random.js';

/** A simulated machine with one media server on it. */
export interface MachineSpec {
  readonly cores: number;
  /** Share of the software cost, with so many sessions; null without an encoder. */
  readonly encoder: { readonly sessions: number } | null;
  readonly uplinkKbps: number;
  /** How far a conversion runs ahead before it rests, s; Infinity = to the end of the file. */
  readonly throttleLeadS: number;
}

const EIGHT: readonly MachineSpec[] = [
  { cores: 2, encoder: null, uplinkKbps: 200_000, throttleLeadS: 60 },
  { cores: 4, encoder: { sessions: 8 }, uplinkKbps: 500_000, throttleLeadS: 180 },
  { cores: 4, encoder: null, uplinkKbps: 300_000, throttleLeadS: Infinity },
  { cores: 6, encoder: null, uplinkKbps: 1_000_000, throttleLeadS: 60 },
  { cores: 8, encoder: null, uplinkKbps: 1_000_000, throttleLeadS: 180 },
  { cores: 8, encoder: { sessions: 5 }, uplinkKbps: 500_000, throttleLeadS: 60 },
  { cores: 12, encoder: null, uplinkKbps: 1_000_000, throttleLeadS: Infinity },
  { cores: 4, encoder: null, uplinkKbps: 100_000, throttleLeadS: 180 },
];

/** The eight of the reference, or more of the same kinds. */
export function fleetOf(machines: number): MachineSpec[] {
  return Array.from({ length: machines }, (_, at) => EIGHT[at % EIGHT.length]!);
}

/** Spans of time of a machine, in seconds. */
export type Spans = readonly (readonly [from: number, to: number, share: number])[];

/** When each machine is broken, and when it is busy with itself. The same for every policy. */
export function troubles(machines: number, seconds: number, seed: number): { failures: Spans[]; scans: Spans[] } {
  const chance = new Chance(seed ^ 0x5f5f);
  const spans = (meanGapS: number, length: () => number, share: () => number): Spans => {
    const list: [number, number, number][] = [];
    for (let at = chance.exponential(meanGapS); at < seconds; ) {
      const to = at + length();
      list.push([at, to, share()]);
      at = to + chance.exponential(meanGapS);
    }
    return list;
  };
  const failures = Array.from({ length: machines }, () => spans(12 * 3_600, () => 600, () => 1));
  const scans = Array.from({ length: machines }, () => spans(5 * 3_600, () => chance.between(600, 2_400), () => chance.between(0.3, 0.8)));
  return { failures, scans };
}
