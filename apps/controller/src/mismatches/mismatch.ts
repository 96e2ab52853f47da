/** Console design, section 5: what does not fit together in the fleet. */
export const MISMATCH_RULES = [
  'two-places', 'impossible-travel', 'same-email', 'look-alike-name', 'disabled-elsewhere', 'watch-state', 'shared-device', 'no-identity', 'unknown-user', 'permission-drift', 'ghost',
] as const;
export type MismatchRule = (typeof MISMATCH_RULES)[number];

export const MISMATCH_SEVERITIES = ['high', 'medium', 'low'] as const;
export type MismatchSeverity = (typeof MISMATCH_SEVERITIES)[number];

export const MISMATCH_STATES = ['open', 'ignored', 'resolved'] as const;
export type MismatchState = (typeof MISMATCH_STATES)[number];

/** One thing that a finding rests on. What is not known is null. */
export interface Evidence {
  readonly serverId: string;
  readonly serverAlias: string;
  readonly sessionId: string | null;
  readonly userId: string | null;
  readonly userName: string | null;
  readonly identityId: string | null;
  readonly identityName: string | null;
  readonly deviceName: string | null;
  readonly address: string | null;
  readonly network: string | null;
  readonly place: string | null;
  readonly item: string | null;
  /** What this server says of it, in a word or two. */
  readonly detail: string | null;
  readonly at: string;
}

/** What a rule finds. The same thing found again has the same `subject`. */
export interface Finding {
  readonly rule: MismatchRule;
  /** Who or what it is about, stable while it goes on. */
  readonly subject: string;
  readonly severity: MismatchSeverity;
  readonly text: string;
  readonly why: string;
  readonly evidence: readonly Evidence[];
  /** Short, for the session row. */
  readonly flags: readonly { readonly sessionId: string; readonly text: string }[];
}

export interface RuleState {
  readonly rule: MismatchRule;
  readonly runs: boolean;
  /** Why it does not run, or only in part. */
  readonly reason: string | null;
}
