import { Field, ID, Int, ObjectType } from '@nestjs/graphql';
import type { CarriedField, PlanProgress, PlanState, UserDecision } from '@usher/contracts';
import { PageInfoObject } from '../graphql/page-info.graphql.js';
import { BigInt53, DateTime } from '../graphql/scalars.js';
import { MigrationCountObject, MigrationOperatorObject, MigrationServerObject, MigrationVerdictObject } from './migration-parts.graphql.js';
import { MigrationRunProgressObject } from './migration-run.graphql.js';
import {
  MigrationCarriedFieldEnum,
  MigrationCheckStepEnum,
  MigrationOverwriteEnum,
  MigrationPlanKindEnum,
  MigrationPlanStateEnum,
  MigrationPlayCountsEnum,
  MigrationRateOriginEnum,
  MigrationSeverityEnum,
  MigrationTierEnum,
  MigrationUserDecisionEnum,
  type FindingSeverity,
  type PlanKind,
  type RowTier,
} from './migration.enums.js';

@ObjectType('MigrationUserChoice')
export class MigrationUserChoiceObject {
  @Field() sourceVendorId!: string;
  @Field(() => MigrationUserDecisionEnum) decision!: UserDecision;
  @Field(() => String, { nullable: true }) targetVendorId!: string | null;
  @Field(() => String, { nullable: true }) targetName!: string | null;
}

@ObjectType('MigrationLibraryChoice')
export class MigrationLibraryChoiceObject {
  @Field() source!: string;
  @Field(() => String, { nullable: true, description: 'Null = not granted.' }) target!: string | null;
}

@ObjectType('MigrationPathChoice')
export class MigrationPathChoiceObject {
  @Field() from!: string;
  @Field() to!: string;
}

@ObjectType('MigrationOptions')
export class MigrationOptionsObject {
  @Field(() => MigrationOverwriteEnum) overwrite!: 'additive' | 'mirror';
  @Field(() => MigrationPlayCountsEnum) playCounts!: 'max' | 'sum';
  @Field(() => MigrationTierEnum) minTier!: RowTier;
  @Field(() => Int) maxConnections!: number;
  @Field(() => Int) driftLimitPercent!: number;
  @Field(() => Int) approvalsRequired!: number;
}

@ObjectType('MigrationRequest', { description: 'A plan as a person writes it.' })
export class MigrationRequestObject {
  @Field(() => ID) sourceServerId!: string;
  @Field(() => ID) targetServerId!: string;
  @Field(() => [MigrationUserChoiceObject]) users!: MigrationUserChoiceObject[];
  @Field(() => [MigrationCarriedFieldEnum]) fields!: CarriedField[];
  @Field(() => [MigrationLibraryChoiceObject]) libraries!: MigrationLibraryChoiceObject[];
  @Field(() => [MigrationPathChoiceObject]) paths!: MigrationPathChoiceObject[];
  @Field(() => MigrationOptionsObject) options!: MigrationOptionsObject;
}

@ObjectType('MigrationSourceUser')
export class MigrationSourceUserObject {
  @Field() vendorId!: string;
  @Field() name!: string;
}

@ObjectType('MigrationUser', { description: 'A person of the plan and what arrives of them. The index in the list is `u` of the rows.' })
export class MigrationUserObject {
  @Field(() => ID, { nullable: true }) identityId!: string | null;
  @Field(() => [MigrationSourceUserObject], { description: 'Several when accounts of one person are merged.' }) sources!: MigrationSourceUserObject[];
  @Field(() => String, { nullable: true, description: 'Null = the run makes the account.' }) targetVendorId!: string | null;
  @Field() targetName!: string;
  @Field(() => MigrationUserDecisionEnum) decision!: UserDecision;
  @Field({ description: 'Why this account: `identity`, `email`, `plex`, `name` or `given`.' }) evidence!: string;
  @Field(() => [MigrationVerdictObject]) verdicts!: MigrationVerdictObject[];
}

@ObjectType('MigrationFinding')
export class MigrationFindingObject {
  @Field() id!: string;
  @Field(() => MigrationSeverityEnum, { description: 'A blocker forbids freezing.' }) severity!: FindingSeverity;
  @Field() code!: string;
  @Field() message!: string;
  @Field(() => String, { nullable: true }) next!: string | null;
  @Field(() => String, { nullable: true, description: 'Vendor id of the user of the source that it concerns.' }) user!: string | null;
}

@ObjectType('MigrationCounts')
export class MigrationCountsObject {
  @Field(() => Int) rows!: number;
  @Field(() => Int) writes!: number;
  @Field(() => Int, { description: 'Open and made decisions together.' }) decisions!: number;
  @Field(() => Int) exact!: number;
  @Field(() => Int) lossy!: number;
  @Field(() => Int) impossible!: number;
  @Field(() => [MigrationCountObject], { description: 'What is not carried, by reason.' }) skips!: MigrationCountObject[];
  @Field(() => [MigrationCountObject], { description: 'Matched titles by tier.' }) tiers!: MigrationCountObject[];
}

@ObjectType('MigrationEstimate')
export class MigrationEstimateObject {
  @Field(() => Int) requests!: number;
  @Field(() => BigInt53, { description: 'With nobody watching at the target.' }) quietMs!: number;
  @Field(() => BigInt53, { description: 'With people watching there.' }) watchedMs!: number;
  @Field(() => MigrationRateOriginEnum) rate!: 'measured' | 'assumed';
}

@ObjectType('MigrationApproval')
export class MigrationApprovalObject {
  @Field(() => ID) operatorId!: string;
  @Field() name!: string;
  @Field(() => DateTime) notBefore!: string;
  @Field(() => DateTime) expiresAt!: string;
  @Field(() => Int) maxWrites!: number;
  @Field(() => DateTime, { nullable: true }) revokedAt!: string | null;
  @Field({ description: 'SHA-256 of the signed approval: its fingerprint.' }) sha256!: string;
}

@ObjectType('MigrationPlanProgress', { description: 'A check at a moment; the latest wins.' })
export class MigrationPlanProgressObject {
  @Field(() => ID) planId!: string;
  @Field(() => MigrationPlanStateEnum) state!: PlanState;
  @Field(() => MigrationCheckStepEnum, { nullable: true }) step!: PlanProgress['step'];
  @Field(() => Int) done!: number;
  @Field(() => Int, { nullable: true, description: 'In the unit of the step; null = not known yet.' }) total!: number | null;
  @Field(() => String, { nullable: true }) code!: string | null;
  @Field(() => String, { nullable: true }) message!: string | null;
  @Field(() => DateTime) at!: string;
}

@ObjectType('MigrationPlan')
export class MigrationPlanObject {
  @Field(() => ID) id!: string;
  @Field(() => Int) version!: number;
  @Field(() => MigrationPlanKindEnum) kind!: PlanKind;
  @Field(() => ID, { nullable: true, description: 'Of a rollback: the run that it takes back.' }) ofRunId!: string | null;
  @Field(() => MigrationPlanStateEnum) state!: PlanState;
  @Field(() => MigrationRequestObject) request!: MigrationRequestObject;
  @Field(() => MigrationServerObject) source!: MigrationServerObject;
  @Field(() => MigrationServerObject) target!: MigrationServerObject;
  @Field(() => MigrationOperatorObject) initiator!: MigrationOperatorObject;
  @Field(() => DateTime) createdAt!: string;
  @Field(() => DateTime, { nullable: true }) checkedAt!: string | null;
  @Field(() => DateTime, { nullable: true }) frozenAt!: string | null;
  @Field(() => String, { nullable: true, description: 'What is approved; null until it is frozen.' }) planSha256!: string | null;
  @Field(() => [MigrationUserObject], { description: 'Empty before the first check.' }) users!: MigrationUserObject[];
  @Field(() => [MigrationFindingObject]) findings!: MigrationFindingObject[];
  @Field(() => MigrationCountsObject) counts!: MigrationCountsObject;
  @Field(() => MigrationEstimateObject, { nullable: true }) estimate!: MigrationEstimateObject | null;
  @Field(() => [MigrationApprovalObject]) approvals!: MigrationApprovalObject[];
  @Field(() => ID, { nullable: true }) runId!: string | null;
  @Field(() => String, { nullable: true, description: 'Why it is stale or could not be checked.' }) code!: string | null;
  @Field(() => String, { nullable: true }) message!: string | null;
}

@ObjectType('Migration', { description: 'One line of the list: a plan, and the run that it became.' })
export class MigrationObject {
  @Field(() => ID, { description: 'Id of the plan.' }) id!: string;
  @Field(() => Int) version!: number;
  @Field(() => MigrationPlanKindEnum) kind!: PlanKind;
  @Field(() => ID, { nullable: true }) ofRunId!: string | null;
  @Field(() => MigrationPlanStateEnum) state!: PlanState;
  @Field(() => MigrationServerObject) source!: MigrationServerObject;
  @Field(() => MigrationServerObject) target!: MigrationServerObject;
  @Field(() => MigrationOperatorObject) initiator!: MigrationOperatorObject;
  @Field(() => DateTime) createdAt!: string;
  @Field(() => MigrationCountsObject) counts!: MigrationCountsObject;
  @Field(() => [String]) userNames!: string[];
  @Field(() => ID, { nullable: true }) runId!: string | null;
  @Field(() => MigrationRunProgressObject, { nullable: true }) run!: MigrationRunProgressObject | null;
}

@ObjectType('MigrationEdge')
export class MigrationEdgeObject {
  @Field(() => MigrationObject) node!: MigrationObject;
  @Field() cursor!: string;
}

@ObjectType('MigrationConnection')
export class MigrationConnectionObject {
  @Field(() => [MigrationEdgeObject]) edges!: MigrationEdgeObject[];
  @Field(() => PageInfoObject) pageInfo!: PageInfoObject;
}
