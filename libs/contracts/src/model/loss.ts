import { z } from 'zod';
import { WATCH_FIELDS } from './watch-state.js';
import { POLICY_FIELDS } from './user-policy.js';

export const VERDICTS = ['exact', 'lossy', 'impossible'] as const;
export const VerdictKind = z.enum(VERDICTS);
export type VerdictKind = z.infer<typeof VerdictKind>;

/** What a migration carries, in the order in which people are told. */
export const PLAN_FIELDS = ['account', 'name', ...WATCH_FIELDS, ...POLICY_FIELDS, 'password'] as const;
export const PlanField = z.enum(PLAN_FIELDS);
export type PlanField = z.infer<typeof PlanField>;

interface Loss {
  readonly text: string;
  /** What can be done instead; null = nothing is needed. */
  readonly instead: string | null;
}

/** Why a field does not arrive as it was, in plain words. The docs page is generated from this table. */
export const LOSS_REASONS = {
  'no-account-creation': { text: 'Plex lets nobody make an account for somebody else.', instead: 'Invite the person to the server; when they accepted, plan again and choose their account.' },
  'no-user-token': { text: 'plex.tv hands out no token of this account for this server, so nothing can be written in its name.', instead: 'Share the server with the account, or add it to the home, then check again.' },
  'name-belongs-to-plex': { text: 'The name of a Plex account is its owner’s.', instead: null },
  'name-changed': { text: 'The name is taken or not allowed at the target; another one was chosen.', instead: null },
  'password-not-readable': { text: 'No media server tells passwords; the account gets a random one that nobody knows.', instead: 'Set a password at the target and tell the person.' },
  'one-play-only': { text: 'Plex counts one play for each mark; one is written, however many there were.', instead: null },
  'date-of-writing': { text: 'Plex stores the time of writing; only the order of the plays survives.', instead: null },
  'no-favorites': { text: 'Plex has no favorites.', instead: 'Make a playlist of them.' },
  'owner-ratings-only': { text: 'Plex keeps ratings of the owner and of home users, not of friends.', instead: null },
  'rating-rounded': { text: 'The target keeps ratings in coarser steps.', instead: null },
  'outside-resume-window': { text: 'The target keeps no resume point so near the beginning or the end.', instead: null },
  'different-cut': { text: 'The running times differ too much for the position to mean the same place.', instead: null },
  'position-re-dated': { text: 'Plex gives the resume point the time of writing.', instead: null },
  'policy-not-there': { text: 'The target has no such setting.', instead: 'Look at the settings of the account at the target.' },
  'policy-differs': { text: 'The setting means something a little different at the target.', instead: 'Look at the settings of the account at the target.' },
  'library-not-mapped': { text: 'A library without a counterpart is not granted.', instead: 'Map the library, then check again.' },
  'value-invalid': { text: 'The source tells a value that cannot be true; it was left out.', instead: null },
} as const satisfies Record<string, Loss>;
export type LossReason = keyof typeof LOSS_REASONS;
export const LossReason = z.enum(Object.keys(LOSS_REASONS) as [LossReason, ...LossReason[]]);

/** Of one user and field: how much of it arrives. `rows` = how many titles this concerns; null for the account itself. */
export const Verdict = z.strictObject({ field: PlanField, kind: VerdictKind, reason: LossReason.nullable(), rows: z.number().int().nonnegative().nullable() });
export type Verdict = z.infer<typeof Verdict>;
