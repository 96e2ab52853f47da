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
/** Of a CPU-second per second more than at the server where this playback is cheapest: what it wastes, others lack. */
const COST = 0.4;
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

interface Looked {
  readonly server: CandidateInput;
  readonly need: Need;
  readonly score: Score;
}

interface Judged {
  readonly server: CandidateInput;
  readonly reason: Candidate['reason'];
  /** Null when the server could not at all. */
  readonly looked: { readonly need: Need; readonly score: Score; readonly gate: number; readonly rank: number; readonly adjustments: Candidate['adjustments'] } | null;
}

/**
 * Looks at every server and takes the one whose machine is used least with the playback on it, unless it costs much more there. Above the gate a smaller
 * rendition is tried, down to the floor. Pure: the same inputs give the same server.
 */
export function choose(inputs: PlacementInputs): Decision {
  let wanted: Judged[] | null = null;
  for (const smallerThan of stepsDown(inputs.request, inputs.floorHeight)) {
    const judged = judgeAll(inputs, smallerThan);
    wanted ??= judged;
    const passing = passingOf(judged);
    const chosen = least(passing, inputs.placementId);
    if (chosen) {
      const next = passing.find((choice) => choice !== chosen);
      const margin = next ? Math.max(0, next.rank - chosen.rank) : null;
      return { verdict: smallerThan === null ? 'placed' : 'smaller', code: null, chosen, margin, candidates: inOrder(judged, chosen.server.serverId) };
    }
  }
  const isFull = wanted!.some(({ looked }) => looked !== null);
  return { verdict: 'refused', code: isFull ? 'FLEET_SATURATED' : 'NO_SERVER_AVAILABLE', chosen: null, margin: null, candidates: inOrder(wanted!, null) };
}

function judgeAll(inputs: PlacementInputs, smallerThan: number | null): Judged[] {
  const able = inputs.servers.map((server) => look(server, inputs, smallerThan));
  let least = Infinity;
  for (const each of able) if ('need' in each) least = Math.min(least, each.need.cost);
  return able.map((each) => ('need' in each ? judge(each, inputs, least) : each));
}

/** What a server would have to do; or why it cannot. */
function look(server: CandidateInput, { request }: PlacementInputs, smallerThan: number | null): Looked | Judged {
  const reason = whyNot(server, request);
  if (reason) return { server, reason, looked: null };
  const need = needOf(server, request, smallerThan)!;
  const scored = score(server, need);
  return scored.isPossible ? { server, need, score: scored } : { server, reason: 'load-invalid', looked: null };
}

function judge(looked: Looked, inputs: PlacementInputs, leastCost: number): Judged {
  const { server, need, score: scored } = looked;
  const gate = gateOf(server, need, inputs.request, inputs.overloaded);
  const adjustments = adjustmentsOf(looked, inputs, leastCost);
  let rank = scored.utilization / server.weight;
  for (const { value } of adjustments) rank += value;
  return { server, reason: passes(server, need, scored, gate) ? null : 'over-gate', looked: { need, score: scored, gate, rank, adjustments } };
}

/** The least rank first. */
function passingOf(judged: readonly Judged[]): Choice[] {
  const passing: Choice[] = [];
  for (const { server, reason, looked } of judged) {
    if (reason === null && looked) passing.push({ server, need: looked.need, score: looked.score, gate: looked.gate, rank: looked.rank });
  }
  return passing.sort((a, b) => a.rank - b.rank);
}

/** Beyond the ten best only load, rank and reason are kept. */
function candidateOf({ server, reason, looked }: Judged, isShown: boolean): Candidate {
  return {
    serverId: server.serverId,
    eligible: looked !== null,
    reason,
    code: reason === 'prepare-failed' ? server.prepareFailed : null,
    delivery: looked?.need.delivery ?? null,
    hardware: looked?.need.hardware ?? false,
    sourceHeight: looked?.need.sourceHeight ?? null,
    targetHeight: looked?.need.targetHeight ?? null,
    cost: looked?.need.cost ?? 0,
    bitRateKbps: looked ? looked.need.wanKbps + looked.need.lanKbps : 0,
    parts: looked && isShown ? [...looked.score.parts] : [],
    unknownParts: looked && isShown ? [...looked.score.unknown] : [],
    utilization: looked?.score.utilization ?? null,
    deciding: looked?.score.deciding ?? null,
    gate: looked?.gate ?? 1,
    adjustments: looked && isShown ? looked.adjustments : [],
    rank: looked?.rank ?? null,
    loadAgeMs: server.load?.ageMs ?? null,
    confidence: server.load?.confidence ?? null,
    assumed: [...(server.coresAssumed ? (['cores'] as const) : []), ...(server.uplinkAssumed ? (['uplink'] as const) : [])],
  };
}

function adjustmentsOf({ server, need, score: { utilization } }: Looked, { request }: PlacementInputs, leastCost: number): Candidate['adjustments'] {
  const { client } = request;
  const isSameRegion = server.region !== null && server.region === client.region;
  const list: Candidate['adjustments'] = [];
  const add = (name: Candidate['adjustments'][number]['name'], value: number): void => {
    if (value !== 0) list.push({ name, value });
  };
  add('affinity', server.serverId === request.earlierServerId ? AFFINITY : 0);
  if (client.region !== null && server.region !== null) add('locality', isSameRegion ? (client.network === 'lan' ? SAME_REGION_LAN : 0) : OTHER_REGION);
  add('cost', (need.cost - leastCost) * COST);
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

/** The chosen one, the others by rank, then those above the gate, then those that could not at all. */
function inOrder(judged: readonly Judged[], chosenId: string | null): Candidate[] {
  const keyed = judged.map((each) => ({ each, key: keyOf(each, chosenId) })).sort((a, b) => a.key - b.key);
  return keyed.map(({ each }, at) => candidateOf(each, at < BEST_SHOWN));
}

function keyOf({ server, reason, looked }: Judged, chosenId: string | null): number {
  if (server.serverId === chosenId) return -1e9;
  if (!looked) return 1e9;
  return reason === null ? looked.rank : 1e6 + looked.rank;
}
