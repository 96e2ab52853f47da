import type { ConsolePlacementGlanceFragment } from '@usher/api-client';
import { moment } from '../../format/units.js';
import { reasonWords, share } from '../routing/routing-words.js';

export type PlacementGlance = ConsolePlacementGlanceFragment;
type NameOf = (serverId: string) => string;

const MOST_OTHERS = 3;

/** `Attic 0.52 at 21:04, decided by cpu`; a move says from where. */
export function placedWords({ serverId, previousServerId, utilization, deciding, at }: PlacementGlance, nameOf: NameOf, nowMs: number): string {
  const load = utilization === null ? '' : ` ${share(utilization)}`;
  const part = deciding === null ? '' : `, decided by ${deciding}`;
  const moved = previousServerId !== null && previousServerId !== serverId ? `, moved from ${nameOf(previousServerId)}` : '';
  return `${serverId === null ? 'No server' : nameOf(serverId)}${load} at ${moment(Date.parse(at), nowMs)}${part}${moved}`;
}

/**
 * What became of the others, those that came closest first: `Basement rejected: 1.04, above its gate`, `Office next: 0.71`,
 * `Cabin: Draining`. What does not fit is counted.
 */
export function otherWords({ candidates }: Pick<PlacementGlance, 'candidates'>, nameOf: NameOf): string[] {
  const others = candidates.filter(({ chosen }) => !chosen).toSorted((a, b) => (a.utilization ?? Infinity) - (b.utilization ?? Infinity));
  const words = others.slice(0, MOST_OTHERS).map(({ serverId, reason, utilization, gate }) => {
    const name = nameOf(serverId);
    if (reason === null) return utilization === null ? `${name}: not chosen` : `${name} behind: ${share(utilization)}`;
    if (reason === 'over-gate' && utilization !== null) return `${name} rejected: ${share(utilization)}, above its gate of ${share(gate)}`;
    return `${name}: ${reasonWords(reason).toLowerCase()}`;
  });
  const left = others.length - words.length;
  return left > 0 ? [...words, `and ${left} more`] : words;
}
