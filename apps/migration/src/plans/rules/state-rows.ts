import { WATCH_FIELDS, type LossReason, type PlanOptions, type PlanRow, type SkipReason, type WatchField, type WatchState } from '@usher/contracts';
import type { Decisions } from './decisions.js';
import { byAge, fitState, type Loss } from './fit-state.js';
import { combine, merge } from './merge-states.js';
import { plainText } from './plain-text.js';
import type { Traits } from './target-traits.js';
import type { Title, TitleMatch, TitleMatches, Unmatched } from './title-matches.js';
import type { VerdictBook } from './verdicts.js';
import { emptyState, isEmpty, sameValue, sanitize } from './watch-fields.js';

/** A row before it has its number; `tab` = where people find it. */
export interface DraftRow {
  readonly row: PlanRow;
  readonly tab: 'create' | 'change' | 'skip' | 'conflict';
  readonly hasLoss: boolean;
}

/** What all users of a plan share. */
export interface Shelves {
  readonly matches: TitleMatches;
  readonly source: ReadonlyMap<string, Title>;
  readonly target: ReadonlyMap<string, Title>;
  readonly decisions: Decisions;
  readonly carried: ReadonlySet<WatchField>;
  readonly options: PlanOptions;
  readonly nowMs: number;
}

export interface Account {
  readonly u: number;
  /** Vendor id of the first account of the source: decisions name it. */
  readonly user: string;
  /** Complete listings, one for each account of the source. */
  readonly source: readonly (readonly WatchState[])[];
  readonly target: readonly WatchState[];
  readonly traits: Traits;
}

interface Group {
  /** Titles of the source: copies of one. */
  readonly ids: string[];
  readonly match: TitleMatch | null;
}

const TIERS = 'ABCDE';
const DECIDED_LATER: ReadonlySet<SkipReason> = new Set(['ambiguous', 'contradiction', 'below-tier']);

/** Makes the rows of one user: what is written, oldest play first, and what is not, with the reason. */
export class StateRows {
  readonly skips: Record<string, number> = {};
  readonly invalid = new Set<string>();
  /** Decisions whose title is not at the target. */
  readonly lost: string[] = [];
  writes = 0;
  /** By title, one place for each account of the source. */
  private readonly states = new Map<string, (WatchState | undefined)[]>();
  private readonly before: ReadonlyMap<string, WatchState>;
  private readonly doubtful = new Map<string, WatchField[]>();

  constructor(
    private readonly shelves: Shelves,
    private readonly account: Account,
    private readonly book: VerdictBook,
  ) {
    this.before = new Map(account.target.map((state) => [state.itemVendorId, state]));
    for (const [at, listing] of account.source.entries()) this.take(listing, at);
  }

  /** One after another, so that nobody holds them all. */
  *rows(): Generator<DraftRow> {
    const groups = this.groups().map((group) => ({ group, id: group.ids[0]!, lastPlayedAt: this.combined(group).lastPlayedAt }));
    for (const { group } of groups.sort(byAge)) yield* this.rowsOf(group);
  }

  /** Of an account in which nothing can be written: what is lost. */
  countImpossible(reason: LossReason): void {
    for (const group of this.groups()) this.count(this.combined(group), WATCH_FIELDS.map((field) => ({ field, kind: 'impossible', reason })));
  }

  private take(listing: readonly WatchState[], at: number): void {
    const { shelves } = this;
    // A title may come twice; the later one counts.
    for (const raw of new Map(listing.map((state) => [state.itemVendorId, state])).values()) {
      const { state, invalid } = sanitize(raw, shelves.source.get(raw.itemVendorId)?.durationMs ?? null, shelves.nowMs);
      const wrong = invalid.filter((field) => shelves.carried.has(field));
      if (wrong.length > 0) {
        this.doubtful.set(state.itemVendorId, wrong);
        this.invalid.add(state.itemVendorId);
      }
      if (isEmpty(state) && wrong.length === 0) continue;
      const known = this.states.get(state.itemVendorId) ?? [];
      known[at] = state;
      this.states.set(state.itemVendorId, known);
    }
  }

  private groups(): Group[] {
    const byMatch = new Map<TitleMatch, Group>();
    const groups: Group[] = [];
    for (const id of this.states.keys()) {
      const match = this.matchOf(id);
      const known = match && byMatch.get(match);
      if (known) {
        known.ids.push(id);
        continue;
      }
      const group: Group = { ids: [id], match };
      if (match) byMatch.set(match, group);
      groups.push(group);
    }
    for (const { ids } of groups) ids.sort();
    return groups;
  }

  private matchOf(id: string): TitleMatch | null {
    const decided = this.shelves.decisions.ofItem(this.account.user, id);
    if (decided?.decision !== 'map') return this.shelves.matches.matchOf(id);
    const [ours, theirs] = [this.shelves.source.get(id), this.shelves.target.get(decided.target!)];
    if (ours && theirs && ours.type === theirs.type) return { tier: 'M', sources: [id], targets: [theirs.id], evidence: ['chosen by a person'] };
    this.lost.push(id);
    return null;
  }

  /** Copies are the same plays; accounts may add up. */
  private combined({ ids }: Group): WatchState {
    const accounts: WatchState[][] = [];
    for (const id of ids) for (const [at, state] of this.states.get(id)!.entries()) if (state) (accounts[at] ??= []).push(state);
    return combine(accounts.filter((copies) => copies !== undefined).map((copies) => combine(copies, 'max')), this.shelves.options.playCounts);
  }

  private *rowsOf(group: Group): Generator<DraftRow> {
    const source = this.combined(group);
    const { match } = group;
    const refusal = this.refusalOf(source, match);
    if (refusal) return yield this.skip(source, refusal.reason, refusal.detail, refusal.candidates);
    if (isEmpty(this.carriedOf(source))) return yield this.skip(source, 'nothing-to-carry', 'The plan does not carry what the source says of it.', []);
    for (const [at, target] of this.targetsOf(match!).entries()) yield this.rowOf(group, source, target, at === 0);
  }

  private refusalOf(source: WatchState, match: TitleMatch | null): (Omit<Unmatched, 'reason'> & { reason: SkipReason }) | null {
    const { decisions, matches, options } = this.shelves;
    const id = source.itemVendorId;
    const decided = decisions.ofItem(this.account.user, id);
    if (decided?.decision === 'skip') return { reason: 'excluded', detail: decided.reason ?? 'Left out by a person.', candidates: [] };
    if (match === null) {
      if (!this.shelves.source.has(id)) return { reason: 'library-not-mapped', detail: 'The title is in no library that is carried.', candidates: [] };
      return matches.unmatchedOf(id);
    }
    const isTooWeak = match.tier !== 'M' && TIERS.indexOf(match.tier) > TIERS.indexOf(options.minTier) && decided?.decision !== 'accept';
    return isTooWeak ? { reason: 'below-tier', detail: `Tier ${match.tier}: ${match.evidence.join(', ')}`, candidates: match.targets.slice(0, 20) } : null;
  }

  /** Where all copies share a state one of them is written, the one that has a state if any. */
  private targetsOf({ targets }: TitleMatch): readonly string[] {
    if (!this.account.traits.sharesCopies || targets.length === 1) return targets;
    return [targets.find((id) => this.before.has(id)) ?? targets[0]!];
  }

  private rowOf(group: Group, source: WatchState, targetId: string, isFirst: boolean): DraftRow {
    const { shelves, account } = this;
    const { traits, user } = account;
    const from = this.before.get(targetId) ?? emptyState(targetId, traits.favorites);
    const merged = merge(source, from, shelves.options.overwrite, shelves.carried, shelves.decisions.ofFields(user, source.itemVendorId));
    const durations = { source: shelves.source.get(source.itemVendorId)?.durationMs ?? null, target: shelves.target.get(targetId)?.durationMs ?? null };
    const { state: to, loss } = fitState(merged.state, from, traits, durations);
    const fields = WATCH_FIELDS.filter((field) => shelves.carried.has(field) && !sameValue(field, from, to));
    for (const field of new Set(group.ids.flatMap((id) => this.doubtful.get(id) ?? []))) if (!fields.includes(field)) loss.push({ field, kind: 'lossy', reason: 'value-invalid' });
    const told = loss.filter(({ field }) => (shelves.carried as ReadonlySet<string>).has(field)).slice(0, 12);
    if (isFirst) this.count(source, told);
    if (fields.length === 0) {
      const reason = told.length === 0 ? 'already-there' : 'nothing-to-carry';
      return this.skip(source, reason, told.map(({ field, reason: why }) => `${field}: ${why}`).join(', ') || 'The target has it already.', [targetId]);
    }
    this.writes += 1;
    const { tier, evidence } = group.match!;
    const row: PlanRow = {
      n: 0,
      u: account.u,
      op: 'watch-state.set',
      item: source.itemVendorId,
      title: this.nameOf(source.itemVendorId),
      tier: tier as Exclude<typeof tier, 'X'>,
      evidence: evidence.slice(0, 10).map((each) => plainText(each, 200)),
      source,
      from,
      to,
      fields,
      loss: told,
    };
    return { row, tab: merged.undecided.length > 0 ? 'conflict' : 'change', hasLoss: told.length > 0 };
  }

  private skip(source: WatchState, reason: SkipReason, detail: string, candidates: readonly string[]): DraftRow {
    this.skips[reason] = (this.skips[reason] ?? 0) + 1;
    const row: PlanRow = { n: 0, u: this.account.u, op: 'skip', item: source.itemVendorId, title: this.nameOf(source.itemVendorId), reason, detail: plainText(detail, 500), source, candidates: [...candidates] };
    return { row, tab: DECIDED_LATER.has(reason) ? 'conflict' : 'skip', hasLoss: reason === 'nothing-to-carry' };
  }

  /** Fields in which the source says something. */
  private count(source: WatchState, loss: readonly Loss[]): void {
    const said = WATCH_FIELDS.filter((field) => this.shelves.carried.has(field) && source[field] !== null && source[field] !== false && source[field] !== 0);
    const doubted = loss.flatMap(({ field, reason }) => (reason === 'value-invalid' ? [field as WatchField] : []));
    this.book.count([...new Set([...said, ...doubted])], loss);
  }

  private carriedOf(state: WatchState): WatchState {
    const kept = Object.fromEntries(WATCH_FIELDS.filter((field) => this.shelves.carried.has(field)).map((field) => [field, state[field]]));
    return { ...emptyState(state.itemVendorId, false), ...kept };
  }

  private nameOf(id: string): string {
    const title = this.shelves.source.get(id);
    if (!title) return plainText(id, 300);
    const parent = title.parentId === null ? undefined : this.shelves.source.get(title.parentId);
    if (title.type !== 'episode' || !parent) return plainText(parent ? `${parent.title} · ${title.title}` : title.title, 300);
    const number = (value: number | null): string => String(value ?? 0).padStart(2, '0');
    return plainText(`${parent.title} · S${number(title.seasonNumber)}E${number(title.episodeNumber)} · ${title.title}`, 300);
  }
}
