import type { ConsoleMigrationAccountsQuery, MigrationCarriedField, MigrationOptionsInput, MigrationRequestInput, MigrationUserDecision } from '@usher/api-client';
import { ALL_FIELDS, type Plan } from './migration-words.js';

export type Account = ConsoleMigrationAccountsQuery['users'][number];

export const MOST_USERS = 50;

export interface DraftUser {
  readonly decision: MigrationUserDecision;
  readonly targetVendorId: string | null;
  readonly targetName: string | null;
}

/** A plan while it is written; what is not named here is left to the check. */
export interface Draft {
  readonly sourceServerId: string;
  readonly targetServerId: string;
  /** By vendor id at the source. */
  readonly users: ReadonlyMap<string, DraftUser>;
  readonly fields: readonly MigrationCarriedField[];
  /** Library of the source → of the target; null = not granted. */
  readonly libraries: ReadonlyMap<string, string | null>;
  readonly paths: readonly { key: string; from: string; to: string }[];
  readonly options: Required<{ [Key in keyof MigrationOptionsInput]: NonNullable<MigrationOptionsInput[Key]> }>;
}

export const SUGGESTED: DraftUser = { decision: 'SUGGEST', targetVendorId: null, targetName: null };

export const emptyDraft = (sourceServerId: string, targetServerId: string): Draft => ({
  sourceServerId,
  targetServerId,
  users: new Map(),
  fields: ALL_FIELDS,
  libraries: new Map(),
  paths: [],
  options: { overwrite: 'ADDITIVE', playCounts: 'MAX', minTier: 'C', maxConnections: 8, driftLimitPercent: 5, approvalsRequired: 1 },
});

/** Only what the API takes: what was read holds names of types too. */
const optionsOf = ({ overwrite, playCounts, minTier, maxConnections, driftLimitPercent, approvalsRequired }: Draft['options']): Draft['options'] => ({ overwrite, playCounts, minTier, maxConnections, driftLimitPercent, approvalsRequired });

export function draftOf({ request }: Pick<Plan, 'request'>): Draft {
  return {
    sourceServerId: request.sourceServerId,
    targetServerId: request.targetServerId,
    users: new Map(request.users.map(({ sourceVendorId, decision, targetVendorId, targetName }) => [sourceVendorId, { decision, targetVendorId, targetName }])),
    fields: request.fields,
    libraries: new Map(request.libraries.map(({ source, target }) => [source, target])),
    paths: request.paths.map(({ from, to }, index) => ({ key: `p${index}`, from, to })),
    options: optionsOf(request.options),
  };
}

/** As the API takes it: an account goes with MAP and MERGE only, a name with CREATE only. */
export function requestOf(draft: Draft): MigrationRequestInput {
  return {
    sourceServerId: draft.sourceServerId,
    targetServerId: draft.targetServerId,
    users: [...draft.users].map(([sourceVendorId, { decision, targetVendorId, targetName }]) => ({
      sourceVendorId,
      decision,
      targetVendorId: decision === 'MAP' || decision === 'MERGE' ? targetVendorId : null,
      targetName: decision === 'CREATE' ? targetName?.trim() || null : null,
    })),
    fields: ALL_FIELDS.filter((field) => draft.fields.includes(field)),
    libraries: [...draft.libraries].map(([source, target]) => ({ source, target })),
    paths: draft.paths.map(({ from, to }) => ({ from: from.trim(), to: to.trim() })),
    options: draft.options,
  };
}

export const isSame = (one: Draft, other: Draft): boolean => JSON.stringify(requestOf(one)) === JSON.stringify(requestOf(other));

export interface Suggestion {
  readonly target: Account | null;
  /** As the check names it: `identity`, `email`, `plex`, `name`, `none`. */
  readonly evidence: 'identity' | 'email' | 'plex' | 'name' | 'none';
}

const nameKey = (name: string): string => name.normalize('NFC').trim().toLowerCase();
const verifiedOf = ({ identity }: Account): string | null => (identity?.isEmailVerified && identity.email ? identity.email.toLowerCase() : null);

/**
 * What the check will propose for a user, from what is known before it: the strongest evidence that names exactly one account.
 * A name never leads to an account with more or fewer rights. The check decides; this only shows it earlier.
 */
export function suggestionFor(user: Account, targets: readonly Account[], bothPlex: boolean): Suggestion {
  const email = verifiedOf(user);
  const tries: readonly (readonly [Suggestion['evidence'], (other: Account) => boolean])[] = [
    ['identity', ({ identity }) => user.identity !== null && identity?.id === user.identity.id],
    ['email', (other) => email !== null && verifiedOf(other) === email],
    ['plex', ({ vendorId }) => bothPlex && vendorId === user.vendorId],
    ['name', (other) => nameKey(other.name) === nameKey(user.name) && other.isAdministrator === user.isAdministrator],
  ];
  for (const [evidence, fits] of tries) {
    const found = targets.filter(fits);
    if (found.length === 1) return { target: found[0]!, evidence };
  }
  return { target: null, evidence: 'none' };
}

/** Accounts of the target that have something in common with a user, the suggested one first. */
export function candidatesFor(user: Account, targets: readonly Account[], suggested: Account | null): Account[] {
  const key = nameKey(user.name);
  const alike = targets.filter((other) => other !== suggested && (nameKey(other.name).includes(key) || key.includes(nameKey(other.name)) || (user.identity?.email && other.identity?.email === user.identity.email)));
  return [...(suggested ? [suggested] : []), ...alike].slice(0, 3);
}

/** A free name at the target, like the one that is taken. */
export function freeName(name: string, targets: readonly Account[]): string {
  const taken = new Set(targets.map((other) => nameKey(other.name)));
  if (!taken.has(nameKey(name))) return name;
  for (let number = 2; ; number += 1) if (!taken.has(nameKey(`${name}-${number}`))) return `${name}-${number}`;
}

export interface Pairing {
  readonly user: Account;
  readonly choice: DraftUser;
  readonly suggestion: Suggestion;
  readonly target: Account | null;
  /** What becomes of the user, with the name at the target. */
  readonly outcome: 'map' | 'create' | 'merge' | 'skip';
  readonly name: string;
  /** What somebody has to settle before the plan can be frozen; null = nothing. */
  readonly open: string | null;
}

/** One line of the mapping. */
export function pairingOf(user: Account, choice: DraftUser, targets: readonly Account[], bothPlex: boolean): Pairing {
  const suggestion = suggestionFor(user, targets, bothPlex);
  const given = targets.find(({ vendorId }) => vendorId === choice.targetVendorId) ?? null;
  const base = { user, choice, suggestion };
  if (choice.decision === 'SKIP') return { ...base, target: null, outcome: 'skip', name: '', open: null };
  if (choice.decision === 'MAP' || choice.decision === 'MERGE') {
    const outcome = choice.decision === 'MAP' ? 'map' : 'merge';
    return { ...base, target: given, outcome, name: given?.name ?? choice.targetVendorId ?? '', open: given ? null : 'The chosen account is not on the target any more.' };
  }
  if (choice.decision === 'SUGGEST' && suggestion.target) {
    return { ...base, target: suggestion.target, outcome: 'map', name: suggestion.target.name, open: suggestion.evidence === 'name' ? 'A name alone proves nothing.' : null };
  }
  const name = choice.targetName ?? user.name;
  const taken = freeName(name, targets) !== name;
  return { ...base, target: null, outcome: 'create', name, open: taken ? `The name “${name}” is taken on the target.` : null };
}

/** What a check found nothing against is settled: somebody may have accepted it by a decision. */
export function afterCheck(pairing: Pairing, { state, findings }: Pick<Plan, 'state'> & { readonly findings: readonly Pick<Plan['findings'][number], 'severity' | 'user'>[] }): Pairing {
  const isRefused = findings.some(({ severity, user }) => severity === 'BLOCKER' && user === pairing.user.vendorId);
  return ['CHECKED', 'FROZEN', 'APPROVED'].includes(state) && !isRefused ? { ...pairing, open: null } : pairing;
}

/** Two users that would go to one account without a word about merging. */
export function doubled(pairings: readonly Pairing[]): ReadonlySet<string> {
  const seen = new Map<string, string>();
  const found = new Set<string>();
  for (const { user, outcome, target } of pairings) {
    if (outcome !== 'map' || !target) continue;
    if (seen.has(target.vendorId)) found.add(user.vendorId);
    else seen.set(target.vendorId, user.vendorId);
  }
  return found;
}

/** Pasted `{"/mnt/media": "/data"}` or lines `/mnt/media → /data`; a text tells what is wrong. */
export function parsePaths(text: string): { from: string; to: string }[] | string {
  const content = text.trim();
  if (content === '') return 'There is nothing to read.';
  if (content.startsWith('{')) {
    let value: unknown;
    try {
      value = JSON.parse(content);
    } catch (error) {
      return `This is no valid JSON: ${(error as Error).message}`;
    }
    const entries = Object.entries(value as Record<string, unknown>);
    const wrong = entries.find(([, to]) => typeof to !== 'string');
    return wrong ? `“${wrong[0]}” has no folder.` : entries.map(([from, to]) => ({ from, to: to as string }));
  }
  const rows: { from: string; to: string }[] = [];
  for (const [index, line] of content.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const parts = line.split(/\s*(?:→|->|=>|,|\t)\s*/).map((part) => part.trim());
    if (parts.length !== 2 || parts.includes('')) return `Line ${index + 1} is not “folder → folder”.`;
    rows.push({ from: parts[0]!, to: parts[1]! });
  }
  return rows;
}
