import { Injectable } from '@nestjs/common';
import { AppError, type FolderSpace } from '@usher/contracts';
import { PathMap, type MatchTier, type PathPair } from '@usher/matching';
import { ItemReadingService } from '../items/item-reading.service.js';
import { inSteps } from './in-steps.js';
import { LibraryPlansRepository, type PlanLibraryRow, type PlanRow, type PlanServer } from './library-plans.repository.js';
import { PlanAsking } from './plan-asking.service.js';
import { compareLibraries, type Comparison, type Fate } from './plan-comparison.js';
import { CopyTally } from './plan-files.js';
import { givenRows, judgeRows, mapOf, suggestRows, withSamples, type DraftRow } from './plan-paths.js';
import { problemsOf, type Findings } from './plan-problems.js';
import type { PlannedLibrary, PlanPathRow, PlanProgress, PlanResult, PlanStep, PlanTierCount } from './plan-result.js';
import { spaceOf } from './plan-space.js';
import { watchersOf } from './plan-watchers.js';
import { PlanWatchersRepository } from './plan-watchers.repository.js';

export type TellProgress = (progress: PlanProgress) => Promise<void>;

interface Chosen {
  readonly library: PlanLibraryRow;
  /** Of the target; several are looked through when none was chosen. */
  readonly targets: readonly PlanLibraryRow[];
  readonly wanted: PlanLibraryRow | null;
}

interface Check {
  readonly source: PlanServer;
  readonly target: PlanServer;
  readonly failures: { server: PlanServer; what: string; error: AppError }[];
  readonly signal: AbortSignal;
  readonly tell: (step: PlanStep, done: number, total: number | null) => Promise<void>;
}

const TIERS: readonly MatchTier[] = ['A', 'B', 'C', 'D', 'E', 'X'];

/** Makes one precheck: reads both sides, compares, asks the target about its disk. Changes nothing on either server. */
@Injectable()
export class PlanCheckService {
  constructor(
    private readonly repository: LibraryPlansRepository,
    private readonly watchers: PlanWatchersRepository,
    private readonly reading: ItemReadingService,
    private readonly asking: PlanAsking,
  ) {}

  /** @throws AppError NOT_FOUND for a server or library that is gone, or when `signal` aborts */
  async run(plan: PlanRow, signal: AbortSignal, onProgress: TellProgress): Promise<PlanResult> {
    const check: Check = {
      source: await this.serverOf(plan.sourceServerId),
      target: await this.serverOf(plan.targetServerId),
      failures: [],
      signal,
      tell: async (step, done, total) => {
        signal.throwIfAborted();
        await onProgress({ step, done, total });
      },
    };
    const chosen = plan.request.libraries.map((library) => chosenOf(check, library));
    await this.read(check, 'read-source', check.source, chosen.map(({ library }) => library));
    await this.read(check, 'read-target', check.target, [...new Set(chosen.flatMap(({ targets }) => targets))]);
    const { comparisons, drafts } = await this.compare(check, chosen, plan);
    const { pathMap, space: told } = await this.checkPaths(check, drafts, comparisons);
    const tally = await this.tally(check, chosen, comparisons, drafts);
    const space = spaceOf(tally.byFolder, told);
    await check.tell('watchers', 0, null);
    const fates = new Map(comparisons.flatMap((comparison) => [...comparison.fates]));
    const watchers = watchersOf(await this.watchers.watched(check.source.id), fates, await this.watchers.userNames(check.target.id));
    const libraries = chosen.map((each, at) => plannedOf(each, comparisons[at]!, tally));
    const tiers = tiersOf(comparisons);
    const findings: Findings = { ...check, libraries, mixedTypes: mixedTypesOf(chosen), pathMap, tally, space, tiers, watchers, targetStreams: await this.watchers.openStreams(check.target.id) };
    const sum = (pick: (library: PlannedLibrary) => number) => libraries.reduce((total, library) => total + pick(library), 0);
    return {
      libraries,
      pathMap,
      overlap: {
        titles: sum(({ titles }) => titles),
        sameFile: sum(({ sameFile }) => sameFile),
        otherVersion: sum(({ otherVersion }) => otherVersion),
        onlySource: sum(({ onlySource }) => onlySource),
        cannotMatch: sum(({ cannotMatch }) => cannotMatch),
        tiers,
      },
      space,
      watchers,
      matchesToReview: comparisons.flatMap(({ review }) => review).slice(0, 200),
      ...problemsOf(findings),
    };
  }

  private async serverOf(id: string): Promise<PlanServer> {
    const server = await this.repository.server(id);
    if (!server) throw new AppError('NOT_FOUND', 'A server of this plan is gone.', { serverId: id });
    return server;
  }

  /** A server that cannot be read now is a blocker; what the index has of it is compared all the same. */
  private async read(check: Check, step: PlanStep, server: PlanServer, libraries: readonly PlanLibraryRow[]): Promise<void> {
    for (const [at, library] of libraries.entries()) {
      await check.tell(step, at, libraries.length);
      try {
        await this.reading.readNow(server.id, library.vendorId, check.signal, (done, total) => check.tell(step, done, total));
      } catch (error) {
        check.failures.push({ server, what: `${library.name} could not be read`, error: expected(error, check.signal) });
      }
    }
  }

  /** Twice where a map is suggested: the first time without it, to find it. */
  private async compare(check: Check, chosen: readonly Chosen[], plan: PlanRow): Promise<{ comparisons: Comparison[]; drafts: DraftRow[] }> {
    const { pathMap } = plan.request;
    const libraries = chosen.map(({ library }) => library);
    let drafts: DraftRow[] = pathMap ? givenRows(libraries, pathMap) : [];
    let comparisons: Comparison[] = [];
    for (const isLast of pathMap ? [true] : [false, true]) {
      comparisons = [];
      for (const [at, { library, targets }] of chosen.entries()) {
        await check.tell('match', at, chosen.length);
        const ours = await this.repository.items(check.source.id, [library.vendorId], new PathMap(mapOf(drafts)));
        const theirs = await this.repository.items(check.target.id, targets.map(({ vendorId }) => vendorId));
        comparisons.push(await compareLibraries(ours, theirs));
      }
      if (isLast) break;
      const folders = [...new Set(chosen.flatMap(({ targets }) => targets.flatMap((target) => target.folders)))];
      drafts = await inSteps(suggestRows(libraries, folders, allPairs(comparisons)));
      if (mapOf(drafts).every(({ from, to }) => from === to)) break;
    }
    return { comparisons, drafts };
  }

  private async checkPaths(check: Check, drafts: readonly DraftRow[], comparisons: readonly Comparison[]): Promise<{ pathMap: PlanPathRow[]; space: FolderSpace[] | null }> {
    const rows = await inSteps(withSamples(drafts, { [Symbol.iterator]: () => allPairs(comparisons) }));
    const folders = [...new Set(rows.flatMap(({ to }) => to ?? []))];
    const files = [...new Set(rows.flatMap(({ samples }) => samples))];
    await check.tell('paths', 0, folders.length + files.length);
    try {
      const { checks, space } = await this.asking.paths(check.target.id, folders, files);
      return { pathMap: judgeRows(rows, checks), space };
    } catch (error) {
      check.failures.push({ server: check.target, what: 'its folders could not be checked', error: expected(error, check.signal) });
      return { pathMap: judgeRows(rows, null), space: null };
    }
  }

  private async tally(check: Check, chosen: readonly Chosen[], comparisons: readonly Comparison[], drafts: readonly DraftRow[]): Promise<CopyTally> {
    const tally = new CopyTally(mapOf(drafts));
    const total = comparisons.reduce((sum, { toCopy }) => sum + toCopy.length, 0);
    let before = 0;
    await check.tell('space', 0, total);
    try {
      for (const [at, { toCopy }] of comparisons.entries()) {
        await this.asking.files(check.source.id, toCopy, async (items, done) => {
          for (const item of items) tally.add(chosen[at]!.library.vendorId, item);
          await check.tell('space', before + done, total);
        });
        before += toCopy.length;
      }
    } catch (error) {
      check.failures.push({ server: check.source, what: 'the sizes of its files could not be read', error: expected(error, check.signal) });
    }
    return tally;
  }
}

function* allPairs(comparisons: readonly Comparison[]): Generator<PathPair, void, undefined> {
  for (const { pairs } of comparisons) yield* pairs;
}

/** What a server answers is a finding; all else ends the check. */
function expected(error: unknown, signal: AbortSignal): AppError {
  signal.throwIfAborted();
  if (error instanceof AppError && (error.family === 'vendor' || error.family === 'fleet' || error.family === 'input')) return error;
  throw error;
}

function chosenOf({ source, target }: Check, { sourceVendorId, targetVendorId }: PlanRow['request']['libraries'][number]): Chosen {
  const library = source.libraries.find(({ vendorId }) => vendorId === sourceVendorId);
  const wanted = target.libraries.find(({ vendorId }) => vendorId === targetVendorId) ?? null;
  if (!library || (targetVendorId !== null && !wanted)) throw new AppError('NOT_FOUND', 'A library of this plan is gone.', { libraryVendorId: library ? targetVendorId : sourceVendorId });
  const targets = wanted ? [wanted] : target.libraries.filter(({ type }) => type === library.type || type === 'mixed');
  return { library, targets, wanted };
}

/** The one that was chosen, else the one with most of the same titles, else the only one of the same type and name. */
function targetOf({ library, targets, wanted }: Chosen, { targetLibraries }: Comparison): PlanLibraryRow | null {
  if (wanted) return wanted;
  const best = [...targetLibraries].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))[0]?.[0];
  return targets.find(({ vendorId }) => vendorId === best) ?? targets.find(({ name, type }) => type === library.type && name.toLowerCase() === library.name.toLowerCase()) ?? null;
}

function plannedOf(chosen: Chosen, comparison: Comparison, tally: CopyTally): PlannedLibrary {
  const { library } = chosen;
  const target = targetOf(chosen, comparison);
  const fates = [...comparison.fates.values()];
  const count = (fate: Fate) => fates.filter((each) => each === fate).length;
  const copy = tally.byLibrary.get(library.vendorId);
  return {
    sourceVendorId: library.vendorId,
    name: library.name,
    type: library.type,
    targetVendorId: target?.vendorId ?? null,
    targetName: target?.name ?? null,
    titles: fates.length,
    sameFile: count('same-file'),
    otherVersion: count('other-version'),
    onlySource: count('only-source'),
    cannotMatch: count('undecided'),
    copyFiles: copy?.files ?? 0,
    copyBytes: copy?.bytes ?? 0,
    copyFilesOfUnknownSize: copy?.filesOfUnknownSize ?? 0,
  };
}

function mixedTypesOf(chosen: readonly Chosen[]): Findings['mixedTypes'] {
  return chosen.flatMap(({ library, wanted }) =>
    wanted && wanted.type !== library.type ? [{ name: library.name, type: library.type, targetName: wanted.name, targetType: wanted.type, sourceVendorId: library.vendorId }] : [],
  );
}

function tiersOf(comparisons: readonly Comparison[]): PlanTierCount[] {
  return TIERS.map((tier) => ({ tier, count: comparisons.reduce((sum, { tiers }) => sum + (tiers.get(tier) ?? 0), 0) }));
}
