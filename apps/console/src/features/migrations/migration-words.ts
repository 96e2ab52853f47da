import type {
  ConsoleMigrationPlanFragment,
  ConsoleMigrationRowFragment,
  ConsoleMigrationRunFragment,
  ConsoleMigrationsQuery,
  ConsoleRunProgressFragment,
  MigrationCarriedField,
  MigrationCheckStep,
  MigrationDecision,
  MigrationField,
  MigrationRunState,
  MigrationSkipReason,
  MigrationTab,
  MigrationTier,
} from '@usher/api-client';
import { age, count, duration, plural } from '../../format/units.js';

export type Plan = ConsoleMigrationPlanFragment;
export type Run = ConsoleMigrationRunFragment;
export type RunProgress = ConsoleRunProgressFragment;
export type Row = ConsoleMigrationRowFragment;
export type WatchState = NonNullable<Row['to']>;
export type Approval = Plan['approvals'][number];
export type Finding = Plan['findings'][number];
export type PlanUser = Plan['users'][number];
export type Verdict = PlanUser['verdicts'][number];
export type Summary = ConsoleMigrationsQuery['migrations']['edges'][number]['node'];

export const STEPS = ['select', 'map', 'check', 'approve', 'run', 'verify', 'finish'] as const;
export type StepName = (typeof STEPS)[number];

export const STEP_WORDS: Readonly<Record<StepName, string>> = { select: 'Select', map: 'Map', check: 'Check', approve: 'Approve', run: 'Run', verify: 'Verify', finish: 'Finish or undo' };

/** A plan that takes a run back has nothing to choose. */
export const stepsOf = (plan: Pick<Plan, 'kind'>): readonly StepName[] => (plan.kind === 'ROLLBACK' ? STEPS.slice(2) : STEPS);

const ENDED: readonly MigrationRunState[] = ['DONE', 'ABORTED', 'FAILED'];
export const hasEnded = (state: MigrationRunState): boolean => ENDED.includes(state);
export const isActive = (state: MigrationRunState): boolean => state === 'RUNNING' || state === 'QUEUED' || state === 'VERIFYING';

/** Why a step cannot be opened yet; null when it can. */
export function stepLock({ state, planSha256, run, checkedAt, kind }: Plan, step: StepName): string | null {
  if (step === 'select' || step === 'map') return kind === 'ROLLBACK' ? 'A plan that takes a run back has nothing to choose.' : null;
  if (step === 'check') return null;
  if (step === 'approve') return planSha256 !== null || run ? null : checkedAt === null ? 'The plan has to be checked and frozen first.' : 'The plan has to be frozen first.';
  if (step === 'run') return run || state === 'APPROVED' ? null : 'The plan has to be approved first.';
  if (!run) return 'Nothing has been written yet.';
  if (step === 'verify') return run.verification || run.state === 'VERIFYING' || run.state === 'AWAITING_DECISION' ? null : 'Everything is read back after the last row was written.';
  return hasEnded(run.state) ? null : 'The run has not ended.';
}

/** Where a person goes on who opens the plan without naming a step. */
export function currentStep({ state, checkedAt, run, kind }: Plan): StepName {
  if (run) {
    if (run.state === 'VERIFYING' || run.state === 'AWAITING_DECISION') return 'verify';
    return run.state === 'DONE' || run.state === 'ABORTED' ? 'finish' : 'run';
  }
  if (state === 'FROZEN' || state === 'APPROVED') return 'approve';
  if (state === 'DRAFT' && checkedAt === null && kind === 'USERS') return 'map';
  return 'check';
}

export type Tone = 'outline' | 'fact' | 'accent' | 'ok' | 'warning' | 'danger';

/** State of plan and run in one word. */
export function stateBadge(state: Plan['state'], run: { state: MigrationRunState } | null): { word: string; tone: Tone } {
  if (run) {
    const tones: Record<MigrationRunState, Tone> = { QUEUED: 'accent', RUNNING: 'accent', VERIFYING: 'accent', PAUSED: 'warning', AWAITING_DECISION: 'warning', DONE: 'ok', ABORTED: 'fact', FAILED: 'danger' };
    return { word: RUN_STATE_WORDS[run.state], tone: tones[run.state] };
  }
  const tones: Record<Plan['state'], Tone> = { DRAFT: 'outline', CHECKING: 'accent', CHECKED: 'outline', FROZEN: 'accent', APPROVED: 'ok', STALE: 'warning', VOID: 'fact' };
  return { word: PLAN_STATE_WORDS[state], tone: tones[state] };
}

export const PLAN_STATE_WORDS: Readonly<Record<Plan['state'], string>> = { DRAFT: 'Draft', CHECKING: 'Checking', CHECKED: 'Checked', FROZEN: 'Frozen', APPROVED: 'Approved', STALE: 'Stale', VOID: 'Discarded' };
export const RUN_STATE_WORDS: Readonly<Record<MigrationRunState, string>> = { QUEUED: 'Waiting', RUNNING: 'Running', PAUSED: 'Paused', VERIFYING: 'Reading back', AWAITING_DECISION: 'Wants a decision', DONE: 'Finished', ABORTED: 'Aborted', FAILED: 'Failed' };

export const CHECK_STEP_WORDS: Readonly<Record<MigrationCheckStep, string>> = {
  SERVERS: 'Asking both servers what they can do',
  USERS: 'Reading the accounts of both servers',
  CATALOGUES: 'Reading the titles of both servers',
  MATCHING: 'Matching titles',
  STATES: 'Reading who watched what',
  MERGING: 'Comparing the states',
  WRITING: 'Writing the rows of the plan down',
};
export const CHECK_STEPS = Object.keys(CHECK_STEP_WORDS) as MigrationCheckStep[];

export const RUN_STEP_WORDS: Readonly<Record<string, string>> = { 'ensure-user': 'Make accounts', 'apply-policy': 'Set their settings', 'copy-watch-states': 'Write watch states', 'remove-created': 'Remove made accounts', verify: 'Read everything back' };

export const FIELD_WORDS: Readonly<Record<MigrationField, string>> = {
  ACCOUNT: 'Account',
  NAME: 'Name',
  ENABLED: 'Enabled',
  LIBRARIES: 'Libraries',
  HIDDEN: 'Hidden',
  REMOTE_ACCESS: 'Remote access',
  BIT_RATE_LIMIT_KBPS: 'Bit rate limit',
  VIDEO_TRANSCODING: 'Video conversion',
  AUDIO_TRANSCODING: 'Audio conversion',
  REMUXING: 'Remux',
  DOWNLOADS: 'Downloads',
  STREAM_LIMIT: 'Streams at once',
  PLAYED: 'Watched',
  PLAY_COUNT: 'Play count',
  LAST_PLAYED_AT: 'Last played',
  POSITION_MS: 'Resume point',
  FAVORITE: 'Favorites',
  RATING_TENTHS: 'Ratings',
  PASSWORD: 'Password',
};

export const CARRIED: Readonly<Record<MigrationCarriedField, readonly [string, string]>> = {
  POLICY: ['Settings of accounts', 'enabled, libraries, remote access, limits'],
  PLAYED: ['Watched', 'whether a title was seen'],
  PLAY_COUNT: ['Play count', 'how often'],
  LAST_PLAYED_AT: ['Last played', 'when it was seen last'],
  POSITION_MS: ['Resume point', 'where to go on'],
  FAVORITE: ['Favorites', 'marked by the viewer'],
  RATING_TENTHS: ['Ratings', 'stars of the viewer'],
};
export const ALL_FIELDS = Object.keys(CARRIED) as MigrationCarriedField[];

/** What a server has to say that it can, for a field to arrive whole. */
const NEEDED: Readonly<Record<MigrationCarriedField, string>> = { POLICY: 'users.policy', PLAYED: 'watchStates.write', PLAY_COUNT: 'watchStates.playCount', LAST_PLAYED_AT: 'watchStates.playedAt', POSITION_MS: 'watchStates.write', FAVORITE: 'watchStates.favorite', RATING_TENTHS: 'watchStates.rating' };

/** What the target said about a field before any check; null when it said nothing about watch states at all. */
export function takesField(field: MigrationCarriedField, capabilities: readonly string[]): boolean | null {
  return capabilities.some((word) => word.startsWith('watchStates.')) ? capabilities.includes(NEEDED[field]) : null;
}

export const EVIDENCE: Readonly<Record<string, { word: string; proof: boolean }>> = {
  identity: { word: 'Linked identity', proof: true },
  email: { word: 'Same verified e-mail', proof: true },
  plex: { word: 'Same Plex account', proof: true },
  name: { word: 'Same name only', proof: false },
  given: { word: 'Chosen by hand', proof: true },
  none: { word: 'No candidate', proof: false },
};

export const TIER_WORDS: Readonly<Record<MigrationTier, string>> = { A: 'predicted id', B: 'two or more ids', C: 'one id', D: 'path and length', E: 'title, year and length', M: 'mapped by hand' };

export const SKIP_WORDS: Readonly<Record<MigrationSkipReason, string>> = {
  NOT_ON_TARGET: 'not on the target',
  AMBIGUOUS: 'several titles could be it',
  CONTRADICTION: 'its ids contradict each other',
  BELOW_TIER: 'matched too weakly to act',
  LIBRARY_NOT_MAPPED: 'its library has no counterpart',
  ALREADY_THERE: 'the target says the same already',
  EXCLUDED: 'left out by a decision',
  NOTHING_TO_CARRY: 'the source says nothing about it',
};
/** The API counts skips under the words of the plan, `not-on-target`. */
export const skipWord = (name: string): string => SKIP_WORDS[name.toUpperCase().replaceAll('-', '_') as MigrationSkipReason] ?? name;
/** A skip that loses nothing: the target has it, or there is nothing to have. */
export const isHarmless = (name: string): boolean => ['already-there', 'nothing-to-carry'].includes(name.toLowerCase().replaceAll('_', '-'));

export const TABS: readonly (readonly [MigrationTab, string])[] = [['CREATE', 'Create'], ['CHANGE', 'Change'], ['SKIP', 'Skip'], ['CONFLICT', 'Conflict'], ['LOSS', 'Loss']];

export const DECISION_WORDS: Readonly<Record<MigrationDecision, string>> = { ACCEPT: 'Carry', SKIP: 'Skip', MAP: 'Pick title…', TAKE_SOURCE: 'Take the source’s', KEEP_TARGET: 'Keep the target’s' };

/** What may be decided about a row, by the kind that its id begins with. */
export function legalDecisions(row: Pick<Row, 'decisionId' | 'operation' | 'skipReason'>): readonly MigrationDecision[] {
  const kind = row.decisionId?.split(':', 1)[0];
  if (kind === 'state') return ['TAKE_SOURCE', 'KEEP_TARGET'];
  if (kind === 'user') return ['ACCEPT', 'SKIP'];
  if (kind !== 'item') return [];
  return row.operation === 'SKIP' && row.skipReason !== 'BELOW_TIER' && row.skipReason !== 'EXCLUDED' ? ['MAP', 'SKIP'] : ['ACCEPT', 'MAP', 'SKIP'];
}

/** What stands in a field, for people. */
export function valueOf(state: WatchState | null, field: Row['fields'][number]): string {
  if (!state) return '–';
  if (field === 'PLAYED') return state.played ? 'watched' : 'unwatched';
  if (field === 'PLAY_COUNT') return plural(state.playCount, 'play');
  if (field === 'LAST_PLAYED_AT') return state.lastPlayedAt ? state.lastPlayedAt.slice(0, 10) : 'no date';
  if (field === 'POSITION_MS') return state.positionMs > 0 ? `resume at ${duration(state.positionMs)}` : 'at the beginning';
  if (field === 'FAVORITE') return state.favorite ? 'favorite' : 'no favorite';
  return state.ratingTenths === null ? 'not rated' : `rated ${state.ratingTenths / 10}`;
}

/** Settings of an account in words, as they are `from` or `to`; those that the vendor lacks are left out. */
export function settings({ policy }: Pick<Row, 'policy'>, side: 'from' | 'to'): string {
  return policy.flatMap((change) => (change[side] === null ? [] : [settingWords(change.field, change[side])])).join(', ');
}

function settingWords(field: string, value: string): string {
  const words = FIELD_WORDS[field.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase() as MigrationField] ?? field;
  const said = value === 'true' ? 'yes' : value === 'false' ? 'no' : value === '0' ? 'none' : value;
  return `${words}: ${said}`;
}

/** A row in a sentence: target now → after, the fields in which they differ. */
export function changeOf(row: Row): { before: string; after: string } {
  if (row.operation === 'USER_ENSURE') return { before: 'no account', after: `account “${row.title}”` };
  if (row.operation === 'USER_REMOVE') return { before: `account “${row.title}”`, after: 'removed if still unused' };
  if (row.operation === 'POLICY_APPLY') return { before: row.policy.every(({ from }) => from === null) ? 'a new account' : settings(row, 'from'), after: settings(row, 'to') };
  if (row.operation === 'SKIP') return { before: 'nothing is written', after: row.skipReason ? SKIP_WORDS[row.skipReason] : '' };
  const differing = row.fields.filter((field) => valueOf(row.from, field) !== valueOf(row.to, field));
  const told = differing.length > 0 ? differing : row.fields;
  return { before: told.map((field) => valueOf(row.from, field)).join(', '), after: told.map((field) => valueOf(row.to, field)).join(', ') };
}

/** `3 to 12 min`; both ends are the same when nobody ever watches there. */
export function estimateWords({ quietMs, watchedMs }: NonNullable<Plan['estimate']>): string {
  const [quiet, watched] = [age(quietMs), age(watchedMs)];
  if (quiet === watched) return quiet;
  const [number, unit] = quiet.split(' ');
  return watched.endsWith(` ${unit}`) ? `${number} to ${watched}` : `${quiet} to ${watched}`;
}

export const THROTTLE_WORDS: Readonly<Record<Run['throttle'], string | null>> = { NONE: null, VIEWERS: 'slowed: people watch on the target', SERVER: 'slowed: the target asked for a pause', QUIET_WAIT: 'waiting until an earlier write has settled' };

/** Rows that need nothing more, of those to carry out. */
export const settled = ({ done, verified, skipped, conflict, failed }: Run['counts']): number => done + verified + skipped + conflict + failed;
/** Rows that will not arrive as planned unless somebody acts. */
export const troubled = ({ conflict, failed }: Run['counts']): number => conflict + failed;

export function shareOf(counts: Run['counts']): number {
  return counts.rows === 0 ? 1 : settled(counts) / counts.rows;
}

/** `7f3a 91d0 …`, so that two people can compare it. */
export const inFours = (hex: string): string[] => hex.match(/.{1,4}/g) ?? [];
/** Fingerprint of an approval: the first 8 bytes, 4 × 4 hex digits. */
export const fingerprint = (sha256: string): string => inFours(sha256.slice(0, 16).toUpperCase()).join(' ');

/** Signatures that count now. */
export function living(approvals: readonly Approval[], nowMs: number): Approval[] {
  return approvals.filter(({ revokedAt, expiresAt, notBefore }) => revokedAt === null && Date.parse(expiresAt) > nowMs && Date.parse(notBefore) <= nowMs + 30_000);
}
/** With two signatures the earlier end counts; null when none counts. */
export function approvalEnd(approvals: readonly Approval[], nowMs: number): number | null {
  const ends = living(approvals, nowMs).map(({ expiresAt }) => Date.parse(expiresAt));
  return ends.length === 0 ? null : Math.min(...ends);
}

/** `Seven people’s`, as far as words go. */
const NUMBERS = ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine', 'Ten'];
export const peopleWords = (people: number): string => `${NUMBERS[people] ?? count(people)} ${people === 1 ? 'person’s' : 'people’s'}`;
