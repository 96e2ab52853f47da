import { ArgsType, Field, ID, InputType, Int } from '@nestjs/graphql';
import type { CarriedField, PlanState, PlanTab, RowDecision, RowState, RunState, UserDecision } from '@usher/contracts';
import {
  MigrationCarriedFieldEnum,
  MigrationDecisionEnum,
  MigrationOverwriteEnum,
  MigrationPlanKindEnum,
  MigrationPlanStateEnum,
  MigrationPlayCountsEnum,
  MigrationRowStateEnum,
  MigrationRunStateEnum,
  MigrationTabEnum,
  MigrationTierEnum,
  MigrationUserDecisionEnum,
  type PlanKind,
  type RowTier,
} from './migration.enums.js';

@InputType()
export class MigrationFilter {
  @Field(() => [MigrationPlanStateEnum], { nullable: true }) states?: PlanState[] | null;
  @Field(() => [MigrationRunStateEnum], { nullable: true, description: 'Plans whose run is in one of these states.' }) runStates?: RunState[] | null;
  @Field(() => MigrationPlanKindEnum, { nullable: true }) kind?: PlanKind | null;
  @Field(() => ID, { nullable: true, description: 'As source or as target.' }) serverId?: string | null;
}

@InputType()
export class MigrationUserInput {
  @Field() sourceVendorId!: string;
  @Field(() => MigrationUserDecisionEnum, { nullable: true, description: '`SUGGEST` (default): as linked identities and equal names say.' }) decision?: UserDecision | null;
  @Field(() => String, { nullable: true, description: 'Of `MAP` and `MERGE`: the account at the target.' }) targetVendorId?: string | null;
  @Field(() => String, { nullable: true, description: 'Of `CREATE`: the name at the target; null = the same.' }) targetName?: string | null;
}

@InputType()
export class MigrationLibraryInput {
  @Field({ description: 'A library of the source.' }) source!: string;
  @Field(() => String, { nullable: true, description: 'A library of the target; null = not granted.' }) target?: string | null;
}

@InputType()
export class MigrationPathInput {
  @Field({ description: 'A folder as the source sees it.' }) from!: string;
  @Field({ description: 'The same folder as the target sees it.' }) to!: string;
}

@InputType()
export class MigrationOptionsInput {
  @Field(() => MigrationOverwriteEnum, { nullable: true, description: '`ADDITIVE` (default): nothing at the target gets smaller.' }) overwrite?: 'additive' | 'mirror' | null;
  @Field(() => MigrationPlayCountsEnum, { nullable: true, description: 'Of two accounts of one person; `MAX` by default.' }) playCounts?: 'max' | 'sum' | null;
  @Field(() => MigrationTierEnum, { nullable: true, description: 'The weakest match that is acted upon, A to E; C by default.' }) minTier?: RowTier | null;
  @Field(() => Int, { nullable: true, description: 'Only lowers what the target is known to bear.' }) maxConnections?: number | null;
  @Field(() => Int, { nullable: true, description: 'More changes at the target than this make the plan stale; 5 by default.' }) driftLimitPercent?: number | null;
  @Field(() => Int, { nullable: true, description: 'How many people approve: 1 (default) or 2; with 2 the author is none of them.' }) approvalsRequired?: number | null;
}

@InputType()
export class MigrationRequestInput {
  @Field(() => ID) sourceServerId!: string;
  @Field(() => ID) targetServerId!: string;
  @Field(() => [MigrationUserInput], { description: 'One to fifty.' }) users!: MigrationUserInput[];
  @Field(() => [MigrationCarriedFieldEnum], { nullable: true, description: 'Null = all.' }) fields?: CarriedField[] | null;
  @Field(() => [MigrationLibraryInput], { nullable: true, description: 'Those left out are paired by name and type.' }) libraries?: MigrationLibraryInput[] | null;
  @Field(() => [MigrationPathInput], { nullable: true, description: 'The longest prefix wins. Those left out are suggested from folders with equal ends.' }) paths?: MigrationPathInput[] | null;
  @Field(() => MigrationOptionsInput, { nullable: true }) options?: MigrationOptionsInput | null;
}

@InputType()
export class CreateMigrationPlanInput {
  @Field() idempotencyKey!: string;
  @Field(() => MigrationRequestInput) request!: MigrationRequestInput;
}

@InputType()
export class UpdateMigrationPlanInput {
  @Field(() => ID) id!: string;
  @Field(() => Int, { description: 'The version that was edited; a newer one refuses the change.' }) version!: number;
  @Field(() => MigrationRequestInput, { description: 'The whole request.' }) request!: MigrationRequestInput;
}

@InputType()
export class FreezeMigrationPlanInput {
  @Field(() => ID) id!: string;
  @Field(() => Int) version!: number;
}

@InputType()
export class MigrationDecisionInput {
  @Field({ description: 'As migrationDecisions and the rows name it.' }) id!: string;
  @Field(() => MigrationDecisionEnum) decision!: RowDecision;
  @Field(() => String, { nullable: true, description: 'Of `MAP`: vendor id at the target.' }) target?: string | null;
  @Field(() => String, { nullable: true }) reason?: string | null;
}

@InputType()
export class DecideMigrationPlanInput {
  @Field(() => ID) id!: string;
  @Field(() => Int, { description: 'The version that was read.' }) version!: number;
  @Field(() => [MigrationDecisionInput], { description: 'All of them or none.' }) decisions!: MigrationDecisionInput[];
  @Field(() => Boolean, { nullable: true, description: 'Only checks.' }) dryRun?: boolean | null;
}

@InputType()
export class ApproveMigrationPlanInput {
  @Field(() => ID) id!: string;
  @Field(() => Int) version!: number;
  @Field({ description: 'The whole hash of the frozen plan, 64 hex digits, as it was shown.' }) hash!: string;
  @Field({ description: 'The alias of the server that is written, typed.' }) targetAlias!: string;
  @Field(() => Int, { nullable: true, description: 'How long it lives: 15 to 1440, 60 by default.' }) minutes?: number | null;
  @Field(() => Int, { nullable: true, description: 'The agent stops at so many writes; by default as many as the plan names.' }) maxWrites?: number | null;
}

@InputType()
export class RevokeMigrationApprovalInput {
  @Field(() => ID) id!: string;
  @Field(() => ID, { nullable: true, description: 'Whose approval; null = all.' }) approverId?: string | null;
  @Field(() => String, { nullable: true, description: 'Kept in the audit log.' }) reason?: string | null;
}

@InputType()
export class AcceptMigrationExceptionsInput {
  @Field(() => ID) runId!: string;
  @Field({ description: '3 to 500 characters; stands in the report.' }) reason!: string;
}

@InputType()
export class CreateMigrationRollbackInput {
  @Field() idempotencyKey!: string;
  @Field(() => ID) runId!: string;
}

@ArgsType()
export class MigrationRowArgs {
  @Field(() => ID) id!: string;
  @Field(() => MigrationTabEnum, { nullable: true }) tab?: PlanTab | null;
  @Field(() => Int, { nullable: true, description: 'Index in the users of the plan.' }) user?: number | null;
  @Field(() => [MigrationRowStateEnum], { nullable: true }) states?: RowState[] | null;
  @Field(() => String, { nullable: true, description: 'Part of a title.' }) search?: string | null;
  @Field(() => Int, { nullable: true, defaultValue: 50 }) first?: number | null;
  @Field(() => String, { nullable: true }) after?: string | null;
}
