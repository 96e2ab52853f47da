import { Field, ID, Int, ObjectType } from '@nestjs/graphql';
import type { PlanField, ServerKind, VerdictKind } from '@usher/contracts';
import { ServerKindEnum } from '../graphql/enums.js';
import { MigrationFieldEnum, MigrationVerdictKindEnum } from './migration.enums.js';

/** What several shapes of migrations share. */
@ObjectType('MigrationServer', { description: 'A server as it was when the plan was checked.' })
export class MigrationServerObject {
  @Field(() => ID) serverId!: string;
  @Field() alias!: string;
  @Field(() => ServerKindEnum) kind!: ServerKind;
  @Field() version!: string;
  @Field(() => String, { nullable: true }) machineId!: string | null;
}

@ObjectType('MigrationOperator')
export class MigrationOperatorObject {
  @Field(() => ID) operatorId!: string;
  @Field() name!: string;
}

@ObjectType('MigrationCount')
export class MigrationCountObject {
  @Field() name!: string;
  @Field(() => Int) count!: number;
}

@ObjectType('MigrationLoss', { description: 'What does not arrive as it was, and why.' })
export class MigrationLossObject {
  @Field(() => MigrationFieldEnum) field!: PlanField;
  @Field(() => MigrationVerdictKindEnum) kind!: VerdictKind;
  @Field(() => String, { nullable: true, description: 'Stable name of the reason; null = nothing is lost.' }) reason!: string | null;
  @Field(() => String, { nullable: true, description: 'The reason in plain words.' }) text!: string | null;
  @Field(() => String, { nullable: true, description: 'What can be done instead.' }) instead!: string | null;
}

@ObjectType('MigrationVerdict', { description: 'Of one user and field: how much of it arrives.' })
export class MigrationVerdictObject extends MigrationLossObject {
  @Field(() => Int, { nullable: true, description: 'How many titles this concerns; null for the account itself.' }) rows!: number | null;
}
