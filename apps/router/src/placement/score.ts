import type { CandidateInput, LoadPart, PartScore, PlacementRequest, PlannedDelivery } from '@usher/contracts';
import { costHere, DIRECT_COST, knownSource, ladderCost, planDelivery, REMUX_COST, tableCost } from './cost.js';

/** Left to the system, also on a machine that does nothing else. */
const USABLE_SHARE = 0.97;
const MEMORY_FULL = 0.95;
const IO_FULL = 0.6;
/** A part above this is a wrong number, not a load. */
const POSSIBLE = 10;

/** What one candidate would have to do. */
export interface Need {
  readonly delivery: PlannedDelivery;
  readonly hardware: boolean;
  readonly sourceHeight: number;
  readonly targetHeight: number | null;
  /** CPU-seconds per second of media, here. */
  readonly cost: number;
  readonly wanKbps: number;
  readonly lanKbps: number;
}

export interface Score {
  readonly parts: readonly PartScore[];
  readonly unknown: readonly LoadPart[];
  readonly utilization: number;
  readonly deciding: LoadPart;
  /** False when a part cannot be true. */
  readonly isPossible: boolean;
}

/** Usable CPU-seconds per second. */
export function capacityOf(server: Pick<CandidateInput, 'cores' | 'background'>): number {
  return USABLE_SHARE * server.cores * (1 - server.background);
}

/** Costs differ per server: its copy of the file, its codecs and its machine. Without a holder there is nothing to do. */
export function needOf(server: CandidateInput, request: PlacementRequest, smallerThan: number | null): Need | null {
  if (!server.holder) return null;
  const source = knownSource(server.holder.source);
  if (request.demand === 'conversion') {
    const cost = costHere(ladderCost(source, request.renditions), { ...server, hardware: false });
    return { delivery: 'transcode', hardware: false, sourceHeight: source.height, targetHeight: Math.max(0, ...request.renditions), cost, wanKbps: 0, lanKbps: 0 };
  }
  const { delivery, targetHeight, toneMap, kbps } = planDelivery(source, request.client, smallerThan);
  const egress = request.client.network === 'lan' ? { wanKbps: 0, lanKbps: kbps } : { wanKbps: kbps, lanKbps: 0 };
  if (targetHeight === null) {
    return { delivery, hardware: false, sourceHeight: source.height, targetHeight: null, cost: delivery === 'remux' ? REMUX_COST : DIRECT_COST, ...egress };
  }
  const hardware = server.hardware && hasFreeEncoder(server);
  const cost = costHere(tableCost({ source, targetHeight, toneMap }), { ...server, hardware });
  return { delivery, hardware, sourceHeight: source.height, targetHeight, cost, ...egress };
}

/** The load of a machine with this need on top: every part as a share of what there is, and the greatest of them. */
export function score(server: CandidateInput, need: Need): Score {
  const parts: PartScore[] = [];
  const unknown: LoadPart[] = [];
  const add = (part: LoadPart, full: number | null, used: number, reserved: number, more: number): void => {
    if (full === null) unknown.push(part);
    else parts.push({ part, now: (used + reserved) / full, reserved: reserved / full, after: (used + reserved + more) / full });
  };
  const isTranscode = need.delivery === 'transcode';
  add('cpu', capacityOf(server), server.demand, server.reservedDemand, need.cost);
  if (need.wanKbps > 0) add('uplink', server.uplinkKbps, server.egressWanKbps, server.reservedWanKbps, need.wanKbps);
  const { egressWanKbps, egressLanKbps, reservedWanKbps, reservedLanKbps } = server;
  add('nic', server.nicKbps, egressWanKbps + egressLanKbps, reservedWanKbps + reservedLanKbps, need.wanKbps + need.lanKbps);
  if (need.hardware) add('encoder', server.encoder?.limit ?? null, server.encoder?.sessions ?? 0, server.encoder?.reserved ?? 0, 1);
  add('memory', server.memoryShare === null ? null : MEMORY_FULL, server.memoryShare ?? 0, 0, 0);
  add('io', server.ioPressure === null ? null : IO_FULL, server.ioPressure ?? 0, 0, 0);
  if (isTranscode && server.transcodeLimit !== null) add('limit', server.transcodeLimit, server.transcodes, server.reservedTranscodes, 1);
  return summed(parts, unknown);
}

function summed(parts: readonly PartScore[], unknown: readonly LoadPart[]): Score {
  const [first, ...others] = parts;
  let deciding = first!;
  let isPossible = isSensible(deciding.after);
  for (const part of others) {
    if (part.after > deciding.after) deciding = part;
    isPossible &&= isSensible(part.after);
  }
  return { parts, unknown, utilization: deciding.after, deciding: deciding.part, isPossible };
}

function isSensible(share: number): boolean {
  return Number.isFinite(share) && share >= 0 && share <= POSSIBLE;
}

/** Without a free session the vendors fall back to software, and so does the cost. */
function hasFreeEncoder(server: CandidateInput): boolean {
  return !server.encoder || server.encoder.sessions + server.encoder.reserved < server.encoder.limit;
}
