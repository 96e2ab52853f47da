import { LOAD_STALE_MS, type CandidateInput, type PlacementRequest, type RefusalReason } from '@usher/contracts';

const OUT_OF_SERVICE: ReadonlySet<CandidateInput['standing']> = new Set(['offline', 'blind', 'down', 'maintenance', 'draining']);

/** The first reason why a server cannot take this at all; null = it can. Load that can be full is no matter of this. */
export function whyNot(server: CandidateInput, request: PlacementRequest): RefusalReason | null {
  if (OUT_OF_SERVICE.has(server.standing)) return server.standing as RefusalReason;
  if (!server.holder) return 'item-missing';
  if (request.demand === 'playback') {
    if (!server.account) return 'user-missing';
    if (!server.account.enabled) return 'user-not-allowed';
  }
  if (!server.load || server.load.ageMs > LOAD_STALE_MS) return 'load-stale';
  if (!server.loadIsValid) return 'load-invalid';
  return server.prepareFailed === null ? null : 'prepare-failed';
}
