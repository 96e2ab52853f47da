import { Injectable } from '@nestjs/common';
import { PLAN_FIELDS, type PlanUser, type UserPolicy, type WatchState } from '@usher/contracts';
import type { Checked } from '../plan-record.js';
import { plainText } from '../rules/plain-text.js';
import { changeOf, fieldsOf, planPolicy, type PlannedPolicy, type PolicyTarget } from '../rules/policy-plan.js';
import { StateRows, type Shelves } from '../rules/state-rows.js';
import { traitsOf, type Traits } from '../rules/target-traits.js';
import type { MappedUser } from '../rules/user-mapping.js';
import { VerdictBook } from '../rules/verdicts.js';
import type { Check } from './plan-check.service.js';
import type { RowSink } from './row-sink.js';
import { ServerReader, type AccountPolicy } from './server-reader.service.js';

export interface PlannedUsers {
  readonly users: PlanUser[];
  /** For the estimate. */
  readonly work: { accounts: number; writesOfUsers: number[]; statePages: number };
}

interface Policies {
  readonly source: ReadonlyMap<string, AccountPolicy>;
  readonly target: ReadonlyMap<string, AccountPolicy>;
}

/** Turns the users of a plan into rows: accounts and settings of all first, then the states of one user after another. */
@Injectable()
export class UserPlanning {
  constructor(private readonly reader: ServerReader) {}

  async run(check: Check, users: readonly MappedUser[], policies: Policies, shelves: Shelves, libraries: Checked['libraries'], sink: RowSink): Promise<PlannedUsers> {
    const books = users.map(() => new VerdictBook());
    const traits = users.map((user) => this.traits(check, user, policies));
    for (const [u, user] of users.entries()) await this.planAccount(check, u, user, policies, libraries, books[u]!, sink);
    const work = { accounts: sink.writes, writesOfUsers: [] as number[], statePages: 0 };
    for (const [u, user] of users.entries()) {
      await check.tell('states', u, users.length);
      const { writes, pages } = await this.planStates(check, { u, user, traits: traits[u]!, policies }, shelves, books[u]!, sink);
      work.writesOfUsers.push(writes);
      work.statePages += pages;
    }
    const carried = [...shelves.carried];
    return { users: users.map((user, u) => userOf(user, books[u]!.list(PLAN_FIELDS, carried, traits[u]!))), work };
  }

  private traits({ target: { server } }: Check, { target }: MappedUser, policies: Policies): Traits {
    const facts = { isAdministrator: target?.isAdministrator ?? false, isReachable: target === null || (policies.target.get(target.vendorId)?.isReachable ?? true) };
    const traits = traitsOf(server.kind, server.capabilities, facts);
    return target === null && !server.capabilities.includes('users.create') ? { ...traits, blocked: 'no-account-creation' } : traits;
  }

  private async planAccount(check: Check, u: number, user: MappedUser, policies: Policies, libraries: Checked['libraries'], book: VerdictBook, sink: RowSink): Promise<void> {
    const { target, plan } = check;
    const first = user.sources[0]!;
    if (user.decision === 'create' && !target.server.capabilities.includes('users.create')) return book.note('account', 'impossible', 'no-account-creation');
    book.note('account', 'exact', null);
    if (target.server.kind === 'plex' && check.source.server.kind !== 'plex') book.note('name', 'impossible', 'name-belongs-to-plex');
    if (user.decision === 'create') {
      book.note('name', user.isRenamed ? 'lossy' : 'exact', user.isRenamed ? 'name-changed' : null);
      book.note('password', 'impossible', 'password-not-readable');
      await sink.add({ row: { n: 0, u, op: 'user.ensure', name: plainText(user.name, 200) }, tab: 'create', hasLoss: user.isRenamed });
    }
    const mine = policies.source.get(first.vendorId);
    if (!plan.request.fields.includes('policy') || !mine || !target.server.capabilities.includes('users.policy')) return;
    const planned = planPolicy(mine.policy, check.source.server.kind, policyTarget(check, policies, libraries));
    const from = user.target === null ? null : (policies.target.get(user.target.vendorId)?.policy ?? null);
    // An account that is there keeps its settings, unless the source is to replace them.
    if (user.decision === 'map' && (plan.request.options.overwrite === 'additive' || from === null)) return;
    noteSettings(book, planned);
    const to = from === null ? planned.to : changeOf(from, planned.to);
    if (to !== null) await sink.add({ row: { n: 0, u, op: 'policy.apply', from, to, loss: planned.loss.slice(0, 20) }, tab: 'change', hasLoss: planned.loss.length > 0 });
  }

  private async planStates(check: Check, { u, user, traits, policies }: { u: number; user: MappedUser; traits: Traits; policies: Policies }, shelves: Shelves, book: VerdictBook, sink: RowSink): Promise<{ writes: number; pages: number }> {
    if (shelves.carried.size === 0) return { writes: 0, pages: 0 };
    const first = user.sources[0]!;
    const source = await this.readSources(check, user, policies);
    if (source === null) return { writes: 0, pages: 0 };
    const isListed = user.target !== null && traits.blocked === null;
    const read = isListed ? await this.reader.states(check.target.server.id, user.target!.vendorId, check.signal) : { states: [] as WatchState[], pages: 1 };
    const rows = new StateRows(shelves, { u, user: first.vendorId, source, target: read.states, traits }, book);
    if (traits.blocked !== null) {
      rows.countImpossible(traits.blocked);
      if (traits.blocked === 'no-user-token') check.findings.add('STATES_IMPOSSIBLE', `Nothing can be written in the name of ${user.name} at the target.`, first.vendorId);
      return { writes: 0, pages: 0 };
    }
    await check.tell('merging', u, null);
    const conflictsBefore = sink.conflicts;
    for (const draft of rows.rows()) await sink.add(draft);
    noteRows(check, first, rows, sink.conflicts - conflictsBefore);
    return { writes: rows.writes, pages: read.pages };
  }

  /** Null when one of them cannot be read: that is not "nothing watched". */
  private async readSources(check: Check, user: MappedUser, policies: Policies): Promise<WatchState[][] | null> {
    const { server } = check.source;
    const isOwnOnly = server.capabilities.includes('watchStates.ownTokenOnly');
    const listings: WatchState[][] = [];
    for (const { vendorId, name } of user.sources) {
      if (isOwnOnly && policies.source.get(vendorId)?.isReachable === false) {
        check.findings.add('USER_TOKEN_MISSING', `What ${name} watched cannot be read at the source.`, vendorId);
        return null;
      }
      listings.push((await this.reader.states(server.id, vendorId, check.signal)).states);
    }
    return listings;
  }
}

function policyTarget({ source, target }: Check, policies: Policies, libraries: Checked['libraries']): PolicyTarget {
  return {
    kind: target.server.kind,
    fields: fieldsOf([...policies.target.values()].map(({ policy }): UserPolicy => policy)),
    libraries: new Map(libraries.flatMap((pair) => (pair.target === null ? [] : [[pair.source, pair.target]]))),
    allLibraries: target.libraries.map(({ vendorId }) => vendorId),
    sourceLibraries: source.libraries.map(({ vendorId }) => vendorId),
  };
}

function noteSettings(book: VerdictBook, { to, loss }: PlannedPolicy): void {
  for (const { field, kind, reason } of loss) book.note(field, kind, reason);
  for (const field of Object.keys(to) as (keyof UserPolicy)[]) if (!loss.some((each) => each.field === field)) book.note(field, 'exact', null);
}

function noteRows({ findings }: Check, { vendorId, name }: MappedUser['sources'][number], rows: StateRows, conflicts: number): void {
  const missing = rows.skips['not-on-target'] ?? 0;
  if (missing > 0) findings.add('TITLES_MISSING', `${missing} of the titles that ${name} has watched or marked are not at the target.`, vendorId);
  if (conflicts > 0) findings.add('DECISION_WANTED', `${conflicts} titles of ${name} wait for a decision.`, vendorId);
  if (rows.invalid.size > 0) findings.add('VALUE_INVALID', `The source tells values that cannot be true for ${rows.invalid.size} titles of ${name}.`, vendorId);
  if (rows.lost.length > 0) findings.add('DECISION_INVALID', `${rows.lost.length} titles that were chosen for ${name} are not at the target.`, vendorId);
}

function userOf({ identityId, sources, target, name, decision, evidence }: MappedUser, verdicts: PlanUser['verdicts']): PlanUser {
  return {
    identityId,
    sources: sources.map((source) => ({ vendorId: source.vendorId, name: plainText(source.name, 500) })),
    target: { vendorId: target?.vendorId ?? null, name: plainText(target?.name ?? name, 500) },
    decision,
    evidence,
    verdicts,
  };
}
