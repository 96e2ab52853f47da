import { POLICY_FIELDS, type LossReason, type PolicyChange, type ServerKind, type UserPolicy } from '@usher/contracts';
import type { Loss } from './fit-state.js';

type PolicyField = (typeof POLICY_FIELDS)[number];

export interface PolicyTarget {
  readonly kind: ServerKind;
  /** Fields that accounts there have; null = no account was read. */
  readonly fields: ReadonlySet<PolicyField> | null;
  /** Library of the source → of the target; those without a counterpart are missing. */
  readonly libraries: ReadonlyMap<string, string>;
  /** All libraries of the target. */
  readonly allLibraries: readonly string[];
  /** All libraries of the source. */
  readonly sourceLibraries: readonly string[];
}

export interface PlannedPolicy {
  readonly to: PolicyChange;
  readonly loss: Loss[];
}

/** Plex shares libraries and allows downloads, nothing else. */
const ALL_OF: Readonly<Record<ServerKind, ReadonlySet<PolicyField>>> = {
  jellyfin: new Set(POLICY_FIELDS),
  emby: new Set(POLICY_FIELDS),
  plex: new Set<PolicyField>(['libraries', 'downloads']),
};

/** Sessions on Jellyfin, streams on Emby. */
const DIFFERENT: ReadonlySet<PolicyField> = new Set(['streamLimit']);

/** Which settings accounts of a server have at all, judged by the ones that are there. */
export function fieldsOf(policies: readonly UserPolicy[]): ReadonlySet<PolicyField> | null {
  if (policies.length === 0) return null;
  return new Set(POLICY_FIELDS.filter((field) => policies.some((policy) => policy[field] !== null)));
}

/** The settings of an account of the source, as the target can have them. Fails closed: what cannot be translated is not granted. */
export function planPolicy(source: UserPolicy, sourceKind: ServerKind, target: PolicyTarget): PlannedPolicy {
  const has = target.fields ?? ALL_OF[target.kind];
  const to: Record<string, unknown> = {};
  const loss: Loss[] = [];
  const lose = (field: PolicyField, kind: Loss['kind'], reason: LossReason): void => void loss.push({ field, kind, reason });
  for (const field of POLICY_FIELDS) {
    if (source[field] === null) continue;
    if (field === 'libraries') {
      to[field] = grants(source.libraries, target, lose);
      continue;
    }
    if (!has.has(field) || (field === 'enabled' && target.kind === 'plex')) {
      if (isRestricting(field, source)) lose(field, 'impossible', 'policy-not-there');
      continue;
    }
    to[field] = source[field];
    if (DIFFERENT.has(field) && sourceKind !== target.kind && source[field] !== 0) lose(field, 'lossy', 'policy-differs');
  }
  return { to: to as PolicyChange, loss };
}

/** A setting that only says what is normal is no loss. */
function isRestricting(field: PolicyField, policy: UserPolicy): boolean {
  const value = policy[field];
  if (field === 'hidden') return value === true;
  if (field === 'bitRateLimitKbps' || field === 'streamLimit') return value !== 0;
  return value === false;
}

function grants(granted: UserPolicy['libraries'], { libraries, allLibraries, sourceLibraries }: PolicyTarget, lose: (field: PolicyField, kind: Loss['kind'], reason: LossReason) => void): UserPolicy['libraries'] {
  const wanted = granted === 'all' ? sourceLibraries : granted;
  const mapped = [...new Set(wanted.flatMap((id) => libraries.get(id) ?? []))].sort();
  if (wanted.some((id) => !libraries.has(id))) lose('libraries', 'lossy', 'library-not-mapped');
  if (granted !== 'all') return mapped;
  // All of the source is not all of a target that has more.
  if (allLibraries.every((id) => mapped.includes(id))) return 'all';
  lose('libraries', 'lossy', 'policy-differs');
  return mapped;
}

/** Only what differs; null when nothing does. */
export function changeOf(from: UserPolicy, to: PolicyChange): PolicyChange | null {
  const change = Object.fromEntries(Object.entries(to).filter(([field, value]) => !isSame(from[field as PolicyField], value)));
  return Object.keys(change).length === 0 ? null : (change as PolicyChange);
}

function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && [...(a as string[])].sort().every((each, at) => each === [...(b as string[])].sort()[at]);
  return a === b;
}
