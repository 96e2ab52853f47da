import type { PlacementInputs } from '@usher/contracts';
import { choose, type Decision } from './choose.js';

const KEPT = 10;

/** The inputs that are stored: those of the servers that are shown in full. What is decided again gives the same server. */
export function keptInputs(inputs: PlacementInputs, decision: Decision): PlacementInputs {
  const kept = new Set(decision.candidates.slice(0, KEPT).map((candidate) => candidate.serverId));
  const isKept = ({ serverId }: { serverId: string }): boolean => kept.has(serverId);
  const { request } = inputs;
  return { ...inputs, servers: inputs.servers.filter(isKept), request: { ...request, holders: request.holders.filter(isKept), accounts: request.accounts.filter(isKept) } };
}

/** Decides stored inputs again. */
export function replay(inputs: PlacementInputs): string | null {
  return choose(inputs).chosen?.server.serverId ?? null;
}
