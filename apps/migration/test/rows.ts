import type { PlanRowOf, PlanUser, WatchState } from '@usher/contracts';
import { untouched } from './fake-target.js';

export const PLAYED_AT = '2025-03-01T20:00:00.000Z';

/** A row that marks a title as played; `from` and `to` name what differs from an untouched one. */
export function stateRow(n: number, item: string, given: Partial<PlanRowOf<'watch-state.set'>> & { from?: WatchState; to?: WatchState } = {}): PlanRowOf<'watch-state.set'> {
  const to = { ...untouched(item), played: true, playCount: 2, lastPlayedAt: PLAYED_AT };
  return { n, u: 0, op: 'watch-state.set', item: `source of ${item}`, title: `Title of ${item}`, tier: 'A', evidence: ['imdb'], source: { ...to, itemVendorId: `source of ${item}` }, from: untouched(item), to, fields: ['played', 'playCount', 'lastPlayedAt'], loss: [], ...given };
}

export function userOf(name: string, vendorId: string | null = name): PlanUser {
  return { identityId: null, sources: [{ vendorId: name, name }], target: { vendorId, name }, decision: vendorId === null ? 'create' : 'map', evidence: 'name', verdicts: [] };
}
