import { Field, Int, ObjectType } from '@nestjs/graphql';
import type { PlanRow, RowDecision, RowState, VerifyResult, WatchField, WatchState } from '@usher/contracts';
import { PageInfoObject } from '../graphql/page-info.graphql.js';
import { BigInt53, DateTime } from '../graphql/scalars.js';
import { MigrationLossObject } from './migration-parts.graphql.js';
import {
  MigrationDecisionEnum,
  MigrationDecisionKindEnum,
  MigrationOperationEnum,
  MigrationRowStateEnum,
  MigrationSeverityEnum,
  MigrationSkipReasonEnum,
  MigrationTierEnum,
  MigrationVerifyResultEnum,
  MigrationWatchFieldEnum,
  type FindingSeverity,
  type RowTier,
} from './migration.enums.js';

@ObjectType('WatchState', { description: 'What a user has done with one title.' })
export class WatchStateObject implements Omit<WatchState, 'original'> {
  @Field() itemVendorId!: string;
  @Field() played!: boolean;
  @Field(() => Int) playCount!: number;
  @Field(() => DateTime, { nullable: true }) lastPlayedAt!: string | null;
  @Field(() => BigInt53, { description: 'Where to go on; 0 = at the beginning.' }) positionMs!: number;
  @Field(() => Boolean, { nullable: true, description: 'Null where the vendor has no favorites.' }) favorite!: boolean | null;
  @Field(() => Int, { nullable: true, description: 'Ten times the stars out of ten; null = not rated.' }) ratingTenths!: number | null;
}

@ObjectType('MigrationPolicyChange', { description: 'One setting of an account, in words.' })
export class MigrationPolicyChangeObject {
  @Field() field!: string;
  @Field(() => String, { nullable: true, description: 'At the target now; null for an account that the run makes, or for a setting that the vendor lacks.' }) from!: string | null;
  @Field(() => String, { nullable: true }) to!: string | null;
}

@ObjectType('MigrationRowDecision')
export class MigrationRowDecisionObject {
  @Field(() => MigrationDecisionEnum) decision!: RowDecision;
  @Field(() => String, { nullable: true }) target!: string | null;
  @Field(() => String, { nullable: true }) reason!: string | null;
}

@ObjectType('MigrationRow', { description: 'The smallest unit of a plan, what was decided about it and what became of it.' })
export class MigrationRowObject {
  @Field(() => Int) n!: number;
  @Field(() => MigrationOperationEnum) operation!: PlanRow['op'];
  @Field(() => Int, { description: 'Index in the users of the plan.' }) u!: number;
  @Field() userName!: string;
  @Field(() => String, { nullable: true, description: 'Title, or name of the account.' }) title!: string | null;
  @Field(() => String, { nullable: true }) targetTitle!: string | null;
  @Field(() => String, { nullable: true, description: 'Vendor id of the title at the source.' }) itemVendorId!: string | null;
  @Field(() => MigrationTierEnum, { nullable: true }) tier!: RowTier | null;
  @Field(() => [String]) evidence!: string[];
  @Field(() => WatchStateObject, { nullable: true }) source!: WatchStateObject | null;
  @Field(() => WatchStateObject, { nullable: true, description: 'The target as the plan saw it.' }) from!: WatchStateObject | null;
  @Field(() => WatchStateObject, { nullable: true, description: 'The target afterwards.' }) to!: WatchStateObject | null;
  @Field(() => [MigrationWatchFieldEnum], { description: 'In which `to` may differ from `from`.' }) fields!: WatchField[];
  @Field(() => [MigrationPolicyChangeObject]) policy!: MigrationPolicyChangeObject[];
  @Field(() => [MigrationLossObject]) losses!: MigrationLossObject[];
  @Field(() => MigrationSkipReasonEnum, { nullable: true }) skipReason!: string | null;
  @Field(() => String, { nullable: true }) skipDetail!: string | null;
  @Field(() => [String], { description: 'Titles of the target that it could be, by vendor id.' }) candidates!: string[];
  @Field(() => String, { nullable: true, description: 'Under this id it can be decided about; null = nothing to decide.' }) decisionId!: string | null;
  @Field(() => MigrationRowDecisionObject, { nullable: true }) decision!: MigrationRowDecisionObject | null;
  @Field(() => MigrationRowStateEnum, { nullable: true, description: 'Null before a run.' }) state!: RowState | null;
  @Field(() => String, { nullable: true }) code!: string | null;
  @Field(() => WatchStateObject, { nullable: true, description: 'Read back from the target.' }) now!: WatchStateObject | null;
  @Field(() => MigrationVerifyResultEnum, { nullable: true }) verify!: VerifyResult | null;
}

@ObjectType('MigrationRowEdge')
export class MigrationRowEdgeObject {
  @Field(() => MigrationRowObject) node!: MigrationRowObject;
  @Field() cursor!: string;
}

@ObjectType('MigrationRowConnection')
export class MigrationRowConnectionObject {
  @Field(() => [MigrationRowEdgeObject]) edges!: MigrationRowEdgeObject[];
  @Field(() => PageInfoObject) pageInfo!: PageInfoObject;
  @Field(() => Int) totalCount!: number;
}

@ObjectType('MigrationDecisionRow', { description: 'One line of the decisions file.' })
export class MigrationDecisionRowObject {
  @Field() id!: string;
  @Field(() => MigrationDecisionKindEnum) kind!: 'user' | 'item' | 'state';
  @Field(() => MigrationSeverityEnum) severity!: FindingSeverity;
  @Field() sourceRef!: string;
  @Field() sourceName!: string;
  @Field() targetRef!: string;
  @Field() targetName!: string;
  @Field() field!: string;
  @Field() sourceValue!: string;
  @Field() targetValue!: string;
  @Field() plannedValue!: string;
  @Field() tier!: string;
  @Field() evidence!: string;
  @Field({ description: 'Empty = nothing is recommended.' }) recommended!: string;
  @Field({ description: 'Empty = open.' }) decision!: string;
  @Field() decisionTarget!: string;
  @Field() reason!: string;
}

@ObjectType('MigrationDecisionPage')
export class MigrationDecisionPageObject {
  @Field(() => Int, { description: 'The version of the plan that these belong to; name it when they come back.' }) version!: number;
  @Field(() => [MigrationDecisionRowObject]) rows!: MigrationDecisionRowObject[];
  @Field(() => PageInfoObject) pageInfo!: PageInfoObject;
}
