import {
  CARRIED_FIELDS,
  PLAN_FIELDS,
  PLAN_STATES,
  PLAN_TABS,
  PlanProgress,
  PlanRow,
  ROW_DECISIONS,
  ROW_STATES,
  RUN_STATES,
  RUN_STEPS,
  RunProgress,
  SKIP_REASONS,
  USER_DECISIONS,
  VERDICTS,
  VERIFY_RESULTS,
  WATCH_FIELDS,
} from '@usher/contracts';
import { enumOf } from '../graphql/enums.js';

export const PLAN_KINDS = ['users', 'rollback'] as const;
export type PlanKind = (typeof PLAN_KINDS)[number];
export const FINDING_SEVERITIES = ['blocker', 'warning', 'info'] as const;
export type FindingSeverity = (typeof FINDING_SEVERITIES)[number];
export const STEP_STATES = ['waiting', 'running', 'done', 'failed'] as const;
export type StepState = (typeof STEP_STATES)[number];
/** `M`: a person said so. */
export const ROW_TIERS = ['A', 'B', 'C', 'D', 'E', 'M'] as const;
export type RowTier = (typeof ROW_TIERS)[number];

export const MigrationPlanStateEnum = enumOf('MigrationPlanState', PLAN_STATES);
export const MigrationPlanKindEnum = enumOf('MigrationPlanKind', PLAN_KINDS);
export const MigrationCheckStepEnum = enumOf('MigrationCheckStep', PlanProgress.shape.step.unwrap().options);
export const MigrationUserDecisionEnum = enumOf('MigrationUserDecision', USER_DECISIONS);
export const MigrationCarriedFieldEnum = enumOf('MigrationCarriedField', CARRIED_FIELDS);
export const MigrationFieldEnum = enumOf('MigrationField', PLAN_FIELDS);
export const MigrationWatchFieldEnum = enumOf('MigrationWatchField', WATCH_FIELDS);
export const MigrationVerdictKindEnum = enumOf('MigrationVerdictKind', VERDICTS);
export const MigrationOverwriteEnum = enumOf('MigrationOverwrite', ['additive', 'mirror']);
export const MigrationPlayCountsEnum = enumOf('MigrationPlayCounts', ['max', 'sum']);
export const MigrationRateOriginEnum = enumOf('MigrationRateOrigin', ['measured', 'assumed']);
export const MigrationSeverityEnum = enumOf('MigrationSeverity', FINDING_SEVERITIES);
export const MigrationTabEnum = enumOf('MigrationTab', PLAN_TABS);
export const MigrationTierEnum = enumOf('MigrationTier', ROW_TIERS);
export const MigrationOperationEnum = enumOf('MigrationOperation', PlanRow.options.map((option) => option.shape.op.value));
export const MigrationSkipReasonEnum = enumOf('MigrationSkipReason', SKIP_REASONS);
export const MigrationRowStateEnum = enumOf('MigrationRowState', ROW_STATES);
export const MigrationDecisionEnum = enumOf('MigrationDecision', ROW_DECISIONS);
export const MigrationDecisionKindEnum = enumOf('MigrationDecisionKind', ['user', 'item', 'state']);
export const MigrationRunStateEnum = enumOf('MigrationRunState', RUN_STATES);
export const MigrationRunStepEnum = enumOf('MigrationRunStep', RUN_STEPS);
export const MigrationStepStateEnum = enumOf('MigrationStepState', STEP_STATES);
export const MigrationThrottleEnum = enumOf('MigrationThrottle', RunProgress.shape.throttle.options);
export const MigrationVerifyResultEnum = enumOf('MigrationVerifyResult', VERIFY_RESULTS);
