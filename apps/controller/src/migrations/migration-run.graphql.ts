import { Field, Float, ID, Int, ObjectType } from '@nestjs/graphql';
import type { RowState, RunProgress, RunState, RunStep } from '@usher/contracts';
import { BigInt53, DateTime } from '../graphql/scalars.js';
import { MigrationOperatorObject } from './migration-parts.graphql.js';
import { MigrationPlanKindEnum, MigrationRowStateEnum, MigrationRunStateEnum, MigrationRunStepEnum, MigrationStepStateEnum, MigrationThrottleEnum, type PlanKind, type StepState } from './migration.enums.js';

@ObjectType('MigrationRunCounts')
export class MigrationRunCountsObject {
  @Field(() => Int) rows!: number;
  @Field(() => Int) new!: number;
  @Field(() => Int) intent!: number;
  @Field(() => Int) done!: number;
  @Field(() => Int) verified!: number;
  @Field(() => Int) skipped!: number;
  @Field(() => Int) conflict!: number;
  @Field(() => Int) failed!: number;
}

@ObjectType('MigrationRunProgress', { description: 'A run at a moment; the latest wins.' })
export class MigrationRunProgressObject {
  @Field(() => ID) runId!: string;
  @Field(() => ID) planId!: string;
  @Field(() => MigrationRunStateEnum) state!: RunState;
  @Field(() => MigrationRunStepEnum, { nullable: true }) step!: RunStep | null;
  @Field(() => MigrationRunCountsObject) counts!: MigrationRunCountsObject;
  @Field(() => Float, { nullable: true, description: 'Of the last half minute; null before anything is known.' }) rowsPerSecond!: number | null;
  @Field(() => BigInt53, { nullable: true }) remainingMs!: number | null;
  @Field(() => MigrationThrottleEnum, { description: 'Why it goes slower than it could, or stands.' }) throttle!: RunProgress['throttle'];
  @Field(() => String, { nullable: true, description: 'Of a pause or failure.' }) code!: string | null;
  @Field(() => String, { nullable: true }) message!: string | null;
  @Field(() => DateTime) at!: string;
}

@ObjectType('MigrationRunStepProgress')
export class MigrationRunStepProgressObject {
  @Field() step!: string;
  @Field(() => Int) rows!: number;
  @Field(() => Int) done!: number;
  @Field(() => MigrationStepStateEnum) state!: StepState;
}

@ObjectType('MigrationVerification', { description: 'What was read back from the target.' })
export class MigrationVerificationObject {
  @Field(() => DateTime) at!: string;
  @Field(() => Int) same!: number;
  @Field(() => Int) differs!: number;
  @Field(() => Int, { description: 'In the plan only.' }) notThere!: number;
  @Field(() => Int) unreadable!: number;
  @Field(() => DateTime, { nullable: true }) acceptedAt!: string | null;
  @Field(() => String, { nullable: true }) acceptedReason!: string | null;
}

@ObjectType('MigrationRunUser', { description: 'How far the run is with one user of the plan.' })
export class MigrationRunUserObject {
  @Field(() => Int, { description: 'Index in the users of the plan.' }) u!: number;
  @Field(() => Int, { description: 'Rows to carry out; what the plan leaves out is not counted.' }) rows!: number;
  @Field(() => Int) done!: number;
  @Field(() => Int) skipped!: number;
  @Field(() => Int) conflict!: number;
  @Field(() => Int) failed!: number;
}

@ObjectType('MigrationRunTrouble', { description: 'Rows that failed or collided, by code.' })
export class MigrationRunTroubleObject {
  @Field(() => MigrationRowStateEnum) state!: RowState;
  @Field() code!: string;
  @Field(() => Int) rows!: number;
  @Field(() => [Int], { description: 'Users of the plan that it concerns.' }) users!: number[];
}

@ObjectType('MigrationRun')
export class MigrationRunObject extends MigrationRunProgressObject {
  @Field(() => MigrationPlanKindEnum) kind!: PlanKind;
  @Field(() => MigrationOperatorObject) startedBy!: MigrationOperatorObject;
  @Field(() => DateTime) startedAt!: string;
  @Field(() => DateTime, { nullable: true }) endedAt!: string | null;
  @Field(() => [MigrationRunStepProgressObject]) steps!: MigrationRunStepProgressObject[];
  @Field(() => MigrationVerificationObject, { nullable: true }) verification!: MigrationVerificationObject | null;
  @Field(() => ID, { nullable: true, description: 'The plan that takes this run back, once one was made.' }) rollbackPlanId!: string | null;
  @Field(() => DateTime, { nullable: true }) rollbackUntil!: string | null;
  @Field(() => Int) requests!: number;
  @Field() hasReport!: boolean;
}

@ObjectType('MigrationReport', { description: 'A part of the signed report; the parts of `text` joined in order are what `jws` signs.' })
export class MigrationReportObject {
  @Field(() => ID) runId!: string;
  @Field(() => Int) part!: number;
  @Field(() => Int, { description: 'How many parts there are.' }) parts!: number;
  @Field() text!: string;
  @Field({ description: '`usher-report+jws` over the SHA-256 of the whole text.' }) jws!: string;
}
