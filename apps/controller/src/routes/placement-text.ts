import type { Candidate, PlacementRecord } from '@usher/contracts';
import type { PlacementCandidateObject, PlacementObject } from './placement.graphql.js';

type Names = ReadonlyMap<string, string>;

const REASONS: Readonly<Record<string, string>> = {
  offline: 'No agent speaks for it now.',
  blind: 'Its agent has been silent for 15 seconds or more.',
  down: 'The media server does not answer.',
  maintenance: 'It is in a maintenance window.',
  draining: 'It takes no new starts: it is being drained.',
  'item-missing': 'The title is in no library of this server.',
  'user-missing': 'This person has no account here.',
  'user-not-allowed': 'The account of this person is disabled here.',
  'client-incompatible': 'This client needs a conversion that is forbidden here.',
  'load-stale': 'Its last load report is too old.',
  'load-invalid': 'Its load report cannot be true.',
  'prepare-failed': 'It did not confirm the playback.',
};

const ADJUSTMENTS: Readonly<Record<string, string>> = {
  affinity: 'played earlier here',
  locality: 'region',
  cost: 'more work here',
  'load-age': 'age of the report',
  confidence: 'not measured on the host',
  scarcity: 'needed for what only it has',
  'slow-start': 'just back',
  suspect: 'failed a moment ago',
};

/** Everything is printed from what is stored; nothing is counted again. */
export function showPlacement(record: PlacementRecord, names: Names): PlacementObject {
  const { request } = record.inputs;
  const chosen = record.candidates.find(({ serverId }) => serverId === record.serverId) ?? null;
  return {
    id: record.placementId,
    at: new Date(record.at),
    kind: record.kind,
    verdict: record.verdict,
    code: record.code,
    sentence: sentenceOf(record, chosen, names),
    routeId: record.routeId,
    itemKey: request.itemKey,
    title: request.title,
    userName: request.userName,
    client: request.client.kind,
    network: request.client.network,
    positionMs: request.positionMs,
    serverId: record.serverId,
    previousServerId: record.previousServerId,
    utilization: chosen?.utilization ?? null,
    deciding: chosen?.deciding ?? null,
    delivery: chosen?.delivery ?? null,
    targetHeight: chosen?.targetHeight ?? null,
    margin: record.margin,
    queuedMs: Math.round(record.queuedMs),
    decidedMs: record.decidedMs,
    confirmedMs: record.confirmedMs,
    candidates: record.candidates.map((candidate) => showCandidate(candidate, candidate === chosen)),
  };
}

/** `Attic: draining`, for errors. */
export function refusalsOf(record: PlacementRecord, names: Names): string[] {
  return record.candidates.map((candidate) => `${nameOf(candidate.serverId, names)}: ${candidate.reason ?? 'not taken'}${candidate.code === null ? '' : ` (${candidate.code})`}`);
}

function showCandidate(candidate: Candidate, chosen: boolean): PlacementCandidateObject {
  const { bitRateKbps, loadAgeMs } = candidate;
  return { ...candidate, chosen, bitRateKbps: Math.round(bitRateKbps), loadAgeMs: loadAgeMs === null ? null : Math.round(loadAgeMs), sentence: verdictOf(candidate, chosen) };
}

function verdictOf(candidate: Candidate, chosen: boolean): string {
  const { reason, utilization, deciding, gate } = candidate;
  if (chosen) return `Chosen: the least used of those that could, or nearly so.${adjustmentsOf(candidate)}`;
  if (reason === 'over-gate') return `Would be at ${percent(utilization!)} of its ${deciding}; ${percent(gate)} is the limit.`;
  if (reason !== null) return REASONS[reason] ?? reason;
  return `Would be at ${percent(utilization!)} of its ${deciding}.${adjustmentsOf(candidate)}`;
}

function adjustmentsOf({ adjustments }: Candidate): string {
  if (adjustments.length === 0) return '';
  return ` Adjusted: ${adjustments.map(({ name, value }) => `${ADJUSTMENTS[name] ?? name} ${value > 0 ? '+' : '−'}${Math.abs(value).toFixed(2)}`).join(', ')}.`;
}

function sentenceOf(record: PlacementRecord, chosen: Candidate | null, names: Names): string {
  const { title } = record.inputs.request;
  if (!chosen) {
    const why = record.code === 'FLEET_SATURATED' ? 'every server that could play it is full' : 'no server can play it now';
    return `${title}: refused, ${why}.`;
  }
  const eligible = record.candidates.filter((candidate) => candidate.eligible).length;
  const from = record.previousServerId !== null && record.previousServerId !== record.serverId ? `, from ${nameOf(record.previousServerId, names)}` : '';
  const smaller = record.verdict === 'smaller' ? ` In ${chosen.targetHeight}p: nobody has room for more.` : '';
  const isLeast = !record.candidates.some(({ reason, rank }) => reason === null && rank !== null && rank < chosen.rank!);
  const rest = eligible === 1 ? 'the only one that could' : `${isLeast ? 'the' : 'nearly the'} least of ${eligible} that could`;
  return `${title} plays from ${nameOf(chosen.serverId, names)}${from}: ${percent(chosen.utilization!)} of its ${chosen.deciding}, ${rest}.${smaller}`;
}

function nameOf(serverId: string, names: Names): string {
  return names.get(serverId) ?? 'a server that is gone';
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
