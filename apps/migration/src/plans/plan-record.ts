import type { Capability, PlanFinding, PlanRequest, PlanServer, PlanState, PlanUser, ServerKind } from '@usher/contracts';
import type { Estimate } from './rules/estimate.js';

/** What the last check found. */
export interface Checked {
  readonly source: PlanServer;
  readonly target: PlanServer;
  readonly users: PlanUser[];
  readonly findings: PlanFinding[];
  readonly libraries: PlanRequest['libraries'];
  readonly paths: PlanRequest['paths'];
  readonly counts: {
    readonly rows: number;
    readonly writes: number;
    readonly skips: Readonly<Record<string, number>>;
    readonly tiers: Readonly<Record<string, number>>;
    readonly verdicts: Readonly<Record<'exact' | 'lossy' | 'impossible', number>>;
    readonly decisions: number;
  };
  readonly estimate: Estimate;
}

/** A row of `migration_plan`, without the bytes of its header. */
export interface PlanRecord {
  readonly id: string;
  readonly version: number;
  readonly kind: 'users' | 'rollback';
  readonly ofRunId: string | null;
  readonly state: PlanState;
  readonly sourceServerId: string;
  readonly targetServerId: string;
  readonly request: PlanRequest;
  readonly checked: Checked | null;
  readonly planSha256: string | null;
  readonly initiatorId: string;
  readonly initiatorName: string;
  readonly code: string | null;
  readonly message: string | null;
  readonly createdAt: Date;
  readonly checkedAt: Date | null;
  readonly frozenAt: Date | null;
  readonly runId: string | null;
}

/** A server as the registry knows it. */
export interface ServerRecord {
  readonly id: string;
  readonly alias: string;
  readonly kind: ServerKind;
  readonly machineId: string | null;
  readonly version: string;
  readonly versionTested: boolean;
  readonly capabilities: Capability[];
  readonly readOnly: boolean;
}
