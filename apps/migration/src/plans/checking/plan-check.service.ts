import { Inject, Injectable } from '@nestjs/common';
import { AppError, type Library, type MediaUser, type PlanProgress, type WatchField } from '@usher/contracts';
import type { PathRow } from '@usher/matching';
import type { Clock } from '@usher/resilience';
import { CLOCK } from '../../infrastructure.js';
import { DecisionsRepository } from '../decisions.repository.js';
import type { Checked, PlanRecord, ServerRecord } from '../plan-record.js';
import { PlanRowsRepository } from '../plan-rows.repository.js';
import { RegistryRepository } from '../registry.repository.js';
import { Decisions } from '../rules/decisions.js';
import { estimateOf } from '../rules/estimate.js';
import { Findings } from '../rules/findings.js';
import { isWatched, mapLibraries, noteUnmapped } from '../rules/library-mapping.js';
import { personLinks } from '../rules/person-links.js';
import { serverDigest } from '../rules/server-digest.js';
import { suggestPaths, TitleMatches, type Title } from '../rules/title-matches.js';
import { mapUsers, type MappedUser } from '../rules/user-mapping.js';
import { RowSink } from './row-sink.js';
import { ServerReader, type AccountPolicy } from './server-reader.service.js';
import { UserPlanning, type PlannedUsers } from './user-planning.service.js';

export type CheckStep = NonNullable<PlanProgress['step']>;

export interface CheckCall {
  readonly plan: PlanRecord;
  readonly holder: string;
  readonly signal: AbortSignal;
  tell(step: CheckStep, done: number, total: number | null): Promise<void>;
}

/** One server with what was read of it. */
export interface Side {
  readonly server: ServerRecord;
  readonly users: MediaUser[];
  readonly libraries: Library[];
}

export interface Check extends CheckCall {
  readonly findings: Findings;
  readonly decisions: Decisions;
  readonly source: Side;
  readonly target: Side;
}

/** Titles of both servers and what belongs together. */
export interface Catalogues {
  readonly source: ReadonlyMap<string, Title>;
  readonly target: ReadonlyMap<string, Title>;
  readonly matches: TitleMatches;
  readonly libraries: Checked['libraries'];
  readonly paths: PathRow[];
}

/** Makes a plan: reads both servers, matches, merges, and writes down every row that would be written and every one that would not. */
@Injectable()
export class PlanCheckService {
  constructor(
    private readonly reader: ServerReader,
    private readonly registry: RegistryRepository,
    private readonly decisions: DecisionsRepository,
    private readonly rows: PlanRowsRepository,
    private readonly planning: UserPlanning,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(call: CheckCall): Promise<Checked> {
    const check = await this.begin(call);
    const { plan, findings, source, target } = check;
    this.precheck(check);
    const users = await this.mapUsers(check);
    const policies = await this.readPolicies(check, users);
    const catalogues = await this.readCatalogues(check);
    const sink = new RowSink(this.rows, plan, check.holder);
    const carried = new Set(plan.request.fields.filter((field): field is WatchField => field !== 'policy'));
    const planned = await this.planning.run(check, users, policies, {
      matches: catalogues.matches,
      source: catalogues.source,
      target: catalogues.target,
      decisions: check.decisions,
      carried,
      options: plan.request.options,
      nowMs: this.clock.now(),
    }, catalogues.libraries, sink);
    await call.tell('writing', sink.rows, sink.rows);
    await sink.flush();
    if (sink.writes === 0) findings.add('NOTHING_TO_WRITE', 'Nothing would be written.');
    return {
      source: serverOf(source, { users: users.flatMap((user) => user.sources.map(({ vendorId }) => vendorId)), libraries: catalogues.libraries.map((pair) => pair.source) }),
      target: serverOf(target, { users: users.flatMap((user) => user.target?.vendorId ?? []), libraries: catalogues.libraries.flatMap((pair) => pair.target ?? []) }),
      users: planned.users,
      findings: findings.list(),
      libraries: catalogues.libraries,
      paths: catalogues.paths,
      counts: this.counts(planned, sink, catalogues.matches, findings),
      estimate: estimateOf(target.server.kind, planned.work, await this.registry.measuredRate(target.server.id)),
    };
  }

  private async begin(call: CheckCall): Promise<Check> {
    const { plan } = call;
    await call.tell('servers', 0, 2);
    const source = await this.read(plan.sourceServerId);
    await call.tell('servers', 1, 2);
    const target = await this.read(plan.targetServerId);
    const decisions = new Decisions(await this.decisions.all(plan), plan.request.users.map(({ sourceVendorId }) => sourceVendorId));
    return { ...call, findings: new Findings(), decisions, source, target };
  }

  private async read(serverId: string): Promise<Side> {
    const server = await this.registry.server(serverId);
    if (!server) throw new AppError('NOT_FOUND', 'A server of this plan is gone, or was never reached.', { serverId });
    return { server, users: await this.reader.users(serverId), libraries: await this.reader.libraries(serverId) };
  }

  private precheck({ findings, source, target }: Check): void {
    if (source.server.machineId !== null && source.server.machineId === target.server.machineId) throw new AppError('VALIDATION_FAILED', 'Source and target are the same media server.', { field: 'targetServerId' });
    if (target.server.readOnly) findings.add('SERVER_READ_ONLY', `${target.server.alias} is in read-only mode.`);
    if (!source.server.capabilities.includes('watchStates.read')) findings.add('CAPABILITY_MISSING', `${source.server.alias} does not tell what was watched.`, null, 'read');
    if (!target.server.capabilities.includes('watchStates.write')) findings.add('CAPABILITY_MISSING', `${target.server.alias} takes no watch states.`, null, 'write');
    for (const { server } of [source, target]) if (!server.versionTested) findings.add('VERSION_UNTESTED', `${server.alias} has version ${server.version}, which was not tested.`, null, server.id);
  }

  private async mapUsers({ plan, source, target, decisions, findings, tell }: Check): Promise<MappedUser[]> {
    await tell('users', 0, plan.request.users.length);
    const sides = { source: { serverId: source.server.id, kind: source.server.kind, users: source.users }, target: { serverId: target.server.id, kind: target.server.kind, users: target.users } };
    const links = personLinks(await this.registry.identities([source.server.id, target.server.id]), sides.source, sides.target);
    const canCreate = target.server.capabilities.includes('users.create');
    return mapUsers({ choices: plan.request.users, source: sides.source, target: { ...sides.target, canCreate }, links, decisions: decisions.users }, findings);
  }

  /** Of everybody in the plan; of the target some more, to see which settings accounts have there. */
  private async readPolicies({ source, target }: Check, users: readonly MappedUser[]): Promise<{ source: Map<string, AccountPolicy>; target: Map<string, AccountPolicy> }> {
    const mapped = users.flatMap((user) => user.target?.vendorId ?? []);
    const samples = target.users.slice(0, 3).map(({ vendorId }) => vendorId);
    return {
      source: await this.reader.policies(source.server.id, users.flatMap((user) => user.sources.map(({ vendorId }) => vendorId))),
      target: await this.reader.policies(target.server.id, [...mapped, ...samples]),
    };
  }

  private async readCatalogues(check: Check): Promise<Catalogues> {
    const { plan, source, target, findings, tell } = check;
    const libraries = mapLibraries(source.libraries, target.libraries, plan.request.libraries, plan.request.paths, findings);
    noteUnmapped(libraries, source.libraries, plan.request.libraries, findings);
    const wanted = { source: libraries.map((pair) => pair.source), target: [...new Set(libraries.flatMap((pair) => pair.target ?? []))] };
    const ours = await this.readTitles(check, source, wanted.source);
    const theirs = await this.readTitles(check, target, wanted.target);
    const folders = (side: Side, ids: readonly string[]) => side.libraries.flatMap((library) => (ids.includes(library.vendorId) ? library.folders : []));
    const isMapped = libraries.flatMap((pair) => (pair.target === null ? [] : [pair.source]));
    let paths: PathRow[] = plan.request.paths;
    let matches = await this.match(check, libraries, ours, theirs, paths);
    const suggested = suggestPaths(folders(source, isMapped), folders(target, wanted.target), matches.pairs, paths);
    // Folders that both see at the same place need no second look.
    if (suggested.slice(paths.length).some(({ from, to }) => from !== to)) matches = await this.match(check, libraries, ours, theirs, suggested);
    paths = suggested;
    await tell('matching', libraries.length, libraries.length);
    return { source: byId(ours), target: byId(theirs), matches, libraries, paths };
  }

  private async readTitles({ signal, tell }: Check, { server, libraries }: Side, wanted: readonly string[]): Promise<Map<string, Title[]>> {
    const titles = new Map<string, Title[]>();
    for (const library of libraries) {
      const { vendorId } = library;
      if (!wanted.includes(vendorId) || !isWatched(library)) continue;
      titles.set(vendorId, await this.reader.titles(server.id, vendorId, { signal, tell: (done, total) => tell('catalogues', done, total) }));
    }
    return titles;
  }

  /** Only inside the mapped libraries: a title elsewhere is not meant. */
  private async match({ signal, tell, source }: Check, libraries: Checked['libraries'], ours: ReadonlyMap<string, Title[]>, theirs: ReadonlyMap<string, Title[]>, paths: readonly PathRow[]): Promise<TitleMatches> {
    const matches = new TitleMatches();
    const targets = [...new Set(libraries.flatMap((pair) => pair.target ?? []))];
    for (const [at, id] of targets.entries()) {
      signal.throwIfAborted();
      await tell('matching', at, targets.length);
      const sources = libraries.flatMap((pair) => (pair.target === id ? (ours.get(pair.source) ?? []) : []));
      await matches.add(sources, theirs.get(id) ?? [], paths);
    }
    for (const pair of libraries) {
      const library = source.libraries.find(({ vendorId }) => vendorId === pair.source);
      if (pair.target === null && library) matches.addUnmapped(ours.get(pair.source) ?? [], library);
    }
    return matches;
  }

  private counts({ users }: PlannedUsers, sink: RowSink, matches: TitleMatches, findings: Findings): Checked['counts'] {
    const concerned = users.flatMap(({ verdicts }) => verdicts).filter(({ rows }) => rows !== 0);
    const of = (kind: string) => concerned.filter((verdict) => verdict.kind === kind).length;
    const ticks = findings.list().filter(({ code }) => code === 'NAME_ONLY').length;
    return { rows: sink.rows, writes: sink.writes, skips: sink.skips, tiers: matches.tiers(), verdicts: { exact: of('exact'), lossy: of('lossy'), impossible: of('impossible') }, decisions: sink.conflicts + ticks };
  }
}

function byId(titles: ReadonlyMap<string, readonly Title[]>): Map<string, Title> {
  const all = new Map<string, Title>();
  for (const list of titles.values()) for (const title of list) if (!all.has(title.id)) all.set(title.id, title);
  return all;
}

function serverOf({ server, users, libraries }: Side, concerned: { users: string[]; libraries: string[] }): Checked['source'] {
  const { id, alias, kind, machineId, version, capabilities } = server;
  return { serverId: id, alias, kind, machineId, version, digest: serverDigest({ users, libraries, capabilities }, concerned) };
}
