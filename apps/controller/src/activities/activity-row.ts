export const ACTIVITY_KINDS = ['stream', 'transcode', 'pause', 'download', 'scan', 'conversion', 'task', 'run', 'problem'] as const;
export type ActivityKind = (typeof ACTIVITY_KINDS)[number];

export const ACTIVITY_STATES = ['running', 'paused', 'failed', 'stalled'] as const;
export type ActivityState = (typeof ACTIVITY_STATES)[number];

export const ACTIVITY_ORDERS = ['started', 'title', 'progress', 'kind', 'server'] as const;
export type ActivityOrder = (typeof ACTIVITY_ORDERS)[number];

/** One line of the activities: a stream, running work, a migration run, or a server that fails. */
export interface ActivityRow {
  readonly id: string;
  readonly kind: ActivityKind;
  readonly state: ActivityState;
  readonly serverId: string;
  readonly serverAlias: string;
  readonly title: string;
  readonly subtitle: string | null;
  readonly userName: string | null;
  readonly deviceName: string | null;
  readonly progressPercent: number | null;
  readonly speed: number | null;
  readonly bitRateKbps: number | null;
  readonly startedAt: string | null;
  readonly cancellable: boolean;
  readonly problem: string | null;
  readonly code: string | null;
  readonly next: string | null;
  readonly href: string | null;
}
