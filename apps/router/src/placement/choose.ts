import type { Candidate, CandidateInput, PlacementInputs, PlacementVerdict } from '@usher/contracts';
import { gateOf, passes, stepsDown } from './admission.js';
import { whyNot } from './eligibility.js';
import { needOf, score, type Need, type Score } from './score.js';

const TIE = 0.03;
const AFFINITY = -0.15;
const OTHER_REGION = 0.05;
const SAME_REGION_LAN = -0.2;
const PER_5_S = 0.02;
const LESS_TRUST = 0.1;
const SCARCITY = 0.1;
/** Taken only when nothing else is left. */
const SUSPECT = 10;
const SLOW_START_MS = 60_000;
const BEST_SHOWN = 10;

/** A server that could take it: what it would have to do, and how good it is. */
export interface Choice {
  readonly server: CandidateInput;
  readonly need: Need;
  readonly score: Score;
  readonly gate: number;
  readonly rank: number;
}

export interface Decision {
  readonly verdict: PlacementVerdict;
  readonly code: 'NO_SERVER_AVAILABLE' | 'FLEET_SATURATED' | null;
  readonly chosen: Choice | null;
  /** How far the next one was behind. */
  readonly margin: number | null;
  /** The best in full, then every other one with its reason. */
  readonly candidates: Candidate[];
}

interface Judged {
  readonly candidate: Candidate;
  readonly choice: Choice | null;
}

/**
 * Looks at every server and takes the one whose machine is used least with the playback on it. Above the gate a smaller
 * rendition is tried, down to the floor. Pure: the same inputs give the same server.
 */
export function choose(inputs: PlacementInputs): Decision {
  let wanted: Judged[] | null = null;
  for (const smallerThan of stepsDown(inputs.request, inputs.floorHeight)) {
    const judged = inputs.servers.map((server) => judge(server, inputs, smallerThan));
    wanted ??= judged;
    const passing = judged.flatMap(({ choice }) => choice ?? []).sort((a, b) => a.rank - b.rank);
    const chosen = least(passing, inputs.placementId);
    if (chosen) {
      const next = passing.find((choice) => choice !== chosen);
      const margin = next ? Math.max(0, next.rank - chosen.rank) : null;
      return { verdict: smallerThan === null ? 'placed' : 'smaller', code: null, chosen, margin, candidates: inOrder(judged, chosen.server.serverId) };
    }
  }
  const isFull = wanted!.some(({ candidate }) => candidate.eligible);
  return { verdict: 'refused', code: isFull ? 'FLEET_SATURATED' : 'NO_SERVER_AVAILABLE', chosen: null, margin: null, candidates: inOrder(wanted!, null) };
}

function judge(server: CandidateInput, inputs: PlacementInputs, smallerThan: number | null): Judged {
  const reason = whyNot(server, inputs.request);
  if (reason) return { candidate: refused(server, reason), choice: null };
  const need = needOf(server, inputs.request, smallerThan)!;
  const scored = score(server, need);
  if (!scored.isPossible) return { candidate: refused(server, 'load-invalid'), choice: null };
  const gate = gateOf(server, need, inputs.request, inputs.overloaded);
  const adjustments = adjustmentsOf(server, scored, inputs);
  const rank = adjustments.reduce((sum, { value }) => sum + value, scored.utilization / server.weight);
  const isIn = passes(server, need, scored, gate);
  const candidate: Candidate = {
    ...refused(server, isIn ? null : 'over-gate'),
    eligible: true,
    delivery: need.delivery,
    hardware: need.hardware,
    sourceHeight: need.sourceHeight,
    targetHeight: need.targetHeight,
    cost: need.cost,
    bitRateKbps: need.wanKbps + need.lanKbps,
    parts: [...scored.parts],
    unknownParts: [...scored.unknown],
    utilization: scored.utilization,
    deciding: scored.deciding,
    gate,
    adjustments,
    rank,
  };
  return { candidate, choice: isIn ? { server, need, score: scored, gate, rank } : null };
}

function refused(server: CandidateInput, reason: Candidate['reason']): Candidate {
  return {
    serverId: server.serverId,
    eligible: false,
    reason,
    code: reason === 'prepare-failed' ? server.prepareFailed : null,
    delivery: null,
    hardware: false,
    sourceHeight: null,
    targetHeight: null,
    cost: 0,
    bitRateKbps: 0,
    parts: [],
    unknownParts: [],
    utilization: null,
    deciding: null,
    gate: 1,
    adjustments: [],
    rank: null,
    loadAgeMs: server.load?.ageMs ?? null,
    confidence: server.load?.confidence ?? null,
    assumed: [...(server.coresAssumed ? (['cores'] as const) : []), ...(server.uplinkAssumed ? (['uplink'] as const) : [])],
  };
}

function adjustmentsOf(server: CandidateInput, { utilization }: Score, { request }: PlacementInputs): Candidate['adjustments'] {
  const { client } = request;
  const isSameRegion = server.region !== null && server.region === client.region;
  const list: Candidate['adjustments'] = [];
  const add = (name: Candidate['adjustments'][number]['name'], value: number): void => {
    if (value !== 0) list.push({ name, value });
  };
  add('affinity', server.serverId === request.earlierServerId ? AFFINITY : 0);
  if (client.region !== null && server.region !== null) add('locality', isSameRegion ? (client.network === 'lan' ? SAME_REGION_LAN : 0) : OTHER_REGION);
  add('load-age', Math.floor((server.load?.ageMs ?? 0) / 5_000) * PER_5_S);
  add('confidence', server.load?.confidence === 'host' ? 0 : LESS_TRUST);
  add('scarcity', server.scarcity * SCARCITY);
  if (server.standing === 'slow-start') add('slow-start', (utilization / server.weight) * 2 * Math.max(0, 1 - server.readyForMs / SLOW_START_MS));
  add('suspect', server.standing === 'suspect' ? SUSPECT : 0);
  return list;
}

/** Among those nearly as good as the best: the one that is needed least elsewhere, then by lot, so that routers do not agree on one victim. */
function least(passing: readonly Choice[], placementId: string): Choice | null {
  const best = passing[0];
  if (!best) return null;
  let chosen = best;
  for (const choice of passing) {
    if (choice.rank > best.rank + TIE) break;
    const isRarer = choice.server.scarcity - chosen.server.scarcity;
    if (isRarer < 0 || (isRarer === 0 && lot(placementId, choice.server.serverId) < lot(placementId, chosen.server.serverId))) chosen = choice;
  }
  return chosen;
}

/** FNV-1a: the same everywhere, and different for each placement. */
function lot(placementId: string, serverId: string): number {
  let hash = 0x811c9dc5;
  for (const text of [placementId, serverId]) {
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}

/** The chosen one, the others by rank, then those that could not at all; beyond the ten best only the reason is kept. */
function inOrder(judged: readonly Judged[], chosenId: string | null): Candidate[] {
  const order = (candidate: Candidate): number => (candidate.serverId === chosenId ? -1 : candidate.rank === null ? 1e6 : candidate.reason === null ? candidate.rank : 1e3 + candidate.rank);
  const sorted = judged.map(({ candidate }) => candidate).sort((a, b) => order(a) - order(b));
  return sorted.map((candidate, at) => (at < BEST_SHOWN ? candidate : { ...candidate, parts: [], unknownParts: [], adjustments: [] }));
}
