import type { MediaUser, PlanDecision, PlanUserChoice, ServerKind } from '@usher/contracts';
import type { Findings } from './findings.js';
import { nameKey, nameProblem } from './user-names.js';
import { suggestTarget, type PersonLinks, type Suggestion } from './user-suggestions.js';

/** Sources of one target account. */
const MAX_SOURCES = 5;

export interface MappedUser {
  readonly identityId: string | null;
  readonly sources: MediaUser[];
  /** Null for an account that the run makes. */
  readonly target: MediaUser | null;
  readonly name: string;
  readonly decision: 'map' | 'create';
  readonly evidence: string;
  /** The name is another one than at the source. */
  readonly isRenamed: boolean;
}

export interface MappingInput {
  readonly choices: readonly PlanUserChoice[];
  readonly source: { readonly kind: ServerKind; readonly users: readonly MediaUser[] };
  readonly target: { readonly kind: ServerKind; readonly users: readonly MediaUser[]; readonly canCreate: boolean };
  readonly links: PersonLinks;
  /** `user:<vendor id>` → what was decided. */
  readonly decisions: ReadonlyMap<string, PlanDecision>;
}

interface Choice {
  readonly user: MediaUser;
  readonly decision: 'map' | 'create' | 'merge';
  readonly targetId: string | null;
  readonly name: string | null;
  readonly evidence: string;
}

/** Which account of the target each chosen user gets. What a person has to settle is a finding. */
export function mapUsers(input: MappingInput, findings: Findings): MappedUser[] {
  const chosen = input.choices.flatMap((choice) => settle(choice, input, findings) ?? []);
  const mapped = new Map<string, MappedUser>();
  const byAccount = (id: string): MediaUser | undefined => input.target.users.find(({ vendorId }) => vendorId === id);
  const created: MappedUser[] = [];
  const taken = new Set(input.target.users.map(({ name }) => nameKey(name)));
  const result: MappedUser[] = [];
  for (const choice of chosen.filter(({ decision }) => decision !== 'merge')) {
    const identityId = input.links.identityOf(choice.user.vendorId);
    if (choice.decision === 'create') {
      const made = create(choice, identityId, input, taken, findings);
      created.push(made);
      result.push(made);
      continue;
    }
    const target = byAccount(choice.targetId!);
    if (!target) {
      findings.add('USER_GONE', `The account chosen for ${choice.user.name} is not there any more.`, choice.user.vendorId);
      continue;
    }
    const known = mapped.get(target.vendorId);
    if (known) {
      findings.add('IDENTITY_CONFLICT', `${choice.user.name} and ${known.sources[0]!.name} would both become ${target.name}.`, choice.user.vendorId);
      continue;
    }
    noteAdministrators(choice.user, target, findings);
    const user: MappedUser = { identityId, sources: [choice.user], target, name: target.name, decision: 'map', evidence: choice.evidence, isRenamed: false };
    mapped.set(target.vendorId, user);
    result.push(user);
  }
  for (const { user, targetId } of chosen.filter(({ decision }) => decision === 'merge')) {
    const into = mapped.get(targetId!);
    if (!into || into.sources.length >= MAX_SOURCES) findings.add('IDENTITY_CONFLICT', `${user.name} cannot be merged: ${into ? 'too many accounts become one' : 'no other user of the plan is mapped to that account'}.`, user.vendorId);
    else into.sources.push(user);
  }
  return result;
}

/** Null for a user that is left out. */
function settle(choice: PlanUserChoice, input: MappingInput, findings: Findings): Choice | null {
  const { sourceVendorId, decision, targetVendorId, targetName } = choice;
  const user = input.source.users.find(({ vendorId }) => vendorId === sourceVendorId);
  if (decision === 'skip') return null;
  if (!user) {
    findings.add('USER_GONE', 'A chosen user is not at the source any more.', sourceVendorId);
    return null;
  }
  if (user.isAdministrator) findings.add('ADMINISTRATOR_NOT_CARRIED', `${user.name} is an administrator of the source; the right is not carried.`, sourceVendorId);
  const decided = input.decisions.get(`user:${sourceVendorId}`);
  if (decided?.decision === 'skip') return null;
  if (decided?.decision === 'map' && decided.target !== null) return { user, decision: 'map', targetId: decided.target, name: null, evidence: 'given' };
  if (decision !== 'suggest') return { user, decision, targetId: targetVendorId, name: targetName, evidence: 'given' };
  const suggested = suggestTarget(user, input.source.kind, input.target, input.links);
  if (suggested === null) return { user, decision: 'create', targetId: null, name: targetName, evidence: 'none' };
  return ticked(user, suggested, decided, findings);
}

/** Equal names prove nothing: somebody has to say so. */
function ticked(user: MediaUser, { target, evidence }: Suggestion, decided: PlanDecision | undefined, findings: Findings): Choice {
  if (evidence === 'name' && decided?.decision !== 'accept') {
    findings.add('NAME_ONLY', `${user.name} and ${target.name} of the target have nothing in common but the name.`, user.vendorId);
  }
  return { user, decision: 'map', targetId: target.vendorId, name: null, evidence };
}

function create({ user, name: wanted, evidence }: Choice, identityId: string | null, { target }: MappingInput, taken: Set<string>, findings: Findings): MappedUser {
  const name = wanted ?? user.name;
  if (!target.canCreate) {
    findings.add('ACCOUNT_IMPOSSIBLE', `No account can be made for ${user.name}.`, user.vendorId);
  } else {
    const problem = nameProblem(name, target.kind, taken);
    if (problem) findings.add(problem.reason === 'taken' ? 'NAME_TAKEN' : 'NAME_REFUSED', `The target ${problem.reason === 'taken' ? 'has an account' : 'refuses an account'} named ${name}; ${problem.proposal} is free.`, user.vendorId);
    taken.add(nameKey(name));
  }
  return { identityId, sources: [user], target: null, name, decision: 'create', evidence, isRenamed: name !== user.name };
}

function noteAdministrators(user: MediaUser, target: MediaUser, findings: Findings): void {
  if (target.isAdministrator === user.isAdministrator) return;
  const [is, other] = target.isAdministrator ? [target.name, user.name] : [user.name, target.name];
  findings.add('ADMINISTRATOR_DIFFERS', `${is} is an administrator and ${other} is not.`, user.vendorId);
}
