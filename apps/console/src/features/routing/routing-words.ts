import type { ConsolePlacementFragment, ConsoleServerLoadFragment } from '@usher/api-client';
import type { DeliveryMark } from '../../format/media.js';

export type PlacementRow = ConsolePlacementFragment;
export type Candidate = PlacementRow['candidates'][number];
export type Load = ConsoleServerLoadFragment;

/** `0.71`: loads and ranks always have two decimals. */
export const share = (value: number): string => value.toFixed(2);

export const PLANNED_MARKS: Readonly<Record<NonNullable<Candidate['delivery']>, DeliveryMark>> = { DIRECT_PLAY: 'play', REMUX: 'stream', TRANSCODE: 'transcode' };

const KIND_WORDS: Readonly<Record<PlacementRow['kind'], string>> = {
  CREATE: 'decided',
  OPEN: 'decided when the link was opened',
  FAILOVER: 'moved, as its server failed,',
  DRAIN: 'moved off a drained server',
  SIMULATE: 'simulated',
  CONVERSION: 'conversion placed',
};

/** `decided in 0.4 ms`. */
export function decidedWords({ kind, decidedMs }: Pick<PlacementRow, 'kind' | 'decidedMs'>): string {
  return `${KIND_WORDS[kind]} in ${decidedMs < 10 ? decidedMs.toFixed(1) : Math.round(decidedMs)} ms`;
}

const REASON_WORDS: Readonly<Record<string, string>> = {
  'item-missing': 'Title missing',
  'user-missing': 'No account',
  'load-stale': 'Load too old',
  'over-gate': 'Rejected by gate',
};

/** A reason's code as words: `item-missing` → `Title missing`, `read-only` → `Read only`. */
export function reasonWords(reason: string | null): string {
  if (reason === null) return 'Not taken';
  const words = reason.replaceAll('-', ' ');
  return REASON_WORDS[reason] ?? `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/** How a server stands for the router, where it is not simply ready: the word, and how serious it is. */
export function standingWords({ standing, drain }: Pick<Load, 'standing' | 'drain'>): { word: string; tone: 'warning' | 'danger' | 'dim' } | null {
  if (drain) return { word: 'draining', tone: 'warning' };
  if (standing === 'ready') return null;
  if (standing === 'offline' || standing === 'down') return { word: standing, tone: 'danger' };
  if (standing === 'blind') return { word: 'stale', tone: 'warning' };
  if (standing === 'slow-start') return { word: 'slow start', tone: 'dim' };
  return { word: standing, tone: 'warning' };
}

/** Whether the load is known well enough to be drawn. */
export const isDrawn = ({ standing, utilization }: Pick<Load, 'standing' | 'utilization'>): boolean => utilization !== null && standing !== 'offline' && standing !== 'down';

/** `Nora gets Dune from Attic`; a refusal and a simulation say so. */
export function headline(placement: PlacementRow, alias: string | null): string {
  if (placement.kind === 'CONVERSION') return alias ? `${alias} converts ${placement.title}` : `No server converts ${placement.title}`;
  const who = placement.userName ?? 'This viewer';
  const gets = placement.kind === 'SIMULATE' ? 'would get' : 'gets';
  return placement.verdict === 'REFUSED' || !alias ? `${who} ${gets} ${placement.title} from no server` : `${who} ${gets} ${placement.title} from ${alias}`;
}

/**
 * The sentence of a decision without what its row says already (title, server and load): `least of 4 by its cpu`.
 * A move says from where.
 */
export function shortSentence({ sentence, title, kind, verdict, targetHeight, previousServerId, serverId }: PlacementRow, nameOf: (serverId: string) => string): string {
  const rest = sentence.startsWith(title) ? sentence.slice(title.length) : sentence;
  const colon = rest.indexOf(': ');
  const told = (colon < 0 ? rest.replace(/^: /, '') : rest.slice(colon + 2)).replace(/\.$/, '').trim();
  const least = /^\d+ % of its (\w+), (?:(the only one that could)|the (least of \d+) that could)$/.exec(told);
  const why = least ? (least[2] ?? `${least[3]} by its ${least[1]}`) : told.replace(/^refused, /, '');
  if (previousServerId !== null && previousServerId !== serverId) return `from ${nameOf(previousServerId)}: ${kind === 'DRAIN' ? 'it is drained' : kind === 'FAILOVER' ? 'it failed' : why}`;
  return verdict === 'SMALLER' && targetHeight !== null ? `${targetHeight}p: nobody has room for more` : why;
}

/** Why a candidate stands where it does; `Chosen:` is said by the icon already. */
export const verdictWords = (sentence: string): string => {
  const rest = sentence.replace(/^Chosen: /, '');
  return `${rest.charAt(0).toUpperCase()}${rest.slice(1)}`;
};

/** `affinity −0.15, locality +0.05`; adjustments of zero are left out. */
export function adjustmentWords(adjustments: Candidate['adjustments']): string {
  return adjustments
    .filter(({ value }) => share(Math.abs(value)) !== '0.00')
    .map(({ name, value }) => `${name.replaceAll('-', ' ')} ${value < 0 ? '−' : '+'}${share(Math.abs(value))}`)
    .join(', ');
}
