import type { CandidateInput, LoadPart, PlacementRequest } from '@usher/contracts';
import { RENDITIONS } from './cost.js';
import type { Need, Score } from './score.js';

const FULL = 1;
/** Room for a cost that nobody has measured yet. */
const UNMEASURED = 0.95;
const HEAVY_WHEN_OVERLOADED = 0.9;
const BACKGROUND = 0.6;
/** Numbers that were not measured on the host itself. */
const LESS_TRUST = 0.1;
const HEAVY_COST = 1;

/** Above which load nothing of this kind is started here. */
export function gateOf(server: CandidateInput, need: Need, request: PlacementRequest, overloaded: boolean): number {
  if (request.demand === 'conversion') return BACKGROUND;
  if (need.delivery !== 'transcode') return FULL;
  const base = server.costRatio === null ? UNMEASURED : FULL;
  return (overloaded && need.cost >= HEAVY_COST ? Math.min(base, HEAVY_WHEN_OVERLOADED) : base) - (server.load?.confidence === 'host' ? 0 : LESS_TRUST);
}

/**
 * How far one part may be used; null = without limit. What is counted in whole pieces may be used to the last one. Direct play
 * is never refused for the processor, nor for an uplink that nobody measured or typed: an assumption may rank a server, not
 * turn a viewer away.
 */
export function limitOf(part: LoadPart, server: CandidateInput, need: Need, gate: number): number | null {
  if (part === 'limit' || part === 'encoder') return FULL;
  const isLine = part === 'uplink' || part === 'nic';
  if (need.delivery !== 'transcode') return !isLine || (part === 'uplink' && server.uplinkAssumed) ? null : FULL;
  return gate;
}

export function passes(server: CandidateInput, need: Need, score: Score, gate: number): boolean {
  return score.parts.every(({ part, after }) => after <= (limitOf(part, server, need, gate) ?? Infinity));
}

/** Heights below which a rendition may be asked for, the best first: null is what the client wants. */
export function stepsDown(request: PlacementRequest, floorHeight: number): (number | null)[] {
  if (request.demand === 'conversion') return [null];
  const tallest = Math.max(0, ...request.holders.map((holder) => holder.source.height ?? 1080));
  const wanted = Math.min(tallest, request.client.maxHeight ?? Infinity);
  return [null, ...RENDITIONS.map((rendition) => rendition.height).filter((height) => height <= wanted && height > floorHeight)];
}
