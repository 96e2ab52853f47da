import type { MatchTier } from '@usher/matching';

export const PLAN_STATES = ['checking', 'ready', 'failed'] as const;
export type PlanState = (typeof PLAN_STATES)[number];

/** In this order. */
export const PLAN_STEPS = ['read-source', 'read-target', 'match', 'paths', 'space', 'watchers'] as const;
export type PlanStep = (typeof PLAN_STEPS)[number];

export const PROBLEM_SEVERITIES = ['blocker', 'warning', 'information'] as const;
export type ProblemSeverity = (typeof PROBLEM_SEVERITIES)[number];

export const PATH_ORIGINS = ['suggested', 'given', 'missing'] as const;
export type PathOrigin = (typeof PATH_ORIGINS)[number];

/** `readable`: the target's media server sees the folder; `unknown`: it could not be asked. */
export const PATH_VERDICTS = ['readable', 'unreadable', 'unknown'] as const;
export type PathVerdict = (typeof PATH_VERDICTS)[number];

export interface PlanProgress {
  readonly step: PlanStep;
  readonly done: number;
  readonly total: number | null;
}

export interface PlanTierCount {
  readonly tier: MatchTier;
  readonly count: number;
}

/** What became of the titles of one source library. */
export interface PlannedLibrary {
  readonly sourceVendorId: string;
  readonly name: string;
  readonly type: string;
  readonly targetVendorId: string | null;
  readonly targetName: string | null;
  readonly titles: number;
  readonly sameFile: number;
  readonly otherVersion: number;
  readonly onlySource: number;
  readonly cannotMatch: number;
  readonly copyFiles: number;
  readonly copyBytes: number;
  readonly copyFilesOfUnknownSize: number;
}

export interface PlanPathRow {
  readonly libraryVendorId: string | null;
  readonly libraryName: string | null;
  readonly from: string;
  readonly to: string | null;
  readonly origin: PathOrigin;
  readonly note: string;
  readonly verdict: PathVerdict;
  readonly samplesTried: number;
  readonly samplesFound: number;
  readonly samplesMissing: string[];
}

export interface PlanSpace {
  readonly path: string | null;
  readonly freeBytes: number | null;
  readonly usedBytes: number | null;
  readonly copyBytes: number;
  readonly neededBytes: number;
  readonly freeAfterBytes: number | null;
}

export interface PlanOverlap {
  readonly titles: number;
  readonly sameFile: number;
  readonly otherVersion: number;
  readonly onlySource: number;
  readonly cannotMatch: number;
  readonly tiers: PlanTierCount[];
}

export interface PlanMatch {
  readonly tier: MatchTier;
  readonly sourceVendorId: string;
  readonly sourceTitle: string;
  readonly targetVendorId: string | null;
  readonly targetTitle: string | null;
  readonly evidence: string[];
}

export interface PlanWatcher {
  readonly userName: string;
  readonly targetUserName: string | null;
  readonly lastTitle: string | null;
  readonly isWatching: boolean;
  readonly watched: number;
  readonly begun: number;
  readonly kept: number;
  readonly after: number;
  readonly missing: number;
}

export interface PlanProblem {
  readonly id: string;
  readonly severity: ProblemSeverity;
  readonly code: string;
  readonly title: string;
  readonly why: string;
  readonly next: string;
  readonly libraryVendorId: string | null;
  readonly path: string | null;
  readonly count: number;
  readonly examples: string[];
}

/** What a finished check found. Sizes are bytes. */
export interface PlanResult {
  readonly libraries: PlannedLibrary[];
  readonly pathMap: PlanPathRow[];
  readonly overlap: PlanOverlap;
  readonly space: PlanSpace[];
  readonly watchers: PlanWatcher[];
  readonly matchesToReview: PlanMatch[];
  readonly problems: PlanProblem[];
  readonly fine: string[];
}
